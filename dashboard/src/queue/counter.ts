/** This window's counter: whom it serves, who waits, and what is being asked of the API. */
import { connection } from "../api/connection";
import { failureOf, type Failure } from "../api/failure";
import type { CalledPerson, Counter, Queue } from "../api/types";
import { words, type Bilingual } from "../i18n";
import { api, caller } from "../session";
import { signal } from "../signal";
import { word } from "./words";

const t = words({
  said: ["{number} · {outcome}", "{number} · {outcome}"],
  elsewhere: [
    "การเรียก {number} จบแล้วจากอีกหน้าต่างหนึ่ง ({outcome}) เรียกคิวถัดไปได้",
    "The call of {number} was ended in another window ({outcome}). You can call the next.",
  ],
  adopted: [
    "ช่องนี้กำลังให้บริการ {number} อยู่แล้ว อาจเรียกจากอีกหน้าต่างหนึ่ง",
    "This counter serves {number} already; another window may have called them.",
  ],
  nobody: ["ไม่มีผู้รอที่จุดนี้ในขณะนี้", "Nobody waits at this point now."],
  busy: [
    "ช่องนี้กำลังให้บริการ {number} อยู่ กด Enter เมื่อเสร็จ แล้วจึงเรียกคิวถัดไป",
    "This counter serves {number}. Press Enter when that is done, then call the next.",
  ],
  nobody_called: ["ยังไม่ได้เรียกใคร กด N เพื่อเรียกคิวถัดไป", "Nobody is called. Press N to call the next."],
  recalled: ["เรียก {number} ซ้ำแล้ว (ครั้งที่ {times})", "{number} was called again (time {times})"],
  unanswered: [
    "ยังไม่ได้รับคำตอบ ระบบจะส่งคำสั่งเดิมซ้ำเมื่อติดต่อได้ ไม่มีใครถูกเรียกสองครั้ง",
    "No answer yet. The same command is sent again when the system can be reached; nobody is called twice.",
  ],
  not_repeated: [
    "อีกหน้าต่างหนึ่งได้เรียกคิวที่ช่องนี้แล้ว จึงไม่ส่งคำสั่งเดิมซ้ำ กด N อีกครั้งถ้ายังต้องการเรียก",
    "Another window has called at this counter, so the command is not repeated. Press N again if you still want to call.",
  ],
  press_again: [
    "ระบบยังไม่ตอบ และหยุดส่งคำสั่งซ้ำแล้ว กรุณากดปุ่มเดิมอีกครั้ง ไม่มีใครถูกเรียกสองครั้ง",
    "Still no answer, and the command is not repeated any more. Press the same key again; nobody is called twice.",
  ],
});

/** Where this window calls. */
export interface Seat {
  point_id: number;
  counter: number;
}

export type Command = "call" | "recall" | "serve" | "skip" | "absent" | "send-on";

interface Order {
  command: Command;
  call_id: string;
  to_point?: number;
}

/** What the page says; bad: it went wrong. */
export interface Message {
  text: Bilingual;
  bad?: boolean;
}

/** The pauses before an order is sent again that got no answer while the system can be reached. */
const PAUSES_S = [2, 4, 8, 16];

const HOSPITAL_KEY = "queue_hospital";
const POINT_KEY = "queue_point";
const COUNTER_KEY = "queue_counter";

const number = (key: string): number => Number(sessionStorage.getItem(key)) || 0;
const storedSeat = (): Seat | undefined =>
  number(POINT_KEY) && number(COUNTER_KEY) ? { point_id: number(POINT_KEY), counter: number(COUNTER_KEY) } : undefined;

export const seat = signal<Seat | undefined>(storedSeat());
/** The seat, unless this tab chose it at another hospital. */
export const ownSeat = (): Seat | undefined =>
  sessionStorage.getItem(HOSPITAL_KEY) === caller.value?.hospital_code ? seat.value : undefined;
export const queue = signal<Queue | undefined>(undefined);
/** Whom this counter serves. */
export const person = signal<CalledPerson | undefined>(undefined);
export const message = signal<Message | undefined>(undefined);
export const busy = signal(false);
export const queueFailure = signal<Failure | undefined>(undefined);

/** An order without an answer: it may have been carried out. */
let unanswered: Order | undefined;
/** The counter's last call that this window knows. */
let lastCall = "";
/** Lists that are being loaded. While the page is locked they wait for the unlock. */
let loads = 0;
/** Counts orders, so that a list that was requested before one is not shown after it. */
let orders = 0;

export function sit(chosen: Seat | undefined): void {
  sessionStorage.setItem(HOSPITAL_KEY, caller.value!.hospital_code);
  sessionStorage.setItem(POINT_KEY, String(chosen?.point_id ?? ""));
  sessionStorage.setItem(COUNTER_KEY, String(chosen?.counter ?? ""));
  orders++;
  lastCall = "";
  unanswered = queue.value = person.value = message.value = undefined;
  seat.value = chosen;
}

function send({ command, call_id, to_point }: Order): Promise<Counter | CalledPerson> {
  const path = seat.value!;
  const body = { call_id };
  const counter = "/api/dashboard/queues/{point_id}/counters/{counter}";
  switch (command) {
    case "call":
      return api.post(`${counter}/call`, { path, body });
    case "recall":
      return api.post(`${counter}/recall`, { path, body });
    case "serve":
      return api.post(`${counter}/serve`, { path, body });
    case "skip":
      return api.post(`${counter}/skip`, { path, body });
    case "absent":
      return api.post(`${counter}/absent`, { path, body });
    case "send-on":
      return api.post(`${counter}/send-on`, { path, body: { ...body, to_point: to_point! } });
  }
}

function ended(queue_no: string, outcome: string, key: "said" | "elsewhere"): void {
  const { th, en } = word.both(outcome as "served");
  person.value = undefined;
  message.value = {
    text: {
      th: t.both(key, { number: queue_no, outcome: th }).th,
      en: t.both(key, { number: queue_no, outcome: en }).en,
    },
  };
}

function carriedOut({ command }: Order, shown: Counter | CalledPerson): void {
  if (command === "call") {
    lastCall = shown.call_id;
    person.value = shown.outcome ? undefined : (shown as CalledPerson);
    message.value = undefined;
  } else if (command === "recall") {
    person.value = { ...person.value!, recalls: shown.recalls };
    message.value = { text: t.both("recalled", { number: shown.queue_no, times: shown.recalls + 1 }) };
  } else ended(shown.queue_no, shown.outcome, "said");
}

function refused(order: Order, failure: Failure): void {
  const before = person.value?.queue_no ?? "";
  if (failure.status === 0 || failure.status >= 500) {
    unanswered = order;
    message.value = { text: t.both("unanswered"), bad: true };
  } else if (failure.code === "CallEnded" && failure.detail.outcome) ended(before, String(failure.detail.outcome), "elsewhere");
  else if (failure.code === "NobodyWaiting") message.value = { text: t.both("nobody") };
  else message.value = { text: failure.message, bad: true };
}

/** Send an order, and show what became of it. A second one while it is pending does nothing. */
async function carryOut(order: Order): Promise<void> {
  if (busy.value) return;
  busy.value = true;
  orders++;
  unanswered = undefined;
  try {
    carriedOut(order, await send(order));
  } catch (caught) {
    refused(order, failureOf(caught));
  } finally {
    orders++;
    busy.value = false;
  }
}

/** As `carryOut`; then look who waits, and what the counter shows if it was refused. */
async function carryOutAndLoad(order: Order, repeats = 0): Promise<void> {
  await carryOut(order);
  if (unanswered) wait(order, repeats);
  else await load();
}

/** Repeat an order without an answer after a pause, a few times. While the system cannot be reached, its return is
 * waited for. */
function wait(order: Order, repeats: number): void {
  if (unanswered !== order || connection.value === "lost") return;
  const pause = PAUSES_S[repeats];
  if (!pause) message.value = { text: t.both("press_again"), bad: true };
  else
    setTimeout(() => {
      if (unanswered === order && connection.value === "online") void repeat(order, repeats + 1);
    }, pause * 1000);
}

/** Send an order again by itself; not a call, if another window has called at the counter since: the call may have been
 * carried out and ended, and then it would call somebody for whom nobody asked. */
async function repeat(order: Order, repeats: number): Promise<void> {
  try {
    const own = ownCounter(await loadQueue(seat.value!));
    if (unanswered !== order) return;
    if (order.command !== "call" || !own || [order.call_id, lastCall].includes(own.call_id))
      return await carryOutAndLoad(order, repeats);
    unanswered = undefined;
    message.value = { text: t.both("not_repeated") };
    await load();
  } catch (caught) {
    failureOf(caught);
    wait(order, repeats);
  }
}

/** Call the next. If the last call got no answer, it is that call again, so that nobody is called twice. */
export function callNext(): void {
  if (person.value) message.value = { text: t.both("busy", { number: person.value.queue_no }) };
  else {
    const call_id = unanswered?.command === "call" ? unanswered.call_id : crypto.randomUUID();
    void carryOutAndLoad({ command: "call", call_id });
  }
}

/** Say what became of the call. */
export function say(command: Exclude<Command, "call">, to_point?: number): void {
  if (!person.value) message.value = { text: t.both("nobody_called") };
  else void carryOutAndLoad({ command, call_id: person.value.call_id, to_point });
}

const loadQueue = ({ point_id }: Seat): Promise<Queue> => api.get("/api/dashboard/queues/{point_id}", { path: { point_id } });
const ownCounter = ({ counters }: Queue): Counter | undefined =>
  counters.find(({ counter }) => counter === seat.value?.counter);

/** Load who waits, and whom this counter serves: another window may have called or ended. */
export async function load(): Promise<void> {
  const now = orders;
  const chosen = seat.value;
  if (!chosen || busy.value) return;
  loads++;
  try {
    const shown = await loadQueue(chosen);
    if (now !== orders) return;
    queue.value = shown;
    queueFailure.value = undefined;
    const own = ownCounter(shown);
    lastCall = own?.call_id ?? "";
    await follow(own);
  } catch (caught) {
    const failure = failureOf(caught);
    if (now === orders) queueFailure.value = failure;
  } finally {
    loads--;
  }
}

/** Load, if the page is seen and nothing is on its way. */
export function refresh(): void {
  if (document.visibilityState === "visible" && connection.value === "online" && !loads) void load();
}

/** Show what the counter does now. Who it serves is only read: a call that is sent again late might call somebody. */
async function follow(own: Counter | undefined): Promise<void> {
  if (!own) return; // after midnight the call of the day before is not in the list, and can still be ended
  const shown = person.value;
  if (own.outcome && shown?.call_id === own.call_id) ended(own.queue_no, own.outcome, "elsewhere");
  else if (!own.outcome && shown?.call_id !== own.call_id) {
    person.value = undefined;
    const now = orders;
    const served = await api.get("/api/dashboard/queues/{point_id}/counters/{counter}", { path: { ...seat.value! } });
    if (now !== orders) return;
    person.value = served;
    message.value = { text: t.both("adopted", { number: served.queue_no }) };
  } else if (shown && shown.call_id !== own.call_id) person.value = undefined;
}

let lost = false;
connection.subscribe((state) => {
  if (lost && state === "online") {
    if (unanswered) void repeat(unanswered, 0);
    else void load();
  }
  lost = state === "lost";
});
