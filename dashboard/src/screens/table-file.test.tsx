import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TableFile } from "./table-file";

const page = document.createElement("div");
const READING = "กำลังอ่านไฟล์…";
let files: unknown[] = [];
/** What the screen does with a file. */
let use = async (): Promise<void> => undefined;
const choose = (file: File) =>
  act(async () => {
    const input = page.querySelector("input")!;
    Object.defineProperty(input, "files", { value: [file], configurable: true });
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
const onFile = (file: File | undefined) => {
  files.push(file?.name);
  return file && use();
};
beforeEach(async () => {
  document.body.append(page);
  files = [];
  await act(() => render(<TableFile label="File" disabled={false} onFile={onFile} />, page));
});
afterEach(() => render(null, page));
const fault = () => page.querySelector(".error")?.textContent;

it("says so if the file is gone, for example because its drive was pulled out", async () => {
  const gone = new File(["x"], "people.xlsx");
  gone.slice = () => {
    throw new DOMException("gone", "NotReadableError");
  };
  await choose(gone);
  expect(fault()).toBe("อ่านไฟล์ไม่สำเร็จ เลือกไฟล์อีกครั้ง");
  expect(files).toEqual([undefined]);
  expect(page.textContent).not.toContain(READING);
});

it("says at once that it reads an .xlsx file, until it has read it", async () => {
  const large = new File(["PK"], "people.xlsx");
  let read: ((bytes: ArrayBuffer) => void) | undefined;
  large.arrayBuffer = () => new Promise((done) => (read = done));
  await choose(large);
  expect(page.querySelector("[role=status]")!.textContent).toContain(READING);
  await vi.waitFor(() => expect(read).toBeDefined());
  await act(async () => read!(new ArrayBuffer(2)));
  await vi.waitFor(() => expect(fault()).toContain("อ่านไฟล์ Excel นี้ไม่ได้"));
  expect(page.textContent).not.toContain(READING);
});

it("says that it reads a text file until the screen has its lines, and tells it if they cannot be read", async () => {
  let fail = () => {};
  use = () => new Promise((_, failed) => (fail = () => failed(new DOMException("gone", "NotReadableError"))));
  await choose(new File(["1,2"], "people.csv"));
  await vi.waitFor(() => expect(files).toEqual([undefined, "people.csv"]));
  expect(page.textContent).toContain(READING);
  await act(async () => fail());
  await vi.waitFor(() => expect(fault()).toBe("อ่านไฟล์ไม่สำเร็จ เลือกไฟล์อีกครั้ง"));
  expect(page.textContent).not.toContain(READING);
});
