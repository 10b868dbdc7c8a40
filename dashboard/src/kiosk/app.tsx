/** The kiosk: scan a slip, type an id, or draw a ticket; then read where to go. */
import { useEffect } from "preact/hooks";
import { connection } from "../api/connection";
import { isThai, lang, type Lang, words } from "../i18n";
import { useSignals } from "../signal";
import { RefusedAnswer, TicketAnswer } from "./answer";
import { hasReader } from "./card-reader";
import { Keypad } from "./keypad";
import { hospital } from "./session";
import { SignIn } from "./sign-in";
import { choosePoint, draw, forget, openKeypad, type Point, view } from "./state";

const t = words({
  scan: ["สแกน QR ในใบนัด", "Scan the QR code on your slip"],
  scan_how: ["ถือใบนัดหรือโทรศัพท์ ให้ QR อยู่หน้าเครื่องอ่าน", "Hold the slip or your phone in front of the reader"],
  card: ["หรือเสียบบัตรประชาชนในเครื่องอ่านบัตร", "Or insert your national id card into the card reader"],
  type_id: ["พิมพ์เลขบัตรประชาชน", "Type your national id"],
  no_appointment: ["ไม่มีนัด รับบัตรคิว", "No appointment: take a ticket"],
  busy: ["กรุณารอสักครู่", "One moment, please"],
  which: ["ท่านต้องการไปที่ใด", "Where do you want to go?"],
  no_points: [
    "ตู้นี้ยังออกบัตรคิวไม่ได้ กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์",
    "This kiosk gives no tickets. Ask the staff at the information desk.",
  ],
  back: ["กลับ", "Back"],
  lost: [
    "ตู้นี้ติดต่อระบบไม่ได้ชั่วคราว กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์",
    "This kiosk cannot reach the system for now. Ask the staff at the information desk.",
  ],
});

export function App() {
  useSignals();
  useEffect(() => {
    document.documentElement.lang = lang.value;
  }, [lang.value]);
  return (
    <>
      <header>
        <span class="hospital">{hospital.value ?? "MOPH Appointment Center"}</span>
        <div class="language" role="group" aria-label="ภาษา Language">
          <Language code="th" name="ไทย" />
          <Language code="en" name="English" />
        </div>
      </header>
      {connection.value === "lost" && (
        <p class="lost" role="status">
          {t("lost")}
        </p>
      )}
      <main aria-live="polite">{hospital.value === undefined ? <SignIn /> : <Screen />}</main>
    </>
  );
}

/** The choice is not stored: the next person begins in Thai. */
function Language({ code, name }: { code: Lang; name: string }) {
  return (
    <button type="button" lang={code} aria-pressed={lang.value === code} onClick={() => (lang.value = code)}>
      {name}
    </button>
  );
}

function Screen() {
  const shown = view.value;
  switch (shown.kind) {
    case "ready":
      return <Ready />;
    case "keypad":
      return <Keypad isWrong={shown.isWrong === true} />;
    case "points":
      return <Points points={shown.points} />;
    case "busy":
      return <h1 class="busy">{t("busy")}</h1>;
    case "ticket":
      return <TicketAnswer ticket={shown.ticket} />;
    case "refused":
      return <RefusedAnswer failure={shown.failure} repeat={shown.repeat} />;
  }
}

function Ready() {
  return (
    <section class="ready">
      <svg class="picture" viewBox="0 0 96 96" aria-hidden="true">
        <path d="M8 32V8h24M64 8h24v24M88 64v24H64M32 88H8V64" />
        <path class="code" d="M24 24h18v18H24zM54 24h18v18H54zM24 54h18v18H24zM54 54h8v8h-8zM66 66h6v6h-6zM54 68h6v4h-6z" />
      </svg>
      <h1>{t("scan")}</h1>
      <p>{t("scan_how")}</p>
      {hasReader.value && <p>{t("card")}</p>}
      <div class="choices">
        <button type="button" onClick={openKeypad}>
          {t("type_id")}
        </button>
        <button type="button" onClick={() => void choosePoint()}>
          {t("no_appointment")}
        </button>
      </div>
    </section>
  );
}

function Points({ points }: { points: Point[] }) {
  return (
    <section class="points">
      <h1>{t("which")}</h1>
      {points.length === 0 && <p>{t("no_points")}</p>}
      <div class="choices">
        {points.map(({ point_id, name, name_en }) => (
          <button key={point_id} type="button" onClick={() => void draw(point_id)}>
            {isThai() ? name : name_en || name}
          </button>
        ))}
        <button type="button" class="quiet" onClick={forget}>
          {t("back")}
        </button>
      </div>
    </section>
  );
}
