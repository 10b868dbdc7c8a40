/** Find a person's appointments at this hospital by national id, name or telephone, and work on them there. A slip's
 * code opens its appointment. Nothing about a person is in an address. */
import { useEffect, useRef, useState } from "preact/hooks";
import { failureOf } from "../api/failure";
import { SearchBody } from "../api/limits";
import type { FoundPeople, PersonsAppointment } from "../api/types";
import { longDate } from "../dates";
import { lang, words } from "../i18n";
import { useLatestAction } from "../load";
import { href } from "../route";
import { api, caller } from "../session";
import { slipIn } from "../typed-code";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { TextField } from "../ui/field";
import { Submit } from "../ui/form";
import { notifyFailure } from "../ui/notice";
import { Table } from "../ui/table";
import { word } from "../words";
import { act, askToCancel, cancelAppointment, tasks } from "./appointment-tasks";
import { openAppointment } from "./open-appointment";
import { dateOf, spanOf, stateOf } from "./person-appointments";
import { cidMeant, searchError, searchWords } from "./person-search";
import { Postpone } from "./postpone";
import { Why } from "./reason";
import { Slip } from "./slip";

const t = words({
  window: ["ค้นหานัดหมายของผู้รับบริการ", "Find a person's appointments"],
  people: ["พบ {n} คน เลือกเพื่อดูนัด", "{n} found. Choose one to see the appointments."],
  nobody: ["ไม่พบผู้มีนัดที่ตรงกับคำค้น", "Nobody with such an appointment was found"],
  cut: ["แสดง {n} คนแรก พิมพ์ให้ยาวขึ้น", "The first {n} are shown; type more letters"],
  until: ["ค้นนัดตั้งแต่วันนี้ถึง{date}", "Searched from today to {date}"],
  no_days: ["ตั้งแต่วันนี้ไปไม่มีตารางนัดหมาย", "There are no schedules from today on"],
  past: [
    "นัดที่ผ่านไปแล้วค้นได้ด้วยเลขที่บัตรประชาชน",
    "Past appointments are found by national id.",
  ],
  further: ["ค้นวันถัดไปต่อ", "Search later days"],
  first_day: ["นัดแรก", "First appointment"],
  show: ["ดูนัด", "Appointments"],
  back: ["‹ กลับไปรายชื่อที่พบ", "‹ Back to the people found"],
  caption: ["นัดของ {name} ({cid})", "Appointments of {name} ({cid})"],
  nothing: ["ผู้รับบริการนี้ไม่มีนัดที่หน่วยบริการนี้", "This person has no appointment at this hospital"],
  open: ["เปิดรายการจอง", "Open in the bookings"],
});

/** Most characters that are typed or pasted: an id or a code with dashes and blanks. */
const LONGEST_TYPED = SearchBody.words;

type Who = { cid: string } | { person: string };

export interface FindProps {
  /** What to search for at once; "" waits for the clerk. */
  first: string;
  onClose: () => void;
}

export default function Find({ first, onClose }: FindProps) {
  const [typed, setTyped] = useState(first);
  const [fault, setFault] = useState<string | undefined>();
  const [found, setFound] = useState<(FoundPeople & { words: string }) | undefined>();
  const [chosen, setChosen] = useState<{ who: Who; rows: PersonsAppointment[] } | undefined>();
  const [open, setOpen] = useState<{ postpone: PersonsAppointment } | { slip: PersonsAppointment } | undefined>();
  const [said, setSaid] = useState("");
  const { busy, failure, run, forget } = useLatestAction();
  const results = useRef<HTMLDivElement>(null);
  const focusResults = () =>
    requestAnimationFrame(() => {
      const first = results.current?.querySelector<HTMLElement>("td :is(a, button)");
      (first ?? results.current?.querySelector<HTMLElement>("[tabindex]"))?.focus();
    });

  /** `text`: what was searched for. The heading has an id, masked, so it does not stay in the field. */
  const show = async (who: Who, isLatest: () => boolean, text?: string) => {
    const rows = await api.post("/api/dashboard/appointments/of-person", { body: who });
    if (!isLatest()) return;
    setChosen({ who, rows });
    if (rows.length) setTyped((now) => (now === text ? "" : now));
  };
  const choose = async (who: Who, text?: string) => {
    if (await run((isLatest) => show(who, isLatest, text))) focusResults();
  };
  /** A new search takes the place of what is pending. */
  const search = (text: string) => {
    forget();
    setFound(undefined);
    setChosen(undefined);
    setSaid("");
    const cid = cidMeant(text);
    const slip_code = cid ? undefined : slipIn(text, caller.value!.hospital_code);
    const wrong = slip_code ? undefined : searchError(text);
    setFault(wrong);
    if (wrong) return;
    if (cid) void choose({ cid }, text);
    else if (slip_code) {
      void run(async (isLatest) => {
        const slip = await api.get("/api/dashboard/slips/{slip_code}", { path: { slip_code } });
        if (isLatest()) await openDay(slip);
      });
    } else void people(text);
  };
  const people = async (text: string, before?: FoundPeople) => {
    const isShown = await run(async (isLatest) => {
      const page = await api.post("/api/dashboard/appointments/search", {
        body: { words: text, after: before?.next ?? "" },
      });
      if (!isLatest()) return;
      const known = new Set(before?.people.map(({ person }) => person));
      const all = [...(before?.people ?? []), ...page.people.filter(({ person }) => !known.has(person))];
      setFound({ ...page, people: all, words: text });
      if (all.length === 1 && !before) await show({ person: all[0]!.person }, isLatest);
    });
    if (isShown) focusResults();
  };
  const openDay = async (row: Parameters<typeof openAppointment>[0]) => {
    if (await openAppointment(row)) onClose();
  };
  useEffect(() => {
    if (first) search(first);
  }, []);

  /** Show the person's appointments as they are after a task. */
  const showAgain = (message = "") =>
    run(async (isLatest) => {
      setSaid(message);
      await show(chosen!.who, isLatest);
    });
  /** Do a task; its answer is told, and the person's appointments are shown as they are then. */
  const work = (task: () => Promise<string>) =>
    run(async (isLatest) => {
      setSaid("");
      try {
        const message = await task();
        if (isLatest()) setSaid(message);
      } catch (caught) {
        if (!isLatest()) notifyFailure(failureOf(caught)); // another search is shown by now
        throw caught;
      } finally {
        if (isLatest()) await show(chosen!.who, isLatest);
      }
    });
  const decide = (row: PersonsAppointment) =>
    work(async () => {
      const task = row.hospital_confirm ? "reject" : "accept";
      const { queue_no: queue } = await act(row, task);
      return tasks(task === "accept" ? "was_accepted" : "was_rejected", { queue });
    });
  const cancel = async (row: PersonsAppointment) => {
    const reason = await askToCancel(row);
    if (reason === undefined) return;
    await work(async () => {
      await cancelAppointment(row, reason);
      return tasks("was_cancelled", { queue: row.queue_no });
    });
  };

  return (
    <>
      <Dialog title={t("window")} onClose={onClose} wide>
        <form
          class="toolbar find-person"
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            search(typed);
          }}
        >
          <TextField
            label={searchWords("words")}
            hint={searchWords("hint")}
            free
            value={typed}
            onValue={setTyped}
            error={fault}
            limit={LONGEST_TYPED}
            input={{ autofocus: true, autocapitalize: "none", spellcheck: false }}
          />
          <Submit busy={busy} title={word("look_up")} working={word("looking_up")} />
        </form>
        <Failed failure={failure} />
        <p role="status" class="good">
          {said}
        </p>
        <div ref={results}>
          {chosen ? (
            <>
              {found && found.people.length > 1 && (
                <p>
                  <button type="button" class="quiet" onClick={() => setChosen(undefined)}>
                    {t("back")}
                  </button>
                </p>
              )}
              {chosen.rows.length === 0 ? (
                <p role="status" class="marked" tabIndex={-1}>
                  {t("nothing")}
                </p>
              ) : (
                <Appointments
                  rows={chosen.rows}
                  busy={busy}
                  onDay={openDay}
                  onDecide={decide}
                  onCancel={cancel}
                  onOpen={setOpen}
                />
              )}
            </>
          ) : (
            found && <People found={found} busy={busy} onChoose={(person) => void choose({ person })} />
          )}
          {found && (!chosen || found.people.length === 1) && (
            <>
              <p class="find-until">
                {found.until ? t("until", { date: longDate(found.until, lang.value) }) : t("no_days")} · {t("past")}
              </p>
              {found.next && (
                <button
                  type="button"
                  aria-busy={busy}
                  aria-disabled={busy}
                  onClick={() => {
                    if (busy) return;
                    setChosen(undefined);
                    void people(found.words, found);
                  }}
                >
                  {t("further")}
                </button>
              )}
            </>
          )}
        </div>
      </Dialog>
      {open && "slip" in open && <Slip booking={open.slip} onClose={() => setOpen(undefined)} />}
      {open && "postpone" in open && (
        <Postpone
          booking={chosen?.rows.find(({ slip_code }) => slip_code === open.postpone.slip_code) ?? open.postpone}
          onClose={() => setOpen(undefined)}
          onFailed={async () => void (await showAgain())}
          onDone={(message) => {
            setOpen(undefined);
            void showAgain(message[lang.value]);
          }}
        />
      )}
    </>
  );
}

interface PeopleProps {
  found: FoundPeople;
  busy: boolean;
  onChoose: (person: string) => void;
}

function People({ found, busy, onChoose }: PeopleProps) {
  const n = found.people.length;
  if (!n)
    return (
      <p role="status" class="marked" tabIndex={-1}>
        {t("nobody")}
      </p>
    );
  return (
    <>
      {found.is_cut && <p class="marked">{t("cut", { n })}</p>}
      <Table
        caption={t("people", { n })}
        rows={found.people}
        rowKey={({ person }) => person}
        empty=""
        columns={[
          { title: word("person_name"), kind: "name", cell: ({ person_name }) => person_name },
          { title: word("cid_short"), kind: "whole", cell: ({ cid_masked }) => cid_masked },
          { title: word("telephone"), kind: "whole", cell: ({ person_phone }) => person_phone },
          { title: t("first_day"), kind: "whole", cell: (person) => dateOf(person) },
          {
            title: word("task"),
            kind: "actions",
            cell: ({ person, person_name }) => (
              <button type="button" aria-disabled={busy} onClick={() => !busy && onChoose(person)}>
                {t("show")} <span class="visually-hidden">{person_name}</span>
              </button>
            ),
          },
        ]}
      />
    </>
  );
}

interface AppointmentsProps {
  rows: PersonsAppointment[];
  /** An answer is pending: no task can be begun. */
  busy: boolean;
  onDay: (row: PersonsAppointment) => void;
  onDecide: (row: PersonsAppointment) => void;
  onCancel: (row: PersonsAppointment) => void;
  onOpen: (what: { postpone: PersonsAppointment } | { slip: PersonsAppointment }) => void;
}

function Appointments({ rows, busy, onDay, onDecide, onCancel, onOpen }: AppointmentsProps) {
  const { person_name: name, cid_masked: cid } = rows[0]!;
  const button = (task: () => void) => ({ type: "button", "aria-disabled": busy, onClick: () => !busy && task() }) as const;
  return (
    <Table
      caption={t("caption", { name, cid })}
      rows={rows}
      rowKey={({ slip_code }) => slip_code}
      rowClass={(row) => (isOpen(row) ? undefined : "over")}
      empty=""
      columns={[
        {
          title: word("date"),
          kind: "whole",
          cell: (row) => (
            <a
              href={href("day", { date: row.date, schedule: row.schedule_id, place: row.place })}
              title={t("open")}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a tab or window of its own
                event.preventDefault();
                onDay(row);
              }}
            >
              {dateOf(row)}
            </a>
          ),
        },
        { title: word("period"), kind: "whole", cell: spanOf },
        {
          title: word("room"),
          kind: "name",
          cell: ({ room_name, department_name }) => (
            <>
              {room_name}
              <br />
              <small>{department_name}</small>
            </>
          ),
        },
        { title: word("queue"), kind: "whole", cell: ({ queue_no }) => <b>{queue_no}</b> },
        {
          title: word("state"),
          cell: (row) => <>{stateOf(row, row.is_over)} <Why {...row} /></>, // prettier-ignore
        },
        {
          title: word("task"),
          kind: "actions",
          cell: (row) => {
            const which = <span class="visually-hidden"> {row.queue_no}</span>;
            return (
              isOpen(row) && (
                <>
                  <button class="task" {...button(() => onDecide(row))}>
                    {row.hospital_confirm ? "Reject" : "Accept"}
                    {which}
                  </button>
                  <button {...button(() => onOpen({ slip: row }))}>
                    {tasks("slip")}
                    {which}
                  </button>
                  <button {...button(() => onOpen({ postpone: row }))}>
                    {tasks("postpone")}
                    {which}
                  </button>
                  <button {...button(() => onCancel(row))}>
                    {tasks("cancel")}
                    {which}
                  </button>
                </>
              )
            );
          },
        },
      ]}
    />
  );
}

const isOpen = ({ state, is_over }: PersonsAppointment): boolean => state === "booked" && !is_over;
