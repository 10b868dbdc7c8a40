/** Announcements of hospitals and notices about appointments; opening a message marks it as read. */
import { useEffect, useRef } from "preact/hooks";
import { dateTime } from "../dates";
import { lang, words } from "../i18n";
import { useAction, type Loaded } from "../load";
import { go, href } from "../route";
import { Failed } from "../ui/failed";
import { Heading } from "./heading";
import { Mark } from "./mark";
import { phone } from "./me";
import type { Message } from "./calls";

const t = words({
  title: ["ข่าวสาร", "News"],
  none: ["ยังไม่มีข่าวสาร", "There is no news yet"],
  unread: ["ยังไม่ได้อ่าน", "unread"],
  about: ["เรื่องนัดของท่าน", "About your appointment"],
  news: ["ประกาศ", "Announcement"],
  back: ["ข่าวสารทั้งหมด", "All news"],
  to_appointments: ["ดูนัดของฉัน", "See my appointments"],
  links: [
    "ประกาศนี้มีลิงก์ไปเว็บไซต์อื่น เปิดเฉพาะที่ท่านรู้จัก และอย่าให้รหัสผ่านหรือเลขบัญชี",
    "This announcement has links to other websites. Open only what you know, and give away no password or account number.",
  ],
  read_at: ["อ่านเมื่อ {at}", "Read {at}"],
  gone: ["ไม่พบข้อความนี้", "This message is not there"],
});

const LINK = /https?:\/\//i;

export function Messages({ messages }: { messages: Loaded<Message[]> }) {
  return (
    <>
      <Heading>{t("title")}</Heading>
      <Failed failure={messages.data ? undefined : messages.failure} again={messages.reload} />
      {messages.data?.length === 0 && <p class="card">{t("none")}</p>}
      <ul class="list messages">
        {messages.data?.map((message) => (
          <li key={`${message.hospital_code}-${message.message_id}`}>
            <a href={href("message", { hospital: message.hospital_code, id: message.message_id })} class={message.read_at ? "" : "new"}>
              <Mark name={message.kind ? "calendar" : "letter"} />
              <span>
                {!message.read_at && <em>{t("unread")}</em>} <b>{message.message_title}</b>
                <small>
                  <span lang="th">{message.hospital_name}</span> · {dateTime(message.sent_at, lang.value)}
                </small>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

interface OneProps {
  messages: Loaded<Message[]>;
  hospital: string;
  id: number;
}

export function OneMessage({ messages, hospital, id }: OneProps) {
  const { failure, run } = useAction();
  const reported = useRef("");
  const message = messages.data?.find((message) => message.hospital_code === hospital && message.message_id === id);
  const unread = message !== undefined && !message.read_at;
  useEffect(() => {
    const which = `${hospital}-${id}`;
    if (!unread || reported.current === which) return;
    reported.current = which;
    void run(async () => {
      const { read_at } = await phone.post("read", { hospital_code: hospital, message_id: id });
      messages.change((all) =>
        all.map((message) =>
          message.hospital_code === hospital && message.message_id === id ? { ...message, read_at } : message,
        ),
      );
    });
  }, [unread, hospital, id]);
  return (
    <>
      <button type="button" class="back" onClick={() => go("messages")}>
        <Mark name="back" /> {t("back")}
      </button>
      {messages.data && !message && <Heading>{t("gone")}</Heading>}
      {message && (
        <>
          <Heading>{message.message_title}</Heading>
          <article class="card message">
            <p class="from">
              <span lang="th">{message.hospital_name}</span> · {t(message.kind ? "about" : "news")}
              <br />
              {dateTime(message.sent_at, lang.value)}
            </p>
            <p class="text">{message.message_content_text}</p>
            {!message.kind && LINK.test(message.message_content_text) && <p class="small-print">{t("links")}</p>}
            {message.read_at && <p class="small-print">{t("read_at", { at: dateTime(message.read_at, lang.value) })}</p>}
          </article>
          {message.kind && (
            <a class="button wide" href={href("")}>
              {t("to_appointments")}
            </a>
          )}
        </>
      )}
      <Failed failure={failure ?? (messages.data ? undefined : messages.failure)} again={messages.reload} />
    </>
  );
}
