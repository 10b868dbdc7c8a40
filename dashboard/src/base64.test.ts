import { expect, test } from "vitest";
import { pieces, toBase64 } from "./pieces";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (piece: Uint8Array) => new TextDecoder().decode(piece);

test("a small file is one piece", () => {
  expect(pieces(bytes("1\n2\n")).map(text)).toEqual(["1\n2\n"]);
  expect(pieces(bytes("")).map(text)).toEqual([""]);
});

test("a large file is cut at line ends and nothing is lost", () => {
  const cut = pieces(bytes("111\r\n222\r\n333\r\n4"), 11).map(text);
  expect(cut).toEqual(["111\r\n222\r\n", "333\r\n4"]);
  expect(cut.join("")).toBe("111\r\n222\r\n333\r\n4");
});

test("a line longer than a piece is cut through, and the cutting ends", () => {
  expect(pieces(bytes("1234567890"), 4).map(text)).toEqual(["1234", "5678", "90"]);
});

test("bytes survive base64 as they are", () => {
  const all = Uint8Array.from({ length: 20_000 }, (_, n) => n % 256);
  expect(Uint8Array.from(atob(toBase64(all)), (c) => c.charCodeAt(0))).toEqual(all);
});
