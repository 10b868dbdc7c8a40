/** Find a person's appointments at this hospital by national id, name or telephone, and work on them there. A slip's
 * code opens its appointment. Nothing about a person is in an address. */
import { useEffect, useRef, useState } from "preact/hooks";
import { SearchBody } from "../api/limits";
import type { FoundPeople, PersonsAppointment } from "../api/types";
import { cidFault } from "../cid";
import { longDate } from "../dates";
import { lang, words } from "../i18n";
import { useAction } from "../load";
import { go, href } from "../route";
import { api, caller } from "../session";
import { readCode, slipIn } from "../typed-code";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { TextField } from "../ui/field";
import { Submit } from "../ui/form";
import { Table } from "../ui/table";
import { word } from "../words";
import { act, askToCancel, tasks } from "./appointment-tasks";
import type { FindProps } from "./find-button";
import { dateOf, spanOf, stateOf } from "./person-appointments";
import { Postpone } from "./postpone";
import { Slip } from "./slip";

const t = words({
  window: ["ค้นหานัดหมายของผู้รับบริการ", "Find a person's appointments"],
  words: ["เลขที่บัตรประชาชน ชื่อ หรือโทรศัพท์", "National id, name or telephone"],
  hint: [
    "ชื่อหรือนามสกุลพิมพ์เพียงส่วนต้นได้ โทรศัพท์อย่างน้อย 4 หลัก แล้วกด Enter",
    "The beginning of a first or last name is enough, or 4 digits of a telephone number. Then press Enter.",
  ],
  short: ["พิมพ์อย่างน้อย 2 ตัวอักษร หรือ 4 หลัก", "Type at least 2 letters, or 4 digits"],
  length: ["เลขที่บัตรประชาชนต้องมี 13 หลัก", "A national id has 13 digits"],
  check_digit: ["เลขที่บัตรประชาชนไม่ถูกต้อง ตรวจตัวเลขอีกครั้ง", "This national id is not right; check the digits"],
  look: ["ค้นหา", "Find"],
  looking: ["กำลังค้นหา…", "Looking…"],
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
  cid: ["เลขที่บัตร ปชช.", "National id"],
  name: ["ชื่อบุคคล", "Name"],
  phone: ["โทรศัพท์", "Telephone"],
  show: ["ดูนัด", "Appointments"],
  back: ["‹ กลับไปรายชื่อที่พบ", "‹ Back to the people found"],
  caption: ["นัดของ {name} ({cid})", "Appointments of {name} ({cid})"],
  nothing: ["ผู้รับบริการนี้ไม่มีนัดที่หน่วยบริการนี้", "This person has no appointment at this hospital"],
  queue: ["คิว", "Queue"],
  state: ["สถานะ", "State"],
  open: ["เปิดรายการจอง", "Open in the bookings"],
});

/** Most characters that are typed or pasted: an id or a code with dashes and blanks. */
const LONGEST_TYPED = SearchBody.words;

type Who = { cid: string } | { person: string };

export default function Find({ first, onClose }: FindProps) {
  const [typed, setTyped] = useState(first);
  const [fault, setFault] = useState<"short" | "length" | "check_digit" | undefined>();
  const [found, setFound] = useState<(FoundPeople & { words: string }) | undefined>();
  const [chosen, setChosen] = useState<{ who: Who; rows: PersonsAppointment[] } | undefined>();
  const [open, setOpen] = useState<{ postpone: PersonsAppointment } | { slip: PersonsAppointment } | undefined>();
  const [said, setSaid] = useState("");
  const { busy, failure, run } = useAction();
  const results = useRef<HTMLDivElement>(null);
  const focusResults = () =>
    requestAnimationFrame(() => {
      const first = results.current?.querySelector<HTMLElement>("td :is(a, button)");
      (first ?? results.current?.querySelector<HTMLElement>("[tabindex]"))?.focus();
    });

  const show = async (who: Who) => {
    const rows = await api.post("/api/dashboard/appointments/of-person", { body: who });
    setChosen({ who, rows });
    if ("cid" in who && rows.length) setTyped(""); // the heading has the id, masked
  };
  const search = (text: string) => {
    setFault(undefined);
    setFound(undefined);
    setChosen(undefined);
    setSaid("");
    const code = readCode(text);
    const slip_code = slipIn(text, caller.value!.hospital_code);
    if (/^\d{11,}$/.test(code)) {
      const wrong = cidFault(code);
      setFault(wrong);
      if (!wrong) void run(() => show({ cid: code })).then(focusResults);
    } else if (slip_code) {
      void run(async () => {
        const { date, schedule_id, place } = await api.get("/api/dashboard/slips/{slip_code}", { path: { slip_code } });
        onClose();
        go("day", { date, schedule: schedule_id, place });
      });
    } else if (text.trim().length < 2 || (/^\d{1,3}$/.test(code) && /[\d๐-๙]/.test(text))) {
      setFault("short");
    } else {
      void run(() => people(text, "")).then(focusResults);
    }
  };
  const people = async (text: string, after: string) => {
    const page = await api.post("/api/dashboard/appointments/search", { body: { words: text, after } });
    const known = new Set(after ? found!.people.map(({ person }) => person) : []);
    const all = [...(after ? found!.people : []), ...page.people.filter(({ person }) => !known.has(person))];
    setFound({ ...page, people: all, words: text });
    if (all.length === 1 && !after) await show({ person: all[0]!.person });
  };
  useEffect(() => {
    if (first) search(first);
  }, []);

  /** After a task: the answer in words, and the person's appointments as they are then. */
  const after = (message: string) =>
    run(async () => {
      setSaid(message);
      await show(chosen!.who);
    });
  const decide = (row: PersonsAppointment) =>
    run(async () => {
      setSaid("");
      const task = row.hospital_confirm ? "reject" : "accept";
      try {
        const { queue_no: queue } = await act(row, task);
        setSaid(tasks(task === "accept" ? "was_accepted" : "was_rejected", { queue }));
      } finally {
        await show(chosen!.who);
      }
    });
  const cancel = async (row: PersonsAppointment) => {
    if (!(await askToCancel(row))) return;
    await run(async () => {
      setSaid("");
      try {
        await act(row, "cancel");
        setSaid(tasks("was_cancelled", { queue: row.queue_no }));
      } finally {
        await show(chosen!.who);
      }
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
            label={t("words")}
            hint={t("hint")}
            free
            value={typed}
            onValue={setTyped}
            error={fault && t(fault)}
            limit={LONGEST_TYPED}
            input={{ autofocus: true, autocapitalize: "none", spellcheck: false }}
          />
          <Submit busy={busy} title={t("look")} working={t("looking")} />
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
                <Appointments rows={chosen.rows} onClose={onClose} onDecide={decide} onCancel={cancel} onOpen={setOpen} />
              )}
            </>
          ) : (
            found && (
              <People found={found} onChoose={(person) => void run(() => show({ person })).then(focusResults)} />
            )
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
                    setChosen(undefined);
                    void run(() => people(found.words, found.next));
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
          onFailed={async () => void (await run(() => show(chosen!.who)))}
          onDone={(message) => {
            setOpen(undefined);
            void after(message[lang.value]);
          }}
        />
      )}
    </>
  );
}

function People({ found, onChoose }: { found: FoundPeople; onChoose: (person: string) => void }) {
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
          { title: t("name"), kind: "name", cell: ({ person_name }) => person_name },
          { title: t("cid"), kind: "whole", cell: ({ cid_masked }) => cid_masked },
          { title: t("phone"), kind: "whole", cell: ({ person_phone }) => person_phone },
          { title: t("first_day"), kind: "whole", cell: (person) => dateOf(person) },
          {
            title: word("task"),
            kind: "actions",
            cell: ({ person, person_name }) => (
              <button type="button" onClick={() => onChoose(person)}>
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
  onClose: () => void;
  onDecide: (row: PersonsAppointment) => void;
  onCancel: (row: PersonsAppointment) => void;
  onOpen: (what: { postpone: PersonsAppointment } | { slip: PersonsAppointment }) => void;
}

function Appointments({ rows, onClose, onDecide, onCancel, onOpen }: AppointmentsProps) {
  const { person_name: name, cid_masked: cid } = rows[0]!;
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
              onClick={onClose}
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
        { title: t("queue"), kind: "whole", cell: ({ queue_no }) => <b>{queue_no}</b> },
        { title: t("state"), cell: (row) => stateOf(row, row.is_over) },
        {
          title: word("task"),
          kind: "actions",
          cell: (row) => {
            const which = <span class="visually-hidden"> {row.queue_no}</span>;
            return (
              isOpen(row) && (
                <>
                  <button type="button" class="task" onClick={() => onDecide(row)}>
                    {row.hospital_confirm ? "Reject" : "Accept"}
                    {which}
                  </button>
                  <button type="button" onClick={() => onOpen({ slip: row })}>
                    {tasks("slip")}
                    {which}
                  </button>
                  <button type="button" onClick={() => onOpen({ postpone: row })}>
                    {tasks("postpone")}
                    {which}
                  </button>
                  <button type="button" onClick={() => onCancel(row)}>
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
