/** The field for a file of lines: a text file, or an .xlsx file, whose sheet with data becomes lines of a CSV. */
import { useRef, useState } from "preact/hooks";
import { translate, words, type Bilingual } from "../i18n";
import type { Numbers, Sheet } from "../spreadsheet";
import { Field, SelectField } from "../ui/field";
import { Progress } from "../ui/progress";

const t = words({
  sheet: ["แผ่นงาน", "Sheet"],
  nothing: ["ไฟล์นี้ว่าง เลือกไฟล์อื่น", "This file is empty. Choose another."],
  reading: ["กำลังอ่านไฟล์…", "Reading the file…"],
  not_read: ["อ่านไฟล์ไม่สำเร็จ เลือกไฟล์อีกครั้ง", "The file could not be read. Choose it again."],
});

interface TableFileProps {
  label: string;
  hint?: string;
  error?: string;
  disabled: boolean;
  /** What numbers in the columns of a sheet are. */
  numbers?: Numbers;
  /** The chosen file, as it is or made of the chosen sheet; undefined if there is none or it cannot be used. */
  onFile: (file: File | undefined) => void | Promise<void>;
}

/** An .xlsx file is a zip; with a password it is the container of the old .xls. */
async function isWorkbook(file: File): Promise<boolean> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return (first === 0x50 && second === 0x4b) || (first === 0xd0 && second === 0xcf);
}

export function TableFile({ label, hint, error, disabled, numbers, onFile }: TableFileProps) {
  const [chosen, setChosen] = useState<{ name: string; sheets: Sheet[]; at: number }>();
  const [fault, setFault] = useState<Bilingual>();
  /** A slow PC needs a while for a large file. */
  const [reading, setReading] = useState(false);
  const latest = useRef<File | undefined>(undefined);

  const use = (name: string, sheets: Sheet[], at = 0) => {
    setChosen({ name, sheets, at });
    // Every line has an end, so that an empty one is a line too. Line n is row n.
    return onFile(new File([sheets[at]!.lines.map((line) => `${line}\n`).join("")], `${name}.csv`));
  };
  const choose = async (file: File | undefined) => {
    latest.current = file;
    setChosen(undefined);
    setFault(undefined);
    setReading(Boolean(file));
    void onFile(undefined);
    let why = t.both("not_read"); // the drive was pulled out, or the reader of .xlsx files cannot be loaded
    let reader: typeof import("../spreadsheet") | undefined;
    try {
      if (!file || !(await isWorkbook(file))) return latest.current === file && (await onFile(file));
      reader = await import("../spreadsheet");
      const sheets = await reader.readWorkbook(new Uint8Array(await file.arrayBuffer()), numbers);
      if (latest.current !== file) return; // another file was chosen meanwhile
      if (sheets.length) return await use(file.name, sheets);
      why = t.both("nothing");
    } catch (caught) {
      if (reader && caught instanceof reader.SpreadsheetFault) why = caught.text;
    } finally {
      if (latest.current === file) setReading(false);
    }
    if (latest.current === file) setFault(why);
  };
  return (
    <>
      <Field label={label} hint={hint} error={fault ? translate(fault) : error}>
        {(control) => (
          <input
            type="file"
            accept=".csv,.txt,.xlsx,.xls,text/csv,text/plain"
            {...control}
            disabled={disabled}
            // A file that was put right is read again: by default, choosing the same one changes nothing.
            onClick={(event) => (event.currentTarget.value = "")}
            onCancel={() => void choose(undefined)}
            onChange={(event) => void choose(event.currentTarget.files?.[0])}
          />
        )}
      </Field>
      {reading && <Progress label={t("reading")} />}
      {chosen && chosen.sheets.length > 1 && (
        <SelectField
          label={t("sheet")}
          value={chosen.at}
          disabled={disabled}
          onValue={(at) => void use(chosen.name, chosen.sheets, Number(at))}
          options={chosen.sheets.map(({ name }, value) => ({ value, text: name }))}
        />
      )}
    </>
  );
}
