import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { Conflict } from "./conflict";

it("shows nothing for a value that is not known, and does not compare it with one that is not known either", async () => {
  const page = document.createElement("div");
  const detail = { yours: { birth: null, name: "a", phone: null }, theirs: { birth: "1990-01-15", name: "b", phone: "" } };
  const failure = { status: 409, code: "EditConflict", message: { th: "ผิด", en: "Wrong" }, fields: {}, detail };
  const compared = ["birth", "name", "phone"].map((name) => ({ name, title: name }));
  await act(() => render(<Conflict failure={failure} compared={compared} onMine={() => undefined} />, page));
  const rows = Array.from(page.querySelectorAll("tbody tr"), (row) => Array.from(row.children, (cell) => cell.textContent));
  expect(rows).toEqual([
    ["birth", "", "1990-01-15"],
    ["name", "a", "b"],
  ]);
});
