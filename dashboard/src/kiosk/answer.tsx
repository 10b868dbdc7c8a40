/** What the kiosk says: the number and where to go, or why not and whom to ask. In both languages, the chosen one first. */
import type { Failure } from "../api/failure";
import { type Bilingual, lang, type Lang, words } from "../i18n";
import { forget, type Ticket } from "./state";
import { hospital } from "./session";

const t = words({
  your_number: ["หมายเลขของท่าน", "Your number"],
  registered: ["ลงทะเบียนเรียบร้อยแล้ว", "You are registered"],
  again: ["ท่านลงทะเบียนไว้แล้ว หมายเลขเดิม", "You are registered already, with the same number"],
  ticket: ["บัตรคิวของท่าน", "Your ticket"],
  go: ["กรุณาไปที่ {place} แล้วนั่งรอเรียกหมายเลข", "Please go to {place} and wait until your number is called"],
  ahead: ["มีผู้รอก่อนท่าน {n} คน", "{n} people are in front of you"],
  ahead_one: ["มีผู้รอก่อนท่าน 1 คน", "1 person is in front of you"],
  first: ["ท่านเป็นคิวถัดไป", "You are next"],
  print: ["พิมพ์บัตรคิว", "Print"],
  done: ["เสร็จแล้ว", "Done"],
  AppointmentCancelled: ["นัดนี้ถูกยกเลิกแล้ว", "This appointment was cancelled"],
  AppointmentPostponed: ["นัดนี้เลื่อนไปวันอื่นแล้ว", "This appointment was moved"],
  WrongDay: ["นัดของท่านไม่ใช่วันนี้", "Your appointment is not today"],
  TooEarly: ["ยังไม่ถึงเวลา", "It is too early"],
  OtherHospital: ["ใบนัดนี้เป็นของโรงพยาบาลอื่น", "This slip is of another hospital"],
  AppointmentNotFound: ["ไม่พบนัดของท่าน", "No appointment was found"],
  UnreadableCode: ["อ่านใบนัดไม่ได้", "The slip cannot be read"],
  unreadable: [
    "กรุณาสแกนอีกครั้ง โดยถือ QR ให้ห่างจากเครื่องอ่านประมาณหนึ่งฝ่ามือ หรือพิมพ์เลขบัตรประชาชน หากยังไม่ได้ กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์",
    "Please scan again, with the code a hand's width from the reader, or type your national id. If that does not work, ask the staff at the information desk.",
  ],
  try_again: ["ลองอีกครั้ง", "Try again"],
  VisitEnded: ["ท่านรับบริการเสร็จแล้ว", "Your visit is over"],
  NoServicePoint: ["กรุณาติดต่อเจ้าหน้าที่", "Please ask the staff"],
  busy: ["ขณะนี้ระบบไม่ว่าง", "The system is busy"],
  busy_what: [
    "กรุณาลองอีกครั้งในอีกสักครู่ ทำซ้ำได้โดยไม่เสียคิว หากรีบ กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์",
    "Please try again in a moment; you do not lose your place. If it is urgent, ask the staff at the information desk.",
  ],
});

type Word = Parameters<typeof t>[0];
const KNOWN: Word[] = [
  "AppointmentCancelled",
  "AppointmentPostponed",
  "WrongDay",
  "TooEarly",
  "OtherHospital",
  "AppointmentNotFound",
  "UnreadableCode",
  "VisitEnded",
  "NoServicePoint",
];

export function TicketAnswer({ ticket }: { ticket: Ticket }) {
  const title = !ticket.hasAppointment ? "ticket" : ticket.isAgain ? "again" : "registered";
  const where = ticket.point
    ? { th: t.both("go", { place: ticket.point }).th, en: t.both("go", { place: ticket.point_en }).en }
    : t.both("go", { place: ticket.room });
  return (
    <section class="answer good">
      <Both as="h1" text={t.both(title)} />
      <p class="number">
        <span>{t("your_number")}</span>
        <b>{ticket.number}</b>
      </p>
      <Both as="p" text={where} />
      {ticket.ahead !== undefined && <Both as="p" text={ahead(ticket.ahead)} />}
      <div class="choices">
        <button type="button" onClick={() => print()}>
          {t("print")}
        </button>
        <button type="button" class="quiet" onClick={forget}>
          {t("done")}
        </button>
      </div>
      <Paper ticket={ticket} where={where} />
    </section>
  );
}

const ahead = (people: number): Bilingual =>
  people === 0 ? t.both("first") : people === 1 ? t.both("ahead_one") : t.both("ahead", { n: people });

/** What is printed: the number, where to go, when. No name and no id. */
function Paper({ ticket, where }: { ticket: Ticket; where: Bilingual }) {
  const [day, time] = ticket.at.split("T") as [string, string];
  const [year, month, date] = day.split("-");
  return (
    <div class="paper" aria-hidden="true">
      <p>{hospital.value}</p>
      <p class="paper-number">{ticket.number}</p>
      <p>{where.th}</p>
      <p lang="en">{where.en}</p>
      <p>{`${date}/${month}/${Number(year) + 543} ${time.slice(0, 5)}`}</p>
    </div>
  );
}

export function RefusedAnswer({ failure, repeat }: { failure: Failure; repeat: () => void }) {
  const title = KNOWN.find((code) => code === failure.code) ?? "busy";
  const text =
    title === "busy" ? t.both("busy_what") : title === "UnreadableCode" ? t.both("unreadable") : failure.message;
  return (
    <section class="answer bad">
      <Both as="h1" text={t.both(title)} />
      <Both as="p" text={text} />
      <div class="choices">
        {title === "busy" && (
          <button type="button" onClick={repeat}>
            {t("try_again")}
          </button>
        )}
        <button type="button" class="quiet" onClick={forget}>
          {t("done")}
        </button>
      </div>
    </section>
  );
}

/** A sentence in the chosen language, and smaller in the other one. */
function Both({ as: Element, text }: { as: "h1" | "p"; text: Bilingual }) {
  const other: Lang = lang.value === "th" ? "en" : "th";
  return (
    <Element>
      {text[lang.value]}
      <small lang={other}>{text[other]}</small>
    </Element>
  );
}
