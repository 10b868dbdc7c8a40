/** Reads the sheets of an .xlsx file as lines of a CSV. It is loaded when such a file is chosen.
 *
 * Line n is row n of the sheet. A number is written in full, a date as day/month/year. Excel drops the zeros before a
 * number: they are put back if the cell's format is of zeros ("00000"), or if the column has a known kind of number. */
import { words, type Bilingual } from "./i18n";

const t = words({
  encrypted: [
    "ไฟล์ Excel นี้มีรหัสผ่าน เปิดใน Excel แล้วบันทึกใหม่โดยไม่ใส่รหัสผ่าน",
    "This Excel file has a password. Open it in Excel and save it without one.",
  ],
  old: [
    "ไฟล์ .xls เป็นรูปแบบเก่า เปิดใน Excel แล้วบันทึกเป็น .xlsx หรือ CSV",
    "An .xls file is of an old kind. Open it in Excel and save it as .xlsx or CSV.",
  ],
  too_large: [
    "ไฟล์ Excel นี้ใหญ่เกินไป แบ่งเป็นหลายไฟล์ หรือบันทึกเป็น CSV",
    "This Excel file is too large. Split it, or save it as CSV.",
  ],
  unreadable: [
    "อ่านไฟล์ Excel นี้ไม่ได้ เปิดใน Excel แล้วบันทึกเป็น .xlsx หรือ CSV",
    "This Excel file cannot be read. Open it in Excel and save it as .xlsx or CSV.",
  ],
});

export class SpreadsheetFault extends Error {
  readonly text: Bilingual;
  constructor(readonly kind: "encrypted" | "old" | "too_large" | "unreadable") {
    super(kind);
    this.text = t.both(kind);
  }
}

export interface Sheet {
  name: string;
  lines: string[];
}

/** What numbers of a column are, by its index: "phone" begins with a 0; a count of digits is filled with zeros. */
export type Numbers = Record<number, "phone" | number>;

/** Most bytes of all parts of a file together, unpacked, and most letters of its lines: some 250,000 people. */
const MOST_BYTES = 128_000_000;
const MOST_ROWS = 1_048_576;
const MOST_COLUMNS = 16_384;

/** The sheets that have data and are not hidden.
 * @throws SpreadsheetFault */
export async function readWorkbook(bytes: Uint8Array<ArrayBuffer>, numbers: Numbers = {}, most = MOST_BYTES): Promise<Sheet[]> {
  if (bytes[0] === 0xd0) throw new SpreadsheetFault(has(bytes, "EncryptedPackage") ? "encrypted" : "old");
  const parts = partsOf(bytes);
  const budget = { left: most };
  const part = (name: string) => unpacked(bytes, parts.get(name), budget);
  const workbook = await part("xl/workbook.xml");
  const relations = await part("xl/_rels/workbook.xml.rels");
  if (!workbook || !relations) throw new SpreadsheetFault("unreadable");
  const is1904 = tags(workbook, "workbookPr").some((tag) => /^(1|true)$/.test(attribute(tag, "date1904")));
  const cells = new Cells(Array.from(elements(await part("xl/sharedStrings.xml"), "si"), ([, text]) => runs(text)), formats(await part("xl/styles.xml")), is1904, numbers, most);
  const targets = new Map(tags(relations, "Relationship").map((tag) => [attribute(tag, "Id"), attribute(tag, "Target")]));
  const sheets: Sheet[] = [];
  for (const tag of tags(workbook, "sheet")) {
    if (/hidden/i.test(attribute(tag, "state"))) continue;
    const target = targets.get(attribute(tag, "id")) ?? "";
    const lines = cells.lines(await part(target.startsWith("/") ? target.slice(1) : `xl/${target}`));
    if (lines.length) sheets.push({ name: attribute(tag, "name"), lines });
  }
  return sheets;
}

/** Whether the file has this text in UTF-16, as the names of its streams are written. */
function has(bytes: Uint8Array, text: string): boolean {
  const head = new TextDecoder("latin1").decode(bytes);
  return head.includes([...text].join("\0"));
}

// ---- the zip ----

interface Part {
  method: number;
  size: number;
  at: number;
}

/** The directory at the end of a zip. */
function partsOf(bytes: Uint8Array<ArrayBuffer>): Map<string, Part> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = new Map<string, Part>();
  try {
    let end = bytes.length - 22;
    while (view.getUint32(end, true) !== 0x06054b50) end--;
    let at = view.getUint32(end + 16, true);
    for (let n = view.getUint16(end + 10, true); n > 0; n--) {
      if (view.getUint32(at, true) !== 0x02014b50) throw new RangeError();
      const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [number, number, number];
      parts.set(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name)), {
        method: view.getUint16(at + 10, true),
        size: view.getUint32(at + 20, true),
        at: view.getUint32(at + 42, true),
      });
      at += 46 + name + extra + comment;
    }
  } catch {
    throw new SpreadsheetFault("unreadable"); // it is cut off, or no zip
  }
  return parts;
}

/** The text of a part; "" if there is none. What it says of its own size is not believed: the bytes are counted. */
async function unpacked(bytes: Uint8Array<ArrayBuffer>, part: Part | undefined, budget: { left: number }): Promise<string> {
  if (!part) return "";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text: string[] = [];
  const decoder = new TextDecoder();
  try {
    const start = part.at + 30 + view.getUint16(part.at + 26, true) + view.getUint16(part.at + 28, true);
    const packed = new Blob([bytes.subarray(start, start + part.size)]).stream();
    const reader = (part.method ? packed.pipeThrough(new DecompressionStream("deflate-raw")) : packed).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      budget.left -= value.length;
      if (budget.left < 0) {
        void reader.cancel();
        throw new SpreadsheetFault("too_large");
      }
      text.push(decoder.decode(value, { stream: true }));
    }
  } catch (caught) {
    throw caught instanceof SpreadsheetFault ? caught : new SpreadsheetFault("unreadable");
  }
  return text.join("") + decoder.decode();
}

// ---- the XML: what Excel and other programs write of it, with or without a prefix of the namespace ----

type Element = [tag: string, content: string, name: string];

/** The elements of these names ("a|b"), one behind another. A part is read once, whatever stands in it.
 * @throws SpreadsheetFault if an element has no end */
function* elements(xml: string, names: string): Generator<Element> {
  const start = new RegExp(`<((?:\\w+:)?(${names}))(?=[\\s/>])`, "g");
  const end = (text: string, from: number) => {
    const at = xml.indexOf(text, from);
    if (at < 0) throw new SpreadsheetFault("unreadable");
    return (start.lastIndex = at + text.length);
  };
  for (let found; (found = start.exec(xml)); ) {
    const from = end(">", start.lastIndex);
    const close = `</${found[1]}>`;
    const isEmpty = xml[from - 2] === "/";
    yield [xml.slice(found.index, from), isEmpty ? "" : xml.slice(from, end(close, from) - close.length), found[2]!];
  }
}

const tags = (xml: string, name: string): string[] => Array.from(elements(xml, name), ([tag]) => tag);
const content = (xml: string, name: string): string => elements(xml, name).next().value?.[1] ?? "";
const attribute = (tag: string, name: string): string =>
  plain(new RegExp(`[\\s:]${name}\\s*=\\s*(["'])(.*?)\\1`, "s").exec(tag)?.[2] ?? "");

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Text without its escapes. _x000D_ is how Excel writes a letter that XML has no place for. */
function plain(xml: string): string {
  return xml
    .replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (all, hex: string, decimal: string, name: string) => {
      if (name) return NAMED[name] ?? all;
      const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
    })
    .replace(/_x([\dA-F]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The text of a cell: its runs together, without the reading signs of East Asian text. */
const runs = (xml: string): string =>
  Array.from(elements(xml, "t|rPh"), ([, text, name]) => (name === "t" ? plain(text) : "")).join("");

/** The dates among the formats that every program knows by number, those of East Asia and Thailand too. */
const DATES = /^(1[4-7]|22|2[7-9]|3[0-6]|5[0-8]|7[1-4]|77|81)$/;

/** How numbers are shown: as a date, or with so many digits. */
type Format = "date" | number | undefined;

/** The format of each style of cells. */
function formats(xml: string): Format[] {
  const own = new Map(tags(xml, "numFmt").map((tag) => [attribute(tag, "numFmtId"), attribute(tag, "formatCode")]));
  return tags(content(xml, "cellXfs"), "xf").map((tag) => {
    const id = attribute(tag, "numFmtId");
    // texts in quotation marks, colours and languages in brackets, and escaped letters are no part of a date; no
    // program writes more than 255 letters
    const code = own.get(id)?.slice(0, 255).replace(/"[^"]*"|\[[^\]]*\]|\\./g, "");
    if (code === undefined) return DATES.test(id) ? "date" : undefined;
    const zeros = code.replace(/[-()\s]/g, "");
    if (/^0+$/.test(zeros)) return zeros.length;
    return /[dy]|mmm/i.test(code) ? "date" : undefined;
  });
}

const DAY = 86_400_000;
const IN_FULL = new Intl.NumberFormat("en", { useGrouping: false, maximumFractionDigits: 15 });

class Cells {
  constructor(
    readonly shared: string[],
    readonly styles: Format[],
    readonly is1904: boolean,
    readonly numbers: Numbers,
    private lettersLeft: number,
  ) {}

  /** The rows of a sheet, each as a line of a CSV; without the empty ones at its end. */
  lines(xml: string): string[] {
    const lines: string[] = [];
    let at = 0;
    for (const [head, content] of elements(xml, "row")) {
      at = Number(attribute(head, "r")) || at + 1;
      if (at > MOST_ROWS) throw new SpreadsheetFault("unreadable");
      const line = this.line(content);
      if (!line) continue;
      // one text may stand in any number of cells, and one cell behind thousands of empty ones
      this.lettersLeft -= line.length;
      if (this.lettersLeft < 0) throw new SpreadsheetFault("too_large");
      while (lines.length < at - 1) lines.push("");
      lines[at - 1] = line;
    }
    return lines;
  }

  private line(xml: string): string {
    const values: string[] = [];
    let at = -1;
    for (const [head, content] of elements(xml, "c")) {
      const letters = /^[A-Z]+/.exec(attribute(head, "r"))?.[0];
      at = letters ? [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1 : at + 1;
      if (at >= MOST_COLUMNS) throw new SpreadsheetFault("unreadable");
      const value = this.value(head, content, at).replace(/\s+/g, " ").trim();
      if (!value) continue;
      while (values.length < at) values.push("");
      values[at] = /[",;|]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
    }
    return values.join(",");
  }

  private value(head: string, xml: string, column: number): string {
    const kind = attribute(head, "t");
    if (kind === "inlineStr") return runs(xml);
    const stored = content(xml, "v");
    if (kind === "s") return this.shared[Number(stored)] ?? "";
    if (kind === "d") return written(stored);
    if (kind === "e") return ""; // #N/A is nobody's name
    if (kind === "b") return stored === "1" ? "TRUE" : "FALSE";
    const number = Number(stored);
    if (kind === "str" || stored === "" || Number.isNaN(number)) return plain(stored);
    return this.number(number, this.styles[Number(attribute(head, "s"))], this.numbers[column]);
  }

  private number(number: number, format: Format, known: Numbers[number] | undefined): string {
    if (format === "date" && number >= 1 && number < 2_958_466) {
      // Excel has a 29 February 1900, which never was
      const day = Math.floor(number) + (this.is1904 ? 1462 : number < 60 ? 1 : 0);
      return written(new Date(Date.UTC(1899, 11, 30) + day * DAY).toISOString());
    }
    // fifteen digits are all that a spreadsheet has; toPrecision takes away what a computation added to them
    const digits = IN_FULL.format(Number(number.toPrecision(15)));
    if (!/^\d+$/.test(digits)) return digits;
    const padded = digits.padStart(typeof format === "number" ? format : 0, "0");
    if (known === "phone") return /^[1-9]\d{7,8}$/.test(padded) ? `0${padded}` : padded;
    return padded.padStart(known ?? 0, "0");
  }
}

/** 15/01/1990 of 1990-01-15T00:00:00. */
const written = (iso: string): string => iso.slice(0, 10).split("-").reverse().join("/");
