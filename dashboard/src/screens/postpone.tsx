/** Manual 2.5: move an appointment to another schedule, chosen by day and then by time. */
import { useRef, useState } from "preact/hooks";
import type { Booking } from "../api/types";
import { longDate, timeSpan, today, type IsoDate } from "../dates";
import { lang, words, type Bilingual } from "../i18n";
import { useAction, useLoaded } from "../load";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { Submit } from "../ui/form";
import { Month } from "../ui/month";
import { shade } from "./calendar-shade";
import { newReason, ReasonField } from "./reason";

const t = words({
  window: ["เลื่อนนัด", "Move to…"],
  now: ["นัดเดิม {date} {time} คิว {queue}", "Now: {date} {time}, {queue}"],
  free_of: ["ว่าง {free}", "{free} free"],
  pick: ["เลือกวันที่มี Slot ว่าง", "Choose a day with free places"],
  times: ["ช่วงเวลาที่ว่าง {date}", "Free times, {date}"],
  none: ["ไม่มีช่วงเวลาที่ว่าง เลือกวันอื่น", "Nothing free; choose another day"],
  move: ["เลื่อนนัด", "Move"],
  moving: ["กำลังเลื่อน…", "Moving…"],
  moved: ["เลื่อนนัดของ {name} แล้ว", "The appointment of {name} was moved"],
});

interface PostponeProps {
  booking: Booking;
  onClose: () => void;
  onDone: (said: Bilingual) => void;
  /** It could not be moved: the booking may have changed. */
  onFailed: () => Promise<void>;
}

export function Postpone({ booking, onClose, onDone, onFailed }: PostponeProps) {
  const [date, setDate] = useState<IsoDate | undefined>();
  const [shown, setShown] = useState({
    year: Number(booking.date.slice(0, 4)),
    month: Number(booking.date.slice(5, 7)),
  });
  const [chosen, setTo] = useState<number | undefined>();
  const { busy, failure, run } = useAction();
  const { department_id } = booking;
  const days = useLoaded(
    () => api.get("/api/dashboard/calendar", { query: { ...shown, department_id } }),
    [shown, department_id],
  );
  const { year } = shown;
  const holidays = useLoaded(() => api.get("/api/dashboard/holidays", { query: { year } }), [year]);
  const lines = useLoaded(() => api.get("/api/dashboard/schedules", { query: { date: date! } }), [date], {
    when: date !== undefined,
  });
  const byDate = new Map(days.data?.map((day) => [day.date, day]));
  const free = lines.data?.filter(
    (other) =>
      other.department_id === department_id &&
      other.state === "open" &&
      other.available_count > 0 &&
      other.schedule_id !== booking.schedule_id,
  );
  // a schedule that is full by now is no longer chosen
  const to = free?.some((other) => other.schedule_id === chosen) ? chosen : undefined;

  const reason = useRef(newReason()).current;

  const move = async (event: Event) => {
    event.preventDefault();
    if (to === undefined || reason.isMissing()) return;
    const moved = await run(async () => {
      const { schedule_id, place, version } = booking;
      await api.post("/api/dashboard/appointments/{schedule_id}/{place}/postpone", {
        path: { schedule_id, place },
        body: { to_schedule_id: to, version, ...reason.given },
      });
      onDone(t.both("moved", { name: booking.person_name }));
    });
    if (!moved) await Promise.all([lines.reload(), onFailed()]);
  };
  return (
    <Dialog title={t("window")} onClose={onClose} wide>
      <p>
        <b>{booking.person_name}</b>
        <br />
        {t("now", {
          date: longDate(booking.date, lang.value),
          time: timeSpan(booking.time_start, booking.time_finish, lang.value),
          queue: booking.queue_no,
        })}
      </p>
      <form class="calendar" onSubmit={move}>
        <div>
          <Failed failure={days.failure ?? holidays.failure} again={() => {
            void days.reload();
            void holidays.reload();
          }} />
          <Month
            {...shown}
            holidays={holidays.data}
            chosen={date}
            onMonth={setShown}
            onChoose={(day) => {
              setDate(day);
              setTo(undefined);
            }}
            canChoose={(day) => day >= today() && (byDate.get(day)?.available ?? 0) > 0}
            day={(day) => {
              const figures = byDate.get(day);
              return (
                figures?.places ? {
                  look: `shade-${shade(figures.available, figures.places)}`,
                  says: t("free_of", { free: figures.available }),
                  shows: <span class="places">{figures.available}</span>,
                } : undefined // nothing is open
              );
            }}
          />
        </div>
        <div>
          {!date && <p class="pick">{t("pick")}</p>}
          <Failed failure={lines.failure} again={lines.reload} />
          {date && (
            <fieldset class="line">
              <legend>{t("times", { date: longDate(date, lang.value) })}</legend>
              {free?.length === 0 && <p>{t("none")}</p>}
              {free?.map((other) => (
                <label key={other.schedule_id} class="check">
                  <input
                    type="radio"
                    name="to"
                    checked={to === other.schedule_id}
                    onChange={() => setTo(other.schedule_id)}
                  />
                  <span>
                    {timeSpan(other.time_start, other.time_finish, lang.value)} · {other.room_name} ·{" "}
                    {t("free_of", { free: other.available_count })}
                  </span>
                </label>
              ))}
            </fieldset>
          )}
          {date && <ReasonField box={reason} />}
          <Failed failure={failure} />
          <div class="actions">
            <Submit busy={busy} title={t("move")} working={t("moving")} disabled={to === undefined} />
          </div>
        </div>
      </form>
    </Dialog>
  );
}
