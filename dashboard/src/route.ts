/** The address after `#`: `#/calendar?date=2026-12-01`. Never anything about a person. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { isDate } from "./dates";

export interface Route {
  path: string;
  params: Record<string, string>;
}

type Params = Record<string, string | number | undefined>;

const NUMBERS = ["schedule", "place", "department", "room", "id"];

/** Whether a parameter can be what its name says; an address that was typed or cut off may hold anything. */
function makesSense(name: string, value: string): boolean {
  if (NUMBERS.includes(name)) return /^\d{1,10}$/.test(value);
  if (name === "date") return isDate(value);
  return name !== "month" || isDate(`${value}-01`);
}

/** What makes no sense is left out, as if nothing had been chosen yet. */
function read(): Route {
  const [path = "", search = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const given = [...new URLSearchParams(search)].filter(([name, value]) => makesSense(name, value));
  return { path, params: Object.fromEntries(given) };
}

export const route = signal<Route>(read());

/** Asked before leaving; whoever holds unsaved work puts a function here. */
const holds = new Set<() => boolean>();
export const workIsUnsaved = (): boolean => [...holds].some((hold) => hold());

/** The address of another screen that somebody wants to go to while work is unsaved; the shell asks. */
export const leaving = signal<string | undefined>();
let meant = false;

addEventListener("hashchange", () => {
  const next = read();
  if (next.path !== route.value.path && !meant && workIsUnsaved()) {
    leaving.value = location.hash;
    history.pushState(null, "", href(route.value.path, route.value.params));
    return;
  }
  meant = false;
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

/** Goes to a screen; whoever calls it has saved, or means to leave what is unsaved. */
export function go(path: string, params: Params = {}): void {
  leave(href(path, params));
}

/** As `go`, to an address. */
export function leave(address: string): void {
  meant = location.hash !== address;
  location.hash = address;
}

/** Changes the parameters in place: the back button leaves the screen, not the last choice. */
export function choose(params: Params): void {
  history.replaceState(null, "", href(route.value.path, { ...route.value.params, ...params }));
  route.value = read();
}

/** Warns before the page is closed while `unsaved` holds. */
export function useUnsaved(unsaved: boolean): void {
  const now = useRef(unsaved);
  now.current = unsaved;
  useEffect(() => {
    const hold = () => now.current;
    holds.add(hold);
    return () => void holds.delete(hold);
  }, []);
}
