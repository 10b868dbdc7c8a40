import { expect, it } from "vitest";
import { fileLines } from "./text-file";

const bytes = (...parts: (string | number[])[]): ArrayBuffer =>
  new Uint8Array(parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part))).buffer;
const wide = (text: string, little: boolean): number[] =>
  [...text].flatMap((letter) => {
    const code = letter.charCodeAt(0);
    return little ? [code & 255, code >> 8] : [code >> 8, code & 255];
  });
const thai = (text: string): number[] =>
  [...text].map((letter) => (letter > "\x7f" ? letter.charCodeAt(0) - 0xe00 + 0xa0 : letter.charCodeAt(0)));

it.each(["\n", "\r\n", "\r"])("every encoding with %j gives the same lines", (end) => {
  const text = ["1,น้ำ", "", "2,x"].join(end) + end;
  for (const content of [
    bytes(text),
    bytes([0xef, 0xbb, 0xbf], text),
    bytes(thai(text)),
    bytes([0xff, 0xfe], wide(text, true)),
    bytes([0xfe, 0xff], wide(text, false)),
    bytes(wide(text, true)),
  ])
    expect(fileLines(content)).toEqual(["1,น้ำ", "", "2,x"]);
});

it("one bad byte costs one line of a UTF-8 file and changes no other name", () =>
  expect(fileLines(bytes("1,สมชาย\n2,Jos", [0xe9], ",x\n3,สมหญิง\n"))).toEqual(["1,สมชาย", undefined, "3,สมหญิง"]));

it.each([
  ["Jos", 0xe9, ",x"],
  ["", 0xc9, "lodie"],
  ["M", 0xfc, "ller"],
  ["Fran", 0xe7, "ois"],
])("a western letter never becomes a Thai one: %s%i%s", (before, letter, after) =>
  expect(fileLines(bytes("1,x\n2,", before, [letter], after))).toEqual(["1,x", undefined]),
);

it("Thai of Windows beside Latin letters is read", () =>
  expect(fileLines(bytes(thai("1,นายJohn,วัคซีนCOVID\n2,ก ข")))).toEqual(["1,นายJohn,วัคซีนCOVID", "2,ก ข"]));

it("an empty file has no lines", () => expect(fileLines(bytes(""))).toEqual([]));
