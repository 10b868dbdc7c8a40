/** A window that sends a CSV, or the sheet of an .xlsx file, in parts: progress is shown, and a failure costs one part
 * only. The same file can be sent again. Lines that are not taken are listed with their number and reason. */
import { useRef, useState } from "preact/hooks";
import { number, words } from "../i18n";
import { useAction } from "../load";
import { fileLines, type FileLine } from "../text-file";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { Submit } from "../ui/form";
import { Progress } from "../ui/progress";
import { Table } from "../ui/table";
import { word } from "../words";
import type { Numbers } from "../spreadsheet";
import { TableFile } from "./table-file";

const t = words({
  file: ["ไฟล์ CSV หรือ Excel (.xlsx)", "Excel (.xlsx) or CSV file"],
  import: ["นำเข้า", "Import"],
  go_on: ["นำเข้าต่อ", "Go on importing"],
  working: ["กำลังนำเข้า บรรทัด", "Importing, lines"],
  finished: ["นำเข้าแล้ว บรรทัด", "Imported, lines"],
  stopped: ["หยุดอยู่ที่บรรทัด", "Stopped at line"],
  unreadable: [
    "มีตัวอักษรที่อ่านไม่ได้ บันทึกไฟล์เป็น CSV UTF-8 แล้วนำเข้าบรรทัดนี้อีกครั้ง",
    "A letter cannot be read. Save the file as CSV UTF-8 and import this line again.",
  ],
  nothing: ["ไฟล์นี้ว่าง เลือกไฟล์อื่น", "This file is empty. Choose another."],
  bad: ["บรรทัดที่ไม่ได้นำเข้า", "Lines not taken"],
  bad_cut: [
    "แสดง {shown} จาก {all} บรรทัดแรก แก้ไฟล์แล้วนำเข้าอีกครั้งได้ ไม่ซ้ำ",
    "The first {shown} of {all}. Put the file right and import it again: nothing is taken twice.",
  ],
  line: ["บรรทัด", "Line"],
});

const LINES_A_REQUEST = 200;
const MOST_SHOWN = 200;

export interface RefusedLine {
  line: number;
}

/** The API's answer to a part: counts of lines by outcome, and the lines that were not taken. */
interface Outcome<R> {
  refused: R[];
}

interface CsvImportProps<R extends RefusedLine> {
  title: string;
  /** The columns. */
  hint: string;
  numbers?: Numbers;
  send: (body: { lines: string[]; first_line: number }) => Promise<Outcome<R>>;
  /** The outcome in words: the API's counts by name, and how many lines were not taken. */
  outcome: (counts: Record<string, string>, bad: string) => string;
  why: (refused: R) => string;
  onClose: () => void;
  onDone: () => Promise<void>;
}

export function CsvImport<R extends RefusedLine>({ title, hint, numbers, outcome, why, onClose, onDone, ...props }: CsvImportProps<R>) {
  const [lines, setLines] = useState<FileLine[]>([]);
  const [fault, setFault] = useState<"nothing" | undefined>();
  const [done, setDone] = useState(0);
  const [sum, setSum] = useState<Outcome<R> | undefined>();
  const latest = useRef<File | undefined>(undefined);
  const { busy, failure, run } = useAction();

  const read = async (file: File | undefined) => {
    latest.current = file;
    setSum(undefined);
    setDone(0);
    setLines([]);
    const found = file ? fileLines(await file.arrayBuffer()) : [];
    if (latest.current !== file) return; // another file or sheet was chosen meanwhile
    const empty = found.every((line) => line?.trim() === "");
    setFault(file && empty ? "nothing" : undefined);
    setLines(empty ? [] : found);
  };
  const send = async (event: Event) => {
    event.preventDefault();
    await run(async () => {
      let all = sum;
      for (let at = done; at < lines.length; at += LINES_A_REQUEST) {
        // A line that cannot be read keeps its place, so that the others keep their numbers.
        const part = lines.slice(at, at + LINES_A_REQUEST).map((line) => line ?? "");
        if (part.some(Boolean)) all = added(all, await props.send({ lines: part, first_line: at + 1 }));
        setSum(all);
        setDone(Math.min(at + LINES_A_REQUEST, lines.length)); // after a failure it continues from here
      }
    });
    await onDone();
  };
  const all = lines.length;
  const unreadable = lines.flatMap((line, n) => (line === undefined && n < done ? [{ line: n + 1 }] : []));
  const bad: { line: number; why: string }[] = [
    ...(sum?.refused ?? []).map((each) => ({ line: each.line, why: why(each) })),
    ...unreadable.map(({ line }) => ({ line, why: t("unreadable") })),
  ].sort((a, b) => a.line - b.line);
  return (
    <Dialog title={title} onClose={onClose} firm={busy} unsaved={busy} wide>
      <form onSubmit={send} noValidate>
        <TableFile label={t("file")} hint={hint} error={fault && t(fault)} numbers={numbers} disabled={busy} onFile={read} />
        {all > 0 && (busy || done > 0) && (
          <Progress label={t(busy ? "working" : done === all ? "finished" : "stopped")} done={done} all={all} />
        )}
        <Failed failure={failure} />
        <p role="status">{sum && outcome(counted(sum), number(bad.length))}</p>
        <div class="actions">
          <Submit busy={busy} title={t(done && done < all && !busy ? "go_on" : "import")} disabled={!all || done === all} />
        </div>
      </form>
      {bad.length > MOST_SHOWN && (
        <p class="marked">{t("bad_cut", { shown: number(MOST_SHOWN), all: number(bad.length) })}</p>
      )}
      {bad.length > 0 && (
        <Table
          caption={t("bad")}
          rows={bad.slice(0, MOST_SHOWN)}
          rowKey={({ line }) => line}
          empty=""
          columns={[
            { title: t("line"), kind: "figure", cell: ({ line }) => number(line) },
            { title: word("reason"), cell: (row) => row.why },
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
  const earlier = Object.fromEntries(entries(before));
  const counts = entries(part).map(([name, n]) => [name, n + (earlier[name] ?? 0)]);
  return { ...Object.fromEntries(counts), refused: [...before.refused, ...part.refused] };
}

const counted = <R,>(outcome: Outcome<R>): Record<string, string> =>
  Object.fromEntries(entries(outcome).map(([name, n]) => [name, number(n)]));
