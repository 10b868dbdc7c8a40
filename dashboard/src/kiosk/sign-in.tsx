/** The staff signs the kiosk in, once; it then stays ready for as long as the page is open. */
import { useState } from "preact/hooks";
import { SignIn as Limits } from "../api/limits";
import { failureOf } from "../api/failure";
import { type Bilingual, translate, words } from "../i18n";
import { signIn } from "./session";

const t = words({
  title: ["เปิดใช้ตู้ลงทะเบียน", "Start this kiosk"],
  hospital: ["รหัสหน่วยบริการ", "Hospital code"],
  login: ["ชื่อผู้ใช้ของตู้", "The kiosk's user name"],
  password: ["รหัสผ่าน", "Password"],
  sign_in: ["เข้าสู่ระบบ", "Sign in"],
  not_a_kiosk: [
    "บัญชีนี้ไม่ใช่บัญชีของตู้ลงทะเบียน ขอบัญชีที่มีสิทธิ์ QUEUE_KIOSK จากผู้ดูแลรหัส Login",
    "This account is not a kiosk's. Ask your login administrator for one with the role QUEUE_KIOSK.",
  ],
});

export function SignIn() {
  const [problem, setProblem] = useState<Bilingual>();
  const [isBusy, setBusy] = useState(false);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget as HTMLFormElement);
    const value = (name: string) => String(values.get(name)).trim();
    setBusy(true);
    setProblem(undefined);
    try {
      const isKiosk = await signIn(value("hospital"), value("login"), String(values.get("password")));
      if (!isKiosk) setProblem(t.both("not_a_kiosk"));
    } catch (caught) {
      setProblem(failureOf(caught).message);
    }
    setBusy(false);
  };
  return (
    <form class="sign-in" onSubmit={send}>
      <h1>{t("title")}</h1>
      <label>
        {t("hospital")}
        <input name="hospital" inputMode="numeric" autocomplete="organization" maxLength={Limits.hospital_code} required />
      </label>
      <label>
        {t("login")}
        <input name="login" autocomplete="username" autocapitalize="none" maxLength={Limits.user} required />
      </label>
      <label>
        {t("password")}
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
      {problem && (
        <p class="wrong" role="alert">
          {translate(problem)}
        </p>
      )}
      <button type="submit" class="strong" disabled={isBusy}>
        {t("sign_in")}
      </button>
    </form>
  );
}
