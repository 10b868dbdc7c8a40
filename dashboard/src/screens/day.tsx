/** Manual 2.5, figures 17–19: a day's schedules, and the bookings of the one that was chosen. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { longDate, timeSpan, today } from "../dates";
import { lang, words } from "../i18n";
import { useLoaded } from "../load";
import { choose, href, route } from "../route";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { SelectField } from "../ui/field";
import { Tabs } from "../ui/tabs";
import { word } from "../words";
import { Bookings } from "./bookings";
import { DayList } from "./day-list";
import { ScheduleDetails } from "./schedule-details";

const t = words({
  back: ["‹ กลับไปปฏิทิน", "‹ Back to the calendar"],
  schedules: ["รายการ Slot ของวันที่เลือก", "Schedules of the day"],
  none: ["วันที่เลือกไม่มีตารางนัดหมาย", "There is no schedule on this day"],
  pick: ["เลือกช่วงเวลาจากรายการ Slot", "Choose a schedule from the list"],
  tabs: ["ข้อมูลของ Slot", "About this schedule"],
  book: ["จองนัดหมาย", "Bookings"],
  day: ["รายการทั้งวัน", "The whole day"],
  free: ["ว่าง {free}/{places}", "{free}/{places} free"],
});

export default function Day() {
  const { schedule: chosenId, department, room, ...rest } = route.value.params;
  const date = rest.date ?? today();
  const [tab, setTab] = useState(chosenId ? "book" : "day");
  useEffect(() => {
    if (chosenId) setTab("book");
  }, [chosenId]);
  const schedules = useLoaded(() => api.get("/api/dashboard/schedules", { query: { date } }), [date], { every: 10 });
  const ofDepartment = schedules.data?.filter((schedule) => !department || schedule.department_id === Number(department));
  const listed = ofDepartment?.filter((schedule) => !room || schedule.room_id === Number(room));
  const rooms = [...new Map(ofDepartment?.map((schedule) => [schedule.room_id, schedule.room_name])).entries()];
  const list = useRef<HTMLUListElement>(null);
  const isListed = listed !== undefined;
  // The list scrolls by itself: what is chosen is in sight there, and the page stays where it is.
  useLayoutEffect(() => {
    const button = list.current?.querySelector<HTMLElement>('[aria-pressed="true"]');
    if (button) list.current!.scrollTop = button.offsetTop - list.current!.clientHeight / 2;
  }, [isListed, room]);
  const chosen = schedules.data?.find((schedule) => schedule.schedule_id === Number(chosenId));

  return (
    <>
      <p class="screen-only crumbs">
        <a href={href("calendar", { date, department, room })}>{t("back")}</a>
      </p>
      <p class="lead">{longDate(date, lang.value)}</p>
      <Failed failure={schedules.failure} again={schedules.reload} />
      <div class="day-work">
        <nav aria-label={t("schedules")} class="schedule-list">
          {!listed && !schedules.failure && <p class="loading">{word("loading")}</p>}
          {rooms.length > 1 && (
            <SelectField
              label={word("room")}
              value={room}
              onValue={(to) => choose({ room: to })}
              blank={word("all_rooms")}
              options={rooms.sort(([one], [other]) => one - other).map(([value, text]) => ({ value, text }))}
            />
          )}
          {listed?.length === 0 && <p>{t("none")}</p>}
          <ul ref={list}>
            {listed?.map((schedule) => (
              <li key={schedule.schedule_id}>
                <button
                  type="button"
                  aria-pressed={schedule.schedule_id === chosen?.schedule_id}
                  onClick={() => {
                    choose({ schedule: schedule.schedule_id });
                    setTab("book"); // also when it is the one already chosen
                  }}
                >
                  <b>{timeSpan(schedule.time_start, schedule.time_finish, lang.value)}</b>
                  <span>{schedule.room_name}</span>
                  <span class={schedule.available_count && schedule.state === "open" ? "free" : "free none"}>
                    {schedule.state === "open" ? t("free", { free: schedule.available_count, places: schedule.capacity }) : word("closed")}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </nav>
        <section class="day-detail">
          <Tabs
            label={t("tabs")}
            open={tab}
            onOpen={setTab}
            tabs={[
              { key: "detail", title: word("details") },
              { key: "book", title: t("book") },
              { key: "day", title: t("day") },
            ]}
          >
            {tab === "day" && <DayList date={date} room={room ? Number(room) : undefined} />}
            {tab !== "day" && !chosen && <p class="pick">{t("pick")}</p>}
            {tab === "detail" && chosen && <ScheduleDetails schedule={chosen} />}
            {tab === "book" && chosen && (
              <Bookings
                key={chosen.schedule_id}
                schedule={chosen}
                schedules={listed ?? []}
                onChanged={schedules.reload}
              />
            )}
          </Tabs>
        </section>
      </div>
    </>
  );
}
