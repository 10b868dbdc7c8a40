/** What staff do with an appointment, wherever it is listed. */
import type { Booking } from "../api/types";
import { words } from "../i18n";
import { api } from "../session";
import { ask } from "../ui/dialog";
import { word } from "../words";
import { newReason, ReasonField, type ReasonBox } from "./reason";

export const tasks = words({
  postpone: ["เลื่อน", "Move"],
  cancel: ["ยกเลิก", "Cancel"],
  cancelling: ["กำลังยกเลิก…", "Cancelling…"],
  slip: ["ใบนัด", "Slip"],
  was_accepted: ["รับนัดคิว {queue} แล้ว", "Queue {queue} was accepted"],
  were_accepted: ["รับนัด {n} คนแล้ว", "{n} were accepted"],
  was_rejected: ["ยกเลิกการรับนัดคิว {queue} แล้ว", "The acceptance of {queue} was taken back"],
  sure: ["ยกเลิกนัดของ {name} คิว {queue} หรือไม่", "Cancel the appointment of {name}, {queue}?"],
  sure_text: ["ผู้รับบริการจะได้รับแจ้ง และคิวนี้จะว่างให้ผู้อื่นจอง", "The person is told, and the place is free for others."],
  yes_cancel: ["ยกเลิกนัด", "Cancel the appointment"],
  was_cancelled: ["ยกเลิกนัดคิว {queue} แล้ว", "The appointment {queue} was cancelled"],
});

export const APPOINTMENT = "/api/dashboard/appointments/{schedule_id}/{place}";

/** The answer is the appointment as it is then. */
export const act = ({ schedule_id, place, version }: Booking, task: "accept" | "reject") =>
  api.post(`${APPOINTMENT}/${task}`, { path: { schedule_id, place }, body: { version } });

export const cancelAppointment = ({ schedule_id, place, version }: Booking, reason: ReasonBox["given"]) =>
  api.post(`${APPOINTMENT}/cancel`, { path: { schedule_id, place }, body: { version, ...reason } });

/** The reason; undefined: the appointment stays. */
export async function askToCancel({ person_name: name, queue_no: queue }: Booking): Promise<ReasonBox["given"] | undefined> {
  const box = newReason();
  let given = box.given;
  const yes = await ask({
    title: tasks("sure", { name, queue }),
    text: tasks("sure_text"),
    fields: <ReasonField box={box} />,
    check: () => {
      given = box.given; // the field is gone when the question is answered
      return !box.isMissing();
    },
    yes: tasks("yes_cancel"),
    no: word("cancel"),
    danger: true,
  });
  return yes ? given : undefined;
}
