/** Keys of a page. Letters are read by their place on the keyboard, so that they work with Thai letters switched on. */
import { useLayoutEffect, useRef } from "preact/hooks";

const TYPED_IN = "input, select, textarea";
const PRESSED = "button, a, summary";

/** The name of a key: "KeyN" is the key of N whatever letters it types. */
const nameOf = ({ code, key }: KeyboardEvent): string =>
  code === "NumpadEnter" || key === "Enter" ? "Enter" : code || (/^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key);

/** A wand's keys follow each other so fast. */
const WAND_MS = 50;
const OF_A_CODE = /^(?:Digit|Numpad)\d$/;

/** Tells the keys of a wand from those of a hand. A slip's code and an id begin with digits, which are no command; what
 * follows them as fast as a wand types belongs to the scan, up to its Enter. */
export function createWand(): (key: string, at: number) => boolean {
  let last = -Infinity;
  return (key, at) => {
    const isScan = at - last < WAND_MS;
    last = isScan || OF_A_CODE.test(key) ? at : -Infinity;
    return isScan;
  };
}

/** Call `press` for each key outside of fields and windows; it returns whether the key means something. A button with
 * the focus keeps its own keys, Enter and Space. The keys of a scan outside of a field are no commands: a code has the
 * letters of several, and Enter. scanned: called at its end. */
export function useKeys(press: (key: string) => boolean, scanned?: () => void): void {
  const latest = useRef({ press, scanned });
  latest.current = { press, scanned };
  // not useEffect: a key that is pressed before the browser has painted would be lost
  useLayoutEffect(() => {
    const isOfScan = createWand();
    const listen = (event: KeyboardEvent) => {
      if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      const target = event.target as Element;
      const key = nameOf(event);
      if (target.closest(TYPED_IN) || document.querySelector("dialog[open]")) return;
      if (isOfScan(key, event.timeStamp)) {
        event.preventDefault();
        if (key === "Enter") latest.current.scanned?.();
        return;
      }
      if ((key === "Enter" || key === "Space") && target.closest(PRESSED)) return;
      if (latest.current.press(key)) event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
