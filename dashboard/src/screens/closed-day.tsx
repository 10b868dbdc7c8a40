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
  queue: ["คิว", "Queue"],
  name: ["ชื่อบุคคล", "Name"],
  reopen: ["เปิดรับนัดอีกครั้ง", "Open again"],
  people: ["เลื่อนหรือยกเลิกทุกคน", "Move or cancel everybody"],
  one: ["เลื่อนหรือยกเลิกทีละคน: กด “เลือก” ของช่วงเวลานั้น", "One by one: press “Choose” of that schedule."],
  manager: ["ผู้จัดการตารางนัดหมายเปิดอีกครั้งได้", "Whoever manages schedules can open them again."],
});

interface ClosedDayProps {
  date: IsoDate;
  /** The room that is chosen on the calendar. */
  room: string | undefined;
  closed: Schedule[];
  /** Every schedule of the day. */
  all: Schedule[];
  onChanged: () => void;
}

export function ClosedDay({ date, room, closed, all, onChanged }: ClosedDayProps) {
  const [open, setOpen] = useState<"reopen" | "people" | undefined>();
  const ids = closed.map(({ schedule_id }) => schedule_id);
  const list = useLoaded(() => api.get("/api/dashboard/appointments", { query: { date } }), [date, ids], { every: 10 });
  const people = list.data?.filter(({ schedule_id }) => ids.includes(schedule_id));
  const changed = () => {
    setOpen(undefined);
    void list.reload();
    onChanged();
  };
  // Moving everybody closes what is open: it is offered only for what is closed as a whole, or for a single schedule.
  const inScope = all.filter(({ room_id }) => !room || room_id === Number(room));
  const withPeople = closed.filter(({ capacity, available_count }) => available_count < capacity);
  const single = withPeople.length === 1 ? withPeople[0] : undefined;
  const asAWhole = !room && inScope.every(({ state }) => state !== "open");
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
            { title: t("queue"), cell: (booking) => booking.queue_no },
            { title: word("period"), kind: "whole", cell: (booking) => timeSpan(booking.time_start, booking.time_finish, lang.value) },
            { title: word("room"), kind: "name", cell: (booking) => booking.room_name },
            { title: t("name"), kind: "name", cell: (booking) => booking.person_name },
          ]}
        />
      )}
      {isOver ? null : manager ? (
        <div class="tools">
          <button type="button" onClick={() => setOpen("reopen")}>
            {t("reopen")}
          </button>
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
