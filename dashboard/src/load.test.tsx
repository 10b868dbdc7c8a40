import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { RequestFailed } from "./api/failure";
import { useLatestAction, useLoaded, type Loaded } from "./load";

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

let search: ReturnType<typeof useLatestAction>;

function Search() {
  search = useLatestAction();
  return null;
}

it("tells an action that a later one has taken its place, and shows neither its failure nor its end", async () => {
  await act(() => render(<Search />, document.createElement("div")));
  let fail = (_: Error) => {};
  const failing = new Promise<void>((_, reject) => (fail = reject));
  let answer = () => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const latest: boolean[] = [];
  const first = search.run(async (isLatest) => failing.finally(() => latest.push(isLatest())));
  const second = search.run(async (isLatest) => answered.finally(() => latest.push(isLatest())));
  await act(async () => {
    fail(new RequestFailed({ status: 0, code: "NoAnswer", message: { th: "", en: "" }, detail: {}, fields: {} }));
    expect(await first).toBe(false);
  });
  expect(search.failure).toBeUndefined();
  expect(search.busy).toBe(true);
  await act(async () => {
    answer();
    expect(await second).toBe(true);
  });
  expect(search.busy).toBe(false);
  expect(latest).toEqual([false, true]);
});
