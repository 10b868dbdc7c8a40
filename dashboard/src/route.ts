/** The address after `#`, such as `#/calendar?date=2026-12-01`. Nothing about a person is in it. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { isDate } from "./dates";
import { signal } from "./signal";

export interface Route {
  path: string;
  params: Record<string, string>;
}

type Params = Record<string, string | number | undefined>;

const NUMBERS = ["schedule", "place", "department", "room", "id"];

/** Whether the value of a parameter is possible: an address may be typed, or cut off. */
function isPossible(name: string, value: string): boolean {
  if (NUMBERS.includes(name)) return /^\d{1,10}$/.test(value);
  if (name === "date") return isDate(value);
  if (name === "year") return isDate(`${value}-01-01`);
  return name !== "month" || isDate(`${value}-01`);
}

/** The present address, without values that are not possible. */
function read(): Route {
  const [path = "", search = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const given = [...new URLSearchParams(search)].filter(([name, value]) => isPossible(name, value));
  return { path, params: Object.fromEntries(given) };
}

export const route = signal<Route>(read());

/** One function for each place with unsaved work; called before the page is left. */
const guards = new Set<() => boolean>();
export const workIsUnsaved = (): boolean => [...guards].some((guard) => guard());

/** The address that the person wants to go to while work is unsaved; the shell asks. */
export const leaving = signal<string | undefined>(undefined);
let intended = false;

addEventListener("hashchange", () => {
  const next = read();
  if (next.path !== route.value.path && !intended && workIsUnsaved()) {
    leaving.value = location.hash;
    history.pushState(null, "", href(route.value.path, route.value.params));
    return;
  }
  intended = false;
  // They belong to the screen that is left. On a slow PC the next address may come before that screen is taken away.
  if (next.path !== route.value.path) guards.clear();
  route.value = next;
});
addEventListener("beforeunload", (event) => {
  if (workIsUnsaved()) event.preventDefault();
});

export function href(path: string, params: Params = {}): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== "");
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return `#/${path}${given.length ? `?${search}` : ""}`;
}

/** Go to a screen without a question: the caller has saved, or discards what is unsaved. */
export function go(path: string, params: Params = {}): void {
  leave(href(path, params));
}

/** Go to an address, as `go` does. */
export function leave(address: string): void {
  intended = location.hash !== address;
  location.hash = address;
}

/** Change the parameters in place: the back button leaves the screen. */
export function choose(params: Params): void {
  history.replaceState(null, "", href(route.value.path, { ...route.value.params, ...params }));
  route.value = read();
}

/** Warn before the page is left while `unsaved` is true. */
export function useUnsaved(unsaved: boolean): void {
  const now = useRef(unsaved);
  now.current = unsaved;
  useLayoutEffect(() => {
    const guard = () => now.current;
    guards.add(guard);
    return () => void guards.delete(guard);
  }, []);
}
