/** The last look before sending: subject, channels, how many people, and the message as a phone shows it. */
import { useState } from "preact/hooks";
import type { Failure } from "../api/failure";
import type { Announcement } from "../api/types";
import { addDays, type IsoDate, parseTime, today } from "../dates";
import { number, words } from "../i18n";
import { caller } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { Check, DateField, TextField } from "../ui/field";
import { word } from "../words";
import { stateOf } from "./messages";

const t = words({
  sure: ["ส่งถึง {count} คนหรือไม่", "Send to {count} people?"],
  text: ["ส่งแล้วแก้ไขข้อความไม่ได้", "Once sent, the text can no longer be changed."],
  send: ["ส่งเข้าระบบพร้อม", "Send to Mor Prom"],
  later: ["ตั้งเวลาส่ง", "Send later"],
  day: ["วันที่ส่ง", "Day"],
  time: ["เวลาส่ง", "Time"],
  ahead: ["เช่น 08:30 ล่วงหน้า 5 นาที ถึง 60 วัน", "Thai time, like 08:30; 5 minutes to 60 days ahead"],
  app: ["แอปหมอพร้อม: ไม่เกิน {count} คน", "Mor Prom app: at most {count} people"],
  line: ["LINE: ไม่เกิน {count} คน เฉพาะผู้ที่เชื่อมบัญชี LINE แล้ว", "LINE: at most {count} people, those who have linked LINE"],
  app_looks: ["ที่เห็นในแอปหมอพร้อม", "In the Mor Prom app"],
  line_looks: ["ที่เห็นใน LINE", "In LINE"],
  from: ["จาก {name} ({code})", "จาก {name} ({code})"],
  confirm: ["ยืนยันการรับ", "ยืนยันการรับ"],
  already: ["ข้อความนี้ส่งแล้ว", "This announcement was sent already"],
});

interface Props {
  message: Announcement;
  busy: boolean;
  failure: Failure | undefined;
  /** at: when; undefined for now. */
  onSend: (at?: { date: IsoDate; time: string }) => void;
  onClose: () => void;
}

export function ConfirmSending({ message, busy, failure, onSend, onClose }: Props) {
  const draft = message.state === "draft";
  const [later, setLater] = useState(false);
  const [date, setDate] = useState<IsoDate | undefined>(addDays(today(), 1));
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const press = () => {
    const time = parseTime(typed);
    const unread = later && !(date && time);
    setWrong(unread);
    if (!unread) onSend(later ? { date: date!, time: `${time}:00` } : undefined);
  };
  const count = number(message.targets);
  const { hospital_name: name = "", hospital_code: code = "" } = caller.value ?? {};
  const sender = t("from", { name, code });
  return (
    <Dialog title={t("sure", { count })} onClose={onClose} firm={busy}>
      <p>
        {word("subject")} <strong>{message.title}</strong>
      </p>
      <ul>
        {message.app && <li>{t("app", { count })}</li>}
        {message.line && <li>{t("line", { count })}</li>}
      </ul>
      <div class="previews">
        {message.app && (
          <section class="preview" aria-label={t("app_looks")} tabIndex={0}>
            <small>{t("app_looks")}</small>
            <div lang="th">
              <p>{sender}</p>
              <strong>{message.title}</strong>
              <p class="typed">{message.content}</p>
            </div>
          </section>
        )}
        {message.line && (
          <section class="preview line" aria-label={t("line_looks")} tabIndex={0}>
            <small>{t("line_looks")}</small>
            <div lang="th">
              <p class="typed">{`${sender}\n${message.title}\n\n${message.content}`}</p>
              <p class="typed press">{t("confirm")}</p>
            </div>
          </section>
        )}
      </div>
      {draft && <Check label={t("later")} checked={later} onChecked={setLater} />}
      {draft && later && (
        <>
          <DateField label={t("day")} value={date} onValue={setDate} min={today()} max={addDays(today(), 60)} />
          <TextField label={t("time")} value={typed} onValue={setTyped} {...{ [wrong || failure?.fields.time ? "error" : "hint"]: t("ahead") }} />
        </>
      )}
      <Failed failure={failure} />
      {draft ? <p>{t("text")}</p> : <p role="alert" class="marked">{message.state === "scheduled" ? stateOf(message) : t("already")}</p>}
      <div class="actions">
        {draft && (
          <button type="button" class="primary" aria-busy={busy} aria-disabled={busy} onClick={press}>
            {t(later ? "later" : "send")}
          </button>
        )}
        <button type="button" data-first disabled={busy} onClick={onClose}>
          {word("cancel")}
        </button>
      </div>
    </Dialog>
  );
}

export const alreadySent = t.both("already");
