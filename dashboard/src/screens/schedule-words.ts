import type { Schedule } from "../api/types";

/** What a schedule is found by in a long list. */
export const scheduleWords = ({ time_start, department_name, room_name }: Schedule): string =>
  `${time_start.slice(0, 5)} ${department_name} ${room_name}`;
