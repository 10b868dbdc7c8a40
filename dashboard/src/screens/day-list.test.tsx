import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, it, vi } from "vitest";
import { DayList } from "./day-list";

const page = document.createElement("div");
const row = (place: number) => ({
  schedule_id: 1,
  place,
  version: 2,
  slip_code: `slip-${place}`,
  queue_no: `A${place}`,
  person_name: "นาง ทดสอบ ระบบ",
  cid_masked: "1-xxxx",
  room_id: 1,
  room_name: "ห้อง 1",
  time_start: "08:00:00",
  time_finish: "09:00:00",
  state: "cancelled",
});
const showEnded = async (rows: ReturnType<typeof row>[]) => {
  vi.stubGlobal("fetch", async (path: string) =>
    Response.json({ result: { appointments: path.includes("ended=true") ? rows : [], next: "" } }),
  );
  await act(() => render(<DayList date="2026-12-01" room={1} />, page));
  const select = page.querySelector("select")!;
  select.value = "ended";
  await act(() => void select.dispatchEvent(new Event("change", { bubbles: true })));
};
const search = () => page.querySelector<HTMLInputElement>("input[type=search]");
afterEach(() => {
  render(null, page);
  vi.unstubAllGlobals();
});

it("filters what was cancelled on a day on which nobody holds a place any more", async () => {
  await showEnded(Array.from({ length: 41 }, (_, index) => row(index + 1)));
  await vi.waitFor(() => expect(search()).toBeTruthy());
  expect(page.querySelector("caption")!.textContent).toContain("ห้อง 1");
  search()!.value = "nobody";
  await act(() => void search()!.dispatchEvent(new Event("input", { bubbles: true })));
  expect(page.textContent).toContain("ไม่มีผู้จองที่ตรงกับตัวกรอง");
});

it("says that nothing was cancelled or moved on a day without such appointments", async () => {
  await showEnded([]);
  await vi.waitFor(() => expect(page.textContent).toContain("วันที่เลือกไม่มีนัดที่ยกเลิกหรือเลื่อน"));
});
