/** Keys of a page. Letters are read by their place on the keyboard, so that they work with Thai letters switched on. */
import { useEffect, useRef } from "preact/hooks";

const TYPED_IN = "input, select, textarea";
const PRESSED = "button, a, summary";

/** The name of a key: "KeyN" is the key of N whatever letters it types. */
const nameOf = ({ code, key }: KeyboardEvent): string =>
  code === "NumpadEnter" || key === "Enter" ? "Enter" : code || (/^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key);

/** Call `press` for each key outside of fields and windows; it returns whether the key means something. A button with
 * the focus keeps its own keys, Enter and Space. */
export function useKeys(press: (key: string) => boolean): void {
  const latest = useRef(press);
  latest.current = press;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      const target = event.target as Element;
      const key = nameOf(event);
      if (target.closest(TYPED_IN) || document.querySelector("dialog[open]")) return;
      if ((key === "Enter" || key === "Space") && target.closest(PRESSED)) return;
      if (latest.current(key)) event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
