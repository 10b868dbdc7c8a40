import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, it, vi } from "vitest";
import { Province } from "./province";

const page = document.createElement("div");
const title = () => page.querySelector("h2")!.textContent;
let requests = 0;
const show = async (province_name: string) => {
  requests = 0;
  vi.stubGlobal("fetch", async () => {
    requests++;
    const answer = { province_name, date_start: "2026-12-01", date_finish: "2026-12-14", hospitals: [], next: "" };
    return Response.json({ result: answer });
  });
  await act(() => render(<Province />, page));
  await vi.waitFor(() => expect(title()).toContain(province_name));
};
/** Answer each request with the next of these pages. */
const showPages = async (...pages: object[]) => {
  vi.stubGlobal("fetch", async () => Response.json({ result: { province_name: "ลพบุรี", date_start: "2026-12-01", date_finish: "2026-12-14", next: "", ...pages.shift() } }));
  await act(() => render(<Province />, page));
  await vi.waitFor(() => expect(title()).toContain("ลพบุรี"));
};
const hospital = (hospital_code: string, places: number, booked: number) => ({ hospital_code, hospital_name: "รพ.", places, booked });
afterEach(() => {
  render(null, page);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("names the province, and the capital, which is none, without that word", async () => {
  await show("เชียงใหม่");
  expect(title()).toBe("หน่วยบริการในจังหวัดเชียงใหม่");
  render(null, page);
  await show("กรุงเทพมหานคร");
  expect(title()).toBe("หน่วยบริการในกรุงเทพมหานคร");
});

it("adds up a hospital's pages, and lists those with nothing open last, each once", async () => {
  await showPages(
    { hospitals: [hospital("10000", 0, 0), hospital("10001", 10, 0), hospital("10002", 5, 5)], next: "a" },
    { hospitals: [hospital("10002", 5, 0)], next: "b" },
    { hospitals: ["10000", "10001", "10002", "10003"].map((code) => hospital(code, 0, 0)) },
  );
  const rows = [...page.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent!.trim()));
  expect(rows.map(([name]) => name)).toEqual(["รพ. 10002", "รพ. 10001", "รพ. 10000", "รพ. 10003"]);
  expect(rows.map(([, places, booked]) => [places, booked])).toEqual([["10", "5"], ["10", "0"], ["0", "0"], ["0", "0"]]);
  expect(rows.map((row) => row[3]!.includes("ไม่มีตารางที่เปิด"))).toEqual([false, false, true, true]);
});

it("follows the bookings and the day while it is open", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await show("เชียงใหม่");
  expect(requests).toBe(1);
  await act(() => void vi.advanceTimersByTime(600_000));
  expect(requests).toBe(2);
});
