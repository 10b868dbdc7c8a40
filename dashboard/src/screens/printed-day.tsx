/** A day's worklist on paper: each room begins a page, at 10 points. */
import type { WorklistRow } from "../api/types";
import { longDate, timeSpan, type IsoDate } from "../dates";
import { lang, words } from "../i18n";
import { caller } from "../session";
import { word } from "../words";

const t = words({
  total: ["{n} คน", "{n} people"],
});

export function PrintedDay({ date, rows }: { date: IsoDate; rows: WorklistRow[] }) {
  const rooms = new Map<number, WorklistRow[]>();
  for (const row of rows) {
    const ofRoom = rooms.get(row.room_id);
    if (ofRoom) ofRoom.push(row);
    else rooms.set(row.room_id, [row]);
  }
  const ordered = [...rooms.entries()].sort(([one], [other]) => one - other);
  return (
    <>
      {ordered.map(([room, booked]) => {
        const withTelephones = booked.some((row) => row.telephone);
        return (
          <section key={room} class="printed-room">
            <h2>
              {booked[0]!.room_name} · {longDate(date, lang.value)} · {t("total", { n: booked.length })}
            </h2>
            <p>
              {caller.value?.hospital_name} · {word("department")} {booked[0]!.department_name}
            </p>
            <table>
              <thead>
                <tr>
                  {[word("time"), word("queue"), word("cid_short"), word("person_name"), withTelephones && word("telephone"), word("accepted"), word("confirmed")].map(
                    (title) => title && <th key={title}>{title}</th>,
                  )}
                </tr>
              </thead>
              <tbody>
                {booked.map((row) => (
                  <tr key={row.slip_code}>
                    <td class="whole">{timeSpan(row.time_start, row.time_finish, lang.value)}</td>
                    <td class="whole">{row.queue_no}</td>
                    <td class="whole">{row.cid_masked}</td>
                    <td>{row.person_name}</td>
                    {withTelephones && <td class="whole">{row.telephone}</td>}
                    <td class="mark">{row.hospital_confirm && "✓"}</td>
                    <td class="mark">{row.confirmed && "✓"}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        );
      })}
    </>
  );
}
