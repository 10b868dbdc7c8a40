import { expect, it } from "vitest";
import type { Holiday } from "./api/types";
import { holidayKind, laterWeek } from "./holidays";

const holiday = (date: string, more: Partial<Holiday> = {}): Holiday => ({
  date,
  name: "ก",
  name_en: "a",
  kind: "government",
  closed: true,
  ...more,
});

it("proposes the same day of the next week", () => {
  expect(laterWeek("2026-10-06", [])).toBe("2026-10-13");
});

it("passes over holidays, and over days on which the hospital is closed", () => {
  expect(laterWeek("2026-10-06", [holiday("2026-10-13"), holiday("2026-10-20", { kind: "hospital" })])).toBe("2026-10-27");
});

it("does not pass over a day on which the hospital works", () => {
  expect(laterWeek("2027-04-24", [holiday("2027-05-01", { kind: "labour", closed: false })])).toBe("2027-05-01");
  expect(laterWeek("2026-10-06", [holiday("2026-10-13", { kind: "hospital", closed: false })])).toBe("2026-10-13");
});

it("calls 1 May, a day in lieu and Children's Day something else than a government holiday", () => {
  const kinds = (["government", "in_lieu", "labour", "observance"] as const).map((kind) =>
    holidayKind(holiday("2027-05-01", { kind })),
  );
  expect(kinds[0]).toBe("วันหยุดราชการ");
  expect(new Set(kinds).size).toBe(4);
});
