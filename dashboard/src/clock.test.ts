import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { isWrong, learn, now, offset } from "./clock";
import { today } from "./dates";

const NOON = Date.parse("2026-11-23T12:00:00+07:00");

beforeEach(() => {
  vi.useFakeTimers({ now: NOON + 26 * 3600_000, toFake: ["Date"] }); // this PC is a day and two hours ahead
  offset.value = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

it("shows the system's day, whatever the clock of the PC says", () => {
  expect(today()).toBe("2026-11-24");
  learn(NOON, Date.now());
  expect(today()).toBe("2026-11-23");
  expect(now()).toBe(NOON);
  expect(isWrong()).toBe(true);
});

it("does not take a slow answer for a wrong clock", () => {
  learn(NOON, Date.now());
  const before = offset.value;
  vi.setSystemTime(Date.now() + 25_000);
  learn(NOON + 2_000, Date.now() - 25_000);
  expect(offset.value).toBe(before);
});

it("follows a clock that is corrected", () => {
  learn(NOON, Date.now());
  vi.setSystemTime(NOON + 1_000);
  learn(NOON + 1_000, Date.now());
  expect(isWrong()).toBe(false);
  expect(today()).toBe("2026-11-23");
});

it("ignores an answer without a time", () => {
  learn(Number.NaN, Date.now());
  expect(offset.value).toBe(0);
});
