/** Manual 2.5, figure 18: "ระบุเลขที่บัตรประชาชน". Enter looks the person up, Enter books, and the
 * cursor is back in the id field for the next person. */
import { useRef, useState } from "preact/hooks";
import { RequestFailed } from "../api/failure";
import type { Booking, Person, Schedule } from "../api/shapes";
import { cidDigits, cidFault, cidMasked } from "../cid";
import { longDate, shortDate, timeSpan } from "../dates";
import { lang, words } from "../i18n";
import { useAction } from "../load";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { SelectField, TextField } from "../ui/field";
import { Failed, fieldFault } from "../ui/notice";
import { word } from "../words";
import { emptyPerson, personBody, personFaults, PersonForm, type PersonDraft } from "./person-form";

const t = words({
  window: ["ระบุเลขที่บัตรประชาชน", "Enter the national id"],
  cid: ["เลขที่บัตรประชาชน", "National id"],
  cid_hint: ["13 หลัก แล้วกด Enter เพื่อค้นหา", "13 digits, then Enter to look up"],
  length: ["เลขที่บัตรประชาชนต้องมี 13 หลัก", "A national id has 13 digits"],
  check_digit: ["เลขที่บัตรประชาชนไม่ถูกต้อง ตรวจตัวเลขอีกครั้ง", "This national id is not right; check the digits"],
  look_up: ["ค้นหา", "Look up"],
  looking: ["กำลังค้นหา…", "Looking up…"],
  found: ["พบข้อมูลแล้ว กด Enter เพื่อบันทึก", "Found. Press Enter to save."],
  unknown: [
    "ไม่พบข้อมูลบุคคล กรอกรายชื่อ (White list) ที่นี่ แล้วกดบันทึก",
    "Nobody of this id is known. Fill in the white list here, then save.",
  ],
  person: ["ผู้รับบริการ", "Person"],
  name: ["ชื่อ", "Name"],
  birth: ["วันเกิด", "Date of birth"],
  phone: ["โทรศัพท์", "Telephone"],
  save: ["บันทึก", "Save"],
  save_new: ["บันทึกรายชื่อและจอง", "Save the person and book"],
  saving: ["กำลังบันทึก…", "Saving…"],
  booked: ["จองแล้ว คิว {queue} {name}", "Booked: {queue} {name}"],
  booked_other: ["จองแล้ว คิว {queue} {name} เวลา {time}", "Booked: {queue} {name} at {time}"],
  so_far: ["จองในหน้าต่างนี้แล้ว {n} คน", "{n} booked in this window"],
  free: ["ว่าง {n}", "{n} free"],
  just_gone: [
    "ที่ว่างสุดท้ายเพิ่งมีผู้จองไป ข้อมูลที่กรอกยังอยู่ เลือกช่วงอื่นแล้วบันทึกได้เลย",
    "The last place has just gone. What you entered is kept; choose another time and save.",
  ],
  no_other: ["ช่วงอื่นของวันเดียวกันเต็มแล้ว เลือกวันอื่นจากปฏิทิน", "The day's other times are full; choose another day."],
  other: ["จองในช่วงอื่นของวันเดียวกัน", "Book another time of the day"],
});

type Phase = { is: "asking" } | { is: "found"; person: Person } | { is: "unknown" };

interface BookProps {
  schedule: Schedule;
  schedules: Schedule[];
  onBooked: () => Promise<void>;
  onClose: () => void;
}

export function Book({ schedule, schedules, onBooked, onClose }: BookProps) {
  const [cid, setCid] = useState("");
  const [phase, setPhase] = useState<Phase>({ is: "asking" });
  const [draft, setDraft] = useState<PersonDraft>(emptyPerson);
  const [tried, setTried] = useState(false);
  const [booked, setBooked] = useState<string[]>([]);
  const [other, setOther] = useState("");
  const { busy, failure, run, setFailure } = useAction();
  // An answer that was asked for another id than the field holds by now is no answer to it.
  const typed = useRef(cid);
  typed.current = cid;
  const form = useRef<HTMLFormElement>(null);
  const saveButton = useRef<HTMLButtonElement>(null);

  const full = failure?.code === "SlotsFull";
  const target = schedules.find((one) => one.schedule_id === Number(other)) ?? schedule;
  const others = schedules.filter(
    (one) => one.schedule_id !== schedule.schedule_id && one.state === "open" && one.available_count > 0,
  );
  const fault = cidFault(cid);
  const faults = personFaults(draft);
  const focus = (selector: string) =>
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>(selector)?.focus());

  const lookUp = () =>
    run(async () => {
      try {
        const person = await api.post<Person>("/api/dashboard/people/lookup", { cid: cidDigits(cid) });
        if (typed.current !== cid) return;
        setPhase({ is: "found", person });
        requestAnimationFrame(() => saveButton.current?.focus());
      } catch (caught) {
        if (!(caught instanceof RequestFailed) || caught.failure.code !== "PersonNotFound") throw caught;
        if (typed.current !== cid) return;
        setPhase({ is: "unknown" });
        setDraft(emptyPerson());
        focus(".person-form input, .person-form select");
      }
    });

  const save = () =>
    run(async () => {
      const id = cidDigits(cid);
      let person = phase.is === "found" ? phase.person : undefined;
      if (!person) {
        person = await api.post<Person>("/api/dashboard/people", { cid: id, ...personBody(draft) });
        // known from here on, whatever becomes of the booking
        if (typed.current === cid) setPhase({ is: "found", person });
      }
      const booking = await api.post<Booking>("/api/dashboard/appointments", {
        cid: id,
        schedule_id: target.schedule_id,
      });
      const name = booking.person_name || nameOf(person);
      setBooked((before) => [
        other
          ? t("booked_other", {
              queue: booking.queue_no,
              name,
              time: timeSpan(target.time_start, target.time_finish, lang.value),
            })
          : t("booked", { queue: booking.queue_no, name }),
        ...before,
      ]);
      if (typed.current === cid) setCid(""); // else the next person's id is being typed
      setPhase({ is: "asking" });
      setTried(false);
      setOther("");
      focus("#book-cid input");
      void onBooked();
    });

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setTried(true);
    if (fault) return focus("#book-cid input");
    if (phase.is === "asking") {
      setTried(false);
      await lookUp();
      return;
    }
    if (phase.is === "unknown" && Object.values(faults).some(Boolean)) return focus("[aria-invalid=true]");
    if (!(await save())) {
      void onBooked(); // full or closed: the list beside shows what is true now
      focus("#book-other select");
    }
  };
  const changeCid = (text: string) => {
    setCid(text);
    setFailure(undefined);
    setTried(false);
    if (phase.is !== "asking") setPhase({ is: "asking" });
  };

  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={phase.is === "unknown" && draft.first_name !== ""}>
      <p>
        {longDate(schedule.date, lang.value)} {timeSpan(schedule.time_start, schedule.time_finish, lang.value)}
        <br />
        {schedule.department_name} · {schedule.room_name} · {t("free", { n: schedule.available_count })}
      </p>
      <form ref={form} noValidate onSubmit={submit}>
        <div id="book-cid" class="cid-line">
          <TextField
            label={t("cid")}
            hint={t("cid_hint")}
            value={cid}
            onValue={changeCid}
            error={tried && fault ? t(fault) : fieldFault(failure, "cid")}
            input={{ inputMode: "numeric", maxLength: 20, autofocus: true, class: "cid-input" }}
          />
        </div>
        {phase.is === "asking" && (
          <div class="actions">
            <button class="primary" aria-busy={busy} aria-disabled={busy}>
              {busy ? t("looking") : t("look_up")}
            </button>
          </div>
        )}
        {phase.is === "found" && (
          <section class="person" aria-label={t("person")}>
            <p role="status" class="hint">
              {t("found")}
            </p>
            <dl class="detail">
              <div>
                <dt>{t("cid")}</dt>
                <dd>{cidMasked(cidDigits(cid))}</dd>
              </div>
              <div>
                <dt>{t("name")}</dt>
                <dd>
                  <b>{nameOf(phase.person)}</b>
                </dd>
              </div>
              {phase.person.birth_date && (
                <div>
                  <dt>{t("birth")}</dt>
                  <dd>{shortDate(phase.person.birth_date, lang.value)}</dd>
                </div>
              )}
              {phase.person.mobile_phone && (
                <div>
                  <dt>{t("phone")}</dt>
                  <dd>{phase.person.mobile_phone}</dd>
                </div>
              )}
            </dl>
          </section>
        )}
        {phase.is === "unknown" && (
          <>
            <p role="status" class="marked">
              {t("unknown")}
            </p>
            <PersonForm draft={draft} onChange={setDraft} errors={tried ? faults : {}} />
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
              onValue={setOther}
              blank={word("choose")}
              options={others.map((one) => ({
                value: one.schedule_id,
                text: `${timeSpan(one.time_start, one.time_finish, lang.value)} ${one.room_name} (${t("free", { n: one.available_count })})`,
              }))}
            />
          </div>
        )}
        {phase.is !== "asking" && (
          <div class="actions">
            <button class="primary" ref={saveButton} aria-busy={busy} aria-disabled={busy}>
              {busy ? t("saving") : phase.is === "unknown" ? t("save_new") : t("save")}
            </button>
          </div>
        )}
      </form>
      <div role="status" class="booked">
        {booked[0] && (
          <>
            <p class="good">{booked[0]}</p>
            {booked.length > 1 && <p>{t("so_far", { n: booked.length })}</p>}
          </>
        )}
      </div>
    </Dialog>
  );
}

const nameOf = ({ prefix, first_name, last_name }: Person): string => `${prefix ?? ""}${first_name} ${last_name}`;
