import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
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
const isOffered = (value: string) => vi.waitFor(() => expect(page.querySelector(`option[value="${value}"]`)).toBeTruthy());
beforeEach(() => {
  box = newReason();
  document.body.append(page);
});
afterEach(() => render(null, page));

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
