/** What a schedule is like, to be read. */
import type { Schedule } from "../api/types";
import { timeSpan } from "../dates";
import { lang } from "../i18n";
import { word } from "../words";
import { onlineWords } from "./schedule-words";

export function ScheduleDetails({ schedule }: { schedule: Schedule }) {
  const lines = [
    [word("department"), schedule.department_name],
    [word("room"), schedule.room_name],
    [word("time"), timeSpan(schedule.time_start, schedule.time_finish, lang.value)],
    [word("places"), schedule.capacity],
    [word("free"), schedule.available_count],
    [onlineWords("title"), schedule.state === "open" ? onlineWords(schedule.online ? "yes" : "no") : word("closed")],
  ];
  return (
    <dl class="detail">
      {lines.map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
