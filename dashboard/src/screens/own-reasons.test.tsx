import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OwnReasons } from "./own-reasons";

const page = document.createElement("div");
let sent: string[] = [];
const fields = () => [...page.querySelectorAll("input")];
const type = (index: number, text: string) =>
  act(() => {
    fields()[index]!.value = text;
    fields()[index]!.dispatchEvent(new Event("input", { bubbles: true }));
  });
const save = () => act(() => void page.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true })));
const marked = () => fields().flatMap((field, index) => (field.getAttribute("aria-invalid") === "true" ? index : []));

beforeEach(async () => {
  document.body.append(page);
  sent = [];
  vi.stubGlobal("fetch", async (_: string, { method }: RequestInit) => {
    sent.push(method!);
    return Response.json({ result: { version: 2, reasons: [{ th: "น้ำท่วม", en: "Flood" }] } });
  });
  await act(() => render(<OwnReasons />, page));
  await vi.waitFor(() => expect(fields().length).toBe(4));
});
afterEach(() => {
  render(null, page);
  vi.unstubAllGlobals();
});

it("marks the row that says the same as one above, and sends nothing", async () => {
  await type(2, " น้ำท่วม ");
  await type(3, "High water");
  await save();
  expect(marked()).toEqual([2]);
  expect(page.querySelector(".error")!.textContent).toBe("มีเหตุผลนี้แล้ว");
  expect(sent).toEqual(["GET"]);
});

it("takes reasons that differ in capitals, blanks or the script of digits alone for the same", async () => {
  await type(0, "ย้ายไปตึก OPD ชั้น 2");
  for (const same of ["ย้ายไปตึก  opd ชั้น 2", " ย้ายไปตึก Opd  ชั้น ๒ "]) {
    await type(2, same);
    expect(marked()).toEqual([2]);
  }
  await type(2, "ย้ายไปตึก OPD ชั้น 3");
  expect(marked()).toEqual([]);
});

it("does not complain of the other language while a new row is being typed", async () => {
  await type(2, "ไ");
  expect(marked()).toEqual([]);
  await save();
  expect(marked()).toEqual([3]);
  expect(sent).toEqual(["GET"]);
});
