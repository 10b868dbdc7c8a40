import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { signal, useSignals } from "./signal";

const name = signal("first");
const Inner = () => <b>{name.value}</b>;
let drawn = 0;
const Page = () => {
  useSignals();
  drawn++;
  return (
    <p>
      <Inner />
    </p>
  );
};

it("draws a page again when a value changes, once for changes that come together", async () => {
  const page = document.createElement("div");
  await act(() => render(<Page />, page));
  expect(page.textContent).toBe("first");
  const before = drawn;
  await act(() => {
    name.value = "second";
    name.value = "third";
  });
  expect(page.textContent).toBe("third");
  expect(drawn).toBe(before + 1);
  await act(() => void (name.value = "third"));
  expect(drawn).toBe(before + 1); // nothing has changed
  render(null, page);
});

it("calls a listener at once and at each change, until it ends", () => {
  const heard: number[] = [];
  const count = signal(1);
  const end = count.subscribe((value) => void heard.push(value));
  count.value = 2;
  count.value = 2;
  end();
  count.value = 3;
  expect(heard).toEqual([1, 2]);
});

it("does not call a listener that another one has just ended", () => {
  const heard: string[] = [];
  const count = signal(0);
  count.subscribe((value) => {
    if (value) end();
  });
  const end = count.subscribe((value) => void heard.push(String(value)));
  count.value = 1;
  expect(heard).toEqual(["0"]);
});
