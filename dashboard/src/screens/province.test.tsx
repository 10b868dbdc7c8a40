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

it("follows the bookings and the day while it is open", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await show("เชียงใหม่");
  expect(requests).toBe(1);
  await act(() => void vi.advanceTimersByTime(600_000));
  expect(requests).toBe(2);
});
