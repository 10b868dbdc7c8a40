import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { useLoaded, type Loaded } from "./load";

let list: Loaded<string>;

function Screen({ day }: { day: string }) {
  list = useLoaded(async () => `people of ${day}`, [day]);
  return <p>{list.data}</p>;
}

const page = document.createElement("div");
const show = async (day: string) => {
  await act(() => render(<Screen day={day} />, page));
  await act(async () => {}); // the answer
};

it("shows the present day's data if a reload that was kept from another day is called", async () => {
  await show("Monday");
  expect(page.textContent).toBe("people of Monday");
  const kept = list.reload;
  await show("Tuesday");
  await act(kept);
  expect(page.textContent).toBe("people of Tuesday");
});
