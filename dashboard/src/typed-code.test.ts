import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { cidDigits, cidFault } from "./cid";
import { readCode, readSlip, slipIn } from "./typed-code";

interface Vectors {
  read: [typed: string, code: string][];
  no_id: string[];
  slips: [typed: string, code: string][];
}
const vectors = JSON.parse(readFileSync("../tests/typed_codes.json", "utf8")) as Vectors;

it.each(vectors.read)("%j is read as %s", (typed, code) => {
  expect(readCode(typed)).toBe(code);
  if (/^\d+$/.test(code)) expect(cidFault(typed)).toBeUndefined();
});

it.each(vectors.no_id)("%j is no id", (typed) => expect(cidFault(typed)).toBe("length"));

it.each(vectors.slips)("%j is the slip %s", (typed, code) => expect(readSlip(typed)).toBe(code));

it("an id that is read is the digits", () => expect(cidDigits("ๅ/-ภถุึคตจๅ/ๅ")).toBe("1234567890121"));

const OWN: Record<string, string> = { "0000": "00000", "1111": "04228", "1VWX": "07667" };
const slips = [...vectors.slips, ...vectors.read.filter(([, code]) => code.length === 20)];

it.each(slips)("%j is a slip; in Thai letters only of the own hospital", (typed, code) => {
  expect(slipIn(typed, OWN[code.slice(0, 4)]!)).toBe(code);
  expect(slipIn(typed, "99999")).toBe(/[\u0e01-\u0e4e]/.test(typed) ? undefined : code);
});

it.each(["1234567890121", "นายสมชาย ใจดี", "0812345678", ""])("%j is no slip", (typed) => {
  expect(slipIn(typed, "00000")).toBeUndefined();
});
