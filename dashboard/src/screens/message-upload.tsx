/** Manual 3.3, figures 23 and 24: the target file, and what of it was not taken. */
import { useState } from "preact/hooks";
import { putFile } from "../api/client";
import type { Announcement, RefusedFileLine } from "../api/types";
import { toBase64 } from "../base64";
import { csv, download } from "../csv";
import { number, words } from "../i18n";
import { useAction } from "../load";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { Submit } from "../ui/form";
import { Progress } from "../ui/progress";
import { Table } from "../ui/table";
import { word } from "../words";
import { TableFile } from "./table-file";

const t = words({
  window: ["Upload กลุ่มเป้าหมาย", "Upload targets"],
  form: [
    "เป็นไฟล์นามสกุล .txt ที่มีรหัสบัตรประชาชนของกลุ่มเป้าหมาย 1 คน/1 บรรทัด",
    "A .txt file with the national ids of the targets, one person a line",
  ],
  csv: [
    "ไฟล์ Excel (.xlsx) หรือ CSV ก็ได้ ระบบใช้เลขบัตรประชาชนของแต่ละบรรทัด",
    "An Excel file (.xlsx) or a CSV will do: the national id of each line is taken.",
  ],
  adds: [
    "เฉพาะผู้ที่อยู่ใน White list ของหน่วยบริการจะเป็นกลุ่มเป้าหมาย",
    "Only people in the hospital's white list become targets.",
  ],
  ok: ["OK", "OK"],
  file: ["ไฟล์กลุ่มเป้าหมาย", "Target file"],
  upload: ["Upload", "Upload"],
  handing_over: ["กำลังส่งไฟล์", "Handing the file over"],
  working: ["กำลังตรวจสอบกับ White list", "Matching with the white list"],
  matched: ["ตรงกับ White list {count} คน", "{count} people matched"],
  refused: ["บรรทัดที่ไม่ได้เป็นกลุ่มเป้าหมาย {count} บรรทัด", "{count} lines did not become targets"],
  line: ["บรรทัดที่", "Line"],
  some: ["แสดง {shown} บรรทัดแรก บันทึกเป็น CSV เพื่อดูทั้งหมด", "The first {shown} are shown; save the CSV for all."],
  close: ["ปิด", "Close"],
  none: ["ทุกบรรทัดเป็นกลุ่มเป้าหมาย", "Every line became a target"],
});

const reason = words({
  not_in_white_list: ["ไม่อยู่ใน White list", "not in the white list"],
  malformed: ["เลขที่บัตรไม่ถูกต้อง", "not a national id"],
  duplicate: ["ซ้ำ", "twice"],
  too_many_lines: ["เกินจำนวนบรรทัดที่รับได้", "beyond the most lines a file may have"],
});

interface Outcome {
  matched: number;
  refused: RefusedFileLine[];
}

const LARGEST_IN_A_CALL = 2_900_000; // as base64 it stays below the 4 MB that the API takes
const SHOWN = 200;
const LOOK_MS = 400;
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

interface Props {
  message: Announcement;
  onChanged: () => Promise<void>;
  onClose: () => void;
}

const MESSAGE = "/api/messages/{message_id}";

/** Send the file to the system, which starts to match it; a large file goes to the bucket first. */
async function upload(path: { message_id: number }, file: File): Promise<Announcement> {
  if (file.size <= LARGEST_IN_A_CALL) {
    const content_base64 = toBase64(new Uint8Array(await file.arrayBuffer()));
    return api.post(`${MESSAGE}/targets`, { path, body: { content_base64 } });
  }
  const { upload_id, url } = await api.post(`${MESSAGE}/upload`, { path, body: { size: file.size } });
  await putFile(url, file);
  return api.post(`${MESSAGE}/targets`, { path, body: { upload_id } });
}

export function UploadTargets({ message, onChanged, onClose }: Props) {
  const [informed, setInformed] = useState(false);
  const [file, setFile] = useState<File>();
  const [progress, setProgress] = useState<Announcement["upload"]>();
  const [outcome, setOutcome] = useState<Outcome>();
  const { busy, failure, run } = useAction();
  const path = { message_id: message.message_id };

  const start = () =>
    run(async () => {
      setProgress(undefined);
      try {
        let announcement: Announcement = await upload(path, file!);
        while (announcement.upload.state === "matching") {
          setProgress(announcement.upload);
          await wait(LOOK_MS);
          announcement = await api.get(MESSAGE, { path });
        }
        const refused: RefusedFileLine[] = [];
        for (let portion = 0; portion < announcement.upload.portions; portion++)
          refused.push(...(await api.get(`${MESSAGE}/report`, { path, query: { portion } })));
        setOutcome({ matched: announcement.upload.matched, refused });
      } finally {
        await onChanged();
      }
    });
  return (
    <Dialog title={t("window")} onClose={onClose} wide={Boolean(outcome)} firm={busy}>
      <p>{t("form")}</p>
      <p>{t("csv")}</p>
      {!informed && (
        <>
          <p>{t("adds")}</p>
          <div class="actions">
            <button type="button" class="primary" data-first onClick={() => setInformed(true)}>
              {t("ok")}
            </button>
          </div>
        </>
      )}
      {informed && !outcome && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (file) void start();
          }}
        >
          <TableFile label={t("file")} disabled={busy} onFile={setFile} />
          {busy && !progress && <Progress label={t("handing_over")} />}
          {busy && progress && <Progress label={t("working")} done={progress.bytes_done} all={progress.bytes_total} />}
          <Failed failure={failure} />
          <div class="actions">
            <Submit busy={busy} title={t("upload")} disabled={!file} />
          </div>
        </form>
      )}
      {outcome && <Report outcome={outcome} id={message.message_id} onClose={onClose} />}
    </Dialog>
  );
}

function Report({ outcome, id, onClose }: { outcome: Outcome; id: number; onClose: () => void }) {
  const { refused } = outcome;
  const save = () => {
    const rows = refused.map((each) => [each.line, reason.named(each.reason)]);
    download(`targets-${id}.csv`, csv([[t("line"), word("reason")], ...rows]));
  };
  return (
    <>
      <p role="status">
        <strong>{t("matched", { count: number(outcome.matched) })}</strong>
        {" · "}
        {refused.length ? t("refused", { count: number(refused.length) }) : t("none")}
      </p>
      {refused.length > SHOWN && <p>{t("some", { shown: SHOWN })}</p>}
      {refused.length > 0 && (
        <Table
          caption={t("refused", { count: number(refused.length) })}
          rows={refused.slice(0, SHOWN)}
          rowKey={(each) => each.line}
          empty=""
          columns={[
            { title: t("line"), kind: "figure", cell: (each) => number(each.line) },
            { title: word("reason"), cell: (each) => reason.named(each.reason) },
          ]}
        />
      )}
      <div class="actions">
        <button type="button" class="primary" data-first onClick={onClose}>
          {t("close")}
        </button>
        {refused.length > 0 && (
          <button type="button" onClick={save}>
            {word("export")}
          </button>
        )}
      </div>
    </>
  );
}
