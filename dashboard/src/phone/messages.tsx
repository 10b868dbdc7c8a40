/** Announcements of hospitals and notices about appointments; opening a message marks it as read. */
import { useEffect, useRef, useState } from "preact/hooks";
import { dateTime } from "../dates";
import { isThai, lang, words } from "../i18n";
import { useAction, useLoaded, type Loaded } from "../load";
import { go, href } from "../route";
import { Failed } from "../ui/failed";
import { Heading } from "./heading";
import { Icon } from "./icon";
import { phone } from "./session";
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
  notices: ["เรื่องนัดของท่าน", "About your appointments"],
  announcements: ["ประกาศของหน่วยบริการ", "Announcements of hospitals"],
  more: ["ดูเรื่องก่อนหน้านี้", "Show earlier ones"],
  senders: ["รับประกาศจาก", "Get announcements from"],
  always: [
    "เรื่องนัดของท่าน (จองแล้ว เลื่อน ยกเลิก เตือน) ส่งถึงท่านเสมอ",
    "What concerns your own appointments (booked, moved, cancelled, reminders) is always sent.",
  ],
  gone: ["ไม่พบข้อความนี้", "This message is not there"],
});

/** What a notice is about, for a page in another language than that in which the notice was written. */
const subject = words({
  booked: ["จองนัดเรียบร้อยแล้ว", "Your appointment is booked"],
  accepted: ["โรงพยาบาลรับนัดของท่านแล้ว", "The hospital has accepted your appointment"],
  restored: ["นัดของท่านกลับเป็นเวลาเดิม", "Your appointment is back at its first time"],
  rejected: ["นัดของท่านกลับไปรอโรงพยาบาลรับนัด", "Your appointment waits for the hospital's acceptance again"],
  moved: ["โรงพยาบาลเลื่อนนัดของท่าน", "The hospital has moved your appointment"],
  cancelled: ["โรงพยาบาลยกเลิกนัดของท่าน", "The hospital has cancelled your appointment"],
  reminder: ["เตือนนัดของท่าน", "Reminder of your appointment"],
  confirm: ["กรุณายืนยันว่าจะมา", "Please confirm that you will come"],
  released: ["นัดถูกยกเลิก เพราะไม่ได้ยืนยัน", "Cancelled: it was not confirmed"],
  given_back: ["โรงพยาบาลคืนนัดให้ท่านแล้ว", "Your appointment is given back"],
  near: ["ใกล้ถึงคิวของท่านแล้ว", "It is almost your turn"],
});

const isWrittenInThai = (text: string): boolean => /[ก-๙]/.test(text);

const titleOf = ({ kind, message_title }: Message): string =>
  !kind || isWrittenInThai(message_title) === isThai() ? message_title : subject.named(kind);

const LINK = /https?:\/\//i;

type Kind = "notices" | "announcements";

const isOf = (kind: Kind) => (message: Message) => !!message.kind === (kind === "notices");
const isSame = (a: Message) => (b: Message) => a.hospital_code === b.hospital_code && a.message_id === b.message_id;

interface Props {
  messages: Loaded<Message[]>;
  earlier: Message[];
  add: (page: Message[]) => void;
}

export function Messages({ messages, earlier, add }: Props) {
  const newest = messages.data ?? [];
  const all = [...newest, ...earlier.filter((message) => !newest.some(isSame(message)))];
  return (
    <>
      <Heading>{t("title")}</Heading>
      <Failed failure={messages.data ? undefined : messages.failure} again={messages.reload} />
      {messages.data?.length === 0 && <p class="card">{t("none")}</p>}
      <Section kind="notices" messages={all} newest={newest} add={add} />
      <Section kind="announcements" messages={all} newest={newest} add={add} />
      {messages.data && <Senders announcements={all.filter(isOf("announcements"))} />}
    </>
  );
}

/** As many of each kind as the inbox shows at most. */
const PAGE = 50;

function Section({ kind, messages, newest, add }: { kind: Kind; messages: Message[]; newest: Message[]; add: Props["add"] }) {
  const [next, setNext] = useState<string>();
  const { busy, failure, run } = useAction();
  const own = messages.filter(isOf(kind));
  if (!own.length) return null;
  const more = async () => {
    const after = next ?? (await phone.get(kind, { after: "" })).next;
    const page = after ? await phone.get(kind, { after }) : { messages: [], next: "" };
    add(page.messages);
    setNext(page.next);
  };
  return (
    <section>
      <h2>{t(kind)}</h2>
      <ul class="list messages">
        {own.map((message) => (
          <li key={`${message.hospital_code}-${message.message_id}`}>
            <a href={href("message", { hospital: message.hospital_code, id: message.message_id })} class={message.read_at ? "" : "new"}>
              <Icon name={message.kind ? "calendar" : "letter"} />
              <span>
                {!message.read_at && <em>{t("unread")}</em>} <b>{titleOf(message)}</b>
                <small>
                  <span lang="th">{message.hospital_name}</span> · {dateTime(message.sent_at, lang.value)}
                </small>
              </span>
            </a>
          </li>
        ))}
      </ul>
      <Failed failure={failure} />
      {(next ?? newest.filter(isOf(kind)).length >= PAGE) && (
        <button type="button" class="wide" disabled={busy} onClick={() => void run(more)}>
          {t("more")}
        </button>
      )}
    </section>
  );
}

/** From which hospitals the person wants announcements: those that sent some, and those that may send none. */
function Senders({ announcements }: { announcements: Message[] }) {
  const page = useLoaded(() => phone.get("announcements", { after: "" }), ["announcements"]);
  const { busy, failure, run } = useAction();
  const optedOut = page.data?.opted_out;
  // A hospital stays in the list when it is chosen again, so that the choice can be taken back.
  const names = useRef(new Map<string, string>()).current;
  for (const each of [...(optedOut ?? []), ...announcements]) names.set(each.hospital_code, each.hospital_name);
  if (!optedOut || !names.size) return null;
  const choose = (hospital_code: string, wanted: boolean) =>
    run(async () => {
      const { hospital_name } = await phone.post("announcements", { hospital_code, wanted });
      page.change((now) => {
        const others = now.opted_out.filter((each) => each.hospital_code !== hospital_code);
        return { ...now, opted_out: wanted ? others : [...others, { hospital_code, hospital_name }] };
      });
    });
  return (
    <fieldset class="card senders">
      <legend>{t("senders")}</legend>
      {[...names].sort().map(([code, name]) => (
        <label key={code}>
          <input
            type="checkbox"
            checked={!optedOut.some((each) => each.hospital_code === code)}
            disabled={busy}
            onChange={(event) => void choose(code, event.currentTarget.checked)}
          />{" "}
          <span lang="th">{name}</span>
        </label>
      ))}
      <p class="small-print">{t("always")}</p>
      <Failed failure={failure} />
    </fieldset>
  );
}

interface OneProps {
  messages: Loaded<Message[]>;
  earlier: Message[];
  hospital: string;
  id: number;
}

export function OneMessage({ messages, earlier, hospital, id }: OneProps) {
  const { failure, run } = useAction();
  const reported = useRef("");
  const all = [...(messages.data ?? []), ...earlier];
  const message = all.find((message) => message.hospital_code === hospital && message.message_id === id);
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
        <Icon name="back" /> {t("back")}
      </button>
      {messages.data && !message && <Heading>{t("gone")}</Heading>}
      {message && (
        <>
          <Heading>{titleOf(message)}</Heading>
          <article class="card message">
            <p class="from">
              <span lang="th">{message.hospital_name}</span> · {t(message.kind ? "about" : "news")}
              <br />
              {dateTime(message.sent_at, lang.value)}
            </p>
            <p class="text" lang={isWrittenInThai(message.message_content_text) ? "th" : "en"}>
              {message.message_content_text}
            </p>
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
