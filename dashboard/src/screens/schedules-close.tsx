/** Close a schedule, a room's day or a whole day: list who is affected, then choose what happens to them. */
import { useRef, useState } from "preact/hooks";
import type { ClosureTarget, Schedule } from "../api/types";
import { longDate, timeSpan, today, type IsoDate } from "../dates";
import { useForm } from "../form";
import { isThai, lang, words, type Bilingual } from "../i18n";
import { useLoaded, type Loaded } from "../load";
import { api } from "../session";
import { ask, Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { Choices, DateField, SelectField } from "../ui/field";
import { Form } from "../ui/form";
import { Progress } from "../ui/progress";
import { Table } from "../ui/table";
import { word } from "../words";
import { newClosing, type Closing } from "./closing";
import { newReason, ReasonField } from "./reason";

const t = words({
  window: ["ปิดการนัดหมาย", "Close schedules"],
  closed_window: ["ผู้ที่จองไว้ในตารางที่ปิดแล้ว", "People in closed schedules"],
  what: ["สิ่งที่ปิด", "What to close"],
  whole_day: ["ทั้งวัน ทุกห้อง", "The whole day, every room"],
  room: ["ทั้งวัน: {room}", "The whole day: {room}"],
  affected: ["ผู้ที่จองไว้ {n} คน", "Booked: {n}"],
  nobody: ["ยังไม่มีผู้จอง", "Nobody has booked yet."],
  then: ["ให้ผู้ที่จองไว้", "Those who have booked"],
  then_nobody: ["หากมีผู้จองก่อนปิดเสร็จ ให้ผู้ที่จองไว้", "If somebody books before it is closed, they"],
  cancel: ["ยกเลิกนัด และแจ้งทุกคน", "are cancelled, and each is told"],
  close: ["คงนัดไว้ตามเดิม ไม่รับจองเพิ่ม", "keep their appointments; nobody else can book"],
  postpone: ["เลื่อนไปวันอื่นห้องเดิม และแจ้งทุกคน", "are moved to another day, same room, and each is told"],
  to_date: ["เลื่อนไปวันที่", "Move to"],
  to_wrong: ["ระบุวันที่จะเลื่อนไป", "Enter the date to move to"],
  no_proposal: ["ไม่พบวันทำการที่ห้องนี้ว่างใน 62 วันข้างหน้า", "No working day with room was found in the next 62 days"],
  room_for: ["ว่าง {fits}/{needed} คน", "Room for {fits} of {needed}"],
  same_time: ["เวลาเดิมได้ {n} คน", "{n} at the same time of day"],
  is_holiday: ["วันนี้เป็นวันหยุด: {name}", "The hospital is closed on this day: {name}"],
  is_closed: ["วันนี้ปิดการนัดหมายของห้องนี้แล้ว", "This room is closed on this day"],
  is_unopened: ["วันนี้ยังไม่ได้เปิดตารางของห้องนี้", "This room has no schedule on this day"],
  too_little: ["ที่ว่างไม่พอ {n} คนจะยังไม่ได้เลื่อน", "Too little room: {n} would not be moved"],
  do: ["ปิดการนัดหมาย", "Close them"],
  do_closed: ["ดำเนินการ", "Go on"],
  closed: ["ปิดแล้ว ไม่มีผู้จอง", "Closed; nobody had booked"],
  kept: ["ปิดแล้ว คงนัดไว้ {n} คน", "Closed: {n} keep their appointments"],
  done: ["ปิดแล้ว เลื่อน {postponed} ยกเลิก {cancelled} คน", "Closed: {postponed} moved, {cancelled} cancelled"],
  rest: ["อีก {n} คนยังอยู่ในตารางที่ปิด", "{n} are still in the closed schedules"],
  sure: ["ปิดการนัดหมาย {date} หรือไม่", "Close {date}?"],
  sure_closed: ["ดำเนินการกับผู้ที่จองไว้ {date} หรือไม่", "Go on with those booked on {date}?"],
  sure_postpone: [
    "เลื่อน {fits} จาก {needed} คน จาก{from} ไป{to} ห้องเดิม และแจ้งทุกคนที่เลื่อน",
    "{fits} of {needed} people are moved from {from} to {to}, same room, and each of them is told.",
  ],
  sure_left: [
    "อีก {n} คนไม่มีที่ว่าง ยังคงอยู่ในตารางที่ปิดและยังไม่ได้รับแจ้ง จนกว่าจะเลือกวันอื่นหรือยกเลิก",
    "{n} find no place: they stay in the closed schedules, untold, until you choose another day or cancel.",
  ],
  sure_cancel: ["ยกเลิกนัด {needed} คนของ{from} และแจ้งทุกคน", "{needed} appointments of {from} are cancelled, and each person is told."],
  sure_close: [
    "{needed} คนคงนัดไว้ตามเดิมและไม่ได้รับแจ้ง ไม่มีใครจองเพิ่มได้",
    "{needed} people keep their appointments and are not told. Nobody else can book.",
  ],
  yes_postpone: ["เลื่อน {fits} คน", "Move {fits}"],
  yes_cancel: ["ยกเลิก {needed} นัด", "Cancel {needed}"],
  yes_close: ["ปิดและคงนัดไว้", "Close and keep them"],
  left: [
    "ยังเหลือ {n} คนที่เลื่อนไม่ได้ เพราะวันที่เลือกมีที่ว่างไม่พอ เลือกวันอื่นหรือยกเลิกนัด แล้วกด “{button}” อีกครั้ง",
    "{n} could not be moved: too few free places. Choose another day, or cancel, and press “{button}” again.",
  ],
});

type Action = "cancel" | "postpone" | "close";

interface Values {
  /** undefined: what is proposed. */
  then: Action | undefined;
  /** undefined: the day that is proposed; null: what is typed is not a date. */
  toDate: IsoDate | null | undefined;
}

interface CloseProps {
  date: IsoDate;
  schedules: Schedule[];
  schedule?: Schedule;
  onClose: () => void;
  /** closing: what can be undone; nothing if all was closed before. */
  onDone: (said: Bilingual, closing?: Closing) => void;
}

export function CloseSchedules({ date, schedules, schedule, onClose, onDone }: CloseProps) {
  const [room, setRoom] = useState("");
  const scoped = schedule ? [schedule] : schedules;
  const isClosed = scoped.every(({ state }) => state !== "open");
  // What happens to people later belongs to the closing that closed their schedules: undoing it gives back everything.
  const earlier = new Set(scoped.map(({ closing }) => closing));
  const closing = useRef<Closing>({
    date,
    closing: (isClosed && earlier.size === 1 && [...earlier][0]) || newClosing(),
    people: 0,
  });
  const reason = useRef(newReason()).current;
  const undoable = () => (isClosed ? undefined : closing.current);

  const scope = schedule
    ? { date, schedule_id: schedule.schedule_id }
    : { date, ...(room ? { room_id: Number(room) } : {}) };
  const preview = useLoaded(
    () => api.post("/api/dashboard/closures", { body: { ...scope, action: "preview" } }),
    [scope],
  );
  const people = preview.data?.people;
  const [left, setLeft] = useState(0);
  const sum = useRef<{ postponed: number; cancelled: number; left: number } | undefined>(undefined); // of all attempts
  const [done, setDone] = useState<number | undefined>(); // undefined: the question is not answered
  const rooms = [...new Map(schedules.map(({ room_id, room_name }) => [room_id, room_name])).entries()];
  const targetOf = (to_date: IsoDate | undefined) =>
    api.get("/api/dashboard/closures/target", { query: { ...scope, to_date } });

  // Of which room it was asked; without a day if no day has room.
  const [proposed, setProposed] = useState<{ room: string; day: IsoDate | undefined } | undefined>();
  const proposal = proposed?.room === room ? proposed : undefined;
  const dayOf = ({ toDate }: Values) => (toDate === undefined ? proposal?.day : (toDate ?? undefined));
  const canOnlyClose = !isClosed && people?.length === 0 && proposal !== undefined && !proposal.day;
  const actionOf = ({ then }: Values): Action => then ?? (canOnlyClose ? "close" : "postpone");

  const form = useForm<Values>({
    initial: { then: undefined, toDate: undefined },
    check: (values) => ({
      toDate: actionOf(values) === "postpone" && !dayOf(values) ? t("to_wrong") : undefined,
    }),
    // The API does a bounded part at a time, so that the progress is shown; a part that does nothing ends it.
    // The choice is sent whatever the list shows: somebody may have booked since.
    send: async (values) => {
      if (reason.isMissing()) return;
      const action = actionOf(values);
      const wanted = dayOf(values);
      setDone(undefined);
      if (!(await isSure(action, await targetOf(wanted)))) return;
      setDone(0);
      const body = {
        ...scope,
        action,
        closing: closing.current.closing,
        ...reason.given,
        ...(action === "postpone" ? { to_date: wanted } : {}),
      };
      let moved = 0;
      for (;;) {
        const part = await api.post("/api/dashboard/closures", { body });
        const before = sum.current ?? { postponed: 0, cancelled: 0 };
        sum.current = {
          postponed: before.postponed + part.postponed,
          cancelled: before.cancelled + part.cancelled,
          left: part.left.length + part.remaining,
        };
        closing.current.people += part.postponed + part.cancelled;
        moved += part.postponed + part.cancelled;
        setDone(moved);
        if (action === "close") {
          const kept = part.people.length + part.remaining;
          onDone(kept ? t.both("kept", { n: kept }) : t.both("closed"), undoable());
          return;
        }
        if (part.remaining > 0 && part.postponed + part.cancelled > 0) continue;
        setLeft(sum.current.left);
        if (sum.current.left) await Promise.all([preview.reload(), target.reload()]);
        else onDone(part.people.length || closing.current.people ? t.both("done", sum.current) : t.both("closed"), undoable());
        return;
      }
    },
  });
  const { busy } = form;
  /** If a part was done, the screen behind is told of it. */
  const leave = () => {
    if (!sum.current) return onClose();
    const [said, more] = [t.both("done", sum.current), t.both("rest", { n: sum.current.left })];
    onDone(sum.current.left ? { th: `${said.th} ${more.th}`, en: `${said.en}. ${more.en}` } : said, undoable());
  };
  const { toDate } = form.values;
  const then = actionOf(form.values);
  const target: Loaded<ClosureTarget> = useLoaded(
    async () => {
      const now = await targetOf(toDate ?? undefined);
      if (toDate === undefined) setProposed({ room, day: now.to_date });
      return now;
    },
    [scope, toDate],
    { when: (form.values.then ?? "postpone") === "postpone" && toDate !== null },
  );

  /** Names what will happen; nobody is asked if nobody has booked. */
  const isSure = async (action: Action, now: ClosureTarget): Promise<boolean> => {
    const { needed, fits } = now;
    if (!needed) return true;
    const from = longDate(date, lang.value);
    const to = now.to_date ? longDate(now.to_date, lang.value) : "";
    const warnings = action === "postpone" ? warningsOf(now, false) : [];
    return ask({
      title: t(isClosed ? "sure_closed" : "sure", { date: from }),
      text: [
        t(`sure_${action}`, { needed, fits, from, to }),
        ...(action === "postpone" && needed > fits ? [t("sure_left", { n: needed - fits })] : []),
        ...warnings,
      ],
      yes: t(`yes_${action}`, { needed, fits }),
      no: word("cancel"),
      danger: true,
    });
  };
  const change = (to: Partial<Values>) => {
    setLeft(0);
    form.set(to);
  };
  const button = t(isClosed ? "do_closed" : "do");
  const choices = isClosed ? (["postpone", "cancel"] as const) : (["postpone", "cancel", "close"] as const);

  return (
    <Dialog title={t(isClosed ? "closed_window" : "window")} onClose={leave} firm={busy} wide>
      <Form
        form={form}
        button={
          <button class="danger" aria-busy={busy} aria-disabled={busy} disabled={!people}>
            {button}
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
            onValue={(to) => {
              setLeft(0);
              setRoom(to);
            }}
            blank={t("whole_day")}
            options={rooms.map(([value, name]) => ({ value, text: t("room", { room: name }) }))}
          />
        )}
        <Failed failure={preview.failure ?? target.failure} again={async () => {
          await Promise.all([preview.reload(), target.reload()]);
        }} />
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
                  { title: word("queue"), cell: (booking) => booking.queue_no },
                  { title: word("period"), cell: (booking) => timeSpan(booking.time_start, booking.time_finish, lang.value) },
                  { title: word("cid_short"), kind: "whole", cell: (booking) => booking.cid_masked },
                  { title: word("person_name"), cell: (booking) => booking.person_name },
                ]}
              />
            )}
            <Choices
              legend={t(people.length ? "then" : "then_nobody")}
              name="then"
              value={then}
              onValue={(then) => change({ then })}
              options={choices.map((value) => ({ value, text: t(value) }))}
            >
              {then === "postpone" && (
                <div class="close-target">
                  <DateField
                    label={t("to_date")}
                    value={dayOf(form.values)}
                    min={today()}
                    counts={{ room_id: schedule?.room_id ?? (Number(room) || undefined) }}
                    onValue={(to) => change({ toDate: to ?? null })}
                    error={form.errors.toDate}
                  />
                  {!target.failure && <Room target={target.data} />}
                </div>
              )}
            </Choices>
            {then !== "close" && people.length > 0 && <ReasonField box={reason} />}
          </>
        )}
        {left > 0 && !busy && (
          <p class="failed" role="alert">
            {t("left", { n: left, button })}
          </p>
        )}
        {busy && done !== undefined && <Progress label={word("working")} done={done} all={people?.length} />}
      </Form>
    </Dialog>
  );
}

/** The warnings about moving people to this day. */
function warningsOf({ needed, fits, state, holiday, holiday_en, is_holiday }: ClosureTarget, withRoom: boolean): string[] {
  return [
    is_holiday && t("is_holiday", { name: isThai() ? holiday : holiday_en }),
    state === "closed" && t("is_closed"),
    state === "unopened" && t("is_unopened"),
    withRoom && fits < needed && t("too_little", { n: needed - fits }),
  ].filter((warning) => warning !== false);
}

/** How many of the people the day takes. */
function Room({ target }: { target: ClosureTarget | undefined }) {
  if (!target) return <p class="room-there">{word("loading")}</p>;
  if (!target.to_date) return <p class="room-there marked">{t("no_proposal")}</p>;
  return (
    <div class="room-there" role="status">
      <p>
        <strong>{t("room_for", { fits: target.fits, needed: target.needed })}</strong>
        {target.fits > 0 && <> · {t("same_time", { n: target.same_time })}</>}
      </p>
      {warningsOf(target, true).map((warning) => (
        <p key={warning} class="marked">
          ⚠ {warning}
        </p>
      ))}
    </div>
  );
}
