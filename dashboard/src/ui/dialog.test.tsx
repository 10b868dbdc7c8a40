import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { Dialog } from "./dialog";

it("does nothing on the repeats of an Enter that is held down", async () => {
  const page = document.body.appendChild(document.createElement("div"));
  await act(() =>
    render(
      <Dialog title="Window" onClose={() => undefined}>
        <input />
      </Dialog>,
      page,
    ),
  );
  const press = (repeat: boolean) =>
    page.querySelector("input")!.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", repeat, bubbles: true, cancelable: true }),
    );
  expect(press(true)).toBe(false); // nothing follows from it
  expect(press(false)).toBe(true);
  page.remove();
});
