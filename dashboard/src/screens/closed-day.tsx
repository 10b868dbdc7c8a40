/** Beside the calendar: who is still booked in the closed schedules of the chosen day, and what may be done. */
import { useState } from "preact/hooks";
import type { Schedule } from "../api/types";
import { timeSpan, today, type IsoDate } from "../dates";
import { lang, words } from "../i18n";
import { useLoaded } from "../load";
import { api, may } from "../session";
import { Failed } from "../ui/failed";
import { notify } from "../ui/notice";
import { Table } from "../ui/table";
import { word } from "../words";
import { undoClosing } from "./closing";
import { CloseSchedules } from "./schedules-close";
import { ReopenSchedules } from "./schedules-reopen";

const t = words({
  title: ["ตารางที่ปิดแล้ว", "Closed schedules"],
  caption: ["ผู้ที่ยังมีนัดในตารางที่ปิดแล้ว {n} คน", "Still booked in closed schedules: {n}"],
  nobody: ["ไม่มีผู้ที่ยังมีนัด", "Nobody is booked any more."],
  reopen: ["เปิดรับนัดอีกครั้ง", "Open again"],
  people: ["เลื่อนหรือยกเลิกทุกคน", "Move or cancel everybody"],
  choose_room: ["เลือกห้องบนปฏิทินเพื่อเปิดรับนัดอีกครั้ง", "Choose a room on the calendar to open it again."],
  one: ["เลื่อนหรือยกเลิกทีละคน: กด “เลือก” ของช่วงเวลานั้น", "One by one: press “Choose” of that schedule."],
  manager: ["ผู้จัดการตารางนัดหมายเปิดอีกครั้งได้", "Whoever manages schedules can open them again."],
});

interface ClosedDayProps {
  date: IsoDate;
  /** The room that is chosen on the calendar. */
  room: string | undefined;
  /** The department that is chosen there. */
  department: string | undefined;
  /** Those of the room or department, or of all. */
  closed: Schedule[];
  /** Every schedule of the day. */
  all: Schedule[];
  onChanged: () => void;
}

export function ClosedDay({ date, room, department, closed, all, onChanged }: ClosedDayProps) {
  const [open, setOpen] = useState<"reopen" | "people" | undefined>();
  const withPeople = closed.filter(({ capacity, available_count }) => available_count < capacity);
  const list = useLoaded(
    async () => {
      const path = "/api/dashboard/appointments";
      const bookings = withPeople.map(({ schedule_id }) => api.get(path, { query: { date, schedule_id } }));
      return (await Promise.all(bookings)).flat();
    },
    [date, withPeople.map(({ schedule_id, available_count }) => [schedule_id, available_count])],
    { every: 60 }, // the schedules, loaded more often, say if somebody has gone
  );
  const people = list.data;
  const changed = () => {
    setOpen(undefined);
    void list.reload();
    onChanged();
  };
  // Moving everybody closes what is open: it is offered only for what is closed as a whole, or for a single schedule.
  const inScope = all.filter(({ room_id }) => !room || room_id === Number(room));
  const single = withPeople.length === 1 ? withPeople[0] : undefined;
  const asAWhole = !room && !department && inScope.every(({ state }) => state !== "open");
  // A department is not opened as a whole, and its day must not open the others' schedules.
  const onlyClosed = closed.length === 1 ? closed[0] : undefined;
  const canReopen = Boolean(room || onlyClosed || !department);
  const manager = may("IMMUNIZATION_SLOT_MANAGER");
  const isOver = date < today();

  return (
    <section aria-labelledby="closed-day" class="closed-day">
      <h2 id="closed-day">{t("title")}</h2>
      <Failed failure={list.failure} again={list.reload} />
      {people?.length === 0 && <p>{t("nobody")}</p>}
      {people && people.length > 0 && (
        <Table
          caption={t("caption", { n: people.length })}
          rows={people}
          rowKey={({ schedule_id, place }) => `${schedule_id}-${place}`}
          empty=""
          columns={[
            { title: word("queue"), cell: (booking) => booking.queue_no },
            { title: word("period"), kind: "whole", cell: (booking) => timeSpan(booking.time_start, booking.time_finish, lang.value) },
            { title: word("room"), kind: "name", cell: (booking) => booking.room_name },
            { title: word("person_name"), kind: "name", cell: (booking) => booking.person_name },
          ]}
        />
      )}
      {isOver ? null : manager ? (
        <div class="tools">
          {canReopen ? (
            <button type="button" onClick={() => setOpen("reopen")}>
              {t("reopen")}
            </button>
          ) : (
            <p>{t("choose_room")}</p>
          )}
          {withPeople.length > 0 && (single || asAWhole) && (
            <button type="button" onClick={() => setOpen("people")}>
              {t("people")}
            </button>
          )}
        </div>
      ) : (
        <p>{t("manager")}</p>
      )}
      {!isOver && withPeople.length > 0 && <p class="hint">{t("one")}</p>}
      {open === "reopen" && (
        <ReopenSchedules
          date={date}
          room_id={room ? Number(room) : undefined}
          schedule={department && !room ? onlyClosed : undefined}
          onClose={() => setOpen(undefined)}
          onDone={(said) => {
            notify(said);
            changed();
          }}
        />
      )}
      {open === "people" && (
        <CloseSchedules
          date={date}
          schedules={all}
          schedule={single}
          onClose={() => setOpen(undefined)}
          onDone={(said, closing) => {
            notify(said, closing && (() => void undoClosing(closing).then(changed)));
            changed();
          }}
        />
      )}
    </section>
  );
}
