/** The national list of hospitals from a CSV: sent in parts, so that its progress shows. The same
 * file again changes nothing; lines that cannot be taken are told with their number and reason. */
import { useState } from "preact/hooks";
import { lang, number, words } from "../i18n";
import { useAction } from "../load";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { Failed } from "../ui/notice";
import { Progress } from "../ui/progress";
import { Table } from "../ui/table";

const t = words({
  window: ["นำเข้าหน่วยบริการจาก CSV", "Import hospitals from a CSV"],
  file: ["ไฟล์ CSV", "CSV file"],
  hint: [
    "คอลัมน์: รหัส, ชื่อหน่วยงาน, จังหวัด, สาขา, จำนวนปี เข้ารหัสแบบ UTF-8",
    "Columns: code, name, province, district, years; UTF-8",
  ],
  import: ["นำเข้า", "Import"],
  working: ["กำลังนำเข้า บรรทัด", "Importing, lines"],
  outcome: [
    "เพิ่ม {added} แก้ไข {changed} เหมือนเดิม {unchanged} แห่ง อ่านไม่ได้ {bad} บรรทัด",
    "{added} added, {changed} changed, {unchanged} as before; {bad} lines not taken",
  ],
  bad: ["บรรทัดที่ไม่ได้นำเข้า", "Lines not taken"],
  line: ["บรรทัด", "Line"],
  reason: ["เหตุผล", "Reason"],
  not_utf8: ["ไฟล์นี้ไม่ได้เข้ารหัสแบบ UTF-8 บันทึกใหม่เป็น CSV UTF-8 แล้วลองอีกครั้ง", "This file is not UTF-8. Save it as CSV UTF-8 and try again."],
});

const LINES_A_TURN = 200;

interface Outcome {
  added: number;
  changed: number;
  unchanged: number;
  refused: { line: number; reason: string; reason_en: string }[];
}

export function ImportHospitals({ onClose, onDone }: { onClose: () => void; onDone: () => Promise<void> }) {
  const [lines, setLines] = useState<string[]>([]);
  const [notUtf8, setNotUtf8] = useState(false);
  const [done, setDone] = useState(0);
  const [outcome, setOutcome] = useState<Outcome | undefined>();
  const { busy, failure, run } = useAction();

  const read = async (file: File | undefined) => {
    setOutcome(undefined);
    setDone(0);
    setLines([]);
    setNotUtf8(false);
    if (!file) return;
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
      setLines(text.replace(/\r?\n$/, "").split(/\r?\n/));
    } catch {
      setNotUtf8(true);
    }
  };
  const send = async (event: Event) => {
    event.preventDefault();
    await run(async () => {
      let sum: Outcome = { added: 0, changed: 0, unchanged: 0, refused: [] };
      for (let at = done; at < lines.length; at += LINES_A_TURN) {
        const part = await api.post<Outcome>("/api/accounts/hospital-import", {
          lines: lines.slice(at, at + LINES_A_TURN),
          first_line: at + 1,
        });
        sum = {
          added: sum.added + part.added,
          changed: sum.changed + part.changed,
          unchanged: sum.unchanged + part.unchanged,
          refused: [...sum.refused, ...part.refused],
        };
        setOutcome(sum);
        setDone(Math.min(at + LINES_A_TURN, lines.length)); // after a failure it goes on from here
      }
    });
    await onDone();
  };
  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={busy} wide>
      <form onSubmit={send} noValidate>
        <Field label={t("file")} hint={t("hint")} error={notUtf8 ? t("not_utf8") : undefined}>
          {(control) => (
            <input
              type="file"
              accept=".csv,text/csv"
              {...control}
              onChange={(event) => void read(event.currentTarget.files?.[0])}
            />
          )}
        </Field>
        {lines.length > 0 && (busy || done > 0) && <Progress label={t("working")} done={done} all={lines.length} />}
        <Failed failure={failure} />
        <p role="status">
          {outcome &&
            t("outcome", {
              added: number(outcome.added),
              changed: number(outcome.changed),
              unchanged: number(outcome.unchanged),
              bad: number(outcome.refused.length),
            })}
        </p>
        <div class="actions">
          <button class="primary" disabled={!lines.length || (done === lines.length && !failure)} aria-busy={busy} aria-disabled={busy}>
            {t("import")}
          </button>
        </div>
      </form>
      {outcome && outcome.refused.length > 0 && (
        <Table
          caption={t("bad")}
          rows={outcome.refused}
          rowKey={(line) => line.line}
          empty=""
          columns={[
            { title: t("line"), kind: "figure", cell: (line) => number(line.line) },
            { title: t("reason"), cell: (line) => (lang.value === "th" ? line.reason : line.reason_en) },
          ]}
        />
      )}
    </Dialog>
  );
}
