/** A password that an administrator gives: it is told in person, and changed at the first sign-in. */
import { words } from "../i18n";
import { madePassword, passwordFault } from "../password";
import { TextField } from "../ui/field";
import { word } from "../words";

const t = words({
  hint: [
    "อย่างน้อย 10 ตัว บอกเจ้าหน้าที่ด้วยตนเอง ระบบจะให้เปลี่ยนเมื่อเข้าใช้ครั้งแรก",
    "At least 10 characters; tell it in person. It must be changed at the first sign-in.",
  ],
  make: ["สร้างรหัสผ่านให้", "Make one"],
  short: ["สั้นเกินไป ต้องมีอย่างน้อย 10 ตัว", "Too short: at least 10 characters"],
  plain: ["เดาง่ายเกินไป ให้มีตัวเลขหรือสัญลักษณ์ปนด้วย", "Too easy to guess: mix in figures or signs"],
  like_login: ["ต้องไม่มีรหัส Login อยู่ในรหัสผ่าน", "It must not contain the login"],
});

/** What is wrong with a new password. */
export function passwordError(password: string, login: string): string | undefined {
  const fault = passwordFault(password, login);
  return fault && t(fault);
}

interface FirstPasswordProps {
  value: string;
  onValue: (password: string) => void;
  error: string | undefined;
}

export const FirstPassword = (field: FirstPasswordProps) => (
  <div class="first-password">
    <TextField
      label={word("first_password")}
      hint={t("hint")}
      {...field}
      input={{ autocomplete: "new-password", autocapitalize: "none", spellcheck: false }}
    />
    <button type="button" class="quiet" onClick={() => field.onValue(madePassword())}>
      {t("make")}
    </button>
  </div>
);
