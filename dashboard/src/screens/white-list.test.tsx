import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import WhiteList from "./white-list";

const page = document.createElement("div");
const REFUSED = { Message: "ไม่ตอบ", Error: { code: "Unavailable", message: "No answer" } };
const someone = (name: string) => ({ person: name, name, cid_masked: "1-xxxx", mobile_phone: "" });
/** Addresses of the requests, and those that are refused. */
let sent: string[] = [];
let refused: RegExp | undefined;
const rows = () => [...page.querySelectorAll("tbody tr")].map((row) => row.textContent);
const search = async (words: string) => {
  const field = page.querySelector<HTMLInputElement>("form input")!;
  field.value = words;
  await act(() => void field.dispatchEvent(new Event("input", { bubbles: true })));
  await act(() => void page.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true })));
};
const seen = (text: string) => vi.waitFor(() => expect(page.textContent).toContain(text));

beforeEach(() => {
  document.body.append(page);
  sent = [];
  refused = undefined;
  vi.stubGlobal("fetch", async (url: string) => {
    sent.push(url);
    if (refused?.test(url)) return Response.json(REFUSED, { status: 500 });
    if (url.endsWith("/count")) return Response.json({ result: { people: 2, is_all: true } });
    const people = url.endsWith("/search") ? [someone("สมหญิง")] : [someone("สมชาย"), someone("สมหญิง")];
    return Response.json({ result: { people, next: "" } });
  });
});
afterEach(() => {
  render(null, page);
  vi.unstubAllGlobals();
});
const searched = async () => {
  await act(() => render(<WhiteList />, page));
  await seen("ทั้งหมด 2 คน");
  await search("สมหญิง");
  await seen("พบ 1 คน");
};

it("shows nobody beside a search that failed, neither of the search before nor of the whole list", async () => {
  await searched();
  refused = /search$/;
  await search("สมศรี");
  await seen("ไม่ตอบ");
  expect(rows()).toEqual([""]);
  expect(page.textContent).not.toContain("พบ");
  refused = undefined;
  await search("สมหญิง");
  await seen("พบ 1 คน");
});

it("shows nobody beside words that are too short to search for, until all are asked for", async () => {
  await searched();
  sent = [];
  await search("ส");
  await seen("พิมพ์อย่างน้อย 2 ตัวอักษร");
  expect(rows()).toEqual([""]);
  const all = [...page.querySelectorAll("button")].find(({ textContent }) => textContent === "แสดงทั้งหมด")!;
  await act(() => all.click());
  expect(rows().length).toBe(2);
  expect(sent).toEqual([]);
});

it("does not say that it is loading what could not be loaded", async () => {
  refused = /white-list$/;
  await act(() => render(<WhiteList />, page));
  await seen("ไม่ตอบ");
  expect(rows()).toEqual([""]);
});
