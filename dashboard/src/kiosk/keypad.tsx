/** A keypad on the screen for the national id. The digits of a keyboard come in as well (main.tsx). */
import { CID_DIGITS, clear, press, typed } from "./keyboard-input";
import { cidDigits, cidOnCard } from "../cid";
import { words } from "../i18n";
import { arrive, forget, stay } from "./state";

const t = words({
  title: ["พิมพ์เลขบัตรประชาชน 13 หลัก", "Type the 13 digits of your national id"],
  wrong: ["เลขไม่ถูกต้อง กรุณาตรวจเลขบนบัตรแล้วพิมพ์ใหม่", "This is not a valid id. Please compare it with your card and type it again."],
  digits: ["เลขที่พิมพ์แล้ว", "Digits so far"],
  delete: ["ลบ", "Delete"],
  clear: ["ล้าง", "Clear"],
  send: ["ตกลง", "OK"],
  back: ["กลับ", "Back"],
});

export function Keypad({ isWrong }: { isWrong: boolean }) {
  const digits = cidDigits(typed.value);
  const key = (name: string) => {
    stay();
    press(name, performance.now(), true);
  };
  const send = () => void arrive(typed.value);
  return (
    <section class="keypad">
      <h1>{t("title")}</h1>
      {isWrong && (
        <p class="wrong" role="alert">
          {t("wrong")}
        </p>
      )}
      <output aria-label={t("digits")}>{digits.length === CID_DIGITS ? cidOnCard(digits) : digits || " "}</output>
      <div class="keys">
        {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => (
          <button key={digit} type="button" onClick={() => key(digit)}>
            {digit}
          </button>
        ))}
        <button type="button" class="quiet" onClick={clear}>
          {t("clear")}
        </button>
        <button type="button" onClick={() => key("0")}>
          0
        </button>
        <button type="button" class="quiet" onClick={() => key("Backspace")}>
          {t("delete")}
        </button>
      </div>
      <div class="choices">
        <button type="button" class="strong" disabled={digits.length < CID_DIGITS} onClick={send}>
          {t("send")}
        </button>
        <button type="button" class="quiet" onClick={forget}>
          {t("back")}
        </button>
      </div>
    </section>
  );
}
