/** A window that sends a CSV in parts, so that its progress shows and a failure costs one part. The same
 * file again does no harm; lines that cannot be taken are told with their number and reason. */
import { useState } from "preact/hooks";
import { number, words } from "../i18n";
import { useAction } from "../load";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { Failed } from "../ui/notice";
import { Progress } from "../ui/progress";
import { Table } from "../ui/table";

const t = words({
  file: ["ไฟล์ CSV", "CSV file"],
  import: ["นำเข้า", "Import"],
  go_on: ["นำเข้าต่อ", "Go on importing"],
  working: ["กำลังนำเข้า บรรทัด", "Importing, lines"],
  finished: ["นำเข้าแล้ว บรรทัด", "Imported, lines"],
  stopped: ["หยุดอยู่ที่บรรทัด", "Stopped at line"],
  not_utf8: [
    "ไฟล์นี้ไม่ได้เข้ารหัสแบบ UTF-8 บันทึกใหม่เป็น CSV UTF-8 แล้วลองอีกครั้ง",
    "This file is not UTF-8. Save it as CSV UTF-8 and try again.",
  ],
  nothing: ["ไฟล์นี้ว่าง เลือกไฟล์อื่น", "This file is empty. Choose another."],
  bad: ["บรรทัดที่ไม่ได้นำเข้า", "Lines not taken"],
  bad_cut: [
    "แสดง {shown} จาก {all} บรรทัดแรก แก้ไขในไฟล์แล้วนำเข้าอีกครั้งได้ ส่วนที่นำเข้าแล้วจะไม่ซ้ำ",
    "The first {shown} of {all} are shown. Put the file right and import it again; what was taken is not taken twice.",
  ],
  line: ["บรรทัด", "Line"],
  reason: ["เหตุผล", "Reason"],
});

const LINES_A_TURN = 200;
const MOST_SHOWN = 200;

export interface Refused {
  line: number;
}

/** What the API says of a part: how many lines became what, and the lines it did not take. */
type Outcome<R> = { refused: R[] } & Record<string, number | R[]>;

interface CsvImportProps<R extends Refused> {
  title: string;
  /** The columns. */
  hint: string;
  path: string;
  /** Undefined where the file cannot be read. */
  decoded: (content: ArrayBuffer) => string | undefined;
  /** The outcome in words: the API's counts by name, and how many lines were not taken. */
  outcome: (counts: Record<string, string>, bad: string) => string;
  why: (refused: R) => string;
  onClose: () => void;
  onDone: () => Promise<void>;
}

export function CsvImport<R extends Refused>({ title, hint, path, decoded, outcome, why, onClose, onDone }: CsvImportProps<R>) {
  const [lines, setLines] = useState<string[]>([]);
  const [fault, setFault] = useState<"not_utf8" | "nothing" | undefined>();
  const [done, setDone] = useState(0);
  const [sum, setSum] = useState<Outcome<R> | undefined>();
  const { busy, failure, run } = useAction();

  const read = async (file: File | undefined) => {
    setSum(undefined);
    setDone(0);
    setLines([]);
    const text = file && decoded(await file.arrayBuffer());
    setFault(!file || text?.trim() ? undefined : text === undefined ? "not_utf8" : "nothing");
    if (text?.trim()) setLines(text.replace(/\r?\n$/, "").split(/\r?\n/));
  };
  const send = async (event: Event) => {
    event.preventDefault();
    await run(async () => {
      let all = sum;
      for (let at = done; at < lines.length; at += LINES_A_TURN) {
        const body = { lines: lines.slice(at, at + LINES_A_TURN), first_line: at + 1 };
        all = added(all, await api.post<Outcome<R>>(path, body));
        setSum(all);
        setDone(Math.min(at + LINES_A_TURN, lines.length)); // after a failure it goes on from here
      }
    });
    await onDone();
  };
  const all = lines.length;
  const refused = sum?.refused ?? [];
  return (
    <Dialog title={title} onClose={onClose} firm={busy} unsaved={busy} wide>
      <form onSubmit={send} noValidate>
        <Field label={t("file")} hint={hint} error={fault && t(fault)}>
          {(control) => (
            <input
              type="file"
              accept=".csv,text/csv"
              {...control}
              disabled={busy}
              onChange={(event) => void read(event.currentTarget.files?.[0])}
            />
          )}
        </Field>
        {all > 0 && (busy || done > 0) && (
          <Progress label={t(busy ? "working" : done === all ? "finished" : "stopped")} done={done} all={all} />
        )}
        <Failed failure={failure} />
        <p role="status">{sum && outcome(counted(sum), number(refused.length))}</p>
        <div class="actions">
          <button class="primary" disabled={!all || done === all} aria-busy={busy} aria-disabled={busy}>
            {t(done && done < all && !busy ? "go_on" : "import")}
          </button>
        </div>
      </form>
      {refused.length > MOST_SHOWN && (
        <p class="marked">{t("bad_cut", { shown: number(MOST_SHOWN), all: number(refused.length) })}</p>
      )}
      {refused.length > 0 && (
        <Table
          caption={t("bad")}
          rows={refused.slice(0, MOST_SHOWN)}
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

const entries = <R,>(outcome: Outcome<R>) =>
  Object.entries(outcome).filter((entry): entry is [string, number] => typeof entry[1] === "number");

function added<R>(before: Outcome<R> | undefined, part: Outcome<R>): Outcome<R> {
  if (!before) return part;
  const counts = entries(part).map(([name, n]) => [name, n + (before[name] as number)]);
  return { ...Object.fromEntries(counts), refused: [...before.refused, ...part.refused] };
}

const counted = <R,>(outcome: Outcome<R>): Record<string, string> =>
  Object.fromEntries(entries(outcome).map(([name, n]) => [name, number(n)]));

/** UTF-8, or undefined. */
export function utf8(content: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return undefined; // told at the file's field
  }
}
