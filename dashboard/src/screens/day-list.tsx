/** Manual 2.5: a day's worklist. Everybody who is booked, in all rooms or one; accept, print and save many at once. */
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { failureOf } from "../api/failure";
import type { WorklistRow } from "../api/types";
import { csv, download } from "../csv";
import { isOver, longDate, shortDate, timeSpan, type IsoDate } from "../dates";
import { isThai, lang, words } from "../i18n";
import { useLoaded } from "../load";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { notify, notifyFailure } from "../ui/notice";
import { usePrintedOnce } from "../ui/printed";
import { Progress } from "../ui/progress";
import { Filter, FILTERED, matchesFilter, Table } from "../ui/table";
import { CheckMark } from "../ui/check-mark";
import { word } from "../words";
import { tasks } from "./appointment-tasks";
import { PlaceHistory } from "./place-history";
import { PrintedDay } from "./printed-day";
import { stateOf } from "./person-appointments";
import { Why } from "./reason";
import { lastPaper, SlipCard } from "./slip";

const t = words({
  caption: ["รายการจอง {date}", "Bookings of {date}"],
  empty: ["วันที่เลือกยังไม่มีผู้จอง", "Nobody has booked on this day"],
  no_match: ["ไม่มีผู้จองที่ตรงกับตัวกรอง", "Nobody matches the filter"],
  waiting: ["ยังไม่รับนัด ({n})", "Not accepted ({n})"],
  unconfirmed: ["ยังไม่ยืนยัน ({n})", "Not confirmed ({n})"],
  everybody: ["ทุกคน ({n})", "Everybody ({n})"],
  ended: ["ยกเลิกหรือเลื่อนไปแล้ว", "Cancelled or moved"],
  nobody_ended: ["วันที่เลือกไม่มีนัดที่ยกเลิกหรือเลื่อน", "Nothing was cancelled or moved on this day"],
  choose_all: ["เลือกทั้งหมด ({n})", "Select all ({n})"],
  choose_one: ["เลือกคิว {queue}", "Select {queue}"],
  accept: ["รับนัดที่เลือก ({n})", "Accept selected ({n})"],
  refused: ["รับนัดไม่ได้ {n} คน ตรวจสอบแล้วกดรับนัดอีกครั้ง", "Not accepted: {n}. Look at them, then press Accept again."],
  slips: ["ใบนัด ({n})", "Slips ({n})"],
  too_many_slips: ["พิมพ์ใบนัดได้ครั้งละ {n} ใบ", "At most {n} slips are printed at a time"],
  print: ["พิมพ์รายการ", "Print the list"],
  late: ["เลยกำหนด", "late"],
  yes: ["แล้ว", "yes"],
  total: ["รวม {n} คน", "{n} people"],
  file: ["รายการจอง", "bookings"],
});

const WORKLIST = "/api/dashboard/worklist";
/** The API accepts so many in a call. */
const AT_ONCE = 50;
const MOST_SLIPS = 200;
const LARGE = 500;
interface RefusedRow {
  row: WorklistRow;
  reason: { th: string; en: string };
}
type Shown = "everybody" | "waiting" | "unconfirmed" | "ended";

const foundBy = ({ queue_no, person_name, telephone }: WorklistRow): string => `${queue_no} ${person_name} ${telephone ?? ""}`;
const span = ({ time_start, time_finish }: WorklistRow): string => timeSpan(time_start, time_finish, lang.value);
const order = (one: WorklistRow, other: WorklistRow): number =>
  one.time_start.localeCompare(other.time_start) || one.room_id - other.room_id || one.place - other.place;
const matches: Record<Shown, (row: WorklistRow) => boolean> = {
  everybody: () => true,
  waiting: (row) => !row.hospital_confirm,
  unconfirmed: (row) => !row.confirmed,
  ended: () => true, // they are a list of their own
};

/** Every page of the worklist, by time, room and place. Telephones are asked for one room alone. */
async function load(date: IsoDate, room_id: number | undefined, ended?: boolean): Promise<WorklistRow[]> {
  const rows: WorklistRow[] = [];
  let after: string | undefined;
  do {
    const query = { date, room_id, contact: room_id ? true : undefined, ended, after };
    const page = await api.get(WORKLIST, { query });
    rows.push(...page.appointments);
    after = page.next || undefined;
  } while (after);
  return rows.sort(order);
}

interface DayListProps {
  date: IsoDate;
  /** The room that is listed alone; undefined for all. */
  room: number | undefined;
}

export function DayList({ date, room }: DayListProps) {
  const [shown, setShown] = useState<Shown>("everybody");
  const isEnded = shown === "ended";
  // A day of a large hospital is megabytes, so it is loaded again less often.
  const [isLarge, setLarge] = useState(false);
  const list = useLoaded(
    async () => {
      const rows = await load(date, room);
      setLarge(rows.length > LARGE);
      return rows;
    },
    [date, room],
    { every: isLarge ? 60 : 10 },
  );
  const ended = useLoaded(() => load(date, room, true), [date, room], { every: 60, when: isEnded });
  const listed = isEnded ? ended : list;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [accepting, setAccepting] = useState<{ done: number; all: number } | undefined>();
  const key = `${date} ${room}`;
  const latestKey = useRef(key);
  latestKey.current = key;
  // Both belong to the day and room in which they arose.
  const [refusals, setRefusals] = useState<{ key: string; refused: RefusedRow[] }>({ key, refused: [] });
  const refused = refusals.key === key ? refusals.refused : [];
  const [filter, setFilter] = useState({ key, typed: "" });
  const typed = filter.key === key ? filter.typed : "";
  const [history, showHistory] = useState<WorklistRow | undefined>();
  const printOnce = usePrintedOnce();
  const chooseAll = useRef<HTMLInputElement>(null);
  // What is selected, accepted, printed and saved is what the filter leaves.
  const rows = useMemo(
    () => listed.data?.filter((row) => matches[shown](row) && matchesFilter(foundBy(row), typed)),
    [listed.data, shown, typed],
  );
  const selected = useMemo(() => rows?.filter((row) => chosen.has(row.slip_code)) ?? [], [rows, chosen]);
  const toAccept = useMemo(() => selected.filter((row) => !row.hospital_confirm), [selected]);
  const counts = useMemo(() => {
    const of = (which: Shown) => list.data?.filter(matches[which]).length ?? 0;
    return { everybody: of("everybody"), waiting: of("waiting"), unconfirmed: of("unconfirmed"), ended: 0 };
  }, [list.data]);
  const loaded = list.data !== undefined;
  // Everybody of a room is accepted with three keys: Space, Tab, Enter.
  useLayoutEffect(() => {
    if (loaded && room && !document.activeElement?.matches("a, button, input, select")) chooseAll.current?.focus();
  }, [loaded, room]);

  const toggle = (row: WorklistRow) => {
    const to = new Set(chosen);
    if (!to.delete(row.slip_code)) to.add(row.slip_code);
    setChosen(to);
  };
  const accept = async () => {
    if (accepting) return;
    const waiting = toAccept;
    const left: RefusedRow[] = [];
    let done = 0;
    try {
      for (let start = 0; start < waiting.length; start += AT_ONCE) {
        setAccepting({ done: start, all: waiting.length });
        const part = waiting.slice(start, start + AT_ONCE);
        const places = part.map(({ schedule_id, place, version }) => ({ schedule_id, place, version }));
        const result = await api.post("/api/dashboard/appointments/accept", { body: { places } });
        done += result.accepted.length;
        for (const each of result.refused) {
          const row = part.find(({ schedule_id, place }) => schedule_id === each.schedule_id && place === each.place)!;
          left.push({ row, reason: { th: each.message_th, en: each.message } });
        }
      }
    } catch (caught) {
      notifyFailure(failureOf(caught));
    }
    setRefusals({ key, refused: left });
    if (left.length && latestKey.current !== key) notifyFailure({ message: t.both("refused", { n: left.length }) });
    if (done) notify(tasks.both("were_accepted", { n: done }));
    await list.reload();
    setAccepting(undefined);
  };
  const save = () =>
    download(
      `${t("file")}-${date}.csv`,
      csv([
        [
          ...[word("date"), word("time"), word("department"), word("room"), word("queue"), word("cid_short"), word("person_name")],
          ...(room ? [word("telephone")] : []),
          ...[word("accepted"), word("confirmed")],
        ],
        ...(rows ?? []).map((row) => [
          ...[shortDate(date, lang.value), span(row), row.department_name, row.room_name, row.queue_no, row.cid_masked],
          row.person_name,
          ...(room ? [row.telephone ?? ""] : []),
          row.hospital_confirm ? t("yes") : "",
          row.confirmed ? t("yes") : "",
        ]),
      ]),
    );
  const printSlips = () => {
    if (selected.length > MOST_SLIPS) return notify(t.both("too_many_slips", { n: MOST_SLIPS }));
    const paper = lastPaper();
    printOnce(selected.map((row) => <SlipCard key={row.slip_code} booking={row} paper={paper} />));
  };

  const all = rows?.length ?? 0;
  return (
    <>
      <div class="toolbar screen-only">
        <label class="filter">
          {word("show")}
          <select value={shown} onChange={(event) => setShown(event.currentTarget.value as Shown)}>
            {(["everybody", "waiting", "unconfirmed", "ended"] as const).map((value) => (
              <option key={value} value={value}>
                {t(value, { n: counts[value] })}
              </option>
            ))}
          </select>
        </label>
        {!isEnded && (
          <>
            <label class="check">
              <input
                type="checkbox"
                ref={chooseAll}
                checked={all > 0 && selected.length === all}
                disabled={!all}
                onChange={(event) =>
                  setChosen(new Set(event.currentTarget.checked ? rows?.map((row) => row.slip_code) : []))
                }
              />
              <span>{t("choose_all", { n: all })}</span>
            </label>
            <button
              type="button"
              class="primary"
              aria-busy={accepting !== undefined}
              aria-disabled={!toAccept.length || accepting !== undefined}
              onClick={() => toAccept.length && void accept()}
            >
              {t("accept", { n: toAccept.length })}
            </button>
            <button type="button" aria-disabled={!selected.length} onClick={() => selected.length && printSlips()}>
              {t("slips", { n: selected.length })}
            </button>
            <button type="button" onClick={() => printOnce(<PrintedDay date={date} rows={rows ?? []} />)} disabled={!all}>
              {t("print")}
            </button>
            <button type="button" onClick={save} disabled={!all}>
              {word("export")}
            </button>
          </>
        )}
      </div>
      {accepting && <Progress label={word("accepting")} {...accepting} />}
      {refused.length > 0 && (
        <div class="failed" role="alert">
          <p>{t("refused", { n: refused.length })}</p>
          <ul>
            {refused.map(({ row, reason }) => (
              <li key={row.slip_code}>
                {row.queue_no} {row.person_name}: {isThai() ? reason.th : reason.en}
              </li>
            ))}
          </ul>
        </div>
      )}
      <Failed failure={listed.failure} again={listed.reload} />
      {((listed.data?.length ?? 0) > FILTERED || typed) && (
        <Filter typed={typed} onTyped={(typed) => setFilter({ key, typed })} />
      )}
      <Table
        key={key}
        caption={[t("caption", { date: longDate(date, lang.value) }), room && listed.data?.[0]?.room_name].filter(Boolean).join(" · ")}
        rows={rows}
        failed={listed.failure}
        rowKey={(row) => row.slip_code}
        empty={t(listed.data?.length ? "no_match" : isEnded ? "nobody_ended" : "empty")}
        columns={[
          {
            title: "✓",
            kind: "mark",
            screenOnly: true,
            cell: (row) => !isEnded && (
              <input
                type="checkbox"
                aria-label={t("choose_one", { queue: row.queue_no })}
                checked={chosen.has(row.slip_code)}
                onChange={() => toggle(row)}
              />
            ),
          },
          { title: word("time"), kind: "whole", cell: span },
          ...(room ? [] : [{ title: word("room"), kind: "name" as const, cell: (row: WorklistRow) => row.room_name }]),
          { title: word("queue"), kind: "whole", cell: (row) => <b>{row.queue_no}</b> },
          { title: word("cid_short"), kind: "whole", cell: (row) => row.cid_masked },
          {
            title: word("person_name"),
            kind: "name",
            cell: (row) => (
              <>
                {row.person_name} <Why {...row} />
              </>
            ),
          },
          ...(isEnded ? [{ title: word("state"), cell: (row: WorklistRow) => stateOf(row) }] : []),
          ...(room ? [{ title: word("telephone"), kind: "whole" as const, cell: (row: WorklistRow) => row.telephone || "–" }] : []),
          { title: word("accepted"), kind: "mark", cell: (row) => row.hospital_confirm && <CheckMark says={t("yes")} /> },
          { title: word("confirmed"), kind: "mark", cell: (row) => row.confirmed ? <CheckMark says={t("yes")} /> : isOver(row.confirm_by_datetime) && t("late") },
          {
            title: word("task"),
            kind: "actions",
            screenOnly: true,
            cell: (row) => (
              <button type="button" onClick={() => showHistory(row)}>
                {word("history")} <span class="visually-hidden">{row.queue_no}</span>
              </button>
            ),
          },
        ]}
      />
      {history && (
        <PlaceHistory schedule_id={history.schedule_id} place={history.place} onClose={() => showHistory(undefined)} />
      )}
      {all > 0 && <p class="total">{t("total", { n: all })}</p>}
    </>
  );
}
