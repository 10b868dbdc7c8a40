import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect } from "preact/hooks";

const sheet = signal<ComponentChildren>(undefined);

/** What is on paper in place of the page, while the caller is on the screen. An open window cannot
 * be it: the browser lays a modal window out apart, where no @page of its own applies. */
export function usePrinted(content: ComponentChildren, about: unknown[]): void {
  useLayoutEffect(() => {
    sheet.value = content;
    return () => void (sheet.value = undefined);
  }, about);
}

/** Where it is put; stands once in the shell. */
export function Printed() {
  return sheet.value ? <div class="printed">{sheet.value}</div> : null;
}
