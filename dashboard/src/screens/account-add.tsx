/** Manual 1.3: a new staff account; its first password is changed at the first sign-in. */
import { NewAccount } from "../api/limits";
import { useForm } from "../form";
import { isThai, words } from "../i18n";
import { passwordHash } from "../password";
import { go } from "../route";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { Check, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { notify } from "../ui/notice";
import { word } from "../words";
import { FirstPassword, passwordError } from "./first-password";
import { useRoles } from "./role-window";

const t = words({
  window: ["ข้อมูล เจ้าหน้าที่", "Staff account"],
  login_hint: ["ตัวอักษรอังกฤษพิมพ์เล็ก ตัวเลข จุด หรือขีด", "small Latin letters, digits, dot, dash"],
  login_wrong: ["ใช้ตัวอักษรอังกฤษพิมพ์เล็ก ตัวเลข จุด หรือขีด อย่างน้อย 3 ตัว", "Small Latin letters, digits, dot, dash; at least 3"],
  saved: ["เพิ่มเจ้าหน้าที่ {login} แล้ว กำหนด Role ต่อได้เลย", "{login} was added; now give the roles"],
  saved_roles: ["เพิ่มเจ้าหน้าที่ {login} พร้อม {n} Role แล้ว", "{login} was added, with {n} roles"],
  roles: ["Role ในหน่วยบริการนี้ (เลือกได้หลายรายการ)", "Roles in this hospital (choose any number)"],
});

const EMPTY = { login: "", name: "", details: "", password: "", roles: [] as string[] };
const LEVEL_OF_HOSPITAL = 1;

export function AddAccount({ code, onClose }: { code: string; onClose: () => void }) {
  const known = useRoles();
  const offered = known.data?.filter(({ grantable, level }) => grantable && level === LEVEL_OF_HOSPITAL) ?? [];
  const form = useForm({
    initial: EMPTY,
    check: ({ login, name, password }) => ({
      login: /^[a-z0-9][a-z0-9._-]{2,49}$/.test(login) ? undefined : t("login_wrong"),
      name: name.trim() ? undefined : word("required"),
      password: passwordError(password, login),
    }),
    send: async ({ login, name, details, password, roles }) => {
      const named = { login, name: name.trim(), details: details.trim() };
      const body = { ...named, roles, groups: [], password_hash: await passwordHash(password) };
      await api.post("/api/accounts/hospitals/{hospital_code}/accounts", { path: { hospital_code: code }, body });
      notify(t.both(roles.length ? "saved_roles" : "saved", { login, n: roles.length }), undefined, true);
      go("account", { code, login });
    },
  });
  const { values, set, errors } = form;
  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={form.changed}>
      <Form form={form}>
        <TextField
          label={word("login")}
          hint={t("login_hint")}
          value={values.login}
          onValue={(login) => set({ login: login.trim().toLowerCase() })}
          error={errors.login}
          limit={NewAccount.login}
          input={{ autocapitalize: "none", spellcheck: false }}
        />
        <TextField
          label={word("name")}
          {...form.field("name")}
          limit={NewAccount.name}
        />
        <TextField
          label={word("details")}
          optional
          {...form.field("details")}
          limit={NewAccount.details}
        />
        <FirstPassword {...form.field("password")} />
        <Failed failure={known.failure} again={known.reload} />
        {offered.length > 0 && (
          <fieldset class="line">
            <legend>{t("roles")}</legend>
            {offered.map(({ role, role_code, role_name, role_name_en }) => (
              <Check
                key={role}
                label={
                  <>
                    {isThai() ? role_name : role_name_en} <small>{role_code}</small>
                  </>
                }
                checked={values.roles.includes(role)}
                onChecked={(given) =>
                  set({ roles: given ? [...values.roles, role] : values.roles.filter((other) => other !== role) })
                }
              />
            ))}
          </fieldset>
        )}
      </Form>
    </Dialog>
  );
}
