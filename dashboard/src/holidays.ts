/** What a holiday is called on the screens, and which day closing proposes. */
import type { Holiday } from "./api/types";
import { addDays, type IsoDate } from "./dates";
import { lang, words } from "./i18n";

const t = words({
  government: ["วันหยุดราชการ", "Government holiday"],
  in_lieu: ["วันหยุดชดเชย", "Holiday in lieu"],
  labour: ["วันหยุดแรงงาน ราชการเปิดทำการ", "Labour holiday; government offices are open"],
  observance: ["วันสำคัญ ไม่ใช่วันหยุด", "Observed; not a holiday"],
  closed: ["หน่วยบริการหยุด", "Closed by the hospital"],
  workday: ["หน่วยบริการเปิดทำการ", "Workday of the hospital"],
});

export const holidayKind = ({ kind, closed }: Holiday): string =>
  t(kind === "hospital" ? (closed ? "closed" : "workday") : kind);

export const holidayName = (holiday: Holiday): string => (lang.value === "th" ? holiday.name : holiday.name_en);

/** The same day of a later week, the next one that is not a holiday. */
export function laterWeek(date: IsoDate, holidays: Holiday[]): IsoDate {
  const closed = new Set(holidays.filter((holiday) => holiday.closed).map((holiday) => holiday.date));
  let later = addDays(date, 7);
  while (closed.has(later)) later = addDays(later, 7);
  return later;
}
