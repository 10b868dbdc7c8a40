/** What is on the kiosk's screen. Nothing of a person is kept anywhere else, and nothing after a short while. */
import { type Failure, failureOf } from "../api/failure";
import type { components } from "../api/schema";
import { cidFault } from "../cid";
import { lang } from "../i18n";
import { signal } from "../signal";
import { readSlip } from "../typed-code";
import { api, hospital } from "./session";
import { clear, codeIn } from "./keyboard-input";

type Schemas = components["schemas"];
export type Point = Schemas["KioskPoint"];

/** A number that somebody got. ahead: how many wait in front, once it is known. */
export interface Ticket {
  number: string;
  point: string;
  point_en: string;
  /** Where to go if the hospital's own system leads the queue. */
  room: string;
  isAgain: boolean;
  hasAppointment: boolean;
  at: string;
  ahead?: number;
}

export type View =
  | { kind: "ready" }
  | { kind: "keypad"; isWrong?: boolean }
  | { kind: "points"; points: Point[] }
  | { kind: "busy" }
  | { kind: "ticket"; ticket: Ticket }
  | { kind: "refused"; failure: Failure; repeat: () => void };

/** How long an answer stays on the screen, and how long an unfinished input. */
export const ANSWER_MS = 12_000;
const INPUT_MS = 30_000;

export const view = signal<View>({ kind: "ready" });
let timer: number | undefined;

function show(next: View): void {
  clearTimeout(timer);
  view.value = next;
  const limit = { ready: 0, busy: 0, keypad: INPUT_MS, points: INPUT_MS, ticket: ANSWER_MS, refused: ANSWER_MS }[next.kind];
  if (limit) timer = window.setTimeout(forget, limit);
}

/** Back to the first screen, in Thai, with nothing of the last person. */
export function forget(): void {
  clear();
  lang.value = "th";
  show({ kind: "ready" });
}

/** Somebody is still at the keypad or at the list. */
export function stay(): void {
  if (view.value.kind === "keypad" || view.value.kind === "points") show(view.value);
}

export function openKeypad(): void {
  clear();
  show({ kind: "keypad" });
}

/** Send what was typed, scanned or read from a card. A new one replaces what is on the screen. */
export async function arrive(text: string): Promise<void> {
  if (view.value.kind === "busy") return;
  const code = codeIn(text);
  if (view.value.kind === "keypad" && readSlip(code).length <= 13 && cidFault(code)) {
    show({ kind: "keypad", isWrong: true });
    return;
  }
  await answer(async () => {
    const result = await api.post("/api/dashboard/kiosk/arrivals", { body: { code } });
    return {
      number: result.queue_no,
      point: result.point_name,
      point_en: result.point_name_en || result.point_name,
      room: result.room_name,
      isAgain: result.again,
      hasAppointment: true,
      at: result.arrived_datetime,
      point_id: result.point_id,
    };
  });
}

/** The service points for which tickets can be drawn. */
export async function choosePoint(): Promise<void> {
  show({ kind: "busy" });
  try {
    show({ kind: "points", points: await api.get("/api/dashboard/kiosk/points") });
  } catch (caught) {
    refuse(caught, choosePoint);
  }
}

/** Draw a ticket. A repeat has the same ticket_id, so that a lost answer does not become a second ticket. */
export async function draw(point_id: number): Promise<void> {
  const ticket_id = crypto.randomUUID();
  await answer(async () => {
    const result = await api.post("/api/dashboard/kiosk/tickets", { body: { point_id, ticket_id } });
    return {
      number: result.queue_no,
      point: result.point_name,
      point_en: result.point_name_en || result.point_name,
      room: "",
      isAgain: false,
      hasAppointment: false,
      at: result.drawn_datetime,
      point_id: result.point_id,
    };
  });
}

async function answer(send: () => Promise<Ticket & { point_id: number }>): Promise<void> {
  if (view.value.kind === "busy") return;
  show({ kind: "busy" });
  try {
    const { point_id, ...ticket } = await send();
    show({ kind: "ticket", ticket });
    if (point_id) await showAhead(ticket, point_id);
  } catch (caught) {
    refuse(caught, () => void answer(send));
  }
}

/** Say why it failed. If the kiosk must be signed in first, forget who it was for. */
function refuse(caught: unknown, repeat: () => void): void {
  const failure = failureOf(caught);
  if (hospital.value === undefined) forget();
  else show({ kind: "refused", failure, repeat });
}

/** Add how many wait in front. Without it the answer is complete too, so a failure changes nothing. */
async function showAhead(ticket: Ticket, point_id: number): Promise<void> {
  try {
    const path = "/api/dashboard/kiosk/points/{point_id}/ahead";
    const { ahead } = await api.get(path, { path: { point_id }, query: { queue_no: ticket.number } });
    const shown = view.value;
    if (shown.kind === "ticket" && shown.ticket === ticket && ahead !== null && ahead !== undefined)
      view.value = { kind: "ticket", ticket: { ...ticket, ahead } };
  } catch (caught) {
    failureOf(caught); // a programming error is thrown
  }
}
