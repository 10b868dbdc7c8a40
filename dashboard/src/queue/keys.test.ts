import { expect, it } from "vitest";
import { createWand } from "./keys";

/** Which of the keys are commands, if each comes so many milliseconds after the one before. */
const commands = (pause: number, ...keys: string[]): string[] => {
  const isOfScan = createWand();
  return keys.filter((key, n) => !isOfScan(key, n * pause));
};

it("no key of a scan outside of a field calls, serves or marks somebody absent", () => {
  const slip = ["Digit0", "Minus", "ShiftLeft", "KeyA", "KeyA", "KeyN", "KeyS", "KeyR", "KeyT", "Enter"];
  expect(commands(15, ...slip)).toEqual(["Digit0"]);
});

it("keys that a person presses are commands, however fast", () => {
  expect(commands(15, "KeyN", "KeyA", "KeyA", "Enter")).toEqual(["KeyN", "KeyA", "KeyA", "Enter"]);
  expect(commands(120, "KeyT", "Digit1", "KeyN", "Enter")).toEqual(["KeyT", "Digit1", "KeyN", "Enter"]);
});
