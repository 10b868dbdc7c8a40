import { describe, expect, it } from "vitest";
import { readWorkbook, type Numbers } from "./spreadsheet";

const utf8 = (text: string) => new TextEncoder().encode(text);
const two = (n: number) => [n & 255, (n >> 8) & 255];
const four = (n: number) => [...two(n), ...two(n >>> 16)];

/** A zip of these parts, packed as Excel packs them, or stored. */
async function zip(parts: Record<string, string>, isPacked = true): Promise<Uint8Array<ArrayBuffer>> {
  const locals: number[] = [];
  const directory: number[] = [];
  for (const [path, text] of Object.entries(parts)) {
    const content = utf8(text);
    const packing = new Response(content).body!.pipeThrough(new CompressionStream("deflate-raw"));
    const packed = isPacked ? new Uint8Array(await new Response(packing).arrayBuffer()) : content;
    const name = utf8(path);
    const head = [...two(isPacked ? 8 : 0), ...four(0), ...four(0), ...four(packed.length), ...four(content.length), ...two(name.length), ...two(0)];
    directory.push(...four(0x02014b50), ...two(20), ...two(20), ...two(0), ...head, ...two(0), ...two(0), ...two(0), ...four(0), ...four(locals.length), ...name);
    locals.push(...four(0x04034b50), ...two(20), ...two(0), ...head, ...name, ...packed);
  }
  const count = Object.keys(parts).length;
  const end = [...four(0x06054b50), ...two(0), ...two(0), ...two(count), ...two(count), ...four(directory.length), ...four(locals.length), ...two(0)];
  return new Uint8Array([...locals, ...directory, ...end]);
}

interface Book {
  sheets: Record<string, string>;
  shared?: string;
  styles?: string;
  properties?: string;
  hidden?: string[];
}

const parts = ({ sheets, shared, styles, properties = "", hidden = [] }: Book): Record<string, string> => ({
  "xl/workbook.xml": `<workbook xmlns:r="r">${properties}<sheets>${Object.keys(sheets)
    .map((name, n) => `<sheet name="${name}" sheetId="${n + 7}" ${hidden.includes(name) ? 'state="hidden"' : ""} r:id="rId${n}"/>`)
    .join("")}</sheets></workbook>`,
  "xl/_rels/workbook.xml.rels": `<Relationships>${Object.keys(sheets)
    .map((_, n) => `<Relationship Id="rId${n}" Type="worksheet" Target="worksheets/sheet${n}.xml"/>`)
    .join("")}</Relationships>`,
  ...(shared ? { "xl/sharedStrings.xml": `<sst>${shared}</sst>` } : {}),
  ...(styles ? { "xl/styles.xml": `<styleSheet>${styles}</styleSheet>` } : {}),
  ...Object.fromEntries(
    Object.values(sheets).map((rows, n) => [
      `xl/worksheets/sheet${n}.xml`,
      `<?xml version="1.0"?><worksheet><cols><col min="1"/></cols><sheetData>${rows}</sheetData></worksheet>`,
    ]),
  ),
});

/** The lines of the first sheet. */
async function lines(rows: string, book: Omit<Book, "sheets"> = {}, numbers?: Numbers): Promise<string[]> {
  const [sheet] = await readWorkbook(await zip(parts({ sheets: { Sheet1: rows }, ...book })), numbers);
  return sheet!.lines;
}

const STYLES = `<numFmts><numFmt numFmtId="164" formatCode="0000000000"/><numFmt numFmtId="165" formatCode="[$-107041E]d/m/yyyy;@"/>
<numFmt numFmtId="166" formatCode="#,##0.00&quot; day&quot;"/><numFmt numFmtId="167" formatCode="0\\-0000\\-00000\\-00\\-0"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${[0, 164, 165, 166, 167, 14, 22].map((id) => `<xf numFmtId="${id}"/>`).join("")}</cellXfs>`;
const cell = (value: string, style = 0) => `<row r="1"><c r="A1" s="${style}"><v>${value}</v></c></row>`;

describe("texts", () => {
  it("are read from the shared ones, with their runs, escapes and without reading signs", async () => {
    const shared =
      "<si><t>ก &amp; ข</t></si><si><r><rPr><b/></rPr><t xml:space='preserve'>น้ำ </t></r><r><t>ใจ</t></r><rPh sb='0'><t>x</t></rPh></si><si/><si><t>a_x000D_b&#x0E01;&#3586;</t></si>";
    const row = `<row r="1">${[0, 1, 2, 3].map((n) => `<c r="${"ABCD"[n]}1" t="s"><v>${n}</v></c>`).join("")}</row>`;
    expect(await lines(row, { shared })).toEqual(["ก & ข,น้ำ ใจ,,a bกข"]);
  });

  it("are read from the cell itself, and those of formulas", async () =>
    expect(
      await lines('<row><c t="inlineStr"><is><r><t>สม</t></r><r><t>ชาย</t></r></is></c><c t="str"><f>A1&amp;"x"</f><v>x &lt; y</v></c><c t="b"><v>1</v></c></row>'),
    ).toEqual(["สมชาย,x < y,TRUE"]));

  it("with separators, quotes and line breaks are one cell of one line", async () =>
    expect(
      await lines('<row><c t="inlineStr"><is><t>รักไทย, "ม." ;\n|</t></is></c><c><v>1</v></c></row>'),
    ).toEqual(['"รักไทย, ""ม."" ; |",1']));

  it("keep the zeros before them", async () =>
    expect(await lines('<row><c t="inlineStr"><is><t>0812345678</t></is></c></row>')).toEqual(["0812345678"]));

  it("with a prefix of the namespace are the same", async () => {
    const book = parts({ sheets: { A: '<row r="1"><c r="A1" t="s"><v>0</v></c></row>' }, shared: "<si><t>ก</t></si>" });
    const prefixed = Object.fromEntries(
      Object.entries(book).map(([path, xml]) => [path, xml.replace(/<(\/?)(?=[a-z])/gi, "<$1x:")]),
    );
    expect(await readWorkbook(await zip(prefixed))).toEqual([{ name: "A", lines: ["ก"] }]);
  });
});

describe("numbers", () => {
  it.each([
    ["1101500000119", "1101500000119"],
    ["1.1015000001190001E12", "1101500000119"],
    ["1.101500000119E+12", "1101500000119"],
    ["10", "10"],
    ["0.1", "0.1"],
    ["0.30000000000000004", "0.3"],
    ["-12", "-12"],
  ])("%s is written as %s", async (stored, written) => expect(await lines(cell(stored))).toEqual([written]));

  it("have as many digits as their format has zeros", async () => {
    expect(await lines(cell("812345678", 1), { styles: STYLES })).toEqual(["0812345678"]);
    expect(await lines(cell("12345678901", 4), { styles: STYLES })).toEqual(["0012345678901"]);
  });

  it.each([
    ["812345678", "0812345678"],
    ["21234567", "021234567"],
    ["1234567", "1234567"],
    ["8123456789", "8123456789"],
  ])("of a telephone get their zero back: %s is %s", async (stored, written) =>
    expect(await lines(cell(stored), {}, { 0: "phone" })).toEqual([written]));

  it("of a code get its zeros back, and a national id gets none: another person might have the longer one", async () => {
    expect(await lines(cell("51"), {}, { 0: 5 })).toEqual(["00051"]);
    expect(await lines(cell("110150000011"), {}, { 6: "phone" })).toEqual(["110150000011"]);
  });

  it("in the format of one zero are filled like those without a format", async () => {
    const styles = '<numFmts><numFmt numFmtId="164" formatCode="0"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs>';
    expect(await lines(cell("812345678"), { styles }, { 0: "phone" })).toEqual(["0812345678"]);
    expect(await lines(cell("1234"), { styles }, { 0: 5 })).toEqual(["01234"]);
  });

  it("that a formula could not find are empty", async () =>
    expect(await lines('<row><c t="e"><v>#N/A</v></c><c><v>1</v></c></row>')).toEqual([",1"]));
});

describe("dates", () => {
  it.each([
    ["32888", 5, "15/01/1990"],
    ["32888", 2, "15/01/1990"],
    ["32888.75", 6, "15/01/1990"],
    ["231215", 5, "15/01/2533"],
    ["59", 5, "28/02/1900"],
    ["61", 5, "01/03/1900"],
    ["32888", 3, "32888"],
    ["32888", 0, "32888"],
  ])("%s in style %i is %s", async (stored, style, written) =>
    expect(await lines(cell(stored, style), { styles: STYLES })).toEqual([written]));

  it("are counted from 1904 in a file of an old Mac", async () =>
    expect(await lines(cell("31426", 5), { styles: STYLES, properties: '<workbookPr date1904="1"/>' })).toEqual(["15/01/1990"]));

  it("are read as text too", async () =>
    expect(await lines('<row><c t="d"><v>1990-01-15T00:00:00</v></c></row>')).toEqual(["15/01/1990"]));
});

describe("rows", () => {
  it("keep their numbers, also behind empty ones and columns that are left out", async () =>
    expect(
      await lines('<row r="2"><c r="C2"><v>1</v></c></row><row r="3"><c r="A3" s="1"/></row><row r="5"><c r="AA5"><v>2</v></c></row><row r="9"/>'),
    ).toEqual(["", ",,1", "", "", ",".repeat(26) + "2"]));

  it("are of all sheets that have some and are not hidden", async () => {
    const sheets = { "คำอธิบาย": "", "ก &amp; ข": cell("1"), secret: cell("2"), last: cell("3") };
    expect(await readWorkbook(await zip(parts({ sheets, hidden: ["secret"] })))).toEqual([
      { name: "ก & ข", lines: ["1"] },
      { name: "last", lines: ["3"] },
    ]);
  });

  it("are read from a zip that is only stored", async () =>
    expect(await readWorkbook(await zip(parts({ sheets: { A: cell("1") } }), false))).toEqual([{ name: "A", lines: ["1"] }]));
});

describe("a file that cannot be used says why:", () => {
  const ole = (name: string) => new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, ...[...name].flatMap((letter) => [letter.charCodeAt(0), 0])]);
  const fault = (bytes: Uint8Array<ArrayBuffer>, most?: number) => readWorkbook(bytes, {}, most).then(() => "", ({ kind }) => kind);

  it("one with a password", async () => expect(await fault(ole("EncryptedPackage"))).toBe("encrypted"));
  it("an old .xls", async () => expect(await fault(ole("Workbook"))).toBe("old"));
  it("another zip", async () => expect(await fault(await zip({ mimetype: "application/vnd.oasis" }))).toBe("unreadable"));
  it("one that was cut off", async () => {
    const whole = await zip(parts({ sheets: { A: cell("1") } }));
    expect(await fault(whole.slice(0, whole.length / 2))).toBe("unreadable");
  });
  it("one with a damaged part", async () => {
    const whole = await zip(parts({ sheets: { A: cell("1".repeat(50)) } }));
    expect(await fault(whole.fill(0xff, 60, 90))).toBe("unreadable");
  });
  it("one that says so itself is small, and unpacks to more than the limit", async () => {
    const bomb = await zip(parts({ sheets: { A: cell("1") + " ".repeat(300_000) } }));
    expect(bomb.length).toBeLessThan(5_000);
    new DataView(bomb.buffer).setUint32(22, 10, true); // the size that its first part claims
    expect(await fault(bomb, 200_000)).toBe("too_large");
    expect(await fault(bomb, 400_000)).toBe("");
  });
  it("one whose cells are far to the right, or have one text again and again", async () => {
    const far = [1, 2, 3].map((n) => `<row r="${n}"><c r="XFD${n}"><v>1</v></c></row>`).join("");
    expect(await fault(await zip(parts({ sheets: { A: far } })), 40_000)).toBe("too_large");
    const same = `<row>${'<c t="s"><v>0</v></c>'.repeat(9)}</row>`;
    expect(await fault(await zip(parts({ sheets: { A: same }, shared: `<si><t>${"x".repeat(900)}</t></si>` })), 5_000)).toBe("too_large");
  });
  it.each([
    ["rows", { sheets: { A: "<row>".repeat(300_000) } }],
    ["cells", { sheets: { A: `<row>${"<c>".repeat(300_000)}</row>` } }],
    ["tags of texts", { sheets: { A: cell("1") }, shared: "<si ".repeat(300_000) }],
    ["reading signs", { sheets: { A: cell("1") }, shared: `<si>${"<rPh>".repeat(300_000)}</si>` }],
    ["formats", { sheets: { A: cell("1") }, styles: "<numFmt ".repeat(300_000) }],
    ["properties", { sheets: { A: cell("1") }, properties: "<workbookPr ".repeat(300_000) }],
  ])("one with thousands of %s that have no end", async (_, book: Book) =>
    expect(await fault(await zip(parts(book)))).toBe("unreadable"));
  it("one whose row has a number that no sheet has", async () =>
    expect(await fault(await zip(parts({ sheets: { A: '<row r="99999999"><c><v>1</v></c></row>' } })))).toBe("unreadable"));
});
