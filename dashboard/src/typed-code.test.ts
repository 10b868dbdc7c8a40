import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { cidDigits, cidFault } from "./cid";
import { readCode, readSlip } from "./typed-code";

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
