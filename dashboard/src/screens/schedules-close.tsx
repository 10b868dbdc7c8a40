/** Close a schedule, a room's day or a whole day: list who is affected, then choose what happens to them. */
import { useState } from "preact/hooks";
import type { Schedule } from "../api/types";
import { longDate, timeSpan, type IsoDate } from "../dates";
import { useForm } from "../form";
import { lang, words, type Bilingual } from "../i18n";
import { useLoaded } from "../load";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { DateField, SelectField } from "../ui/field";
import { Form } from "../ui/form";
import { Progress } from "../ui/progress";
import { Table } from "../ui/table";
import { word } from "../words";

const t = words({
  window: ["ปิดการนัดหมาย", "Close schedules"],
  what: ["สิ่งที่ปิด", "What to close"],
  whole_day: ["ทั้งวัน ทุกห้อง", "The whole day, every room"],
  room: ["ทั้งวัน: {room}", "The whole day: {room}"],
  affected: ["ผู้ที่จองไว้ {n} คน", "Booked: {n}"],
  nobody: ["ยังไม่มีผู้จอง", "Nobody has booked yet."],
  queue: ["คิว", "Queue"],
  cid: ["เลขที่บัตร ปชช.", "National id"],
  name: ["ชื่อบุคคล", "Name"],
  then: ["ให้ผู้ที่จองไว้", "Those who have booked"],
  then_nobody: ["หากมีผู้จองก่อนปิดเสร็จ ให้ผู้ที่จองไว้", "If somebody books before it is closed, they"],
  cancel: ["ยกเลิกนัด และแจ้งทุกคน", "are cancelled, and each is told"],
  close: ["คงนัดไว้ตามเดิม ไม่รับจองเพิ่ม", "keep their appointments; nobody else can book"],
  postpone: ["เลื่อนไปวันอื่นห้องเดิม และแจ้งทุกคน", "are moved to another day, same room, and each is told"],
  to_date: ["เลื่อนไปวันที่", "Move to"],
  to_wrong: ["ระบุวันที่จะเลื่อนไป", "Enter the date to move to"],
  do: ["ปิดการนัดหมาย", "Close them"],
  at_work: ["กำลังดำเนินการ", "Working"],
  closed: ["ปิดแล้ว ไม่มีผู้จอง", "Closed; nobody had booked"],
  kept: ["ปิดแล้ว คงนัดไว้ {n} คน", "Closed: {n} keep their appointments"],
  done: ["ปิดแล้ว เลื่อน {postponed} ยกเลิก {cancelled} คน", "Closed: {postponed} moved, {cancelled} cancelled"],
  left: [
    "ยังเหลือ {n} คนที่เลื่อนไม่ได้ เพราะวันที่เลือกมีที่ว่างไม่พอ เลือกวันอื่นหรือยกเลิกนัด แล้วกด “ปิดการนัดหมาย” อีกครั้ง",
    "{n} could not be moved: that day has too few free places. Choose another day, or cancel, and press “Close them” again.",
  ],
});

interface Values {
  then: "cancel" | "postpone" | "close";
  toDate: IsoDate | undefined;
}

interface CloseProps {
  date: IsoDate;
  /** The day that is proposed to move people to. */
  proposed: IsoDate;
  schedules: Schedule[];
  schedule?: Schedule;
  onClose: () => void;
  onDone: (said: Bilingual) => void;
}

export function CloseSchedules({ date, proposed, schedules, schedule, onClose, onDone }: CloseProps) {
  const [room, setRoom] = useState("");

  const scope = schedule
    ? { date, schedule_id: schedule.schedule_id }
    : { date, ...(room ? { room_id: Number(room) } : {}) };
  const preview = useLoaded(
    () => api.post("/api/dashboard/closures", { body: { ...scope, action: "preview" } }),
    [scope],
  );
  const people = preview.data?.people;
  const [left, setLeft] = useState(0);
  const [done, setDone] = useState(0);
  const rooms = [...new Map(schedules.map(({ room_id, room_name }) => [room_id, room_name])).entries()];

  const form = useForm<Values>({
    initial: { then: "postpone", toDate: proposed },
    check: ({ then, toDate }) => ({
      toDate: then === "postpone" && !toDate ? t("to_wrong") : undefined,
    }),
    // The API does a bounded part at a time, so that the progress is shown; a part that does nothing ends it.
    // The choice is sent whatever the list shows: somebody may have booked since.
    send: async ({ then: action, toDate }) => {
      const body = { ...scope, action, ...(action === "postpone" ? { to_date: toDate } : {}) };
      const sum = { postponed: 0, cancelled: 0 };
      for (;;) {
        const part = await api.post("/api/dashboard/closures", { body });
        sum.postponed += part.postponed;
        sum.cancelled += part.cancelled;
        setDone(sum.postponed + sum.cancelled);
        if (action === "close") {
          const kept = part.people.length + part.remaining;
          onDone(kept ? t.both("kept", { n: kept }) : t.both("closed"));
          return;
        }
        if (part.remaining > 0 && part.postponed + part.cancelled > 0) continue;
        const notMoved = part.left.length + part.remaining;
        setLeft(notMoved);
        if (notMoved) await preview.reload();
        else onDone(part.people.length ? t.both("done", sum) : t.both("closed"));
        return;
      }
    },
  });
  const { busy } = form;
  const { then, toDate } = form.values;

  return (
    <Dialog title={t("window")} onClose={onClose} wide>
      <Form
        form={form}
        button={
          <button class="danger" aria-busy={busy} aria-disabled={busy} disabled={!people}>
            {t("do")}
          </button>
        }
      >
        <p>{longDate(date, lang.value)}</p>
        {schedule ? (
          <p>
            {timeSpan(schedule.time_start, schedule.time_finish, lang.value)} · {schedule.room_name}
          </p>
        ) : (
          <SelectField
            label={t("what")}
            value={room}
            onValue={setRoom}
            blank={t("whole_day")}
            options={rooms.map(([value, name]) => ({ value, text: t("room", { room: name }) }))}
          />
        )}
        <Failed failure={preview.failure} again={preview.reload} />
        {people?.length === 0 && <p>{t("nobody")}</p>}
        {people && (
          <>
            {people.length > 0 && (
              <Table
                caption={t("affected", { n: people.length })}
                rows={people}
                perPage={50}
                rowKey={({ schedule_id, place }) => `${schedule_id}-${place}`}
                empty=""
                columns={[
                  { title: t("queue"), cell: (booking) => booking.queue_no },
                  { title: word("period"), cell: (booking) => timeSpan(booking.time_start, booking.time_finish, lang.value) },
                  { title: t("cid"), kind: "whole", cell: (booking) => booking.cid_masked },
                  { title: t("name"), cell: (booking) => booking.person_name },
                ]}
              />
            )}
            <fieldset class="line">
              <legend>{t(people.length ? "then" : "then_nobody")}</legend>
              {(["postpone", "cancel", "close"] as const).map((choice) => (
                <label key={choice} class="check">
                  <input type="radio" name="then" checked={then === choice} onChange={() => form.set({ then: choice })} />
                  <span>{t(choice)}</span>
                </label>
              ))}
              {then === "postpone" && (
                <DateField
                  label={t("to_date")}
                  value={toDate}
                  onValue={(toDate) => form.set({ toDate })}
                  error={form.errors.toDate}
                />
              )}
            </fieldset>
          </>
        )}
        {left > 0 && !busy && (
          <p class="failed" role="alert">
            {t("left", { n: left })}
          </p>
        )}
        {busy && <Progress label={t("at_work")} done={done} all={people?.length} />}
      </Form>
    </Dialog>
  );
}
