import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { checkedAt } from "./document";
import { isOther, watchForNewCode } from "./reload";

const page = (version: string): string => `<script type="text/plain" src="/assets/board-${version}.js"></script>`;
const HOUR = 3_600_000;
let site: string | undefined; // undefined: the network is down
let looks = 0;
let reloads = 0;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-12-01T12:00:00Z") }); // 19:00 in Bangkok
  vi.stubGlobal("fetch", async () => {
    looks++;
    if (site === undefined) throw new TypeError("no network");
    return new Response(site);
  });
  vi.spyOn(location, "reload").mockImplementation(() => void reloads++);
  document.head.innerHTML = page("old");
  looks = reloads = 0;
  checkedAt.value = Date.now();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("tells another version by the names of its assets", () => {
  expect(isOther(page("old"), ["/assets/board-old.js"])).toBe(false);
  expect(isOther(page("new"), ["/assets/board-old.js"])).toBe(true);
});

it("loads new code at night and after the network was gone, and else leaves the screen alone", async () => {
  site = page("old");
  watchForNewCode();
  await vi.advanceTimersByTimeAsync(24 * HOUR);
  expect([looks, reloads]).toEqual([1, 0]);

  site = undefined;
  await vi.advanceTimersByTimeAsync(24 * HOUR);
  expect(looks).toBe(61); // each minute of the hour, because the site did not answer
  expect(reloads).toBe(0);

  site = page("new");
  checkedAt.value = Date.now();
  await vi.advanceTimersByTimeAsync(0);
  expect(reloads).toBe(1);
});
