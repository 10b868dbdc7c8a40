/** Change one's own password; required at the first sign-in with a password from an administrator. */
import { useState } from "preact/hooks";
import { useForm } from "../form";
import { words } from "../i18n";
import { passwordHash } from "../password";
import { api, caller, signIn } from "../session";
import { TextField } from "../ui/field";
import { Form, Submit } from "../ui/form";
import { passwordError } from "./first-password";

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
  same: ["ต้องไม่เหมือนรหัสผ่านปัจจุบัน", "It must differ from the present one"],
  differs: ["ไม่ตรงกับรหัสผ่านใหม่", "It differs from the new password"],
  change: ["เปลี่ยนรหัสผ่าน", "Change the password"],
  changed: ["เปลี่ยนรหัสผ่านแล้ว", "The password was changed"],
});

const EMPTY = { now: "", fresh: "", again: "" };

export default function Password() {
  const [changed, setChanged] = useState(false);
  const { login, hospital_code, mustChangePassword } = caller.value!;
  const form = useForm({
    initial: EMPTY,
    check: ({ now, fresh, again }) => ({
      now: now ? undefined : t("missing"),
      fresh: passwordError(fresh, login) ?? (fresh === now ? t("same") : undefined),
      again: again === fresh ? undefined : t("differs"),
    }),
    send: async ({ now, fresh }) => {
      setChanged(false);
      const body = { password_hash: await passwordHash(now), new_password_hash: await passwordHash(fresh) };
      await api.post("/api/accounts/password", { body });
      await signIn(hospital_code, login, fresh);
      form.reset(EMPTY);
      setChanged(true);
    },
  });
  return (
    <>
      <Form form={form} class="narrow" button={<Submit busy={form.busy} title={t("change")} />}>
        {mustChangePassword && <p class="marked">{t("first")}</p>}
        <input class="visually-hidden" type="text" autocomplete="username" readOnly tabIndex={-1} aria-hidden="true" value={login} />
        <TextField
          label={t("now")}
          {...form.field("now")}
          input={{ type: "password", autocomplete: "current-password" }}
        />
        <TextField
          label={t("fresh")}
          hint={t("rule")}
          {...form.field("fresh")}
          input={{ type: "password", autocomplete: "new-password" }}
        />
        <TextField
          label={t("again")}
          {...form.field("again")}
          input={{ type: "password", autocomplete: "new-password" }}
        />
      </Form>
      <p role="status" class="good">
        {changed && t("changed")}
      </p>
    </>
  );
}
