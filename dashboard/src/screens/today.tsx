/** Manual 2, figure 7 (Welcome): today by room and hour, what waits for somebody, the days ahead; for a login
 * administrator, the hospital's staff. */
import { useState } from "preact/hooks";
import type { TodayOverview } from "../api/types";
import { addDays, longDate, mediumDate, weekdays, today } from "../dates";
import { lang, number, words } from "../i18n";
import { useLoaded } from "../load";
import { roleName, levelName } from "../roles";
import { href } from "../route";
import { api, caller, may } from "../session";
import { Bar, BarCell, Legend } from "../ui/bar";
import { Failed } from "../ui/failed";
import { SelectField } from "../ui/field";
import { Table } from "../ui/table";
import { word } from "../words";
import { FirstSteps } from "./first-steps";
import { Province } from "./province";

const t = words({
  places: ["Slot ทั้งหมด", "Places"],
  booked: ["จองแล้ว", "Booked"],
  accepted: ["รับนัดแล้ว", "Accepted"],
  today: ["วันนี้ {date}", "Today, {date}"],
  open_today: ["เปิดรายการจองของวันนี้", "Open today's bookings"],
  rooms: ["ห้องตรวจรายชั่วโมง", "Rooms by the hour"],
  whole_day: ["ทั้งวัน", "Whole day"],
  no_rooms: ["วันนี้ไม่มีตารางนัดหมาย", "There is no schedule today"],
  nothing_open: [
    "วันนี้และอีก 14 วันข้างหน้ายังไม่มีตารางนัดหมาย",
    "No schedule is open today, or in the 14 days ahead",
  ],
  waits: ["รอดำเนินการ", "Waiting for you"],
  waits_today: ["รอรับนัดวันนี้", "Not accepted, today"],
  waits_later: ["รอรับนัดตั้งแต่ {date}", "Not accepted, from {date} on"],
  in_closed: ["ผู้ที่จองไว้ในตารางที่ปิดแล้ว ตั้งแต่ {date}", "Booked in closed schedules, from {date} on"],
  nothing_waits: ["ไม่มีรายการที่รอรับนัด และไม่มีผู้ที่จองไว้ในตารางที่ปิดแล้ว", "Everybody is accepted, and nobody is booked in a closed schedule"],
  reminders: ["ดูการเตือนนัด", "See the reminders"],
  ahead: ["14 วันข้างหน้า", "14 days ahead"],
  not_open: ["ไม่เปิด", "not open"],
  to_accept: ["รอรับนัด {n}", "{n} to accept"],
  staff: ["เจ้าหน้าที่ของหน่วยบริการ", "The hospital's staff"],
  accounts: ["บัญชี", "Accounts"],
  first_password: ["ยังไม่เปลี่ยนรหัสผ่านครั้งแรก", "First password not changed"],
  no_role: ["ยังไม่มีสิทธิ์", "Without a role"],
  inactive: ["ระงับ", "Deactivated"],
  locked: ["ถูกล็อก", "Locked"],
  only_you: ["มีเพียงบัญชีของท่าน", "There is no account but yours."],
  add_first: ["เพิ่มเจ้าหน้าที่คนแรก", "Add the first clerk"],
  open_staff: ["เปิดรายชื่อเจ้าหน้าที่", "Open the list of staff"],
  roles: ["สิทธิ์ของท่าน", "Your roles"],
  no_roles: [
    "บัญชีนี้ยังไม่มีสิทธิ์ใช้งาน ขอสิทธิ์ได้จากผู้ดูแลรหัส Login ของหน่วยบริการ",
    "This account has no role yet. Ask your hospital's login administrator.",
  ],
});

const SEE_OVERVIEW = ["APPOINTMENT_DASHBOARD", "IMMUNIZATION_SLOT", "IMMUNIZATION_SLOT_MANAGER"];
const SEE_PROVINCE = [...SEE_OVERVIEW, "ACCOUNT_ADMIN"];
const PROVINCE = 3;
/** Who opens departments, rooms and schedules. */
const SETS_UP = ["APPOINTMENT_DASHBOARD", "IMMUNIZATION_SLOT_MANAGER"];
const DAYS_AHEAD = 14;
const MOST_ACCOUNTS = 200;
/** So many rooms are seen without a filter. */
const FEW_ROOMS = 8;

type Room = TodayOverview["rooms"][number];
type Day = TodayOverview["days"][number];

/** Where a day is worked on, by what this person may open. */
const dayHref = (date: string, room?: number): string =>
  href(may("APPOINTMENT_DASHBOARD") ? "day" : "schedules", { date, room });

const sum = <T,>(rows: T[], of: (row: T) => number): number => rows.reduce((total, row) => total + of(row), 0);
const toAccept = ({ booked, accepted }: { booked: number; accepted: number }): number => Math.max(0, booked - accepted);

export default function Today() {
  const seesOverview = SEE_OVERVIEW.some(may);
  const overview = useLoaded(() => api.get("/api/dashboard/today"), [], { every: 30, when: seesOverview });
  const { hospital_name, hospital_code, name, roles } = caller.value!;
  return (
    <>
      <p class="lead">
        {name} · {hospital_name} <small>({hospital_code})</small>
      </p>
      {seesOverview && <Failed failure={overview.failure} again={overview.reload} />}
      {seesOverview && !overview.data && !overview.failure && <p class="loading">{word("loading")}</p>}
      {overview.data && <Overview overview={overview.data} />}
      {may("ACCOUNT_ADMIN") && <Staff />}
      {roles.map((role) => role.split(":")).some(([code, level]) => SEE_PROVINCE.includes(code!) && Number(level) >= PROVINCE) && <Province />}
      <section aria-labelledby="roles">
        <h2 id="roles">{t("roles")}</h2>
        {roles.length === 0 && <p>{t("no_roles")}</p>}
        <ul class="roles">
          {roles.map((role) => {
            const [code = "", level = ""] = role.split(":");
            return (
              <li key={role}>
                {roleName(code)} <small>{code} · {levelName(Number(level))}</small>
              </li>
            );
          })}
        </ul>
      </section>
    </>
  );
}

function Overview({ overview }: { overview: TodayOverview }) {
  const hours = overview.rooms.flatMap((room) => room.hours);
  const totals = (["places", "booked", "accepted"] as const).map((key) => [key, sum(hours, (hour) => hour[key])] as const);
  const hasBookings = overview.days.some(({ booked, held_in_closed }) => booked > 0 || held_in_closed > 0);
  const nothingOpen = !overview.rooms.length && !overview.days.length;
  return (
    <>
      <section aria-labelledby="today">
        <h2 id="today">{t("today", { date: longDate(overview.date, lang.value).replace(/^วัน/, "") })}</h2>
        <dl class="figures">
          {totals.map(([key, figure]) => (
            <div key={key}>
              <dt>{t(key)}</dt>
              <dd>{number(figure)}</dd>
            </div>
          ))}
        </dl>
        {nothingOpen ? <p class="pick">{t("nothing_open")}</p> : <p><a href={dayHref(overview.date)}>{t("open_today")}</a></p>}
      </section>
      {!hasBookings && SETS_UP.some(may) && <FirstSteps overview={overview} />}
      {!nothingOpen && (
        <>
          <Waiting overview={overview} />
          <Ahead days={overview.days} />
          <Rooms rooms={overview.rooms} date={overview.date} />
        </>
      )}
    </>
  );
}

function Waiting({ overview: { date, days } }: { overview: TodayOverview }) {
  const [now, later] = [days.filter((day) => day.date === date), days.filter((day) => day.date > date)];
  const lines = [
    { days: now, of: toAccept, text: (_: string) => t("waits_today") },
    { days: later, of: toAccept, text: (from: string) => t("waits_later", { date: from }) },
    { days, of: (day: Day) => day.held_in_closed, text: (from: string) => t("in_closed", { date: from }) },
  ].flatMap(({ days, of, text }) => {
    const first = days.find((day) => of(day) > 0);
    return first ? [{ first: first.date, text: text(mediumDate(first.date, lang.value)), count: sum(days, of) }] : [];
  });
  return (
    <section aria-labelledby="waits">
      <h2 id="waits">{t("waits")}</h2>
      {lines.length === 0 && <p>{t("nothing_waits")}</p>}
      <ul class="waits">
        {lines.map(({ first, text, count }) => (
          <li key={text}>
            <a href={dayHref(first)}>
              <b>{number(count)}</b> {text}
            </a>
          </li>
        ))}
      </ul>
      {may("APPOINTMENT_DASHBOARD") && (
        <p>
          <a href={href("reminders")}>{t("reminders")}</a>
        </p>
      )}
    </section>
  );
}

function Rooms({ rooms: all, date }: { rooms: Room[]; date: string }) {
  const [chosen, setDepartment] = useState("");
  const departments = [...new Set(all.map((room) => room.department_name))];
  const department = departments.includes(chosen) ? chosen : ""; // it may be gone after a refresh
  const rooms = department ? all.filter((room) => room.department_name === department) : all;
  const hours = [...new Set(rooms.flatMap((room) => room.hours.map(({ hour }) => hour)))].sort((a, b) => a - b);
  const whole = (room: Room) => ({
    places: sum(room.hours, (hour) => hour.places),
    booked: sum(room.hours, (hour) => hour.booked),
    accepted: sum(room.hours, (hour) => hour.accepted),
  });
  return (
    <section class="rooms">
      <h2>{t("rooms")}</h2>
      {departments.length > 1 && all.length > FEW_ROOMS && (
        <div class="toolbar">
          <SelectField
            label={word("department")}
            value={department}
            onValue={setDepartment}
            blank={word("all_departments")}
            options={departments.map((name) => ({ value: name, text: name }))}
          />
        </div>
      )}
      <Table
        caption={t("rooms")}
        rows={rooms}
        rowKey={(room) => room.room_id}
        empty={t("no_rooms")}
        columns={[
          {
            title: word("room"),
            kind: "name",
            cell: (room) => (
              <>
                <a href={dayHref(date, room.room_id)}>{room.room_name}</a>
                <br />
                <small>{room.department_name}</small>
              </>
            ),
          },
          ...hours.map((hour) => ({
            title: `${String(hour).padStart(2, "0")}:00`,
            cell: (room: Room) => {
              const bar = room.hours.find((each) => each.hour === hour);
              return bar && <BarCell {...bar} />;
            },
          })),
          { title: t("whole_day"), cell: (room) => <BarCell {...whole(room)} /> },
        ]}
      />
    </section>
  );
}

function Ahead({ days }: { days: Day[] }) {
  const byDate = new Map(days.map((day) => [day.date, day]));
  const coming = Array.from({ length: DAYS_AHEAD }, (_, n) => addDays(today(), n + 1));
  return (
    <section aria-labelledby="ahead">
      <h2 id="ahead">{t("ahead")}</h2>
      <Legend />
      <ol class="ahead">
        {coming.map((date) => (
          <li key={date}>
            <AheadDay date={date} day={byDate.get(date)} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function AheadDay({ date, day }: { date: string; day: Day | undefined }) {
  const sign = weekdays(lang.value)[new Date(`${date}T00:00:00Z`).getUTCDay()]!.sign;
  const title = (
    <>
      <span class="visually-hidden">{mediumDate(date, lang.value)}</span>
      <span aria-hidden="true">
        {sign} <b>{Number(date.slice(8))}</b>
      </span>
    </>
  );
  if (!day) return <span class="ahead-day none">{title} <small>{t("not_open")}</small></span>; // prettier-ignore
  const free = day.places - day.booked;
  return (
    <a class="ahead-day" href={dayHref(date)}>
      {title}
      <Bar {...day} />
      {(day.places > 0 || !day.held_in_closed) && <small>{free > 0 ? word("free_places", { n: number(free) }) : word("full")}</small>}
      {toAccept(day) > 0 && <small>{t("to_accept", { n: number(toAccept(day)) })}</small>}
      {day.held_in_closed > 0 && <small class="closed">{word("closed_people", { n: number(day.held_in_closed) })}</small>}
    </a>
  );
}

function Staff() {
  const hospital_code = caller.value!.hospital_code;
  const list = useLoaded(
    () =>
      api.post("/api/accounts/hospitals/{hospital_code}/account-search", {
        path: { hospital_code },
        body: { search: "", limit: MOST_ACCOUNTS },
      }),
    [hospital_code],
  );
  const accounts = list.data?.accounts ?? [];
  const total = list.data?.total ?? 0;
  // Counted among the accounts that were loaded.
  const more = total > accounts.length ? "+" : "";
  const count = (of: (account: (typeof accounts)[number]) => boolean) => number(accounts.filter(of).length) + more;
  const figures = [
    ["accounts", number(total)],
    ["first_password", count((account) => account.active && account.must_change_password)],
    ["no_role", count((account) => account.active && !account.effective_roles.length)],
    ["inactive", count((account) => !account.active)],
    ["locked", list.data?.locked ? <a href={href("hospital", { code: hospital_code, locked: 1 })} aria-label={`${t("locked")} ${list.data.locked}`}>{number(list.data.locked)}</a> : 0],
  ] as const;
  return (
    <section aria-labelledby="staff">
      <h2 id="staff">{t("staff")}</h2>
      <Failed failure={list.failure} again={list.reload} />
      <dl class="figures">
        {figures.map(([key, figure]) => (
          <div key={key}>
            <dt>{t(key)}</dt>
            <dd>{list.data ? figure : "…"}</dd>
          </div>
        ))}
      </dl>
      {list.data && total <= 1 && (
        <p class="marked">
          {t("only_you")} <a href={href("hospital", { code: hospital_code, add: "account" })}>{t("add_first")}</a>
        </p>
      )}
      <p>
        <a href={href("hospital", { code: hospital_code })}>{t("open_staff")}</a>
      </p>
    </section>
  );
}
