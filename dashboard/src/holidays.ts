/** What a holiday is called on the screens. */
import type { Holiday } from "./api/types";
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
