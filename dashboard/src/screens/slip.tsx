/** The appointment slip: 80 mm for the counter's printer, or A5. Its QR code is opaque; it does not
 * contain the national id. */
import { useState } from "preact/hooks";
import type { Booking } from "../api/types";
import { longDate, timeSpan } from "../dates";
import { lang, words } from "../i18n";
import { caller } from "../session";
import { Dialog } from "../ui/dialog";
import { usePrinted } from "../ui/printed";
import { Qr } from "../ui/qr";
import { word } from "../words";

const t = words({
  window: ["ใบนัด", "Appointment slip"],
  paper: ["กระดาษ", "Paper"],
  roll: ["ม้วน 80 มม.", "80 mm roll"],
  a5: ["A5", "A5"],
  print: ["พิมพ์", "Print"],
  title: ["ใบนัดรับบริการ", "Appointment"],
  come: ["กรุณามาก่อนเวลานัด 15 นาที และนำบัตรประชาชนมาด้วย", "Please come 15 minutes early, with your id card."],
  qr: ["คิวอาร์โค้ดของใบนัด", "QR code of the slip"],
});

type Paper = "roll" | "a5";

/** The paper that this computer printed on last. */
export const lastPaper = (): Paper => (localStorage.getItem("slip_paper") as Paper) ?? "roll";

/** One slip as it is printed. */
export function SlipCard({ booking, paper }: { booking: Booking; paper: Paper }) {
  return (
    <article class={`slip slip-${paper}`}>
      <p class="slip-hospital">{caller.value?.hospital_name}</p>
      <h3>{t("title")}</h3>
      <p class="slip-queue">
        <small>{word("queue")}</small> {booking.queue_no}
      </p>
      <p class="slip-when">
        {longDate(booking.date, lang.value)}
        <br />
        <b>{timeSpan(booking.time_start, booking.time_finish, lang.value)}</b>
      </p>
      <p>
        {booking.department_name}
        <br />
        {booking.room_name}
      </p>
      <p>{booking.person_name}</p>
      <Qr code={booking.slip_code} label={t("qr")} />
      <p class="slip-code">{booking.slip_code}</p>
      <p>{t("come")}</p>
    </article>
  );
}

interface SlipProps {
  booking: Booking;
  onClose: () => void;
}

export function Slip({ booking, onClose }: SlipProps) {
  const [paper, setPaper] = useState<Paper>(lastPaper);
  const choosePaper = (chosen: Paper) => {
    setPaper(chosen);
    localStorage.setItem("slip_paper", chosen);
  };
  const slip = <SlipCard booking={booking} paper={paper} />;
  usePrinted(slip, [paper, booking, lang.value]);
  return (
    <Dialog title={t("window")} onClose={onClose}>
      <div class="toolbar screen-only" role="group" aria-label={t("paper")}>
        {(["roll", "a5"] as const).map((size) => (
          <label key={size} class="check">
            <input type="radio" name="paper" checked={paper === size} onChange={() => choosePaper(size)} />
            <span>{t(size)}</span>
          </label>
        ))}
        <button type="button" class="primary" data-first onClick={() => print()}>
          {t("print")}
        </button>
      </div>
      {slip}
    </Dialog>
  );
}
