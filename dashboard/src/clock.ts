/** The system's time. The clock of a PC or a phone may be wrong, so "today" comes from the answers of the API. */
import { signal } from "./signal";

/** What is added to the machine's time to get the system's, in milliseconds. A screen that shows a day follows it. */
export const offset = signal(0);

const TOLERATED_MS = 5_000;
const WRONG_MS = 3 * 60_000;

export const now = (): number => Date.now() + offset.value;

/** Whether the machine's clock is so wrong that the person should know. */
export const isWrong = (): boolean => Math.abs(offset.value) > WRONG_MS;

/** Learn from an answer. `at`: the system's time while it was made; `sent`: the machine's time before the request. */
export function learn(at: number, sent: number): void {
  const received = Date.now();
  const known = at - offset.value;
  if (Number.isNaN(at) || (known > sent - TOLERATED_MS && known < received + TOLERATED_MS)) return;
  offset.value = Math.round(at - (sent + received) / 2);
}
