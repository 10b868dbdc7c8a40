/** Book an appointment: province and hospital, department, day, time, then a last check. The same steps
 * move an appointment, from the day on. */
import { useEffect, useState } from "preact/hooks";
import { addDays, longDate, mediumDate, timeSpan, today } from "../dates";
import { isThai, lang, number, words } from "../i18n";
import { useAction, useLoaded } from "../load";
import { choose, go, href, route } from "../route";
import { Failed } from "../ui/failed";
import { Month, type MonthShown } from "../ui/month";
import { done, moving } from "./state";
import { Heading } from "./heading";
import { Icon } from "./icon";
import { phone } from "./session";
import { provinces } from "./provinces";
import type { Department, Schedule } from "./calls";

const t = words({
  where: ["เลือกโรงพยาบาล", "Choose a hospital"],
  province: ["จังหวัด", "Province"],
  choose: ["แตะเพื่อเลือกจังหวัด", "Touch to choose"],
  none_here: [
    "ยังไม่มีโรงพยาบาลที่เปิดให้จองในจังหวัดนี้ ลองจังหวัดใกล้เคียง หรือโทรหาโรงพยาบาล",
    "No hospital here takes bookings yet. Try a province nearby, or call your hospital.",
  ],
  free: ["ว่าง {n} ที่", "{n} free"],
  none: ["ไม่มีที่ว่างในแอป", "none free in the app"],
  department: ["เลือกแผนก", "Choose a department"],
  earliest: ["ว่างเร็วที่สุด {when}", "Earliest free: {when}"],
  looking: ["กำลังหาวันว่าง…", "Looking for a free day…"],
  none_soon: ["ใน {n} วันข้างหน้าไม่มีที่ว่างในแอป", "Nothing free in the app in the next {n} days"],
  day: ["เลือกวัน", "Choose a day"],
  day_hint: ["แตะวันที่มีเลข เลขคือจำนวนที่ว่าง", "Touch a day with a number: so many places are free."],
  no_days: ["เดือนนี้ไม่มีวันว่าง ลองเดือนถัดไป", "No free day this month. Try the next."],
  time: ["เลือกเวลา", "Choose a time"],
  no_times: ["วันที่เลือกไม่มีเวลาว่างของแผนกนี้ กรุณาเลือกวันอื่น", "No time left in this department. Choose another day."],
  check: ["ตรวจดูก่อนจอง", "Is this right?"],
  check_move: ["ตรวจดูก่อนเลื่อน", "Is this right?"],
  book: ["จองนัดนี้", "Book this"],
  move: ["เลื่อนมาเวลานี้", "Move to this time"],
  booked: ["จองนัดเรียบร้อยแล้ว", "Your appointment is booked."],
  moved: ["เลื่อนนัดเรียบร้อยแล้ว", "Your appointment was moved."],
  moving: ["กำลังเลื่อนนัด {when}", "Moving the appointment on {when}"],
  stop: ["ไม่เลื่อนแล้ว", "Leave it"],
  back: ["ย้อนกลับ", "Back"],
});

const SPAN_DAYS = 60; // the system lists at most 62 days at once
const LAST_PROVINCE = "province";

export function Find() {
  const { hospital, department, date, schedule } = route.value.params;
  const moved = moving.value;
  const first = today();
  // What the address says is a choice, not a fact: the hospital's name is the answer's.
  const departments = useLoaded(
    () =>
      phone.get("departments", {
        hospital_code: hospital!,
        date_start: first,
        date_finish: addDays(first, SPAN_DAYS),
      }),
    [hospital],
    { when: hospital !== undefined },
  );
  const name = departments.data?.[0]?.hospital_name;
  // Each step has a heading that takes the focus, and the back button leads one step back.
  return (
    <>
      {hospital && (
        <button type="button" class="back" onClick={() => history.back()}>
          <Icon name="back" /> {t("back")}
        </button>
      )}
      {moved && (
        <div class="moving" role="status">
          <p>{t("moving", { when: mediumDate(moved.appointment_date, lang.value) })}</p>
          <button
            type="button"
            onClick={() => {
              moving.value = undefined;
              go("");
            }}
          >
            {t("stop")}
          </button>
        </div>
      )}
      {hospital && <Failed failure={departments.failure} again={departments.reload} />}
      {!hospital ? (
        <Where key="where" />
      ) : !department ? (
        <Departments key="department" departments={departments.data} />
      ) : !date ? (
        <Day
          key="day"
          hospital={hospital}
          name={name}
          department={department}
          ready={departments.data !== undefined}
          earliest={departments.data?.find((each) => each.department_id === Number(department))?.first_available_date}
        />
      ) : (
        <Time key={schedule ? "check" : "time"} hospital={hospital} name={name} department={department} date={date} schedule={Number(schedule)} />
      )}
    </>
  );
}

const further = (params: Record<string, string | number>) => go("find", { ...route.value.params, ...params });

function Where() {
  const [province, setProvince] = useState(() => localStorage.getItem(LAST_PROVINCE) ?? "");
  const first = today();
  const hospitals = useLoaded(
    () =>
      phone.get("hospitals", {
        province_code: province,
        date_start: first,
        date_finish: addDays(first, SPAN_DAYS),
      }),
    [province],
    { when: province !== "" },
  );
  return (
    <>
      <Heading>{t("where")}</Heading>
      <label for="province">{t("province")}</label>
      <select
        id="province"
        value={province}
        onChange={(event) => {
          setProvince(event.currentTarget.value);
          localStorage.setItem(LAST_PROVINCE, event.currentTarget.value);
        }}
      >
        <option value="">{t("choose")}</option>
        {provinces(lang.value).map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
      <Failed failure={hospitals.failure} again={hospitals.reload} />
      {hospitals.data?.length === 0 && <p class="card">{t("none_here")}</p>}
      <ul class="list">
        {hospitals.data?.map((hospital) => (
          <li key={hospital.hospital_code}>
            <a href={href("find", { hospital: hospital.hospital_code })}>
              <b lang="th">{hospital.hospital_name}</b>
              <Free places={hospital.available_slot} />
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

const Free = ({ places }: { places: number }) => (
  <span class={places ? "free" : "free none"}>{places ? t("free", { n: number(places) }) : t("none")}</span>
);

const Named = ({ name }: { name: string | undefined }) => (
  <p class="named" lang="th">
    {name}
  </p>
);

function Departments({ departments }: { departments: Department[] | undefined }) {
  const sorted = [...(departments ?? [])].sort(earliestFirst);
  return (
    <>
      <Named name={departments?.[0]?.hospital_name} />
      <Heading>{t("department")}</Heading>
      <ul class="list">
        {sorted.map((department) => (
          <li key={department.department_id}>
            <a href={href("find", { ...route.value.params, department: department.department_id })}>
              <b lang="th">{department.department_name}</b>
              <Free places={department.available_slot ?? 0} />
              <small>
                {department.first_available_date
                  ? t("earliest", { when: mediumDate(department.first_available_date, lang.value) })
                  : t("none_soon", { n: SPAN_DAYS })}
              </small>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Those without a free place are last. */
const earliestFirst = (a: Department, b: Department): number =>
  (a.first_available_date ?? "9999").localeCompare(b.first_available_date ?? "9999");

interface DayProps {
  hospital: string;
  name: string | undefined;
  department: string;
  /** It is known whether there is an earliest day. */
  ready: boolean;
  /** The first day on which the department has a free place. */
  earliest: string | undefined;
}

function Day({ hospital, name, department, ready, earliest }: DayProps) {
  const now = today();
  const month = route.value.params.month ?? now.slice(0, 7);
  const shown: MonthShown = { year: Number(month.slice(0, 4)), month: Number(month.slice(5, 7)) };
  const days = useLoaded(
    () => phone.get("month", { hospital_code: hospital, ...shown, department_id: Number(department) }),
    [hospital, month, department],
  );
  const free = new Map(days.data?.map((day) => [day.date, day.available_slot]));
  const places = (date: string) => free.get(date) ?? 0;
  return (
    <>
      <Named name={name} />
      <Heading>{t("day")}</Heading>
      <p>{t("day_hint")}</p>
      <Failed failure={days.failure} again={days.reload} />
      <button type="button" class="earliest" disabled={!earliest} onClick={() => further({ date: earliest! })}>
        {earliest
          ? t("earliest", { when: mediumDate(earliest, lang.value) })
          : ready
            ? t("none_soon", { n: SPAN_DAYS })
            : t("looking")}
      </button>
      <Month
        {...shown}
        chosen={undefined}
        onMonth={({ year, month }) => choose({ month: `${year}-${String(month).padStart(2, "0")}` })}
        onChoose={(date) => further({ date })}
        canChoose={(date) => places(date) > 0}
        day={(date) =>
          free.has(date)
            ? {
                shows: places(date),
                says: places(date) ? t("free", { n: places(date) }) : t("none"),
                look: places(date) ? "open" : "",
              }
            : undefined
        }
      />
      {days.data && ![...free.values()].some(Boolean) && <p class="card">{t("no_days")}</p>}
    </>
  );
}

interface TimeProps {
  hospital: string;
  name: string | undefined;
  department: string;
  date: string;
  schedule: number;
}

function Time({ hospital, name, department, date, schedule }: TimeProps) {
  const times = useLoaded(
    () => phone.get("day", { hospital_code: hospital, date, department_id: Number(department) }),
    [hospital, department, date],
  );
  const chosen = times.data?.find((time) => time.schedule_id === schedule);
  const sorted = [...(times.data ?? [])].sort((a, b) => a.time_start.localeCompare(b.time_start));
  if (chosen) return <Check hospital={hospital} name={name} date={date} schedule={chosen} onRefused={times.reload} />;
  return (
    <>
      <Named name={name} />
      <Heading>{t("time")}</Heading>
      <p>
        <b>{longDate(date, lang.value)}</b>
      </p>
      <Failed failure={times.failure} again={times.reload} />
      {times.data?.length === 0 && <p class="card">{t("no_times")}</p>}
      <ul class="list times">
        {sorted.map((time) => (
          <li key={time.schedule_id}>
            <button type="button" disabled={!time.available_slot} onClick={() => further({ schedule: time.schedule_id })}>
              <b>{timeSpan(time.time_start, time.time_finish, lang.value)}</b>
              <Free places={time.available_slot} />
              <small lang="th">{time.room_name}</small>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

interface CheckProps {
  hospital: string;
  name: string | undefined;
  date: string;
  schedule: Schedule;
  onRefused: () => Promise<void>;
}

function Check({ hospital, name, date, schedule, onRefused }: CheckProps) {
  const { busy, failure, run } = useAction();
  const moved = moving.value;
  useEffect(() => {
    if (failure) void onRefused(); // the free places have changed
  }, [failure]);
  const save = () =>
    run(async () => {
      const wanted = { hospital_code: hospital, schedule_id: schedule.schedule_id };
      if (moved)
        await phone.post("postpone", {
          ...wanted,
          hospital_appointment_slot_id: moved.hospital_appointment_slot_id,
        });
      else await phone.post("book", wanted);
      done.value = moved ? t.both("moved") : t.both("booked");
      moving.value = undefined;
      go("");
    });
  return (
    <>
      <Heading>{t(moved ? "check_move" : "check")}</Heading>
      <div class="card check">
        <h2>
          {longDate(date, lang.value)}
          <b>{timeSpan(schedule.time_start, schedule.time_finish, lang.value)}</b>
        </h2>
        <p lang="th">
          <b>{name}</b>
          <br />
          {schedule.department_name}
          {isThai() ? " " : " · "}
          {schedule.room_name}
        </p>
      </div>
      <Failed failure={failure} />
      <button type="button" class="primary wide" disabled={busy || !name} onClick={save}>
        <Icon name="tick" /> {t(moved ? "move" : "book")}
      </button>
    </>
  );
}
