/** Manual 2, figure 6: sign in; and unlock the page for the same person. */
import { useState } from "preact/hooks";
import { SignIn as Limits } from "../api/limits";
import { useForm } from "../form";
import { words } from "../i18n";
import { caller, lastHospital, locked, signIn, signOut, unlock } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { Check, TextField } from "../ui/field";
import { Form, Submit } from "../ui/form";
import { LanguageSwitch } from "../ui/language";
import { word } from "../words";

const t = words({
  product: ["MOPH Appointment Center", "MOPH Appointment Center"],
  purpose: ["ระบบบริหารจัดการการนัดหมาย กระทรวงสาธารณสุข", "Appointment management, Ministry of Public Health"],
  hospital_code: ["รหัสหน่วยบริการ", "Hospital code"],
  user: ["ชื่อผู้ใช้", "User name"],
  password: ["รหัสผ่าน", "Password"],
  show: ["แสดงรหัสผ่าน", "Show password"],
  sign_in: ["เข้าสู่ระบบ", "Sign in"],
  signing_in: ["กำลังเข้าสู่ระบบ…", "Signing in…"],
  hospital_wrong: ["รหัสหน่วยบริการต้องเป็นตัวเลข 5 หลัก", "A hospital code has 5 digits"],
  user_missing: ["กรอกชื่อผู้ใช้", "Enter your user name"],
  password_missing: ["กรอกรหัสผ่าน", "Enter your password"],
  insecure: [
    "เบราว์เซอร์นี้เข้ารหัสรหัสผ่านไม่ได้ ให้เปิดระบบด้วยที่อยู่ที่ขึ้นต้นด้วย https://",
    "This browser cannot protect the password here. Open the site at its https:// address.",
  ],
  same_login: [
    "ใช้ชื่อผู้ใช้และรหัสผ่านเดียวกันกับ MOPH Account Center",
    "The same user name and password as for the MOPH Account Center.",
  ],
  locked_idle: ["ล็อกหน้าจอ", "Locked"],
  locked_ended: ["หมดเวลาการเข้าใช้", "The session has ended"],
  locked_why_idle: [
    "ไม่มีการใช้งาน 10 นาที กรอกรหัสผ่านเพื่อทำงานต่อ สิ่งที่กรอกไว้ยังอยู่",
    "Nothing was done for 10 minutes. Enter your password to go on; what you entered is kept.",
  ],
  locked_why_ended: [
    "กรอกรหัสผ่านอีกครั้งเพื่อทำงานต่อ สิ่งที่กรอกไว้ยังอยู่",
    "Enter your password again to go on; what you entered is kept.",
  ],
  go_on: ["ทำงานต่อ", "Go on"],
  another: ["เข้าด้วยชื่ออื่น", "Sign in as someone else"],
});

export function SignIn() {
  const [shown, setShown] = useState(false);
  const form = useForm({
    initial: { hospital: lastHospital(), login: "", password: "" },
    check: ({ hospital, login, password }) => ({
      hospital: /^\d{5}$/.test(hospital) ? undefined : t("hospital_wrong"),
      login: login ? undefined : t("user_missing"),
      password: password ? undefined : t("password_missing"),
    }),
    send: ({ hospital, login, password }) => signIn(hospital, login.trim(), password),
  });
  const { values, set, errors } = form;
  return (
    <main class="sign-in">
      <form {...form.props} class="sign-in-form">
        <LanguageSwitch />
        <h1>{t("product")}</h1>
        <p>{t("purpose")}</p>
        <TextField
          label={t("hospital_code")}
          hint={word("five_digits")}
          value={values.hospital}
          onValue={(text) => set({ hospital: text.trim() })}
          error={errors.hospital}
          limit={Limits.hospital_code}
          input={{ inputMode: "numeric", autocomplete: "organization", autofocus: !values.hospital }}
        />
        <TextField
          label={t("user")}
          {...form.field("login")}
          limit={Limits.user}
          input={{ autocomplete: "username", autocapitalize: "none", spellcheck: false, autofocus: Boolean(values.hospital) }}
        />
        <TextField
          label={t("password")}
          {...form.field("password")}
          input={{ type: shown ? "text" : "password", autocomplete: "current-password" }}
        />
        <Check label={t("show")} checked={shown} onChecked={setShown} />
        <Failed failure={form.failure} />
        {!window.isSecureContext && <p class="failed">{t("insecure")}</p>}
        <Submit busy={form.busy} title={t("sign_in")} working={t("signing_in")} />
        <p class="hint">{t("same_login")}</p>
      </form>
    </main>
  );
}

export function Lock() {
  const form = useForm({
    initial: { password: "" },
    check: ({ password }) => ({ password: password ? undefined : t("password_missing") }),
    send: ({ password }) => unlock(password),
  });
  const why = locked.value ?? "idle";
  return (
    <Dialog title={t(why === "idle" ? "locked_idle" : "locked_ended")} onClose={() => {}} firm>
      <Form
        form={form}
        button={<Submit busy={form.busy} title={t("go_on")} working={t("signing_in")} />}
        actions={
          <button type="button" onClick={signOut}>
            {t("another")}
          </button>
        }
      >
        <p>{t(why === "idle" ? "locked_why_idle" : "locked_why_ended")}</p>
        <input class="visually-hidden" type="text" autocomplete="username" readOnly tabIndex={-1} aria-hidden="true" value={caller.value?.login} />
        <p>
          {caller.value?.name} ({caller.value?.login})
        </p>
        <TextField
          label={t("password")}
          {...form.field("password")}
          input={{ type: "password", autocomplete: "current-password", autofocus: true }}
        />
      </Form>
    </Dialog>
  );
}
