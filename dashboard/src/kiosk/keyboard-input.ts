/** What a QR wand, a keyboard or the keypad on the screen has typed. A wand types a code and Enter, like a keyboard. */
import { signal } from "../signal";
import { readCode, readSlip } from "../typed-code";

/** Digits and letters so far; shown only while the keypad is open. */
export const typed = signal("");
export const CID_DIGITS = 13;
const SLIP_LETTERS = 20;
const MOST = 60;
/** After so long without a key, what was typed before belongs to somebody else. */
const PAUSE_MS = 3_000;

let last = 0;

/** Take a key. Returns the code if the key ends one. keeps: whether slow typing stays, as on the keypad. */
export function press(key: string, at: number, keeps: boolean): string | undefined {
  if (!keeps && at - last > PAUSE_MS) typed.value = "";
  last = at;
  if (key === "Enter") {
    const code = typed.value;
    if (code) typed.value = "";
    return code || undefined;
  }
  if (key === "Backspace") typed.value = typed.value.slice(0, -1);
  else if ([...key].length === 1 && key !== " ") typed.value = (typed.value + key).slice(-MOST);
  return undefined;
}

export function clear(): void {
  typed.value = "";
}

/** What to send: a wand may have typed behind the first digits of an id. */
export function codeIn(text: string): string {
  const slip = readSlip(text);
  return slip.length > SLIP_LETTERS ? slip.slice(-SLIP_LETTERS) : readCode(text);
}
