/** Manual 2.5, figure 17: ตารางปฏิทินการนัดหมาย; department, room, Refresh, a day, a schedule. */
import type { Schedule } from "../api/types";
import { longDate, monthsOf, timeSpan, today, weeksFrom } from "../dates";
import { lang, words } from "../i18n";
import { useLoaded } from "../load";
import { choose, href, route } from "../route";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { SelectField } from "../ui/field";
import { Month } from "../ui/month";
import { Table } from "../ui/table";
import { word } from "../words";
import { shade } from "./calendar-shade";
import { ClosedDay } from "./closed-day";
import { FindSlip } from "./find-slip";
import { scheduleWords } from "./schedule-words";

const t = words({
  free_of: ["ว่าง {free} จาก {places}", "{free} free of {places}"],
  nothing_open: ["ไม่มี Slot", "no places"],
  ahead: ["5 สัปดาห์จากวันนี้", "Five weeks from today"],
  not_open: ["ไม่เปิด", "not open"],
  legend: ["ตัวเลขคือ ว่าง/ทั้งหมด ยิ่งเขียวยิ่งว่างมาก ขีดฆ่าคือผ่านไปแล้ว ลายทแยงคือปิด", "Figures are free/all places; the greener, the more are free. Struck out: past. Hatched: closed."],
  pick: ["เลือกวันที่บนปฏิทินที่มี Slot", "Choose a day that has places"],
  day: ["รายการ Slot {date}", "Schedules of {date}"],
  empty: ["วันที่เลือกไม่มี Slot ของแผนกและห้องที่เลือก", "No places on this day for this department and room"],
  choose: ["เลือก", "Choose"],
});

const sum = (schedules: Schedule[], of: (schedule: Schedule) => number): number =>
  schedules.reduce((total, schedule) => total + of(schedule), 0);
const held = ({ capacity, available_count }: Schedule): number => capacity - available_count;

export default function Calendar() {
  const { department, room, date, month: shown } = route.value.params;
  const [year, month] = (shown ?? (date ?? today()).slice(0, 7)).split("-").map(Number) as [number, number];
  // Without a month, five weeks from this one on: the days that are worked on.
  const weeks = weeksFrom(today());
  const isAhead = !shown && (!date || weeks.flat().includes(date));
  const months = isAhead ? monthsOf(weeks.flat()) : [{ year, month }];
  const years = [...new Set(months.map(({ year }) => year))];
  const [department_id, room_id] = [department, room].map((id) => (id ? Number(id) : undefined));
  const departments = useLoaded(() => api.get("/api/dashboard/departments"), []);
  const rooms = useLoaded(() => api.get("/api/dashboard/rooms"), []);
  const days = useLoaded(
    async () => {
      const calendars = months.map((shown) =>
        api.get("/api/dashboard/calendar", { query: { ...shown, department_id, room_id } }),
      );
      return (await Promise.all(calendars)).flat();
    },
    [months, department, room],
    { every: 10 },
  );
  const schedules = useLoaded(
    () => api.get("/api/dashboard/schedules", { query: { date: date! } }),
    [date],
    { every: 10, when: Boolean(date) },
  );
  const holidays = useLoaded(async () => {
    const lists = years.map((year) => api.get("/api/dashboard/holidays", { query: { year } }));
    return (await Promise.all(lists)).flat();
  }, [years]);
  const byDate = new Map(days.data?.map((day) => [day.date, day]));
  const lines = schedules.data?.filter(
    (schedule) =>
      (!department || schedule.department_id === Number(department)) && (!room || schedule.room_id === Number(room)),
  );
  // The API's figures of a month are up to 5 s old; those of the chosen day come from its schedules.
  const ofDay = lines?.filter((schedule) => schedule.date === date) ?? [];
  const open = ofDay.filter(({ state }) => state === "open");
  const closed = ofDay.filter(({ state }) => state !== "open");
  const places = sum(open, ({ capacity }) => capacity);
  const closed_held = sum(closed, held);
  if (date && ofDay.length)
    byDate.set(date, { date, places, available: sum(open, ({ available_count }) => available_count), closed_held });
  const refresh = () => {
    void days.reload();
    if (date) void schedules.reload();
  };

  return (
    <>
      <div class="toolbar">
        <SelectField
          label={word("department")}
          value={department}
          onValue={(to) => choose({ department: to, room: undefined })}
          blank={word("all_departments")}
          options={(departments.data ?? []).map((department) => ({ value: department.department_id, text: department.department_name }))}
        />
        <SelectField
          label={word("room")}
          value={room}
          onValue={(to) => choose({ room: to })}
          blank={word("all_rooms")}
          options={(rooms.data ?? [])
            .filter((room) => !department || room.department_id === Number(department))
            .map((room) => ({ value: room.room_id, text: room.room_name }))}
        />
        <button type="button" class="primary" onClick={refresh} aria-busy={days.loading}>
          {word("refresh")}
        </button>
        <FindSlip />
      </div>
      <Failed failure={departments.failure ?? rooms.failure} again={() => {
        void departments.reload();
        void rooms.reload();
      }} />
      <Failed failure={days.failure ?? holidays.failure} again={() => {
        void days.reload();
        void holidays.reload();
      }} />
      <div class="calendar">
        <div>
          <Month
            year={year}
            month={month}
            ahead={isAhead ? { weeks, title: t("ahead") } : undefined}
            holidays={holidays.data}
            chosen={date}
            onChoose={(to) => choose({ date: to })}
            onMonth={(to) => choose({ month: `${to.year}-${String(to.month).padStart(2, "0")}` })}
            canChoose={(day) => byDate.has(day)}
            day={(day) => {
              const figures = byDate.get(day);
              const isPast = day < today();
              if (!figures)
                return (
                  days.data && {
                    look: isPast ? "past" : undefined,
                    says: t("nothing_open"),
                    shows: !isPast && isAhead && <small class="not-open">{t("not_open")}</small>,
                  }
                );
              const { available, places, closed_held: n } = figures;
              const isClosed = n ? word("closed_people", { n }) : !places && word("closed");
              return {
                look: isPast ? "past" : places ? `shade-${shade(available, places)}` : "shut",
                says: [places && t("free_of", { free: available, places }), isClosed].filter(Boolean).join(" "),
                shows: (
                  <>
                    {places > 0 && (
                      <span class="places">
                        <b>{available}</b>
                        <span class="of">/{places}</span>
                        {available === 0 && <small> {word("full")}</small>}
                      </span>
                    )}
                    {isClosed && <span class="closed-people">{isClosed}</span>}
                  </>
                ),
              };
            }}
          />
          {!isAhead && (
            <button type="button" class="quiet" onClick={() => choose({ month: undefined, date: undefined })}>
              {t("ahead")}
            </button>
          )}
          <p class="hint">{t("legend")}</p>
        </div>
        <div class="day-schedules">
          {date ? (
            <>
              <Failed failure={schedules.failure} again={schedules.reload} />
              <Table
                key={date}
                caption={t("day", { date: longDate(date, lang.value) })}
                rows={lines}
                failed={schedules.failure}
                search={scheduleWords}
                rowKey={(schedule) => schedule.schedule_id}
                rowClass={(schedule) => (schedule.state === "open" ? undefined : "over")}
                empty={t("empty")}
                columns={[
                  { title: word("period"), kind: "whole", cell: (schedule) => timeSpan(schedule.time_start, schedule.time_finish, lang.value) },
                  { title: word("room"), kind: "name", cell: (schedule) => schedule.room_name },
                  {
                    title: word("free"),
                    kind: "figure",
                    cell: (schedule) =>
                      schedule.state === "open"
                        ? `${schedule.available_count}/${schedule.capacity}`
                        : held(schedule)
                          ? word("closed_people", { n: held(schedule) })
                          : word("closed"),
                  },
                  {
                    title: t("choose"),
                    kind: "actions",
                    cell: (schedule) => (
                      <a
                        class="button"
                        href={href("day", { date, schedule: schedule.schedule_id, department, room })}
                      >
                        {t("choose")}{" "}
                        <span class="visually-hidden">
                          {timeSpan(schedule.time_start, schedule.time_finish, lang.value)} {schedule.room_name}
                        </span>
                      </a>
                    ),
                  },
                ]}
              />
              {closed.length > 0 && (
                <ClosedDay
                  key={date}
                  date={date}
                  room={room}
                  department={department}
                  closed={closed}
                  all={schedules.data ?? []}
                  onChanged={refresh}
                />
              )}
            </>
          ) : (
            <p class="pick">{t("pick")}</p>
          )}
        </div>
      </div>
    </>
  );
}
