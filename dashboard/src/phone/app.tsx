/** The phone page that plays the Mor Prom app: three places, and at most one question at a time. */
import { useEffect, useState } from "preact/hooks";
import { connection } from "../api/connection";
import { failureOf } from "../api/failure";
import { isWrong } from "../clock";
import { dateTime } from "../dates";
import { lang, words } from "../i18n";
import { useLoaded } from "../load";
import { href, route } from "../route";
import { useSignals } from "../signal";
import { Questions } from "../ui/dialog";
import { LanguageSwitch } from "../ui/language";
import { Accesses } from "./accesses";
import { Choose, Introduce } from "./sign-in";
import { Find } from "./find-time";
import { Home } from "./home";
import { Icon } from "./icon";
import { leave, me, phone, start } from "./session";
import { Messages, OneMessage } from "./messages";
import type { Message } from "./calls";
import { loadedAt } from "./offline";

const t = words({
  app: ["หมอพร้อม", "Mor Prom"],
  demo: ["สาธิต", "demo"],
  wait: ["กำลังเปิด…", "Opening…"],
  leave: ["ออก", "Leave"],
  menu: ["เมนูหลัก", "Main menu"],
  home: ["นัดของฉัน", "Appointments"],
  find: ["จองนัด", "Book"],
  messages: ["ข่าวสาร", "News"],
  unread: ["{n} เรื่องยังไม่ได้อ่าน", "{n} unread"],
  offline: ["ไม่มีอินเทอร์เน็ต", "No internet"],
  kept: ["กำลังดูข้อมูลเมื่อ {at}", "Showing what was loaded on {at}"],
  clock: [
    "นาฬิกาของเครื่องนี้ไม่ตรง จึงแสดงวันตามเวลาของระบบ กรุณาตั้งวันและเวลาของเครื่องให้ตรง",
    "The clock of this phone is wrong, so days are shown by the system's time. Please set its date and time.",
  ],
  lost: ["กลับมาใช้ได้เองเมื่อมีสัญญาณ", "It will go on by itself once there is a signal."],
});

const EVERY_S = 15;

export function App() {
  useSignals();
  const who = me.value;
  useEffect(() => {
    document.documentElement.lang = lang.value;
    document.title = `${t("app")} (${t("demo")})`;
  }, [lang.value]);
  useEffect(() => {
    if (typeof who === "object") void phone.post("language", { language: lang.value }).catch(failureOf);
  }, [who, lang.value]);
  useEffect(
    () => connection.subscribe((state) => void (state === "online" && me.value === "away" && start())),
    [],
  );
  return (
    <>
      <header class="top">
        <p class="brand">
          <Icon name="heart" /> {t("app")} <small>{t("demo")}</small>
        </p>
        {/* in front of the languages, which would move when it appears */}
        {typeof who === "object" && (
          <button type="button" class="leave" onClick={leave}>
            {t("leave")}
          </button>
        )}
        <LanguageSwitch />
      </header>
      <Offline />
      <WrongClock />
      {who === undefined && (
        <main>
          <h1 class="waiting">{t("wait")}</h1>
        </main>
      )}
      {who === "nobody" && <Choose />}
      {typeof who === "object" && !who.known && <Introduce />}
      {(who === "away" || (typeof who === "object" && who.known)) && <Inside />}
      <Questions />
    </>
  );
}

function Offline() {
  if (connection.value === "online" && !loadedAt.value) return null;
  return (
    <div class="offline" role="status">
      <b>{t("offline")}</b> {loadedAt.value ? t("kept", { at: dateTime(loadedAt.value, lang.value) }) : t("lost")}
    </div>
  );
}

function WrongClock() {
  if (!isWrong()) return null;
  return (
    <div class="offline" role="status">
      {t("clock")}
    </div>
  );
}

function Inside() {
  const messages = useLoaded(() => phone.get("inbox"), ["inbox"], { every: EVERY_S });
  // Messages of later pages, which the inbox does not have. They go with this component when the session ends.
  const [earlier, setEarlier] = useState<Message[]>([]);
  const { path, params } = route.value;
  const unread = (messages.data ?? []).filter(({ read_at }) => !read_at).length;
  return (
    <>
      <main>
        {path === "find" ? (
          <Find />
        ) : path === "messages" ? (
          <Messages messages={messages} earlier={earlier} add={(page) => setEarlier((all) => [...all, ...page])} />
        ) : path === "message" ? (
          <OneMessage messages={messages} earlier={earlier} hospital={params.hospital ?? ""} id={Number(params.id)} />
        ) : path === "accesses" ? (
          <Accesses />
        ) : (
          <Home every={EVERY_S} />
        )}
      </main>
      <nav class="tabs" aria-label={t("menu")}>
        <Tab to="" mark="calendar" text={t("home")} current={!["find", "messages", "message"].includes(path)} />
        <Tab to="find" mark="plus" text={t("find")} current={path === "find"} />
        <Tab to="messages" mark="letter" text={t("messages")} current={path.startsWith("message")} count={unread} />
      </nav>
    </>
  );
}

interface TabProps {
  to: string;
  mark: "calendar" | "plus" | "letter";
  text: string;
  current: boolean;
  count?: number;
}

function Tab({ to, mark, text, current, count = 0 }: TabProps) {
  return (
    <a href={href(to)} aria-current={current ? "page" : undefined}>
      <Icon name={mark} />
      <span>{text}</span>
      {count > 0 && (
        <b class="count">
          <span aria-hidden="true">{count}</span>
          <span class="visually-hidden">{t("unread", { n: count })}</span>
        </b>
      )}
    </a>
  );
}
