/** An account's name and details, its password, its lock, and whether it is in use. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { AccountShown } from "../api/shapes";
import { dateTime } from "../dates";
import { useDraft } from "../draft";
import { lang, words, type Said } from "../i18n";
import { useAction } from "../load";
import { passwordFault, passwordHash } from "../password";
import { api } from "../session";
import { Conflict } from "../ui/conflict";
import { ask, Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Failed, fieldFault, tell } from "../ui/notice";
import { SaveButton } from "../ui/save";
import { word } from "../words";

const t = words({
  name: ["ชื่อ", "Name"],
  details: ["รายละเอียด", "Details"],
  saved: ["บันทึกแล้ว", "Saved"],
  inactive: ["บัญชีนี้ถูกระงับ เข้าใช้ไม่ได้", "This account is deactivated and cannot sign in."],
  first: ["ยังไม่ได้เปลี่ยนรหัสผ่านครั้งแรก", "The first password has not been changed yet."],
  locked: ["ล็อกเพราะรหัสผ่านผิดหลายครั้ง ถึง {at}", "Locked after wrong passwords until {at}"],
  unlock: ["ปลดล็อก", "Unlock"],
  unlocked: ["ปลดล็อกแล้ว", "Unlocked"],
  deactivate: ["ระงับการใช้งาน", "Deactivate"],
  reactivate: ["เปิดใช้งานอีกครั้ง", "Reactivate"],
  deactivated: ["ระงับการใช้งานแล้ว มีผลภายใน 1 นาที", "Deactivated; it takes effect within a minute"],
  reactivated: ["เปิดใช้งานแล้ว", "Reactivated"],
  sure: ["ระงับการใช้งาน {login} หรือไม่", "Deactivate {login}?"],
  sure_text: ["ผู้ใช้จะเข้าระบบไม่ได้จนกว่าจะเปิดใช้งานอีกครั้ง", "The person cannot sign in until it is reactivated."],
  set_password: ["กำหนดรหัสผ่านใหม่", "Set a new password"],
  password: ["รหัสผ่านครั้งแรก", "First password"],
  password_hint: [
    "อย่างน้อย 10 ตัว บอกเจ้าหน้าที่ด้วยตนเอง ระบบจะให้เปลี่ยนเมื่อเข้าใช้",
    "At least 10 characters; tell it in person. It must be changed at the next sign-in.",
  ],
  password_set: ["กำหนดรหัสผ่านใหม่แล้ว", "The new password was set"],
  short: ["สั้นเกินไป ต้องมีอย่างน้อย 10 ตัว", "Too short: at least 10 characters"],
  plain: ["เดาง่ายเกินไป ให้มีตัวเลขหรือสัญลักษณ์ปนด้วย", "Too easy to guess: mix in figures or signs"],
  like_login: ["ต้องไม่มีรหัส Login อยู่ในรหัสผ่าน", "It must not contain the login"],
});

interface DetailsProps {
  path: string;
  account: AccountShown;
  onChanged: () => Promise<void>;
}

type Named = Pick<AccountShown, "name" | "details">;

const sent = ({ name, details }: Named): Named => ({ name: name.trim(), details: details.trim() });

export function AccountDetails({ path, account, onChanged }: DetailsProps) {
  const { values, version, set, saved, take } = useDraft<Named>(account, account.version, sent);
  const { name, details } = values;
  const [setting, setSetting] = useState(false);
  const { busy, failure, run, setFailure } = useAction();

  const act = async (ask: () => Promise<unknown>, said: Said): Promise<boolean> => {
    const done = await run(async () => void (await ask()));
    if (done) {
      tell(said);
      await onChanged();
    }
    return done;
  };
  const save = ({ roles, groups, version }: Pick<AccountShown, "roles" | "groups" | "version">) =>
    act(
      async () => saved(values, (await api.put<AccountShown>(path, { ...sent(values), roles, groups, version })).version),
      t.both("saved"),
    );
  // where there is a conflict: their roles, too, so that only the name and the details are saved over
  const theirs = failure?.detail.theirs as AccountShown;
  const deactivate = async () => {
    const yes = await ask({
      title: t("sure", { login: account.login }),
      text: t("sure_text"),
      yes: t("deactivate"),
      no: word("cancel"),
      danger: true,
    });
    if (yes) await act(() => api.post(`${path}/deactivate`, { version: account.version }), t.both("deactivated"));
  };
  return (
    <>
      {!account.active && <p class="marked">{t("inactive")}</p>}
      {account.must_change_password && <p class="marked">{t("first")}</p>}
      {account.locked_until && (
        <p class="marked">
          {t("locked", { at: dateTime(account.locked_until, lang.value) })}{" "}
          <button type="button" onClick={() => void act(() => api.post(`${path}/unlock`), t.both("unlocked"))}>
            {t("unlock")}
          </button>
        </p>
      )}
      <form
        class="narrow"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) void save({ ...account, version });
        }}
      >
        <TextField
          label={t("name")}
          value={name}
          onValue={(name) => set({ name })}
          error={name.trim() ? fieldFault(failure, "name") : word("required")}
          input={{ maxLength: 200 }}
        />
        <TextField label={t("details")} optional value={details} onValue={(details) => set({ details })} input={{ maxLength: 500 }} />
        {failure?.code === "EditConflict" ? (
          <Conflict
            failure={failure}
            fields={[
              { name: "name", title: t("name") },
              { name: "details", title: t("details") },
            ]}
            onMine={() => void save(theirs)}
            onTheirs={() => {
              take(theirs, theirs.version);
              setFailure(undefined);
              void onChanged();
            }}
          />
        ) : (
          !setting && <Failed failure={failure} />
        )}
        <div class="actions">
          <SaveButton busy={busy} />
          <button type="button" onClick={() => setSetting(true)}>
            {t("set_password")}
          </button>
          {account.active ? (
            <button type="button" onClick={deactivate}>
              {t("deactivate")}
            </button>
          ) : (
            <button
              type="button"
              onClick={() =>
                void act(() => api.post(`${path}/reactivate`, { version: account.version }), t.both("reactivated"))
              }
            >
              {t("reactivate")}
            </button>
          )}
        </div>
      </form>
      {setting && (
        <SetPassword
          login={account.login}
          busy={busy}
          onClose={() => setSetting(false)}
          onSet={async (password) => {
            const password_hash = await passwordHash(password);
            const body = { version: account.version, password_hash };
            if (await act(() => api.post(`${path}/password`, body), t.both("password_set"))) setSetting(false);
          }}
        >
          <Failed failure={failure} />
        </SetPassword>
      )}
    </>
  );
}

interface SetPasswordProps {
  login: string;
  busy: boolean;
  onClose: () => void;
  onSet: (password: string) => Promise<void>;
  children: ComponentChildren;
}

function SetPassword({ login, busy, onClose, onSet, children }: SetPasswordProps) {
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const fault = passwordFault(password, login);
  return (
    <Dialog title={t("set_password")} onClose={onClose} unsaved={Boolean(password)}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!fault) void onSet(password);
        }}
      >
        <TextField
          label={t("password")}
          hint={t("password_hint")}
          value={password}
          onValue={setPassword}
          error={tried && fault ? t(fault) : undefined}
          input={{ autocomplete: "new-password", autocapitalize: "none", spellcheck: false }}
        />
        {children}
        <div class="actions">
          <SaveButton busy={busy} />
        </div>
      </form>
    </Dialog>
  );
}
