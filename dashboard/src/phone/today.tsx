/** The day of the visit on the card of an appointment: the code for the kiosk, how many are before the person, and
 * where they are called. */
import { useEffect, useState } from "preact/hooks";
import { connection } from "../api/connection";
import { dateTime } from "../dates";
import { lang, words } from "../i18n";
import { useLoaded } from "../load";
import { Qr } from "../ui/qr";
import { phone } from "./session";
import { loadedAt } from "./offline";
import type { Appointment, Position } from "./calls";

const t = words({
  not_yet: ["วันนี้ถึงวันนัด", "Your appointment is today"],
  not_yet_text: ["สแกนรหัสนี้ที่ตู้ลงทะเบียน หรือแสดงให้เจ้าหน้าที่", "Scan this code at the kiosk, or show it to the staff."],
  code: ["คิวอาร์โค้ดสำหรับตู้ลงทะเบียน", "QR code for the kiosk"],
  before: ["อีก {n} คิว", "{n} before you"],
  next: ["คิวถัดไป", "You are next"],
  arrived: ["ลงทะเบียนแล้ว", "You are registered"],
  arrived_text: ["โรงพยาบาลจะเรียกท่าน", "The hospital will call you."],
  wait_at: ["รอที่ {point}", "Wait at {point}"],
  called: ["เชิญที่ช่อง {n}", "Please come to counter {n}"],
  served: ["รับบริการเสร็จแล้ว", "Your visit is finished"],
  absent: ["เรียกแล้วไม่พบท่าน", "You were called and not found"],
  absent_text: ["กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์", "Please ask the staff at the information desk."],
  age: ["ข้อมูลเมื่อ {at} อาจเปลี่ยนไปแล้ว", "As of {at}. It may have changed."],
});

const EVERY_S = 20;
const LONGEST_S = 320;

export function Today({ appointment }: { appointment: Appointment }) {
  const { hospital_code, hospital_appointment_slot_id } = appointment;
  const [every, setEvery] = useState(EVERY_S);
  const [ended, setEnded] = useState(false);
  const which = { hospital_code, hospital_appointment_slot_id };
  const { data, failure } = useLoaded(
    async () => ({ ...(await phone.get("position", which)), at: new Date().toISOString() }),
    [which],
    { every: ended ? undefined : every },
  );
  useEffect(() => {
    setEvery((seconds) => (failure ? Math.min(seconds * 2, LONGEST_S) : EVERY_S));
    setEnded(data?.visit === "served");
  }, [data, failure]);
  if (!data) return null;
  const old = loadedAt.value || (connection.value === "lost" || failure ? data.at : "");
  const [title, text] = says(data);
  return (
    <section class={`today ${data.visit}`} aria-live="polite">
      <p class="now">{title}</p>
      {text && <p>{text}</p>}
      {!data.visit && (
        <>
          <Qr code={appointment.slip_code} label={t("code")} />
          <p class="slip-code">{appointment.slip_code}</p>
        </>
      )}
      {old && data.visit && <p class="age">{t("age", { at: dateTime(old, lang.value) })}</p>}
    </section>
  );
}

function says({ visit, ahead, counter, point_name, point_name_en }: Position): [title: string, text: string] {
  const point = (lang.value === "en" && point_name_en) || point_name;
  switch (visit) {
    case "arrived":
      if (ahead === undefined) return [t("arrived"), t("arrived_text")];
      return [ahead ? t("before", { n: ahead }) : t("next"), point && t("wait_at", { point })];
    case "called":
      return [t("called", { n: counter }), point];
    case "served":
      return [t("served"), ""];
    case "absent":
      return [t("absent"), t("absent_text")];
  }
  return [t("not_yet"), t("not_yet_text")];
}
