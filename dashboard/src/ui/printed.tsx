import type { ComponentChildren } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { signal } from "../signal";

const shown = signal<ComponentChildren>(undefined);

/** Print this in place of the page, while the calling component is shown. An open window cannot be
 * printed itself: the browser lays out a modal window apart, and its @page rules do not apply. */
export function usePrinted(content: ComponentChildren, dependencies: unknown[]): void {
  useLayoutEffect(() => {
    shown.value = content;
    return () => void (shown.value = undefined);
  }, dependencies);
}

/** The place of what is printed; once in the shell. */
export function Printed() {
  return shown.value ? <div class="printed">{shown.value}</div> : null;
}

/** A function that prints something once, in place of the page. It is drawn only for that, and gone when it is printed. */
export function usePrintedOnce(): (content: ComponentChildren) => void {
  useLayoutEffect(() => () => void (shown.value = undefined), []);
  return (content) => {
    shown.value = content;
    addEventListener("afterprint", () => (shown.value = undefined), { once: true });
    setTimeout(() => print()); // once it is drawn
  };
}
