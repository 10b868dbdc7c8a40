/** A person's appointments in words, wherever they are listed. */
import type { Booking } from "../api/types";
import { mediumDate, timeSpan } from "../dates";
import { lang, words } from "../i18n";

const t = words({
  waiting: ["จองแล้ว รอรับนัด", "booked, not accepted yet"],
  accepted: ["รับนัดแล้ว", "accepted"],
  over: ["ผ่านไปแล้ว", "over"],
  cancelled: ["ยกเลิกแล้ว", "cancelled"],
  postponed: ["เลื่อนไปแล้ว", "moved"],
});

export const stateOf = ({ state, hospital_confirm }: Booking, isOver = false): string => {
  if (state !== "booked") return t.named(state);
  if (isOver) return t("over");
  return t(hospital_confirm ? "accepted" : "waiting");
};

export const spanOf = ({ time_start, time_finish }: Booking): string => timeSpan(time_start, time_finish, lang.value);

export const dateOf = ({ date }: Pick<Booking, "date">): string => mediumDate(date, lang.value);
