import { beforeEach, expect, it } from "vitest";
import { clear, codeIn, press, typed } from "./keyboard-input";

const SLIP = "00000-0ABCD-EFGHJ-KMNPQ";
// The keys of the same code while the computer is set to Thai.
const THAI = "จจจจจขจฤ\u0e3aฉฏขฎโฌ\u0e47\u0e4bขษ?\u0e4cญ๐";

beforeEach(clear);

function type(text: string, from = 0, keeps = false): string | undefined {
  let at = from;
  for (const key of text) press(key, (at += 10), keeps);
  return press("Enter", at, keeps);
}

it("a wand's keys and Enter are a code", () => {
  expect(type(SLIP)).toBe(SLIP);
  expect(typed.value).toBe("");
});

it("a code that was typed with a Thai keyboard is the same code", () => {
  expect(codeIn(THAI)).toBe(codeIn(SLIP));
});

it("what somebody typed before a pause is not in the next code", () => {
  type("123", 0);
  press("9", 100, false);
  expect(type(SLIP, 60_000)).toBe(SLIP);
});

it("on the keypad an id may be typed slowly", () => {
  for (const [n, digit] of [..."1101700230708"].entries()) press(digit, n * 5_000, true);
  expect(typed.value).toBe("1101700230708");
});

it("a wand on the open keypad wins over the first digits of an id", () => {
  expect(codeIn(`110${SLIP}`)).toBe(codeIn(SLIP));
});

it("Enter without a code is nothing", () => {
  expect(press("Enter", 1, false)).toBeUndefined();
});
