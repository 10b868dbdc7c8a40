import { afterEach, expect, test } from "vitest";
import { route } from "./route";

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
