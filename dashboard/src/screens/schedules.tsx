/** Manual 2.4, figures 14–16: ระบบจัดตารางนัดหมาย; the schedules of a day, and the windows that make them. */
import { useState } from "preact/hooks";
import type { Period, Room, Schedule } from "../api/types";
import { addDays, longDate, timeSpan, today } from "../dates";
import { holidayKind, holidayName } from "../holidays";
import { lang, words, type Bilingual } from "../i18n";
import { useLoaded } from "../load";
import { choose, route } from "../route";
import { api, may } from "../session";
import { DateWalk } from "../ui/date-walk";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { DateField } from "../ui/field";
import { notify } from "../ui/notice";
import { Table } from "../ui/table";
import { CheckMark } from "../ui/check-mark";
import { word } from "../words";
import { AddSchedules } from "./schedules-add";
import { undoClosing, type Closing } from "./closing";
import { CloseSchedules } from "./schedules-close";
import { CopySchedules } from "./schedules-copy";
import { EditSchedule } from "./schedules-edit";
import { ScheduleDetails } from "./schedule-details";
import { ScheduleGrid } from "./schedule-grid";
import { onlineWords, scheduleWords } from "./schedule-words";
import { ReopenSchedules } from "./schedules-reopen";

const t = words({
  caption: ["รายการ Slot {date}", "Schedules of {date}"],
  empty: ["วันที่เลือกยังไม่มีตาราง กด “เพิ่ม” เพื่อเปิด Slot", "No schedule on this day. Press “Add” to open places."],
  copy: ["คัดลอกตาราง", "Copy schedules"],
  list: ["ดูเป็นรายการ", "As a list"],
  grid: ["ดูเป็นผัง ห้อง × เวลา", "As a grid: rooms × periods"],
  close_day: ["ปิดทั้งวันหรือทั้งห้อง", "Close the day or a room"],
  close: ["ปิดตาราง", "Close schedule"],
  reopen_day: ["เปิดที่ปิดไว้อีกครั้ง", "Open again what is closed"],
  people: ["เลื่อนหรือยกเลิกผู้จอง", "Move or cancel people"],
  booked: ["จองแล้ว", "Booked"],
  before: ["วันก่อน", "Previous day"],
  after: ["วันถัดไป", "Next day"],
  total: ["รวม {places} Slot จองแล้ว {booked}", "{places} places in all, {booked} booked"],
});

/** The window that is open. Without a schedule it is about the whole day. */
type Open =
  | { window: "add"; first?: { room: Room; period: Period } }
  | { window: "copy" }
  | { window: "close" | "reopen"; schedule?: Schedule }
  | { window: "edit" | "details"; schedule: Schedule };

export default function Schedules() {
  const date = route.value.params.date ?? today();
  const list = useLoaded(() => api.get("/api/dashboard/schedules", { query: { date } }), [date], { every: 15 });
  const year = Number(date.slice(0, 4));
  const holidays = useLoaded(() => api.get("/api/dashboard/holidays", { query: { year } }), [year]);
  const catalogue = useLoaded(
    async () => {
      const [departments, rooms, periods] = await Promise.all([
        api.get("/api/dashboard/departments"),
        api.get("/api/dashboard/rooms"),
        api.get("/api/dashboard/periods"),
      ]);
      return { departments, rooms, periods };
    },
    [],
  );
  const [open, setOpen] = useState<Open | undefined>();
  const manager = may("IMMUNIZATION_SLOT_MANAGER");
  const holiday = holidays.data?.find((day) => day.date === date);
  const close = () => setOpen(undefined);
  const done = (said: Bilingual) => {
    close();
    notify(said);
    void list.reload();
  };
  const closed = (said: Bilingual, closing?: Closing) => {
    close();
    notify(said, closing && (() => void undoClosing(closing).then(list.reload)));
    void list.reload();
  };
  const isGrid = route.value.params.view === "grid";
  /** The window for a schedule of the grid; people first, because reopening leaves them where they are. */
  const taskOf = (schedule: Schedule): Open => {
    if (!manager) return { window: "details", schedule };
    if (schedule.state === "open") return { window: "edit", schedule };
    return schedule.available_count < schedule.capacity ? { window: "close", schedule } : { window: "reopen", schedule };
  };
  const hasClosed = list.data?.some(({ state }) => state !== "open");
  const sum = (of: (schedule: Schedule) => number) => (list.data ?? []).reduce((n, schedule) => n + of(schedule), 0);

  return (
    <>
      <div class="toolbar">
        <DateWalk before={t("before")} after={t("after")} onWalk={(by) => choose({ date: addDays(date, by) })}>
          <DateField label={word("date")} value={date} onValue={(to) => to && choose({ date: to })} />
        </DateWalk>
        {manager && (
          <div class="tools">
            <button type="button" class="primary" disabled={!catalogue.data} onClick={() => setOpen({ window: "add" })}>
              {word("add")}
            </button>
            <button type="button" onClick={() => setOpen({ window: "copy" })}>
              {t("copy")}
            </button>
            <button type="button" disabled={!list.data?.length} onClick={() => setOpen({ window: "close" })}>
              {t("close_day")}
            </button>
            {hasClosed && (
              <button type="button" onClick={() => setOpen({ window: "reopen" })}>
                {t("reopen_day")}
              </button>
            )}
          </div>
        )}
        <button type="button" onClick={() => choose({ view: isGrid ? undefined : "grid" })}>
          {t(isGrid ? "list" : "grid")}
        </button>
      </div>
      {holiday && (
        <p class="marked">
          {holidayKind(holiday)}: {holidayName(holiday)}
        </p>
      )}
      <Failed failure={list.failure ?? catalogue.failure ?? holidays.failure} again={() => {
        void list.reload();
        void catalogue.reload();
        void holidays.reload();
      }} />
      {isGrid && list.data && catalogue.data && (
        <ScheduleGrid
          {...catalogue.data}
          schedules={list.data}
          onOpen={(schedule) => setOpen(taskOf(schedule))}
          onAdd={manager && date >= today() ? (room, period) => setOpen({ window: "add", first: { room, period } }) : undefined}
        />
      )}
      {!isGrid && (
        <Table
          key={date}
          caption={t("caption", { date: longDate(date, lang.value) })}
          rows={list.data}
          failed={list.failure}
          search={scheduleWords}
          rowKey={(schedule) => schedule.schedule_id}
          rowClass={(schedule) => (schedule.state === "open" ? undefined : "over")}
          empty={t("empty")}
          numbered
          columns={[
            {
              title: word("period"),
              kind: "whole",
              cell: (schedule) => timeSpan(schedule.time_start, schedule.time_finish, lang.value),
            },
            { title: word("department"), kind: "name", cell: (schedule) => schedule.department_name },
            { title: word("room"), kind: "name", cell: (schedule) => schedule.room_name },
            { title: word("places"), kind: "figure", cell: (schedule) => schedule.capacity },
            {
              title: t("booked"),
              kind: "figure",
              cell: (schedule) => schedule.capacity - schedule.available_count,
            },
            { title: word("free"), kind: "figure", cell: (schedule) => schedule.available_count },
            {
              title: onlineWords("title"),
              kind: "mark",
              cell: (schedule) =>
                schedule.state !== "open" ? word("closed") : schedule.online ? <CheckMark says={onlineWords("yes")} /> : onlineWords("no"),
            },
            {
              title: word("task"),
              kind: "actions",
              cell: (schedule) =>
                manager &&
                (schedule.state !== "open" ? (
                  <>
                    <button type="button" onClick={() => setOpen({ window: "reopen", schedule })}>
                      {word("open_again")} <Which schedule={schedule} />
                    </button>
                    {schedule.available_count < schedule.capacity && (
                      <button type="button" onClick={() => setOpen({ window: "close", schedule })}>
                        {t("people")} <Which schedule={schedule} />
                      </button>
                    )}
                  </>
                ) : (
                  <>
                    <button type="button" onClick={() => setOpen({ window: "edit", schedule })}>
                      {word("edit")} <Which schedule={schedule} />
                    </button>
                    <button type="button" onClick={() => setOpen({ window: "close", schedule })}>
                      {t("close")} <Which schedule={schedule} />
                    </button>
                  </>
                )),
            },
          ]}
        />
      )}
      {Boolean(list.data?.length) && (
        <p class="total">
          {t("total", { places: sum((s) => s.capacity), booked: sum((s) => s.capacity - s.available_count) })}
        </p>
      )}
      {open?.window === "add" && catalogue.data && (
        <AddSchedules {...catalogue.data} date={date} first={open.first} onClose={close} onSaved={(saved, said) => {
          choose({ date: saved });
          done(said);
        }} />
      )}
      {open?.window === "copy" && <CopySchedules date={date} onClose={close} onDone={done} />}
      {open?.window === "reopen" && <ReopenSchedules date={date} schedule={open.schedule} onClose={close} onDone={done} />}
      {open?.window === "edit" && <EditSchedule schedule={open.schedule} onClose={close} onDone={done} />}
      {open?.window === "details" && (
        <Dialog title={word("details")} onClose={close}>
          <ScheduleDetails schedule={open.schedule} />
        </Dialog>
      )}
      {open?.window === "close" && (
        <CloseSchedules date={date} schedules={list.data ?? []} schedule={open.schedule} onClose={close} onDone={closed} />
      )}
    </>
  );
}

function Which({ schedule }: { schedule: Schedule }) {
  return (
    <span class="visually-hidden">
      {timeSpan(schedule.time_start, schedule.time_finish, lang.value)} {schedule.room_name}
    </span>
  );
}
