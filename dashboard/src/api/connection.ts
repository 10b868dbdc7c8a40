/** Whether the centre can be reached. While it cannot, `/health` is asked until it answers. */
import { signal } from "@preact/signals";

export const connection = signal<"there" | "lost">("there");

const WAITS = [1, 2, 4, 8, 15]; // seconds; the last one goes on
let watching: Promise<void> | undefined;

const wait = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000));

async function watch(): Promise<void> {
  for (let turn = 0; ; turn++) {
    await wait(WAITS[Math.min(turn, WAITS.length - 1)]!);
    if (connection.value === "there") break; // a request of somebody's got through
    try {
      if ((await fetch("/health", { cache: "no-store" })).ok) break;
    } catch {
      continue; // still lost: that is what this loop is for
    }
  }
  watching = undefined;
  connection.value = "there";
}

/** Called when a request was answered: whatever it says, the line is there. */
export function connectionThere(): void {
  connection.value = "there";
}

/** Called when a request got no answer; resolves once the centre answers again. */
export function connectionLost(): Promise<void> {
  connection.value = "lost";
  watching ??= watch();
  return watching;
}
