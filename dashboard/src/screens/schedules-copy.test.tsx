import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { addDays, shortDate, today } from "../dates";
import { CopySchedules } from "./schedules-copy";

const page = document.createElement("div");
const day = today();
let fails = false;
const made = { date: addDays(day, 1), time_start: "08:00:00", time_finish: "08:59:59", room_name: "ห้อง 1", capacity: 2 };
const submit = () => act(() => void page.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true })));
const previewed = () => page.querySelector(".table-frame") !== null;
const makes = () => [...page.querySelectorAll("button")].some(({ textContent }) => /^สร้าง \d+ รายการ$/.test(textContent!));

beforeEach(async () => {
  document.body.append(page);
  fails = false;
  vi.stubGlobal("fetch", async () =>
    fails
      ? Response.json({ Message: "ไม่ตอบ", Error: { code: "Unavailable" } }, { status: 500 })
      : Response.json({ result: { made: [made], clashes: [], skipped: [] } }),
  );
  await act(() => render(<CopySchedules date={day} onClose={() => {}} onDone={() => {}} />, page));
  await submit();
  await vi.waitFor(() => expect(previewed()).toBe(true));
  expect(makes()).toBe(true);
});
afterEach(() => {
  render(null, page);
  vi.unstubAllGlobals();
});

it.each([0, 1, 2])("makes nothing of a preview whose date %i was changed since", async (index) => {
  const field = page.querySelectorAll<HTMLInputElement>(".date-typed input")[index]!;
  field.value = shortDate(addDays(day, 20), "th");
  await act(() => void field.dispatchEvent(new Event("input", { bubbles: true })));
  expect([previewed(), makes()]).toEqual([false, false]);
});

it("shows no earlier preview beside one that failed", async () => {
  fails = true;
  await submit();
  await vi.waitFor(() => expect(page.textContent).toContain("ไม่ตอบ"));
  expect([previewed(), makes()]).toEqual([false, false]);
});
