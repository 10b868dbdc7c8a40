/** Announcements of hospitals and notices about one's appointments; opening one says that it was read. */
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
  read_at: ["อ่านเมื่อ {at}", "Read {at}"],
  gone: ["ไม่พบข้อความนี้", "This message is not there"],
});

export function Messages({ messages }: { messages: Loaded<Message[]> }) {
  return (
    <>
      <Heading>{t("title")}</Heading>
      <Failed failure={messages.data ? undefined : messages.failure} again={messages.reload} />
      {messages.data?.length === 0 && <p class="card">{t("none")}</p>}
      <ul class="list messages">
        {messages.data?.map((one) => (
          <li key={`${one.hospital_code}-${one.message_id}`}>
            <a href={href("message", { hospital: one.hospital_code, id: one.message_id })} class={one.read_at ? "" : "new"}>
              <Mark name={one.kind ? "calendar" : "letter"} />
              <span>
                {!one.read_at && <em>{t("unread")}</em>} <b>{one.message_title}</b>
                <small>
                  <span lang="th">{one.hospital_name}</span> · {dateTime(one.sent_at, lang.value)}
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
  const one = messages.data?.find((message) => message.hospital_code === hospital && message.message_id === id);
  const unread = one !== undefined && !one.read_at;
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
      {messages.data && !one && <Heading>{t("gone")}</Heading>}
      {one && (
        <>
          <Heading>{one.message_title}</Heading>
          <article class="card message">
            <p class="from">
              <span lang="th">{one.hospital_name}</span> · {t(one.kind ? "about" : "news")}
              <br />
              {dateTime(one.sent_at, lang.value)}
            </p>
            <p class="text">{one.message_content_text}</p>
            {one.read_at && <p class="small-print">{t("read_at", { at: dateTime(one.read_at, lang.value) })}</p>}
          </article>
          {one.kind && (
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
