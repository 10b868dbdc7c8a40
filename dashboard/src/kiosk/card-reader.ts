/** Reads national ids from the smart card program of the kiosk's own computer, where there is one.
 *
 * Hospitals run such programs on port 8189; they answer with JSON in which one field is the id. Nothing is asked more
 * than once in half a minute until one answers, and nothing but the id is taken from the answer. */
import { cidFault } from "../cid";
import { signal } from "../signal";

const PATH = "/api/smartcard/read?readImageFlag=false";
const ADDRESSES = ["http://localhost:8189", "https://localhost:8189"];
const ID_FIELDS = ["pid", "cid", "citizenId", "citizen_id", "nationalId", "idCard"];
const PROBE_MS = 30_000;
const READ_MS = 2_000;
const LIMIT_MS = 5_000;

/** Whether there is such a program. */
export const hasReader = signal(false);

/** The id in a program's answer, undefined if there is none that is valid. */
export function idIn(answer: unknown): string | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const fields = answer as Record<string, unknown>;
  for (const name of ID_FIELDS) {
    const digits = String(fields[name] ?? "").replace(/\D/g, "");
    if (digits && !cidFault(digits)) return digits;
  }
  return undefined;
}

/** Ask forever. onId: called once for each card that is put in. */
export function readCards(onId: (cid: string) => void): void {
  let working: string | undefined;
  let isInside = false;
  let turn = 0;
  const ask = async (): Promise<void> => {
    const address = working ?? ADDRESSES[turn++ % ADDRESSES.length]!;
    let id: string | undefined;
    try {
      const answer = await fetch(address + PATH, {
        signal: AbortSignal.timeout(LIMIT_MS),
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      working = address; // also without a card: then programs answer with an error
      id = answer.ok ? idIn(await answer.json()) : undefined;
    } catch {
      working = undefined; // there is no such program, or it has ended
    }
    if (id && !isInside) onId(id);
    isInside = id !== undefined;
    hasReader.value = working !== undefined;
    setTimeout(ask, working ? READ_MS : PROBE_MS);
  };
  void ask();
}
