/** A closing, and how it is undone. */
import type { IsoDate } from "../dates";
import { failureOf } from "../api/failure";
import { words } from "../i18n";
import { api } from "../session";
import { notify, notifyFailure } from "../ui/notice";

const t = words({
  undone: ["เลิกทำการปิดแล้ว คืนนัดเดิม {n} คน", "The closing was undone; {n} have their appointments back"],
  not_all: [
    "เปิดอีกครั้งแล้ว คืนนัดเดิม {n} คน อีก {rest} คนคืนไม่ได้หรือเปลี่ยนนัดไปแล้ว",
    "Opened again; {n} have their appointments back. {rest} could not be given back, or have acted since.",
  ],
  stays: ["บางช่วงเวลายังปิดอยู่ เพราะห้องเปิดตารางใหม่ในเวลานั้นแล้ว", "Some schedules stay closed: the room is open anew then."],
});

/** people: whom it moved or cancelled. */
export interface Closing {
  date: IsoDate;
  closing: string;
  people: number;
}

/** The id of a new closing: 16 hexadecimal digits. */
export const newClosing = (): string =>
  [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export interface Reopened {
  reopened: number;
  restored: number;
  /** People who have acted since, or for whom there is no place any more. */
  rest: number;
  /** Schedules that stay closed. */
  kept: number;
}

/** Open again, part by part; a part that does nothing ends it. */
export async function reopen(
  scope: { date: IsoDate; schedule_id?: number; room_id?: number; closing?: string; people?: number },
  onPart: (restored: number) => void = () => undefined,
): Promise<Reopened> {
  const sum = { reopened: 0, restored: 0 };
  for (;;) {
    const people = Math.max(0, (scope.people ?? 0) - sum.restored);
    const part = await api.post("/api/dashboard/reopenings", { body: { ...scope, people } });
    sum.reopened += part.reopened;
    sum.restored += part.restored;
    onPart(sum.restored);
    if (part.remaining > 0 && part.reopened + part.restored > 0) continue;
    // Who has booked the same schedule anew is in no list of the answer.
    const named = part.answered.length + part.left.length + part.remaining;
    const rest = Math.max(named, (scope.people ?? 0) - sum.restored);
    return { ...sum, rest, kept: part.schedules.filter(({ obstacle }) => obstacle).length };
  }
}

/** Undo a closing and say so. */
export async function undoClosing(closing: Closing): Promise<void> {
  try {
    const { restored, rest, kept } = await reopen(closing);
    notify(t.both(rest ? "not_all" : "undone", { n: restored, rest }));
    if (kept) notify(t.both("stays"));
  } catch (caught) {
    notifyFailure(failureOf(caught));
  }
}
