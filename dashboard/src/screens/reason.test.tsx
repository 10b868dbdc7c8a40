import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { ReasonField } from "./reason";

it("forgets what was chosen when it is shown anew, as it shows", async () => {
  let reason = "";
  const page = document.createElement("div");
  const draw = (shown: boolean) =>
    act(() => render(shown ? <ReasonField onReason={(to) => void (reason = to)} /> : null, page));
  await draw(true);
  const select = page.querySelector("select")!;
  select.value = "doctor_away";
  await act(() => void select.dispatchEvent(new Event("change", { bubbles: true })));
  expect(reason).toBe("doctor_away");
  await draw(false);
  await draw(true);
  expect(page.querySelector("select")!.value).toBe("");
  expect(reason).toBe("");
});
