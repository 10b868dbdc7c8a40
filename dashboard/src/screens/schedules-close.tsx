/** Closes a schedule, a room's day or a whole day: first who is affected, then what becomes of them. */
import { useState } from "preact/hooks";
import type { Closure, Schedule } from "../api/shapes";
import { addDays, longDate, timeSpan, type IsoDate } from "../dates";
import { lang, words, type Said } from "../i18n";
import { useAction, useLoaded } from "../load";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { DateField, SelectField } from "../ui/field";
import { Failed } from "../ui/notice";
import { Progress } from "../ui/progress";
import { Table } from "../ui/table";
import { word } from "../words";

const t = words({
  window: ["ปิดการนัดหมาย", "Close schedules"],
  what: ["สิ่งที่ปิด", "What to close"],
  whole_day: ["ทั้งวัน ทุกห้อง", "The whole day, every room"],
  room: ["ทั้งวัน: {room}", "The whole day: {room}"],
  affected: ["ผู้ที่จองไว้ {n} คน", "Booked: {n}"],
  nobody: ["ไม่มีผู้จอง ปิดได้ทันที", "Nobody has booked; it can be closed at once."],
  queue: ["คิว", "Queue"],
  cid: ["เลขที่บัตร ปชช.", "National id"],
  name: ["ชื่อบุคคล", "Name"],
  then: ["ให้ผู้ที่จองไว้", "Those who have booked"],
  cancel: ["ยกเลิกนัด และแจ้งทุกคน", "are cancelled, and each is told"],
  close: ["คงนัดไว้ตามเดิม ไม่รับจองเพิ่ม", "keep their appointments; nobody else can book"],
  postpone: ["เลื่อนไปวันอื่นห้องเดิม และแจ้งทุกคน", "are moved to another day, same room, and each is told"],
  to_date: ["เลื่อนไปวันที่", "Move to"],
  to_wrong: ["ระบุวันที่จะเลื่อนไป", "Enter the date to move to"],
  do: ["ปิดการนัดหมาย", "Close them"],
  at_work: ["กำลังดำเนินการ", "Working"],
  closed: ["ปิดแล้ว", "Closed"],
  done: ["ปิดแล้ว เลื่อน {postponed} ยกเลิก {cancelled} คน", "Closed: {postponed} moved, {cancelled} cancelled"],
  left: [
    "ยังเหลือ {n} คนที่เลื่อนไม่ได้ เพราะวันที่เลือกมีที่ว่างไม่พอ เลือกวันอื่นหรือยกเลิกนัด แล้วกด “ปิดการนัดหมาย” อีกครั้ง",
    "{n} could not be moved: that day has too few free places. Choose another day, or cancel, and press “Close them” again.",
  ],
});

interface CloseProps {
  date: IsoDate;
  schedules: Schedule[];
  schedule?: Schedule;
  onClose: () => void;
  onDone: (said: Said) => void;
}

export function CloseSchedules({ date, schedules, schedule, onClose, onDone }: CloseProps) {
  const [room, setRoom] = useState("");
  const [then, setThen] = useState<"cancel" | "postpone" | "close">("postpone");
  const [toDate, setToDate] = useState<IsoDate | undefined>(addDays(date, 7));
  const { busy, failure, run } = useAction();

  const scope = schedule
    ? { date, schedule_id: schedule.schedule_id }
    : { date, ...(room ? { room_id: Number(room) } : {}) };
  const preview = useLoaded(
    () => api.post<Closure>("/api/dashboard/closures", { ...scope, action: "preview" }),
    [scope],
  );
  const people = preview.data?.people;
  const [left, setLeft] = useState(0);
  const [done, setDone] = useState(0);
  const rooms = [...new Map(schedules.map((one) => [one.room_id, one.room_name])).entries()];

  // The API does a bounded part at a time, so that the progress shows; a turn that does nothing ends it.
  const close = () =>
    run(async () => {
      const action = people?.length ? then : "close";
      const sum = { postponed: 0, cancelled: 0 };
      for (;;) {
        const turn = await api.post<Closure>("/api/dashboard/closures", {
          ...scope,
          action,
          ...(action === "postpone" ? { to_date: toDate } : {}),
        });
        sum.postponed += turn.postponed;
        sum.cancelled += turn.cancelled;
        setDone(sum.postponed + sum.cancelled);
        if (turn.remaining > 0 && turn.postponed + turn.cancelled > 0) continue;
        const stay = turn.left.length + turn.remaining;
        setLeft(stay);
        if (stay) await preview.reload();
        else onDone(action === "close" ? t.both("closed") : t.both("done", sum));
        return;
      }
    });

  return (
    <Dialog title={t("window")} onClose={onClose} wide>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (people && (then !== "postpone" || toDate || !people.length)) void close();
        }}
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
        {people && people.length > 0 && (
          <>
            <Table
              caption={t("affected", { n: people.length })}
              rows={people}
              rowKey={(one) => `${one.schedule_id}-${one.place}`}
              empty=""
              columns={[
                { title: t("queue"), cell: (one) => one.queue_no },
                { title: word("period"), cell: (one) => timeSpan(one.time_start, one.time_finish, lang.value) },
                { title: t("cid"), cell: (one) => one.cid_masked },
                { title: t("name"), cell: (one) => one.person_name },
              ]}
            />
            <fieldset class="line">
              <legend>{t("then")}</legend>
              {(["postpone", "cancel", "close"] as const).map((choice) => (
                <label key={choice} class="check">
                  <input type="radio" name="then" checked={then === choice} onChange={() => setThen(choice)} />
                  <span>{t(choice)}</span>
                </label>
              ))}
              {then === "postpone" && (
                <DateField
                  label={t("to_date")}
                  value={toDate}
                  onValue={setToDate}
                  error={toDate ? undefined : t("to_wrong")}
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
        <Failed failure={failure} />
        {busy && <Progress label={t("at_work")} done={done} all={people?.length} />}
        <div class="actions">
          <button class="danger" aria-busy={busy} aria-disabled={busy} disabled={!people}>
            {t("do")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
