import { expect, it } from "vitest";
import type { Holiday } from "./api/types";
import { holidayKind } from "./holidays";

const holiday = (date: string, more: Partial<Holiday> = {}): Holiday => ({
  date,
  name: "ก",
  name_en: "a",
  kind: "government",
  closed: true,
  ...more,
});

it("calls 1 May, a day in lieu and Children's Day something else than a government holiday", () => {
  const kinds = (["government", "in_lieu", "labour", "observance"] as const).map((kind) =>
    holidayKind(holiday("2027-05-01", { kind })),
  );
  expect(kinds[0]).toBe("วันหยุดราชการ");
  expect(new Set(kinds).size).toBe(4);
});
