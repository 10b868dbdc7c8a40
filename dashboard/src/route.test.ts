import { h, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import { go, route, useUnsaved, workIsUnsaved } from "./route";

const goTo = (address: string) => {
  location.hash = address;
  dispatchEvent(new Event("hashchange"));
};
afterEach(() => goTo("#/"));

test("the address names the screen and what was chosen on it", () => {
  goTo("#/day?date=2026-12-01&schedule=253500001");
  expect(route.value).toEqual({ path: "day", params: { date: "2026-12-01", schedule: "253500001" } });
});

test.each([
  ["#/day?date=xyz", {}],
  ["#/day?date=2026-02-30", {}],
  ["#/day?date=2026-12-01&schedule=abc", { date: "2026-12-01" }],
  ["#/calendar?month=2026-13&room=1", { room: "1" }],
  ["#/calendar?month=2026-12", { month: "2026-12" }],
  ["#/hospitals?name=%E0%B8%A3%E0%B8%9E", { name: "รพ" }],
])("what makes no sense in %s is left out", (address, params) => {
  goTo(address);
  expect(route.value.params).toEqual(params);
});

test("work of a screen that is left is forgotten at once, also while the screen is still shown", async () => {
  goTo("#/hospital");
  const Work = () => {
    useUnsaved(true);
    return null;
  };
  const page = document.createElement("div");
  await act(() => render(h(Work, {}), page));
  expect(workIsUnsaved()).toBe(true);
  go("account"); // it has saved
  dispatchEvent(new Event("hashchange"));
  goTo("#/hospital");
  expect(route.value.path).toBe("hospital");
  render(null, page);
});
