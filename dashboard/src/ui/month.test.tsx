import { render } from "preact";
import { useState } from "preact/hooks";
import { act } from "preact/test-utils";
import { afterEach, expect, it } from "vitest";
import { Month } from "./month";

const page = document.body.appendChild(document.createElement("div"));

afterEach(() => render(null, page));

function Shown({ from }: { from: string }) {
  const [shown, setShown] = useState({ year: Number(from.slice(0, 4)), month: Number(from.slice(5, 7)) });
  return <Month {...shown} chosen={from} onChoose={() => undefined} onMonth={setShown} day={() => undefined} />;
}

/** The day that has the focus after a key is pressed on `from`. */
async function after(key: string, from: string, shiftKey = false): Promise<string | null> {
  await act(() => render(<Shown from={from} />, page));
  const day = page.querySelector<HTMLElement>(`[data-date="${from}"]`)!;
  day.focus();
  await act(() => void day.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true })));
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  return document.activeElement!.getAttribute("data-date");
}

it.each([
  ["ArrowLeft", "2026-12-01", "2026-11-30"],
  ["ArrowRight", "2026-12-31", "2027-01-01"],
  ["ArrowUp", "2026-12-03", "2026-11-26"],
  ["ArrowDown", "2026-12-10", "2026-12-17"],
  ["Home", "2026-12-09", "2026-12-06"],
  ["End", "2026-12-09", "2026-12-12"],
  ["Home", "2026-12-03", "2026-12-01"],
  ["End", "2026-12-30", "2026-12-31"],
  ["PageUp", "2026-12-15", "2026-11-15"],
  ["PageDown", "2027-01-31", "2027-02-28"],
])("%s on %s goes to %s", async (key, from, to) => expect(await after(key, from)).toBe(to));

it.each([
  ["PageUp", "2024-02-29", "2023-02-28"],
  ["PageDown", "2026-12-15", "2027-12-15"],
])("Shift and %s on %s goes by a year to %s", async (key, from, to) => expect(await after(key, from, true)).toBe(to));
