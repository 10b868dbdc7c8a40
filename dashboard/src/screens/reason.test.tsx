import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connection } from "../api/connection";
import { newReason, ReasonField } from "./reason";

const page = document.createElement("div");
/** There is no API in this test, so the usual reasons are offered. */
let box = newReason();
const draw = (shown = true) => act(() => render(shown ? <ReasonField box={box} /> : null, page));
const choose = async (value: string) => {
  const select = page.querySelector("select")!;
  select.value = value;
  await act(() => void select.dispatchEvent(new Event("change", { bubbles: true })));
};
const offered = () => [...page.querySelectorAll("option")].map((option) => option.value);
const isOffered = (value: string) => vi.waitFor(() => expect(offered()).toContain(value));
beforeEach(() => {
  box = newReason();
  document.body.append(page);
});
afterEach(() => {
  render(null, page);
  connection.value = "online";
  vi.unstubAllGlobals();
});

it("forgets what was chosen when it is shown anew, as it shows", async () => {
  await draw();
  await isOffered("doctor_away");
  await choose("doctor_away");
  expect(box.given).toEqual({ reason: "doctor_away", reason_en: "" });
  await draw(false);
  expect(box.given.reason).toBe("");
  await draw();
  expect(page.querySelector("select")!.value).toBe("");
  expect(box.given.reason).toBe("");
});

it("asks for the words of a reason that is to be typed", async () => {
  await draw();
  expect(box.isMissing()).toBe(false);
  await choose("other");
  await act(() => expect(box.isMissing()).toBe(true));
  const field = page.querySelector("input")!;
  expect(document.activeElement).toBe(field);
  expect(field.getAttribute("aria-invalid")).toBe("true");
  field.value = " น้ำท่วม ";
  await act(() => void field.dispatchEvent(new Event("input", { bubbles: true })));
  expect(box.isMissing()).toBe(false);
  expect(box.given.reason).toBe("น้ำท่วม");
});

it("keeps what was chosen from the usual reasons when the hospital's own come after all", async () => {
  vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no line")));
  await draw();
  await isOffered("emergency");
  await choose("emergency");
  const own = { version: 2, reasons: [{ th: "น้ำท่วม", en: "Flood" }] };
  vi.stubGlobal("fetch", async () => Response.json({ result: own }));
  await act(() => void (connection.value = "online"));
  await isOffered("น้ำท่วม");

  expect(page.querySelector("select")!.value).toBe("emergency");
  expect(box.given.reason).toBe("emergency");
  expect(offered()).not.toContain("mistake");
});

it("says that the reasons are being loaded until there are any", async () => {
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  await draw();
  expect(page.querySelector("option")!.textContent).toBe("กำลังโหลด…");
});
