/** What a board shows, read from its document once in a while. A dead network changes nothing on the screen but the age. */
import { learn } from "../clock";
import { signal } from "../signal";

export interface Call {
  point_id: number;
  counter: number;
  number: string;
  /** yyyy-mm-ddTHH:MM:SS.mmm in Bangkok. */
  called_at: string;
}
export interface Counter {
  counter: number;
  number: string;
  called_at: string;
  recalls: number;
}
export interface Point {
  point_id: number;
  name: string;
  name_en: string;
  waiting: number;
  counters: Counter[];
}
export interface BoardDocument {
  version: number;
  /** yyyy-mm-ddTHH:MM:SS in Bangkok. */
  written_at: string;
  day: string;
  points: Point[];
  recent: Call[];
}

const POLL_MS = 1_500;
const LIMIT_MS = 8_000;
/** The pauses after answers that failed; the last one is repeated. */
const PAUSES_MS = [2_000, 4_000, 8_000, 15_000];
const GONE_MS = 15_000;

export const shown = signal<BoardDocument | undefined>(undefined);
/** The address shows nothing: it was replaced, or the board was removed. */
export const isGone = signal(false);
/** When what is shown was last known to be right, by this machine's clock. */
export const checkedAt = signal(Date.now());

let timer: number | undefined;
let etag: string | undefined;
let failures = 0;

/** Read the board of this token until the page is closed. */
export function follow(token: string): void {
  const next = async (): Promise<void> => {
    clearTimeout(timer);
    timer = window.setTimeout(next, await read(token));
  };
  addEventListener("online", next);
  void next();
}

/** Read once; gives the milliseconds until the next time. */
async function read(token: string): Promise<number> {
  const sent = Date.now();
  let answer: Response;
  try {
    answer = await fetch(`/boards/${encodeURIComponent(token)}.json`, {
      cache: "no-store",
      headers: etag ? { "If-None-Match": etag } : {},
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    if (answer.status === 200) take((await answer.json()) as BoardDocument, answer.headers.get("ETag") ?? undefined);
  } catch {
    return pause(); // no answer, or a part of one
  }
  learn(Date.parse(answer.headers.get("Date") ?? ""), sent);
  if (answer.status === 403 || answer.status === 404) {
    shown.value = etag = undefined;
    isGone.value = true;
    checkedAt.value = Date.now();
    return GONE_MS;
  }
  if (answer.status !== 200 && answer.status !== 304) return pause();
  failures = 0;
  isGone.value = false;
  checkedAt.value = Date.now();
  return POLL_MS;
}

const pause = (): number => PAUSES_MS[Math.min(failures++, PAUSES_MS.length - 1)]!;

/** Show a document, unless a newer one is shown: caches may be a moment behind each other. A document that was lost and
 * made anew begins to count again, and was written later. */
export function take(document: BoardDocument, tag?: string): void {
  const before = shown.value;
  if (before && document.version < before.version && document.written_at <= before.written_at) return;
  etag = tag;
  shown.value = document;
}
