/** Whether the system can be reached. While it cannot, `/health` is requested until it answers. */
import { signal } from "../signal";

export const connection = signal<"online" | "lost">("online");

const WAITS = [1, 2, 4, 8, 15]; // seconds; the last one is repeated
let watching: Promise<void> | undefined;

const wait = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000));

async function watch(): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    await wait(WAITS[Math.min(attempt, WAITS.length - 1)]!);
    if (connection.value === "online") break; // another request was answered
    try {
      if ((await fetch("/health", { cache: "no-store" })).ok) break;
    } catch {
      continue; // still lost
    }
  }
  watching = undefined;
  connection.value = "online";
}

/** Called when a request was answered, whatever the answer says. */
export function connectionFound(): void {
  connection.value = "online";
}

/** Called when a request got no answer. Resolves once the system answers again. */
export function connectionLost(): Promise<void> {
  connection.value = "lost";
  watching ??= watch();
  return watching;
}
