/** Manual 1.3: a new staff account; its first password is changed at the first sign-in. */
import { useState } from "preact/hooks";
import { words } from "../i18n";
import { useAction } from "../load";
import { passwordFault, passwordHash } from "../password";
import { go } from "../route";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Failed, fieldFault, tell } from "../ui/notice";
import { SaveButton } from "../ui/save";
import { word } from "../words";

const t = words({
  window: ["ข้อมูล เจ้าหน้าที่", "Staff account"],
  login: ["รหัส Login", "Login"],
  login_hint: ["ตัวอักษรอังกฤษพิมพ์เล็ก ตัวเลข จุด หรือขีด", "small Latin letters, digits, dot, dash"],
  login_wrong: ["ใช้ตัวอักษรอังกฤษพิมพ์เล็ก ตัวเลข จุด หรือขีด อย่างน้อย 3 ตัว", "Small Latin letters, digits, dot, dash; at least 3"],
  name: ["ชื่อ", "Name"],
  details: ["รายละเอียด", "Details"],
  password: ["รหัสผ่านครั้งแรก", "First password"],
  password_hint: [
    "อย่างน้อย 10 ตัว บอกเจ้าหน้าที่ด้วยตนเอง ระบบจะให้เปลี่ยนเมื่อเข้าใช้ครั้งแรก",
    "At least 10 characters; tell it in person. It must be changed at the first sign-in.",
  ],
  short: ["สั้นเกินไป ต้องมีอย่างน้อย 10 ตัว", "Too short: at least 10 characters"],
  plain: ["เดาง่ายเกินไป ให้มีตัวเลขหรือสัญลักษณ์ปนด้วย", "Too easy to guess: mix in figures or signs"],
  like_login: ["ต้องไม่มีรหัส Login อยู่ในรหัสผ่าน", "It must not contain the login"],
  saved: ["เพิ่มเจ้าหน้าที่ {login} แล้ว กำหนด Role ต่อได้เลย", "{login} was added; now give the roles"],
});

export function AddAccount({ code, onClose }: { code: string; onClose: () => void }) {
  const [login, setLogin] = useState("");
  const [name, setName] = useState("");
  const [details, setDetails] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const { busy, failure, run } = useAction();
  const fault = passwordFault(password, login);
  const wrong = {
    login: /^[a-z0-9][a-z0-9._-]{2,49}$/.test(login) ? undefined : t("login_wrong"),
    name: name.trim() ? undefined : word("required"),
    password: fault && t(fault),
  };
  const save = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (Object.values(wrong).some(Boolean)) return;
    const saved = await run(async () => {
      await api.post(`/api/accounts/hospitals/${code}/accounts`, {
        login,
        name: name.trim(),
        details: details.trim(),
        roles: [],
        groups: [],
        password_hash: await passwordHash(password),
      });
    });
    if (!saved) return;
    tell(t.both("saved", { login }));
    go("account", { code, login });
  };
  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={Boolean(login || name || details || password)}>
      <form onSubmit={save} noValidate>
        <TextField
          label={t("login")}
          hint={t("login_hint")}
          value={login}
          onValue={(text) => setLogin(text.trim().toLowerCase())}
          error={tried ? (wrong.login ?? fieldFault(failure, "login")) : undefined}
          input={{ maxLength: 50, autocapitalize: "none", spellcheck: false }}
        />
        <TextField
          label={t("name")}
          value={name}
          onValue={setName}
          error={tried ? (wrong.name ?? fieldFault(failure, "name")) : undefined}
          input={{ maxLength: 200 }}
        />
        <TextField label={t("details")} optional value={details} onValue={setDetails} input={{ maxLength: 500 }} />
        <TextField
          label={t("password")}
          hint={t("password_hint")}
          value={password}
          onValue={setPassword}
          error={tried ? wrong.password : undefined}
          input={{ autocomplete: "new-password", autocapitalize: "none", spellcheck: false }}
        />
        <Failed failure={failure} />
        <div class="actions">
          <SaveButton busy={busy} />
        </div>
      </form>
    </Dialog>
  );
}
