/** Many people for the white list from a CSV: sent in parts, so that its progress shows. The same file again does no
 * harm; lines that cannot be taken are told with their number and reason. */
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
  window: ["นำเข้า White list จาก CSV", "Import a white list from a CSV"],
  file: ["ไฟล์ CSV", "CSV file"],
  hint: [
    "คอลัมน์: เลขที่บัตรประชาชน, คำนำหน้า, ชื่อ, นามสกุล, เพศ (ชาย/หญิง), วันเกิด, โทรศัพท์มือถือ",
    "Columns: national id, title, first name, last name, sex (1 male, 2 female), date of birth, mobile phone",
  ],
  import: ["นำเข้า", "Import"],
  working: ["กำลังนำเข้า บรรทัด", "Importing, lines"],
  outcome: ["นำเข้า {accepted} คน ไม่ได้นำเข้า {bad} บรรทัด", "{accepted} people taken; {bad} lines not taken"],
  bad: ["บรรทัดที่ไม่ได้นำเข้า", "Lines not taken"],
  line: ["บรรทัด", "Line"],
  reason: ["เหตุผล", "Reason"],
});

const wrong = words({
  cid: ["เลขที่บัตรประชาชนไม่ถูกต้อง", "not a national id"],
  first_name: ["ไม่มีชื่อ", "no first name"],
  last_name: ["ไม่มีนามสกุล", "no last name"],
  gender: ["เพศต้องเป็น ชาย หรือ หญิง", "the sex is not readable"],
  birth_date: ["วันเกิดไม่ถูกต้อง", "the date of birth is not readable"],
});

const LINES_A_TURN = 200;

interface Outcome {
  accepted: number;
  refused: { line: number; field: string; reason: string }[];
}

/** UTF-8, and the Thai encoding of Windows where it is not. */
function decoded(content: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return new TextDecoder("windows-874").decode(content);
  }
}

export function ImportWhiteList({ onClose, onDone }: { onClose: () => void; onDone: () => Promise<void> }) {
  const [lines, setLines] = useState<string[]>([]);
  const [done, setDone] = useState(0);
  const [outcome, setOutcome] = useState<Outcome>();
  const { busy, failure, run } = useAction();

  const read = async (file: File | undefined) => {
    setOutcome(undefined);
    setDone(0);
    setLines(file ? decoded(await file.arrayBuffer()).replace(/\r?\n$/, "").split(/\r?\n/) : []);
  };
  const send = async (event: Event) => {
    event.preventDefault();
    await run(async () => {
      let sum: Outcome = outcome ?? { accepted: 0, refused: [] };
      for (let at = done; at < lines.length; at += LINES_A_TURN) {
        const part = await api.post<Outcome>("/api/dashboard/white-list/import", {
          lines: lines.slice(at, at + LINES_A_TURN),
          first_line: at + 1,
        });
        sum = { accepted: sum.accepted + part.accepted, refused: [...sum.refused, ...part.refused] };
        setOutcome(sum);
        setDone(Math.min(at + LINES_A_TURN, lines.length)); // after a failure it goes on from here
      }
    });
    await onDone();
  };
  const why = ({ field, reason }: Outcome["refused"][number]) =>
    lang.value === "th" && ["cid", "first_name", "last_name", "gender", "birth_date"].includes(field)
      ? wrong(field as Parameters<typeof wrong>[0])
      : `${field}: ${reason}`;
  return (
    <Dialog title={t("window")} onClose={onClose} firm={busy} wide>
      <form onSubmit={send} noValidate>
        <Field label={t("file")} hint={t("hint")}>
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
          {outcome && t("outcome", { accepted: number(outcome.accepted), bad: number(outcome.refused.length) })}
        </p>
        <div class="actions">
          <button class="primary" disabled={!lines.length || done === lines.length} aria-busy={busy} aria-disabled={busy}>
            {t("import")}
          </button>
        </div>
      </form>
      {outcome && outcome.refused.length > 0 && (
        <Table
          caption={t("bad")}
          rows={outcome.refused}
          rowKey={(one) => one.line}
          empty=""
          columns={[
            { title: t("line"), kind: "figure", cell: (one) => number(one.line) },
            { title: t("reason"), cell: why },
          ]}
        />
      )}
    </Dialog>
  );
}
