import type { Schedule } from "../api/types";
import { words } from "../i18n";

/** Whether a schedule is open for booking online. */
export const onlineWords = words({
  title: ["เปิดให้จอง Online", "Open online"],
  yes: ["เปิด", "yes"],
  no: ["ไม่เปิด", "no"],
});

/** What a schedule is found by in a long list. */
export const scheduleWords = ({ time_start, department_name, room_name }: Schedule): string =>
  `${time_start.slice(0, 5)} ${department_name} ${room_name}`;
