/** The figures of a month: each department, and each weekday and hour; as charts, as tables and as CSV. */
import type { MonthOfFigures } from "../api/types";
import { csv, download } from "../csv";
import { mediumDate, monthAfter, monthTitle, shortDate, today, weekdays } from "../dates";
import { lang, number, words } from "../i18n";
import { useLoaded } from "../load";
import { choose, route } from "../route";
import { api } from "../session";
import { Bar, Legend } from "../ui/bar";
import { DateWalk } from "../ui/date-walk";
import { Failed } from "../ui/failed";
import { monthWords } from "../ui/month";
import { Table, type Column } from "../ui/table";
import { word } from "../words";

const t = words({
  csv: ["ดาวน์โหลด CSV", "Download CSV"],
  departments: ["แผนก {month}", "Departments, {month}"],
  empty: ["เดือนนี้ไม่มีตารางนัดหมาย", "There is no schedule in this month"],
  total: ["รวม", "Total"],
  removed: ["แผนกที่ลบแล้ว ({id})", "A removed department ({id})"],
  places: ["Slot", "Places"],
  booked: ["จอง", "Booked"],
  fill: ["เต็ม %", "Full %"],
  accepted: ["รับนัด", "Accepted"],
  cancelled: ["ยกเลิกก่อนวันนัด", "Cancelled before"],
  cancelled_late: ["ยกเลิกในวันนัด", "Cancelled on the day"],
  moved: ["เลื่อน", "Moved"],
  lead: ["จองล่วงหน้า (วัน)", "Lead time (days)"],
  visits: ["วันรับบริการ", "Day of the visit"],
  arrived: ["มาถึง", "Arrived"],
  served: ["รับบริการ", "Served"],
  absent: ["ไม่มา", "Absent"],
  not_known: ["ไม่ทราบผล", "Not known"],
  wait: ["รอเฉลี่ย (นาที)", "Mean wait (minutes)"],
  next_free: ["ว่างเร็วที่สุด", "Next free day"],
  none_free: ["ไม่มีใน 62 วัน", "none in 62 days"],
  over: ["–", "–"],
  about: [
    "Slot ที่ปิดนับเฉพาะที่ยังมีคน จองล่วงหน้าคือจำนวนวันเฉลี่ยจากวันที่จองหรือเลื่อนถึงวันนัด",
    "Of closed schedules, places with people count. Lead time: days from booking or moving to the day, on average.",
  ],
  hours: ["แต่ละวันและชั่วโมง", "Weekdays and hours"],
  hours_about: [
    "ร้อยละของ Slot ที่มีคนจอง ตามชั่วโมงที่เริ่ม ช่องว่างคือไม่เปิด",
    "Percent of places booked, by the hour of the start. An empty cell was not open.",
  ],
  hours_table: ["ตารางของแต่ละวันและชั่วโมง", "Table of weekdays and hours"],
  as_table: ["ดูเป็นตาราง", "As a table"],
  weekday: ["วัน", "Weekday"],
  hour: ["เริ่มเวลา", "Starts at"],
});

type Department = MonthOfFigures["departments"][number];
type Hour = MonthOfFigures["hours"][number];

const share = (part: number, of: number): number => (of ? Math.round((100 * part) / of) : 0);
const lead = ({ lead_days, taken }: Department): string => (taken ? (lead_days / taken).toFixed(1) : "");
const wait = ({ wait_minutes, called }: Department): string => (called ? String(Math.round(wait_minutes / called)) : "");
const VISITS = ["arrived", "served", "absent", "not_known"] as const;
const FIGURES = ["places", "booked", "accepted", "cancelled", "cancelled_late", "moved"] as const;
const clockOf = (hour: number): string => `${String(hour).padStart(2, "0")}:00`;
/** The name of an ISO weekday: Monday is 1. */
const dayName = (weekday: number): string => weekdays(lang.value)[weekday % 7]!.name;

export default function Figures() {
  const shown = route.value.params.month ?? today().slice(0, 7);
  const [year, month] = shown.split("-").map(Number) as [number, number];
  const figures = useLoaded(() => api.get("/api/dashboard/figures", { query: { year, month } }), [year, month]);
  const walk = (by: number) => {
    const to = monthAfter(year, month, by);
    choose({ month: `${to.year}-${String(to.month).padStart(2, "0")}` });
  };
  const title = monthTitle(year, month, lang.value);
  const isOver = shown < today().slice(0, 7);
  const columns = columnsOf(isOver);
  const rows = figures.data && withTotal(figures.data.departments);
  const save = () => download(`figures-${shown}.csv`, asCsv(rows!, figures.data!.hours));
  return (
    <>
      <div class="toolbar months">
        <DateWalk before={monthWords("before")} after={monthWords("after")} onWalk={walk}>
          <b aria-live="polite">{title}</b>
        </DateWalk>
        <button type="button" disabled={!rows?.length} onClick={save}>
          {t("csv")}
        </button>
      </div>
      <Failed failure={figures.failure} again={figures.reload} />
      <section>
        <Table
          caption={t("departments", { month: title })}
          rows={rows}
          failed={figures.failure}
          rowKey={(row) => row.department_id}
          rowClass={rowClass}
          empty={t("empty")}
          columns={columns}
        />
        <p class="hint">{t("about")}</p>
        <Legend />
      </section>
      {rows?.some((row) => row.arrived + row.absent) && (
        <section>
          <Table
            caption={t("visits")}
            rows={rows}
            rowKey={(row) => row.department_id}
            rowClass={rowClass}
            empty=""
            columns={[
              { title: word("department"), kind: "name", cell: name },
              ...VISITS.map(figure),
              { title: t("wait"), kind: "figure", cell: (row) => wait(row) || t("over") },
            ]}
          />
        </section>
      )}
      {figures.data && figures.data.hours.length > 0 && <Hours hours={figures.data.hours} />}
    </>
  );
}

const rowClass = ({ department_id }: Department) => (department_id ? undefined : "together");
const name = ({ department_id, name }: Department): string =>
  department_id ? name || t("removed", { id: department_id }) : t("total");

/** The departments and, if there are several, all of them together as department 0. */
function withTotal(departments: Department[]): Department[] {
  if (departments.length < 2) return departments;
  const total = { ...departments[0]!, department_id: 0, name: "", next_free: "" };
  for (const key of [...FIGURES, ...VISITS, "taken", "lead_days", "called", "wait_minutes"] as const)
    total[key] = departments.reduce((sum, department) => sum + department[key], 0);
  return [...departments, total];
}

const figure = (key: (typeof FIGURES | typeof VISITS)[number]) => ({
  title: t(key),
  kind: "figure" as const,
  cell: (row: Department) => number(row[key]),
});

function columnsOf(isOver: boolean): Column<Department>[] {
  return [
    { title: word("department"), kind: "name", cell: name },
    figure("places"),
    figure("booked"),
    {
      title: t("fill"),
      cell: (row) => (
        <span class="bar-cell">
          <Bar {...row} />
          {share(row.booked, row.places)}%
        </span>
      ),
    },
    figure("accepted"),
    figure("cancelled"),
    figure("cancelled_late"),
    figure("moved"),
    { title: t("lead"), kind: "figure", cell: (row) => lead(row) || t("over") },
    {
      title: t("next_free"),
      kind: "whole",
      cell: ({ department_id, next_free }) =>
        next_free ? mediumDate(next_free, lang.value) : isOver || !department_id ? t("over") : t("none_free"),
    },
  ];
}

function asCsv(rows: Department[], hours: Hour[]): string {
  const titles = (["places", "booked", "fill", "accepted", "cancelled", "cancelled_late", "moved", "lead", "next_free", ...VISITS, "wait"] as const).map((key) => t(key));
  return csv([
    [word("department"), ...titles],
    ...rows.map((row) => [
      name(row),
      row.places,
      row.booked,
      share(row.booked, row.places),
      row.accepted,
      row.cancelled,
      row.cancelled_late,
      row.moved,
      lead(row),
      row.next_free ? shortDate(row.next_free, lang.value) : "",
      ...VISITS.map((key) => row[key]),
      wait(row),
    ]),
    [],
    [t("weekday"), t("hour"), t("places"), t("booked"), t("fill")],
    ...hours.map((row) => [
      dayName(row.weekday),
      clockOf(row.hour),
      row.places,
      row.booked,
      share(row.booked, row.places),
    ]),
  ]);
}

const CELL = { width: 64, height: 34, left: 96, top: 28 };

/** The heat map; the table behind it says the same. */
function Hours({ hours }: { hours: Hour[] }) {
  const columns = [...new Set(hours.map(({ hour }) => hour))].sort((a, b) => a - b);
  const days = [...new Set(hours.map(({ weekday }) => weekday))].sort((a, b) => a - b);
  const x = (hour: number) => CELL.left + columns.indexOf(hour) * CELL.width;
  const y = (weekday: number) => CELL.top + days.indexOf(weekday) * CELL.height;
  const [width, height] = [CELL.left + columns.length * CELL.width, CELL.top + days.length * CELL.height];
  return (
    <section>
      <h2 id="hours">{t("hours")}</h2>
      <p class="hint" id="hours-about">{t("hours_about")}</p>
      <div class="heat-frame" role="region" aria-labelledby="hours" tabIndex={0}>
        <svg class="heat" width={width} height={height} role="img" aria-labelledby="hours" aria-describedby="hours-about">
          {columns.map((hour) => (
            <text key={hour} x={x(hour) + CELL.width / 2} y={CELL.top - 9} text-anchor="middle">
              {clockOf(hour)}
            </text>
          ))}
          {days.map((weekday) => (
            <text key={weekday} x={0} y={y(weekday) + 22}>
              {dayName(weekday)}
            </text>
          ))}
          {hours.map(({ weekday, hour, places, booked }) => (
            <g key={`${weekday}-${hour}`}>
              <rect
                class="heat-cell"
                x={x(hour) + 1}
                y={y(weekday) + 1}
                width={CELL.width - 2}
                height={CELL.height - 2}
                fill-opacity={0.05 + (0.55 * share(booked, places)) / 100}
              />
              <text
                x={x(hour) + CELL.width / 2}
                y={y(weekday) + 22}
                text-anchor="middle"
              >
                {share(booked, places)}%
              </text>
            </g>
          ))}
        </svg>
      </div>
      <details>
        <summary>{t("as_table")}</summary>
        <Table
          caption={t("hours_table")}
          rows={hours}
          rowKey={(row) => `${row.weekday}-${row.hour}`}
          empty={t("empty")}
          columns={[
            { title: t("weekday"), cell: (row) => dayName(row.weekday) },
            { title: t("hour"), kind: "whole", cell: (row) => clockOf(row.hour) },
            { title: t("places"), kind: "figure", cell: (row) => number(row.places) },
            { title: t("booked"), kind: "figure", cell: (row) => number(row.booked) },
            { title: t("fill"), kind: "figure", cell: (row) => `${share(row.booked, row.places)}%` },
          ]}
        />
      </details>
    </section>
  );
}
