/** Changing one's own password; at the first sign-in with a given one it comes before all else. */
import { useRef, useState } from "preact/hooks";
import { words } from "../i18n";
import { useAction } from "../load";
import { passwordFault, passwordHash } from "../password";
import { api, caller, signIn } from "../session";
import { TextField } from "../ui/field";
import { Failed } from "../ui/notice";

const t = words({
  first: [
    "ครั้งแรกที่เข้าใช้ ให้ตั้งรหัสผ่านของท่านเองก่อน",
    "This is your first sign-in: set a password of your own before you go on.",
  ],
  now: ["รหัสผ่านปัจจุบัน", "Present password"],
  fresh: ["รหัสผ่านใหม่", "New password"],
  again: ["รหัสผ่านใหม่อีกครั้ง", "New password again"],
  rule: ["อย่างน้อย 10 ตัว มีตัวอักษรและตัวเลขหรือสัญลักษณ์ปนกัน", "At least 10 characters, letters mixed with figures or signs"],
  missing: ["กรอกรหัสผ่านปัจจุบัน", "Enter your present password"],
  short: ["สั้นเกินไป ต้องมีอย่างน้อย 10 ตัว", "Too short: at least 10 characters"],
  plain: ["เดาง่ายเกินไป ให้มีตัวเลขหรือสัญลักษณ์ปนด้วย", "Too easy to guess: mix in figures or signs"],
  like_login: ["ต้องไม่มีชื่อผู้ใช้อยู่ในรหัสผ่าน", "It must not contain the user name"],
  same: ["ต้องไม่เหมือนรหัสผ่านปัจจุบัน", "It must differ from the present one"],
  differs: ["ไม่ตรงกับรหัสผ่านใหม่", "It differs from the new password"],
  change: ["เปลี่ยนรหัสผ่าน", "Change the password"],
  changed: ["เปลี่ยนรหัสผ่านแล้ว", "The password was changed"],
});

export default function Password() {
  const [now, setNow] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const [changed, setChanged] = useState(false);
  const { busy, failure, run } = useAction();
  const form = useRef<HTMLFormElement>(null);
  const { login, hospital_code, mustChangePassword } = caller.value!;

  const fault = passwordFault(fresh, login);
  const wrong = {
    now: now ? undefined : t("missing"),
    fresh: fault ? t(fault) : fresh === now ? t("same") : undefined,
    again: again === fresh ? undefined : t("differs"),
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    setChanged(false);
    if (Object.values(wrong).some(Boolean)) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      return;
    }
    await run(async () => {
      await api.post("/api/accounts/password", {
        password_hash: await passwordHash(now),
        new_password_hash: await passwordHash(fresh),
      });
      await signIn(hospital_code, login, fresh);
      for (const clear of [setNow, setFresh, setAgain]) clear("");
      setTried(false);
      setChanged(true);
    });
  };
  return (
    <form class="narrow" ref={form} noValidate onSubmit={submit}>
      {mustChangePassword && <p class="marked">{t("first")}</p>}
      <input class="visually-hidden" type="text" autocomplete="username" readOnly tabIndex={-1} aria-hidden="true" value={login} />
      <TextField
        label={t("now")}
        value={now}
        onValue={setNow}
        error={tried ? wrong.now : undefined}
        input={{ type: "password", autocomplete: "current-password" }}
      />
      <TextField
        label={t("fresh")}
        hint={t("rule")}
        value={fresh}
        onValue={setFresh}
        error={tried ? wrong.fresh : undefined}
        input={{ type: "password", autocomplete: "new-password" }}
      />
      <TextField
        label={t("again")}
        value={again}
        onValue={setAgain}
        error={tried ? wrong.again : undefined}
        input={{ type: "password", autocomplete: "new-password" }}
      />
      <Failed failure={failure} />
      <div class="actions">
        <button class="primary" aria-busy={busy} aria-disabled={busy}>
          {t("change")}
        </button>
      </div>
      <p role="status" class="good">
        {changed && t("changed")}
      </p>
    </form>
  );
}
