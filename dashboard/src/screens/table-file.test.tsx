import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { TableFile } from "./table-file";

it("says so if the file is gone, for example because its drive was pulled out", async () => {
  const page = document.body.appendChild(document.createElement("div"));
  const files: unknown[] = [];
  await act(() => render(<TableFile label="File" disabled={false} onFile={(file) => files.push(file)} />, page));
  const gone = new File(["x"], "people.xlsx");
  gone.slice = () => {
    throw new DOMException("gone", "NotReadableError");
  };
  const input = page.querySelector("input")!;
  Object.defineProperty(input, "files", { value: [gone] });
  await act(async () => void input.dispatchEvent(new Event("change", { bubbles: true })));
  expect(page.querySelector(".error")?.textContent).toBe("อ่านไฟล์ไม่สำเร็จ เลือกไฟล์อีกครั้ง");
  expect(files).toEqual([undefined]);
  page.remove();
});
