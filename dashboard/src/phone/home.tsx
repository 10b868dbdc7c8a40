/** The person's coming appointments: when, where, which queue number, and what can be done with each. */
import { useState } from "preact/hooks";
import { address } from "../api/client";
import { connection } from "../api/connection";
import { dateTime, isOver, longDate, mediumDate, timeSpan, today } from "../dates";
import { lang, translate, words, type Bilingual } from "../i18n";
import { useAction, useLoaded } from "../load";
import { go, href } from "../route";
import { ask, Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { Qr } from "../ui/qr";
import { done, moving } from "./state";
import { Heading } from "./heading";
import { Icon } from "./icon";
import { BASE, me, phone } from "./session";
import { loadedAt } from "./offline";
import { Today } from "./today";
import type { Appointment } from "./calls";

const t = words({
  hello: ["สวัสดี {name}", "Hello, {name}"],
  title: ["นัดของฉัน", "My appointments"],
  none: ["ยังไม่มีนัด", "You have no appointments"],
  none_text: ["แตะปุ่มด้านล่างเพื่อเลือกโรงพยาบาลและเวลา", "Touch the button below to choose a hospital and a time."],
  book: ["จองนัด", "Book an appointment"],
  queue: ["คิว", "Queue"],
  waiting: ["รอโรงพยาบาลรับนัด", "Waiting for the hospital"],
  accepted: ["โรงพยาบาลรับนัดแล้ว", "Accepted by the hospital"],
  confirmed: ["ท่านยืนยันแล้วว่าจะไป", "You said you will come"],
  confirm: ["ยืนยันว่าจะไป", "I will come"],
  confirm_by: ["กรุณายืนยันภายใน {when}", "Please confirm by {when}"],
  else_released: ["มิฉะนั้นนัดจะถูกยกเลิกและให้คิวแก่ผู้อื่น", "Otherwise it is cancelled and somebody else gets the place"],
  did_confirm: ["ขอบคุณที่ยืนยัน แล้วพบกันตามนัด", "Thank you. See you then."],
  qr: ["คิวอาร์โค้ด", "QR code"],
  qr_text: ["แสดงให้เจ้าหน้าที่เมื่อไปถึง", "Show this when you arrive."],
  calendar: ["ใส่ในปฏิทิน", "Add to calendar"],
  postpone: ["เลื่อนนัด", "Change time"],
  cancel: ["ยกเลิกนัด", "Cancel"],
  more: ["เลื่อน ยกเลิก และอื่น ๆ", "Change, cancel and more"],
  cancel_title: ["ยกเลิกนัดนี้หรือไม่", "Cancel this appointment?"],
  cancel_text: ["{when} ที่ {where} คิวของท่านจะเป็นของผู้อื่น", "{when} at {where}. Somebody else will get your place."],
  keep: ["ไม่ยกเลิก", "Keep it"],
  did_cancel: ["ยกเลิกนัดแล้ว", "The appointment is cancelled."],
  phone: ["โทร {number}", "Call {number}"],
  today: ["วันนี้", "Today"],
  accesses: ["ใครดูข้อมูลของฉัน", "Who saw my data"],
});

export function Home({ every }: { every: number }) {
  const list = useLoaded(() => phone.get("appointments"), ["appointments"], { every });
  const who = me.value;
  return (
    <>
      {typeof who === "object" && <p class="hello">{t("hello", { name: who.name })}</p>}
      <Heading>{t("title")}</Heading>
      <p class={done.value ? "done" : "visually-hidden"} role="status">
        {done.value && (
          <>
            <Icon name="tick" /> {translate(done.value)}
          </>
        )}
      </p>
      <Failed failure={list.data ? undefined : list.failure} again={list.reload} />
      {list.data?.length === 0 && (
        <div class="card empty">
          <h2>{t("none")}</h2>
          <p>{t("none_text")}</p>
        </div>
      )}
      <ol class="visits">
        {list.data?.map((appointment) => (
          <li key={appointment.hospital_appointment_slot_id}>
            <Visit appointment={appointment} reload={list.reload} />
          </li>
        ))}
      </ol>
      {list.data && (
        <a class="button primary wide" href={href("find")}>
          <Icon name="plus" /> {t("book")}
        </a>
      )}
      {(list.data || list.failure) && (
        <p class="who-saw">
          <a href={href("accesses")}>{t("accesses")}</a>
        </p>
      )}
    </>
  );
}

function Visit({ appointment, reload }: { appointment: Appointment; reload: () => Promise<void> }) {
  const [showsCode, setShowsCode] = useState(false);
  const { busy, failure, run } = useAction();
  const language = lang.value;
  const away = connection.value === "lost" || loadedAt.value !== "";
  const which = {
    hospital_code: appointment.hospital_code,
    hospital_appointment_slot_id: appointment.hospital_appointment_slot_id,
  };
  const change = (name: "confirm" | "cancel", message: Bilingual) =>
    run(async () => {
      await phone.post(name, which);
      done.value = message;
      await reload();
    });
  const cancel = async () => {
    const when = `${mediumDate(appointment.appointment_date, language)} ${timeSpan(appointment.time_start, appointment.time_finish, language)}`;
    const text = t("cancel_text", { when, where: appointment.hospital_name });
    if (await ask({ title: t("cancel_title"), text, yes: t("cancel"), no: t("keep"), danger: true }))
      await change("cancel", t.both("did_cancel"));
  };
  const by = appointment.confirm_by_datetime;
  const asks = !appointment.person_confirm && !away;
  const code = (
    <button type="button" class={asks ? "wide" : "primary wide"} onClick={() => setShowsCode(true)}>
      <Icon name="code" /> {t("qr")}
    </button>
  );
  const postpone = () => {
    moving.value = appointment;
    done.value = undefined;
    go("find", { hospital: appointment.hospital_code, department: appointment.department_id });
  };
  return (
    <article class="card visit">
      {appointment.appointment_date === today() && <Today appointment={appointment} />}
      <h2>
        {longDate(appointment.appointment_date, language)}
        <b>{timeSpan(appointment.time_start, appointment.time_finish, language)}</b>
      </h2>
      <div class="where">
        <p class="queue">
          <small>{t("queue")}</small> <b>{appointment.queue_no}</b>
        </p>
        <p lang="th">
          <b>{appointment.hospital_name}</b>
          <br />
          {appointment.hospital_department_name} · {appointment.hospital_room_name}
        </p>
      </div>
      <ul class="states">
        <li class={appointment.hospital_confirm ? "good" : "wait"}>
          <Icon name={appointment.hospital_confirm ? "tick" : "clock"} /> {t(appointment.hospital_confirm ? "accepted" : "waiting")}
        </li>
        {appointment.person_confirm && (
          <li class="good">
            <Icon name="tick" /> {t("confirmed")}
          </li>
        )}
      </ul>
      <Failed failure={failure} />
      {by && !appointment.person_confirm && !isOver(by) && (
        <p>
          <b>{t("confirm_by", { when: dateTime(by, language) })}</b>
          {appointment.release_by_datetime && <small> {t("else_released")}</small>}
        </p>
      )}
      {asks ? (
        <button type="button" class="primary wide" disabled={busy} onClick={() => change("confirm", t.both("did_confirm"))}>
          <Icon name="tick" /> {t("confirm")}
        </button>
      ) : (
        code
      )}
      <details class="more">
        <summary>{t("more")}</summary>
        {asks && code}
        <a class={away ? "button wide off" : "button wide"} href={away ? undefined : address(`${BASE}calendar`, {}, which)} download>
          <Icon name="calendar" /> {t("calendar")}
        </a>
        <div class="pair">
          <button type="button" disabled={busy || away} onClick={postpone}>
            {t("postpone")}
          </button>
          <button type="button" class="danger" disabled={busy || away} onClick={cancel}>
            {t("cancel")}
          </button>
        </div>
      </details>
      {appointment.hospital_room_phone_number && (
        <p class="call">
          <a href={`tel:${appointment.hospital_room_phone_number}`}>{t("phone", { number: appointment.hospital_room_phone_number })}</a>
        </p>
      )}
      {showsCode && (
        <Dialog title={`${t("queue")} ${appointment.queue_no}`} onClose={() => setShowsCode(false)}>
          <Qr code={appointment.slip_code} label={t("qr")} />
          <p class="slip-code">{appointment.slip_code}</p>
          <p>{t("qr_text")}</p>
          <p>
            {longDate(appointment.appointment_date, language)}
            <br />
            <b>{timeSpan(appointment.time_start, appointment.time_finish, language)}</b>
          </p>
        </Dialog>
      )}
    </article>
  );
}
