/** Reminders of today's and tomorrow's appointments: due, sent, and not sent yet. */
import type { Reminders as Figures } from "../api/types";
import { mediumDate, today } from "../dates";
import { lang, number, words } from "../i18n";
import { useLoaded } from "../load";
import { href } from "../route";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { Table } from "../ui/table";
import { word } from "../words";

const t = words({
  about: [
    "ผู้มีนัดทุกคนได้รับข้อความเตือนหนึ่งครั้ง ตั้งแต่ 09:00 น. ของวันก่อนนัด",
    "Everybody with an appointment is reminded once, from 09:00 of the day before.",
  ],
  hours: ["ส่งเฉพาะเวลา {from}–{until} น.", "Sent between {from} and {until} only."],
  nothing: ["ยังไม่มีนัดที่ถึงเวลาเตือน", "No appointment is due for a reminder yet"],
  all_sent: ["ส่งครบแล้ว", "All have been sent"],
  night: [
    "นอกเวลาส่ง {n} ข้อความรอส่งตั้งแต่ {from} น.",
    "Outside the hours of sending; {n} wait until {from}.",
  ],
  waiting: [
    "รอส่ง {n} ข้อความในรอบถัดไปภายใน 15 นาที หากเกิน 30 นาทีแล้วยังไม่ลดลง ให้แจ้งผู้ดูแลระบบ",
    "Waiting for the next round, within 15 minutes: {n}. If not fewer in 30 minutes, tell your administrator.",
  ],
  caption: ["ข้อความเตือนนัด", "Reminders"],
  empty: ["ไม่มีข้อมูล", "Nothing"],
  day: ["วันนัด", "Day of the appointments"],
  today: ["วันนี้", "today"],
  due: ["ถึงเวลาเตือน", "Due"],
  sent: ["ส่งแล้ว", "Sent"],
  unsent: ["ยังไม่ได้ส่ง", "Not sent yet"],
  bookings: ["ดูรายการจอง", "See the bookings"],
});

/** What the figures mean, and what to do. */
function summary({ due, unsent, quiet, hour_start }: Figures): string {
  if (!due) return t("nothing");
  if (!unsent) return t("all_sent");
  return t(quiet ? "night" : "waiting", { n: number(unsent), from: hour(hour_start) });
}

const hour = (full: number): string => `${String(full).padStart(2, "0")}:00`;

export default function Reminders() {
  const figures = useLoaded(() => api.get("/api/dashboard/Reminders"), [], { every: 30 });
  const waits = Boolean(figures.data?.unsent);
  return (
    <>
      <p>
        {t("about")}{" "}
        {figures.data &&
          figures.data.hour_finish - figures.data.hour_start < 24 &&
          t("hours", { from: hour(figures.data.hour_start), until: hour(figures.data.hour_finish) })}
      </p>
      <div class="toolbar">
        <button type="button" class="primary" aria-busy={figures.loading} onClick={figures.reload}>
          {word("refresh")}
        </button>
      </div>
      <Failed failure={figures.failure} again={figures.reload} />
      <p role="status" class={waits ? "marked" : undefined}>
        {figures.data && <strong>{summary(figures.data)}</strong>}
      </p>
      <Table
        caption={t("caption")}
        rows={figures.data?.days}
        failed={figures.failure}
        rowKey={(day) => day.date}
        empty={t("empty")}
        columns={[
          {
            title: t("day"),
            kind: "whole",
            cell: (day) => `${mediumDate(day.date, lang.value)}${day.date === today() ? ` (${t("today")})` : ""}`,
          },
          { title: t("due"), kind: "figure", cell: (day) => number(day.due) },
          { title: t("sent"), kind: "figure", cell: (day) => number(day.sent) },
          { title: t("unsent"), kind: "figure", cell: (day) => <b>{number(day.unsent)}</b> },
          {
            title: word("task"),
            kind: "actions",
            cell: (day) => (
              <a class="button" href={href("day", { date: day.date })}>
                {t("bookings")} <span class="visually-hidden">{mediumDate(day.date, lang.value)}</span>
              </a>
            ),
          },
        ]}
      />
    </>
  );
}
