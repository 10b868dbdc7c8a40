/** Manual 2, figure 7: Welcome; the hospital, the person's roles, today's figures. */
import { longDate, today } from "../dates";
import { lang, number, translate, words, type Bilingual } from "../i18n";
import { useLoaded } from "../load";
import { roleName, levelName } from "../roles";
import { href } from "../route";
import { api, caller, may } from "../session";
import { Failed } from "../ui/failed";

const t = words({
  today: ["วันนี้ {date}", "Today, {date}"],
  places: ["Slot ทั้งหมด", "Places"],
  booked: ["จองแล้ว", "Booked"],
  accepted: ["รับนัดแล้ว", "Accepted"],
  open_today: ["เปิดรายการจองของวันนี้", "Open today's bookings"],
  work: ["เมนูงาน", "Your work"],
  roles: ["สิทธิ์ของท่าน", "Your roles"],
  no_roles: [
    "บัญชีนี้ยังไม่มีสิทธิ์ใช้งาน ขอสิทธิ์ได้จากผู้ดูแลรหัส Login ของหน่วยบริการ",
    "This account has no role yet. Ask your hospital's login administrator.",
  ],
});

/** work: the screens that this person may open, in the order of the menu. */
export default function Welcome({ work }: { work: { path: string; title: Bilingual }[] }) {
  const dashboard = may("APPOINTMENT_DASHBOARD");
  const figures = useLoaded(() => api.get("/api/dashboard/Welcome"), [], { every: 30, when: dashboard });
  const { hospital_name, hospital_code, name, roles } = caller.value!;
  const { date = today(), places, booked, accepted } = figures.data?.today ?? {};
  return (
    <>
      <p class="lead">
        {name} · {hospital_name} <small>({hospital_code})</small>
      </p>
      {dashboard && (
        <section aria-labelledby="today">
          <h2 id="today">{t("today", { date: longDate(date, lang.value).replace(/^วัน/, "") })}</h2>
          <Failed failure={figures.failure} again={figures.reload} />
          <dl class="figures">
            {([["places", places], ["booked", booked], ["accepted", accepted]] as const).map(([key, figure]) => (
              <div key={key}>
                <dt>{t(key)}</dt>
                <dd>{figure === undefined ? "…" : number(figure)}</dd>
              </div>
            ))}
          </dl>
          <p>
            <a href={href("day", { date })}>{t("open_today")}</a>
          </p>
        </section>
      )}
      <section aria-labelledby="work">
        <h2 id="work">{t("work")}</h2>
        <ul class="work">
          {work
            .filter(({ path }) => path !== "")
            .map(({ path, title }) => (
              <li key={path}>
                <a href={href(path)}>{translate(title)}</a>
              </li>
            ))}
        </ul>
      </section>
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
