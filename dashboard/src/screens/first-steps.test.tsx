import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, it, vi } from "vitest";
import type { TodayOverview } from "../api/types";
import { FirstSteps } from "./first-steps";

const page = document.createElement("div");
afterEach(() => {
  render(null, page);
  vi.unstubAllGlobals();
});

it.each([
  ["2026-05-01", [4, 5]],
  ["2026-03-03", [2, 3]],
  ["2026-12-31", [11, 12, 1]],
])("asks on %s for the bookings of the month before, too", async (date, months) => {
  const asked: number[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    const month = new URL(path, "https://site.example").searchParams.get("month");
    if (month) asked.push(Number(month));
    return Response.json({ result: month ? { departments: [] } : [] });
  });
  const overview: TodayOverview = { date, rooms: [], days: [] };
  await act(() => render(<FirstSteps overview={overview} />, page));
  await vi.waitFor(() => expect(page.querySelector("li")).toBeTruthy());
  expect(asked).toEqual(months);
});
