/** Manual 2.5, figure 18: "ระบุเลขที่บัตรประชาชน". Enter looks the person up, Enter again books,
 * and the focus returns to the id field for the next person. */
import { useRef, useState } from "preact/hooks";
import { failureOf, RequestFailed } from "../api/failure";
import type { Booking, BookingCheck, Person, Schedule } from "../api/types";
import { cidDigits, cidMasked, LONGEST_CID } from "../cid";
import { longDate, shortDate, timeSpan } from "../dates";
import { useForm } from "../form";
import { lang, words } from "../i18n";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { SelectField, TextField } from "../ui/field";
import { Submit } from "../ui/form";
import { word } from "../words";
import { cidError } from "./cid-error";
import { dateOf, spanOf, stateOf } from "./person-appointments";
import { emptyPerson, fullName, personBody, personErrors, PersonForm, type PersonDraft } from "./person-form";

const t = words({
  window: ["ระบุเลขที่บัตรประชาชน", "Enter the national id"],
  cid_hint: ["13 หลัก แล้วกด Enter เพื่อค้นหา", "13 digits, then Enter to look up"],
  found: ["พบข้อมูลแล้ว กด Enter เพื่อบันทึก", "Found. Press Enter to save."],
  unknown: [
    "ไม่พบข้อมูลบุคคล กรอกรายชื่อ (White list) ที่นี่ แล้วกดบันทึก",
    "Nobody of this id is known. Fill in the white list here, then save.",
  ],
  otherwise: [
    "ทะเบียนกลางว่า {name} ({hospital}) ไม่ตรงกับที่หน่วยบริการนี้บันทึกไว้ ตรวจสอบกับบัตร",
    "The registry says {name} ({hospital}); this hospital has something else. See the card.",
  ],
  said_by: ["หน่วยบริการ {code} แจ้ง", "said by hospital {code}"],
  said_by_nobody: ["ไม่ทราบผู้แจ้ง", "nobody knows by whom"],
  not_them: ["ชื่อไม่ตรงกับบัตร บันทึกชื่อของหน่วยบริการนี้", "Not the name on the card: enter it for this hospital"],
  own: [
    "กรอกตามบัตร หน่วยบริการนี้จะเห็นข้อมูลนี้ (White list) ข้อมูลของหน่วยบริการอื่นไม่เปลี่ยน",
    "Fill in what the card says. This hospital then sees it (white list); other hospitals' data stays.",
  ],
  person: ["ผู้รับบริการ", "Person"],
  save_new: ["บันทึกรายชื่อและจอง", "Save the person and book"],
  repeated: ["จองไว้แล้ว คิว {queue} {name} ไม่ได้จองเพิ่ม", "Booked before: {queue} {name}. Nothing was added."],
  here: ["นัดของผู้นี้ที่หน่วยบริการนี้", "This person's appointments at this hospital"],
  none_here: ["ยังไม่มีนัดที่หน่วยบริการนี้", "No appointment at this hospital yet"],
  unchecked: [
    "ตรวจนัดที่มีอยู่ไม่สำเร็จ จองต่อได้ แต่อาจซ้อนกับนัดอื่น",
    "The person's appointments could not be checked. You can book, but it may meet another appointment.",
  ],
  anyway: ["จองแม้มีข้อเตือน", "Book all the same"],
  booked: ["จองแล้ว คิว {queue} {name}", "Booked: {queue} {name}"],
  booked_other: ["จองแล้ว คิว {queue} {name} เวลา {time}", "Booked: {queue} {name} at {time}"],
  queue: ["คิว", "queue"],
  so_far: ["จองในหน้าต่างนี้แล้ว {n} คน", "{n} booked in this window"],
  just_gone: [
    "ที่ว่างสุดท้ายเพิ่งมีผู้จองไป เลือกช่วงอื่นแล้วบันทึกได้เลย",
    "The last place has just gone. Choose another time and save.",
  ],
  no_other: ["ช่วงอื่นของวันเดียวกันเต็มแล้ว เลือกวันอื่นจากปฏิทิน", "The day's other times are full; choose another day."],
  other: ["จองในช่วงอื่นของวันเดียวกัน", "Book another time of the day"],
});

/** What the API says before a booking; the staff decide. */
const warning = words({
  already_booked: ["จองช่วงเวลานี้ไว้แล้ว", "Booked for this time already"],
  same_hour: ["มีนัดอื่นที่หน่วยบริการนี้ในเวลาเดียวกัน", "Has another appointment here at the same time"],
  same_hour_elsewhere: ["มีนัดที่หน่วยบริการอื่นในเวลาเดียวกัน", "Has an appointment at another hospital at the same time"],
  same_department: ["มีนัดแผนกนี้ในวันเดียวกันแล้ว", "Has an appointment in this department on this day"],
});

/** What the API says of the person's appointments, for the time that is chosen. */
type Check = BookingCheck | "pending" | "failed";
/** unknown: the person's details are asked for. otherwise: the registry knows them, under a wrong name. */
type Phase =
  | { is: "asking" }
  | { is: "found"; person: Person; check: Check }
  | { is: "unknown"; otherwise?: boolean; check: Check };

interface BookProps {
  schedule: Schedule;
  schedules: Schedule[];
  onBooked: () => Promise<void>;
  onClose: () => void;
}

export function Book({ schedule, schedules, onBooked, onClose }: BookProps) {
  const [phase, setPhase] = useState<Phase>({ is: "asking" });
  const [booked, setBooked] = useState<string[]>([]);
  const [repeated, setRepeated] = useState("");
  const [other, setOther] = useState("");
  const actions = useRef<HTMLDivElement>(null);
  const form = useForm({
    initial: { cid: "", ...emptyPerson() },
    check: ({ cid, ...person }) => ({
      cid: cidError(cid),
      ...(phase.is === "unknown" ? personErrors(person) : {}),
    }),
    send: async ({ cid, ...person }) => {
      if (phase.is === "asking" || heldAlready) return lookUp(cid);
      if (phase.check === "pending") return;
      try {
        await book(cid, person);
      } catch (caught) {
        void onBooked(); // full or closed: the list beside shows the present state
        focus("#book-other select");
        throw caught;
      }
    },
  });
  const { values, set, reset, errors, busy, failure, focus } = form;
  // An answer for another id than the field holds by now is dropped.
  const typed = useRef(values.cid);
  typed.current = values.cid;

  const latestCheck = useRef(0);
  const checked = phase.is === "asking" ? undefined : phase.check;
  const check = typeof checked === "object" ? checked : undefined;
  const warnings = check?.warnings ?? [];
  const heldAlready = phase.is === "found" && warnings.includes("already_booked");
  const full = failure?.code === "SlotsFull";
  const target = schedules.find(({ schedule_id }) => schedule_id === Number(other)) ?? schedule;
  const others = schedules.filter(
    ({ schedule_id, state, available_count }) =>
      schedule_id !== schedule.schedule_id && state === "open" && available_count > 0,
  );

  const lookUp = async (cid: string) => {
    setRepeated("");
    latestCheck.current++;
    const checking = checkFor(cid, target);
    try {
      const person = await api.post("/api/dashboard/people/lookup", { body: { cid: cidDigits(cid) } });
      const check = await checking;
      if (typed.current !== cid) return;
      setPhase({ is: "found", person, check });
      const warnings = check === "failed" ? [] : check.warnings;
      // Enter books at once only if there is nothing to read first.
      if (warnings.includes("already_booked")) requestAnimationFrame(() => cidField()?.select());
      else if (warnings.length) focus(".warnings");
      else requestAnimationFrame(() => actions.current?.querySelector("button")?.focus());
    } catch (caught) {
      if (!(caught instanceof RequestFailed) || caught.failure.code !== "PersonNotFound") throw caught;
      const check = await checking;
      if (typed.current !== cid) return;
      askForPerson({ is: "unknown", check });
    }
  };

  /** A failed check is told and hinders nobody. */
  const checkFor = (cid: string, { schedule_id }: Schedule): Promise<BookingCheck | "failed"> =>
    api.post("/api/dashboard/appointments/check", { body: { cid: cidDigits(cid), schedule_id } }).catch((caught) => {
      failureOf(caught);
      return "failed" as const;
    });

  /** Another time has other warnings. */
  const chooseOther = async (to: string) => {
    setOther(to);
    const { cid } = values;
    const number = ++latestCheck.current;
    const show = (check: Check) => setPhase((now) => (now.is === "asking" ? now : { ...now, check }));
    show("pending");
    const check = await checkFor(cid, others.find(({ schedule_id }) => schedule_id === Number(to)) ?? schedule);
    if (typed.current === cid && number === latestCheck.current) show(check);
  };

  const cidField = () => document.querySelector<HTMLInputElement>("#book-cid input");

  const askForPerson = (phase: Phase) => {
    setPhase(phase);
    set(emptyPerson());
    focus(".person-form input, .person-form select");
  };

  const book = async (typedCid: string, draft: PersonDraft) => {
    const cid = cidDigits(typedCid);
    if (phase.is === "asking") return;
    let person = phase.is === "found" ? phase.person : undefined;
    if (!person) {
      person = await api.post("/api/dashboard/people", { body: { cid, ...personBody(draft) } });
      // stored from here on, even if the booking fails
      if (typed.current === typedCid) setPhase({ is: "found", person, check: phase.check });
    }
    const body = { cid, schedule_id: target.schedule_id };
    const booking = await api.post("/api/dashboard/appointments", { body });
    const queued = { queue: booking.queue_no, name: booking.person_name || nameOf(person) };
    const time = timeSpan(target.time_start, target.time_finish, lang.value);
    setRepeated(booking.repeated ? t("repeated", queued) : "");
    if (!booking.repeated)
      setBooked((before) => [other ? t("booked_other", { ...queued, time }) : t("booked", queued), ...before]);
    if (typed.current === typedCid) set({ cid: "" }); // else the next person's id is being typed
    setPhase({ is: "asking" });
    setOther("");
    focus("#book-cid input");
    void onBooked();
  };

  const told = (
    <>
      {warnings.length > 0 && (
        <div class="marked warnings" role="alert" tabIndex={-1}>
          {warnings.map((said) => (
            <p key={said}>
              {warning.named(said)}
              {said === "already_booked" && ` ${heldQueue(check, target)}`}
            </p>
          ))}
        </div>
      )}
      {checked === "failed" && (
        <p class="marked" role="alert">
          {t("unchecked")}
        </p>
      )}
    </>
  );

  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={phase.is === "unknown" && values.first_name !== ""}>
      <p>
        {longDate(schedule.date, lang.value)} {timeSpan(schedule.time_start, schedule.time_finish, lang.value)}
        <br />
        {schedule.department_name} · {schedule.room_name} · {word("free_places", { n: schedule.available_count })}
      </p>
      <form {...form.props}>
        <div id="book-cid" class="cid-line">
          <TextField
            label={word("cid")}
            hint={t("cid_hint")}
            value={values.cid}
            onValue={(cid) => {
              reset({ ...values, cid });
              if (phase.is !== "asking") setPhase({ is: "asking" });
            }}
            error={errors.cid}
            limit={LONGEST_CID}
            input={{ inputMode: "numeric", autofocus: true, class: "cid-input" }}
          />
        </div>
        {phase.is === "asking" && (
          <div class="actions">
            <Submit busy={busy} title={word("look_up")} working={word("looking_up")} />
          </div>
        )}
        {phase.is === "found" && (
          <section class="person" aria-label={t("person")}>
            {warnings.length === 0 && checked !== "pending" && (
              <p role="status" class="hint">
                {t("found")}
              </p>
            )}
            <dl class="detail">
              <div>
                <dt>{word("cid")}</dt>
                <dd class="cid">{cidMasked(cidDigits(values.cid))}</dd>
              </div>
              <div>
                <dt>{word("name")}</dt>
                <dd>
                  <b>{nameOf(phase.person)}</b>
                </dd>
              </div>
              {phase.person.birth_date && (
                <div>
                  <dt>{word("birth_date")}</dt>
                  <dd>{shortDate(phase.person.birth_date, lang.value)}</dd>
                </div>
              )}
              {phase.person.mobile_phone && (
                <div>
                  <dt>{word("telephone")}</dt>
                  <dd>{phase.person.mobile_phone}</dd>
                </div>
              )}
            </dl>
            {told}
            {check && <Held appointments={check.appointments} />}
            {phase.person.registry_says && (
              <p class="marked" role="alert">
                {t("otherwise", {
                  name: phase.person.registry_says.name,
                  hospital: phase.person.registry_says.added_by
                    ? t("said_by", { code: phase.person.registry_says.added_by })
                    : t("said_by_nobody"),
                })}
              </p>
            )}
            <button type="button" class="quiet" onClick={() => askForPerson({ is: "unknown", otherwise: true, check: phase.check })}>
              {t("not_them")}
            </button>
          </section>
        )}
        {phase.is === "unknown" && (
          <>
            <p role="status" class="marked">
              {t(phase.otherwise ? "own" : "unknown")}
            </p>
            {told}
            <PersonForm form={form} />
          </>
        )}
        {full ? (
          <div class="failed" role="alert">
            <p>{t("just_gone")}</p>
            {others.length === 0 && <p>{t("no_other")}</p>}
          </div>
        ) : (
          !failure?.fields.cid && <Failed failure={failure} />
        )}
        {(full || other) && others.length > 0 && (
          <div id="book-other">
            <SelectField
              label={t("other")}
              value={other}
              onValue={(to) => void chooseOther(to)}
              blank={word("choose")}
              options={others.map(({ schedule_id, time_start, time_finish, room_name, available_count }) => ({
                value: schedule_id,
                text: `${timeSpan(time_start, time_finish, lang.value)} ${room_name} (${word("free_places", { n: available_count })})`,
              }))}
            />
          </div>
        )}
        {phase.is !== "asking" && !heldAlready && (
          <div class="actions" ref={actions}>
            <Submit
              busy={busy || checked === "pending"}
              title={phase.is === "unknown" ? t("save_new") : warnings.length ? t("anyway") : word("save")}
              working={word(busy ? "saving" : "looking_up")}
            />
          </div>
        )}
      </form>
      <div role="status" class="booked">
        {repeated && <p class="marked">{repeated}</p>}
        {booked[0] && (
          <>
            {!repeated && <p class="good">{booked[0]}</p>}
            {booked.length > 1 && <p>{t("so_far", { n: booked.length })}</p>}
          </>
        )}
      </div>
    </Dialog>
  );
}

const heldQueue = (check: BookingCheck | undefined, { schedule_id }: Schedule): string => {
  const held = check?.appointments.find((booking) => booking.schedule_id === schedule_id);
  return held ? `${t("queue")} ${held.queue_no}` : "";
};

function Held({ appointments }: { appointments: Booking[] }) {
  if (!appointments.length) return <p class="hint">{t("none_here")}</p>;
  return (
    <section class="held" aria-label={t("here")}>
      <h3>{t("here")}</h3>
      <ul>
        {appointments.map((booking) => (
          <li key={booking.slip_code}>
            <b>
              {dateOf(booking)} {spanOf(booking)}
            </b>
            <br />
            {booking.room_name} · {t("queue")} {booking.queue_no} · <span class="whole">{stateOf(booking)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const nameOf = (person: Person): string => fullName({ ...person, first_name: person.first_name ?? "" });
