/** Manual 2.5, figures 18 and 19: tab จองนัดหมาย; who is booked, and what staff do with it. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { failureOf } from "../api/failure";
import type { Booking, Schedule } from "../api/types";
import { timeSpan } from "../dates";
import { lang, words } from "../i18n";
import { useLoaded } from "../load";
import { route } from "../route";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { notify, notifyFailure } from "../ui/notice";
import { Progress } from "../ui/progress";
import { Table } from "../ui/table";
import { CheckMark } from "../ui/check-mark";
import { word } from "../words";
import { act, APPOINTMENT, askToCancel, cancelAppointment, tasks } from "./appointment-tasks";
import { Book } from "./book";
import { PlaceHistory } from "./place-history";
import { Postpone } from "./postpone";
import { Why } from "./reason";
import { Slip } from "./slip";

const t = words({
  book: ["จอง", "Book"],
  caption: ["รายการจอง {time} {room}", "Bookings {time} {room}"],
  empty: ["ยังไม่มีผู้จอง กด “จอง” เพื่อจองให้ผู้รับบริการ", "Nobody has booked. Press “Book” to book someone."],
  sent: ["ผู้จองส่งชื่อว่า {name}", "booked as {name}"],
  by: ["รับนัดโดย {staff}", "accepted by {staff}"],
  not_yet: ["ยังไม่รับ", "not yet"],
  will_come: ["ผู้รับบริการยืนยันแล้ว", "the person has confirmed"],
  reveal: ["แสดงเลข", "Show"],
  accept_all: ["Accept ทั้งหมด ({n})", "Accept all ({n})"],
  passed: [
    "อีก {n} คนมีผู้อื่นเปลี่ยนไประหว่างนี้ ตรวจสอบรายการล่าสุด",
    "Changed by somebody else meanwhile: {n}. Look at the list as it is now.",
  ],
  history: ["ประวัติของคิว", "History of a place"],
  full: ["เต็มแล้ว", "Full"],
  closed: ["ปิดแล้ว จองไม่ได้", "Closed; cannot be booked"],
});

interface BookingsProps {
  schedule: Schedule;
  /** The other schedules of the day, offered if this one is full. */
  schedules: Schedule[];
  onChanged: () => Promise<void>;
}

export function Bookings({ schedule, schedules, onChanged }: BookingsProps) {
  const { schedule_id, date } = schedule;
  const list = useLoaded(
    () => api.get("/api/dashboard/appointments", { query: { date, schedule_id } }),
    [date, schedule_id],
    { every: 10 },
  );
  const latest = useRef(list.data);
  latest.current = list.data;
  const pending = useRef(new Set<string>());
  const wanted = useRef(new Map<string, boolean>());
  const [open, setOpen] = useState<
    "book" | { postpone: Booking } | { slip: Booking } | { history: number } | undefined
  >();
  // Identified by the slip's code, which every booking has anew: the place may be booked by another person by now.
  const [revealed, setRevealed] = useState<{ slip_code: string; cid: string } | undefined>();
  const [leaving, setLeaving] = useState<string | undefined>();
  const [accepting, setAccepting] = useState<{ done: number; all: number } | undefined>();
  const bookButton = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => bookButton.current?.focus(), []);

  const changed = async () => {
    await Promise.all([list.reload(), onChanged()]);
  };

  /** Shown at once, then replaced by the answer. What is pressed while the answer is pending is done after it. */
  const setAccepted = async ({ slip_code }: Booking, accepted: boolean, undoable: boolean) => {
    const shown = latest.current?.find((booking) => booking.slip_code === slip_code);
    if (!shown) return;
    wanted.current.set(slip_code, accepted);
    list.change((all) =>
      all.map((booking) =>
        booking.slip_code === slip_code ? { ...booking, hospital_confirm: accepted, hospital_confirm_staff: "" } : booking,
      ),
    );
    if (pending.current.has(slip_code)) return;
    pending.current.add(slip_code);
    try {
      let booking = shown;
      let done: boolean;
      do {
        done = wanted.current.get(slip_code)!;
        booking = await act(booking, done ? "accept" : "reject");
      } while (wanted.current.get(slip_code) !== done);
      notify(
        tasks.both(done ? "was_accepted" : "was_rejected", { queue: booking.queue_no }),
        undoable ? () => void setAccepted(booking, !done, false) : undefined,
      );
    } catch (caught) {
      notifyFailure(failureOf(caught));
    } finally {
      await list.reload();
      pending.current.delete(slip_code);
    }
  };
  const acceptAll = async () => {
    const waiting = list.data?.filter((booking) => !booking.hospital_confirm) ?? [];
    let done = 0;
    let passed = 0;
    for (const booking of waiting) {
      setAccepting({ done: done + passed, all: waiting.length });
      try {
        await act(booking, "accept");
        done++;
      } catch (caught) {
        const failure = failureOf(caught);
        if (failure.status === 404 || failure.status === 409) passed++; // changed at another desk: go on with the next
        else {
          notifyFailure(failure);
          break;
        }
      }
    }
    setAccepting(undefined);
    if (done) notify(tasks.both("were_accepted", { n: done }));
    if (passed) notify(t.both("passed", { n: passed }));
    await list.reload();
  };
  const cancel = async (booking: Booking) => {
    const reason = await askToCancel(booking);
    if (reason === undefined || pending.current.has(booking.slip_code)) return;
    pending.current.add(booking.slip_code);
    setLeaving(booking.slip_code);
    try {
      await cancelAppointment(booking, reason);
      notify(tasks.both("was_cancelled", { queue: booking.queue_no }));
    } catch (caught) {
      notifyFailure(failureOf(caught));
    }
    await changed();
    setLeaving(undefined);
    pending.current.delete(booking.slip_code);
  };
  const reveal = async (booking: Booking) => {
    const { slip_code } = booking;
    if (revealed?.slip_code === slip_code) return setRevealed(undefined);
    if (pending.current.has(slip_code)) return; // each look is recorded
    pending.current.add(slip_code);
    try {
      const { cid } = await api.post(`${APPOINTMENT}/reveal`, { path: { schedule_id, place: booking.place } });
      setRevealed({ slip_code, cid });
    } catch (caught) {
      notifyFailure(failureOf(caught));
    }
    pending.current.delete(slip_code);
  };

  const waiting = list.data?.filter((booking) => !booking.hospital_confirm).length ?? 0;
  const time = timeSpan(schedule.time_start, schedule.time_finish, lang.value);
  const full = schedule.state === "open" && schedule.available_count === 0;
  return (
    <>
      <div class="toolbar">
        <button
          type="button"
          class="primary"
          ref={bookButton}
          disabled={schedule.state !== "open"}
          // not `disabled`: the cursor stays on it if the schedule becomes full
          aria-disabled={full}
          onClick={() => full || setOpen("book")}
        >
          {t("book")}
        </button>
        {waiting > 1 && (
          <button type="button" disabled={accepting !== undefined} onClick={acceptAll}>
            {t("accept_all", { n: waiting })}
          </button>
        )}
        <button type="button" onClick={() => setOpen({ history: 1 })}>
          {t("history")}
        </button>
        {schedule.state !== "open" && <span>{t("closed")}</span>}
        {full && <strong>{t("full")}</strong>}
      </div>
      {accepting && <Progress label={word("accepting")} {...accepting} />}
      <Failed failure={list.failure} again={list.reload} />
      <Table
        caption={t("caption", { time, room: schedule.room_name })}
        rows={list.data}
        failed={list.failure}
        search={(booking) => `${booking.queue_no} ${booking.person_name}`}
        first={(booking) => booking.place === Number(route.value.params.place)}
        rowKey={(booking) => booking.place}
        rowClass={(booking) => (booking.place === Number(route.value.params.place) ? "found" : undefined)}
        empty={t("empty")}
        columns={[
          {
            title: word("queue"),
            cell: (booking) => (
              <button type="button" class="quiet" onClick={() => setOpen({ history: booking.place })}>
                <b>{booking.queue_no}</b>
                <span class="visually-hidden"> {word("history")}</span>
              </button>
            ),
          },
          {
            title: word("cid_short"),
            cell: (booking) => (
              <span class="cid">
                {revealed?.slip_code === booking.slip_code ? revealed.cid : booking.cid_masked}{" "}
                <button type="button" class="quiet" aria-pressed={revealed?.slip_code === booking.slip_code} onClick={() => reveal(booking)}>
                  {t("reveal")}
                  <span class="visually-hidden"> {booking.queue_no}</span>
                </button>
              </span>
            ),
          },
          {
            title: word("person_name"),
            kind: "name",
            cell: ({ person_name, sent_name, reason, reason_en }) => (
              <>
                {person_name}
                {sent_name && (
                  <>
                    <br />
                    <small>{t("sent", { name: sent_name })}</small>
                  </>
                )}{" "}
                <Why reason={reason} reason_en={reason_en} />
              </>
            ),
          },
          {
            title: word("accepted"),
            kind: "mark",
            cell: (booking) =>
              booking.hospital_confirm ? (
                <CheckMark says={t("by", { staff: booking.hospital_confirm_staff })} />
              ) : (
                <span class="visually-hidden">{t("not_yet")}</span>
              ),
          },
          {
            title: word("confirmed"),
            kind: "mark",
            cell: (booking) => (booking.confirmed ? <CheckMark says={t("will_come")} /> : <span aria-hidden="true">–</span>),
          },
          {
            title: word("task"),
            kind: "actions",
            cell: (booking) => {
              const which = <span class="visually-hidden"> {booking.queue_no}</span>;
              return (
                <>
                  <button
                    type="button"
                    class="task"
                    onClick={() => setAccepted(booking, !booking.hospital_confirm, true)}
                  >
                    {booking.hospital_confirm ? "Reject" : "Accept"}
                    {which}
                  </button>
                  <button type="button" onClick={() => setOpen({ slip: booking })}>
                    {tasks("slip")}
                    {which}
                  </button>
                  <button type="button" onClick={() => setOpen({ postpone: booking })}>
                    {tasks("postpone")}
                    {which}
                  </button>
                  <button
                    type="button"
                    onClick={() => cancel(booking)}
                    aria-busy={leaving === booking.slip_code}
                    aria-disabled={leaving === booking.slip_code}
                  >
                    {tasks(leaving === booking.slip_code ? "cancelling" : "cancel")}
                    {which}
                  </button>
                </>
              );
            },
          },
        ]}
      />
      {open === "book" && (
        <Book schedule={schedule} schedules={schedules} onBooked={changed} onClose={() => setOpen(undefined)} />
      )}
      {typeof open === "object" && "postpone" in open && (
        <Postpone
          booking={list.data?.find((booking) => booking.slip_code === open.postpone.slip_code) ?? open.postpone}
          onFailed={changed}
          onClose={() => setOpen(undefined)}
          onDone={(said) => {
            setOpen(undefined);
            notify(said);
            void changed();
          }}
        />
      )}
      {typeof open === "object" && "history" in open && (
        <PlaceHistory
          schedule_id={schedule_id}
          place={open.history}
          places={placesOf(schedule, list.data ?? [])}
          onClose={() => setOpen(undefined)}
        />
      )}
      {typeof open === "object" && "slip" in open && (
        <Slip booking={open.slip} onClose={() => setOpen(undefined)} />
      )}
    </>
  );
}

/** Every place of the schedule by number, also places that are free again. */
function placesOf({ capacity }: Schedule, booked: Booking[]): { place: number; queue_no?: string }[] {
  const most = Math.max(capacity, ...booked.map(({ place }) => place));
  return Array.from({ length: most }, (_, index) => ({
    place: index + 1,
    queue_no: booked.find(({ place }) => place === index + 1)?.queue_no,
  }));
}
