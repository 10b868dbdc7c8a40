import { beforeEach, expect, it } from "vitest";
import { type BoardDocument, shown, take } from "./document";
import { english, newCalls, thai } from "./speech";

const document = (version: number, ...called: [counter: number, number: string, at: string, recalls?: number][]): BoardDocument => ({
  version,
  written_at: `2026-12-01T08:00:0${version}`,
  day: "2026-12-01",
  recent: [],
  points: [
    {
      point_id: 1,
      name: "ห้องตรวจ",
      name_en: "Examination",
      waiting: 0,
      counters: called.map(([counter, number, called_at, recalls = 0]) => ({ counter, number, called_at, recalls })),
    },
  ],
});

beforeEach(() => {
  shown.value = undefined;
});

it("spells a number in Thai and in English", () => {
  const call = { number: "A012", counter: 3, point: "", point_en: "" };
  expect(thai(call)).toBe("เชิญหมายเลข A 0 1 2 ที่ช่อง 3");
  expect(english(call)).toBe("Number A 0 1 2, counter 3");
});

it("names the service point if the board has several", () => {
  const call = { number: "A-1", counter: 3, point: "ห้องยา", point_en: "Pharmacy" };
  expect(thai(call)).toBe("เชิญหมายเลข A 1 ที่ห้องยา ช่อง 3");
  expect(english(call)).toBe("Number A 1, Pharmacy, counter 3");
});

it("speaks what is new, in the order of the calls, and what is called again", () => {
  const numbers = (shownNow: BoardDocument) => newCalls(shownNow).map(({ number }) => number);
  expect(numbers(document(1, [1, "A001", "08:00"]))).toEqual([]);
  expect(numbers(document(2, [1, "A003", "08:02"], [2, "A002", "08:01"]))).toEqual(["A002", "A003"]);
  expect(numbers(document(3, [1, "A003", "08:02"], [2, "A002", "08:01"]))).toEqual([]);
  expect(numbers(document(4, [1, "A003", "08:02", 1], [2, "", ""]))).toEqual(["A003"]);
});

it("never shows an older document over a newer one", () => {
  take(document(5, [1, "A005", "08:05"]));
  take(document(4, [1, "A004", "08:04"]));
  expect(shown.value?.version).toBe(5);
});

it("shows a document that was lost and made anew", () => {
  take(document(5, [1, "A005", "08:05"]));
  take({ ...document(1, [1, "A006", "08:06"]), written_at: "2026-12-01T08:30:00" });
  expect(shown.value?.version).toBe(1);
});
