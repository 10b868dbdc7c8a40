/** What a new hospital does in its first hour, in order, with ticks for what is done. */
import type { TodayOverview } from "../api/types";
import { addDays, type IsoDate } from "../dates";
import { words } from "../i18n";
import { useLoaded } from "../load";
import { mayOpen, screenAt } from "../menu";
import { href } from "../route";
import { api } from "../session";
import { Failed } from "../ui/failed";

const t = words({
  title: ["เริ่มใช้งาน", "First steps"],
  about: ["ทำตามลำดับ แต่ละขั้นใช้เวลาไม่กี่นาที", "In this order; each step takes a few minutes."],
  departments: ["เปิดแผนก", "Open the departments"],
  rooms: ["เพิ่มห้องตรวจของแต่ละแผนก", "Add the rooms of each department"],
  periods: ["ตั้งช่วงเวลา (ช่วงมาตรฐาน 08.00–16.00 น. กดครั้งเดียว)", "Set the periods (the standard ones, 08:00–16:00, in one press)"],
  schedules: ["เปิดตารางนัดหมาย", "Open schedules"],
  day: ["จองทดสอบหนึ่งคิว แล้วยกเลิก", "Book a place to try it, then cancel it"],
  done: ["เสร็จแล้ว", "done"],
  next: ["ขั้นต่อไป", "next"],
  no_role: ["บัญชีนี้ไม่มีสิทธิ์", "not with this account"],
});

/** Whether anybody has booked since the month before, though nobody holds a place now: the steps are behind. */
async function hasBegun(date: IsoDate): Promise<boolean> {
  const months = new Set([addDays(`${date.slice(0, 8)}01`, -1), date, addDays(date, 14)].map((day) => day.slice(0, 7)));
  const figures = [...months].map((month) =>
    api.get("/api/dashboard/figures", { query: { year: Number(month.slice(0, 4)), month: Number(month.slice(5)) } }),
  );
  return (await Promise.all(figures)).some(({ departments }) => departments.some(({ taken }) => taken > 0));
}

/** For a hospital in whose overview nobody has booked. They follow what is done in another tab. */
export function FirstSteps({ overview }: { overview: TodayOverview }) {
  const lists = useLoaded(
    () =>
      Promise.all([
        api.get("/api/dashboard/departments"),
        api.get("/api/dashboard/rooms"),
        api.get("/api/dashboard/periods"),
        hasBegun(overview.date),
      ]),
    [],
    { every: 60 },
  );
  const [departments, rooms, periods, begun] = lists.data ?? [];
  if (begun ?? !lists.failure) return null;
  const open = overview.days.find(({ places }) => places > 0);
  const steps = [
    { path: "departments", done: departments?.length },
    { path: "rooms", done: rooms?.length },
    { path: "periods", done: periods?.length },
    { path: "schedules", done: open },
    { path: "day", done: false, params: { date: open?.date ?? overview.date } },
  ] as const;
  const next = lists.data && steps.find(({ done }) => !done);
  return (
    <section aria-labelledby="first-steps">
      <h2 id="first-steps">{t("title")}</h2>
      <p>{t("about")}</p>
      <Failed failure={lists.failure} again={lists.reload} />
      <ol class="first-steps">
        {steps.map((step) => (
          <li key={step.path} class={step === next ? "next" : undefined}>
            <span class="tick" aria-hidden="true">
              {step.done ? "✓" : ""}
            </span>
            {mayOpen(screenAt(step.path)!) ? (
              <a href={href(step.path, "params" in step ? step.params : {})}>{t(step.path)}</a>
            ) : (
              <span>
                {t(step.path)} <small>({t("no_role")})</small>
              </span>
            )}
            {step.done ? <small class="good">{t("done")}</small> : step === next && <small>{t("next")}</small>}
          </li>
        ))}
      </ol>
    </section>
  );
}
