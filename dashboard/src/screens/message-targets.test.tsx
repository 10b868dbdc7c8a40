import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it, vi } from "vitest";
import type { AnnouncementShown } from "../api/types";
import { MessageTargets } from "./message-targets";

const message = {
  message_id: 1, state: "sent", version: 1, targets: 3, read: 0, app: true, line: false, history: [],
  counts: {}, reach: { read: 0, delivered: 3, failed: 0, waiting: 0 }, upload: { state: "none" },
} as unknown as AnnouncementShown; // prettier-ignore
const recipients = (name: string) => ({
  recipients: [{ batch: 1, place: 1, cid: "1-xxxx", name, deliveries: {}, read_at: "" }],
});

it("adds to the list of a filter no further people of the filter before", async () => {
  const page = document.body.appendChild(document.createElement("div"));
  let answerLate = () => {};
  vi.stubGlobal("fetch", (url: string) => {
    const query = new URL(url, "http://localhost").searchParams;
    const answer = (name: string, next_batch: number) =>
      Response.json({ result: { ...recipients(name), next_batch, next_place: 0 } });
    if (query.get("batch")) return new Promise((done) => (answerLate = () => done(answer("คนต่อไป", 0))));
    return Promise.resolve(query.get("state") ? answer("คนที่อ่าน", 0) : answer("คนแรก", 2));
  });
  await act(() => render(<MessageTargets message={message} onChanged={() => {}} reload={async () => {}} />, page));
  await vi.waitFor(() => expect(page.textContent).toContain("คนแรก"));
  const more = [...page.querySelectorAll("button")].find(({ textContent }) => textContent === "แสดงต่อ")!;
  await act(() => more.click());
  const filter = page.querySelector("select")!;
  filter.value = "read";
  await act(() => void filter.dispatchEvent(new Event("change", { bubbles: true })));
  await vi.waitFor(() => expect(page.textContent).toContain("คนที่อ่าน"));
  await act(async () => answerLate());
  await new Promise(requestAnimationFrame);
  expect(page.textContent).not.toContain("คนต่อไป");
  render(null, page);
  vi.unstubAllGlobals();
});
