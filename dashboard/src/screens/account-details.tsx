/** An account's name and details, its password, and whether it is in use. */
import { useState } from "preact/hooks";
import { EditedAccount } from "../api/limits";
import type { Account } from "../api/types";
import { useForm } from "../form";
import { words, type Bilingual } from "../i18n";
import { useAction } from "../load";
import { useUnsaved } from "../route";
import { passwordHash } from "../password";
import { api } from "../session";
import { ask, Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { notify } from "../ui/notice";
import { word } from "../words";
import { FirstPassword, passwordError } from "./first-password";

const t = words({
  inactive: ["บัญชีนี้ถูกระงับ เข้าใช้ไม่ได้", "This account is deactivated and cannot sign in."],
  first: ["ยังไม่ได้เปลี่ยนรหัสผ่านครั้งแรก", "The first password has not been changed yet."],
  deactivate: ["ระงับการใช้งาน", "Deactivate"],
  reactivate: ["เปิดใช้งานอีกครั้ง", "Reactivate"],
  deactivated: ["ระงับการใช้งานแล้ว มีผลภายใน 1 นาที", "Deactivated; it takes effect within a minute"],
  reactivated: ["เปิดใช้งานแล้ว", "Reactivated"],
  sure: ["ระงับการใช้งาน {login} หรือไม่", "Deactivate {login}?"],
  sure_text: ["ผู้ใช้จะเข้าระบบไม่ได้จนกว่าจะเปิดใช้งานอีกครั้ง", "The person cannot sign in until it is reactivated."],
  set_password: ["กำหนดรหัสผ่านใหม่", "Set a new password"],
  password_set: ["กำหนดรหัสผ่านใหม่แล้ว", "The new password was set"],
});

/** Path values of an account in the API. */
export interface AccountPath {
  hospital_code: string;
  login: string;
}

interface DetailsProps {
  path: AccountPath;
  account: Account;
  onChanged: () => Promise<void>;
}

type Named = Pick<Account, "name" | "details">;

const body = ({ name, details }: Named): Named => ({ name: name.trim(), details: details.trim() });

const ACCOUNT = "/api/accounts/hospitals/{hospital_code}/accounts/{login}";

export function AccountDetails({ path, account, onChanged }: DetailsProps) {
  const [settingPassword, setSettingPassword] = useState(false);
  const { version } = account;
  const { failure, run } = useAction();
  const form = useForm<Named>({
    initial: account,
    version,
    body,
    check: ({ name }) => ({ name: name.trim() ? undefined : word("required") }),
    send: async (values, version, theirs) => {
      // After a conflict the other person's roles stay: only the name and the details are saved over.
      const { roles, groups } = (theirs as Account | undefined) ?? account;
      const saved = await api.put(ACCOUNT, { path, body: { ...body(values), roles, groups, version } });
      notify(word.both("saved"));
      await onChanged();
      return saved.version;
    },
  });
  useUnsaved(form.changed);

  const act = (request: () => Promise<unknown>, done: Bilingual) =>
    run(async () => {
      await request();
      notify(done);
      await onChanged();
    });
  const deactivate = async () => {
    const yes = await ask({
      title: t("sure", { login: account.login }),
      text: t("sure_text"),
      yes: t("deactivate"),
      no: word("cancel"),
      danger: true,
    });
    if (yes) await act(() => api.post(`${ACCOUNT}/deactivate`, { path, body: { version } }), t.both("deactivated"));
  };
  const reactivate = () => act(() => api.post(`${ACCOUNT}/reactivate`, { path, body: { version } }), t.both("reactivated"));
  return (
    <>
      {!account.active && <p class="marked">{t("inactive")}</p>}
      {account.must_change_password && <p class="marked">{t("first")}</p>}
      <Failed failure={failure} />
      <Form
        form={form}
        class="narrow"
        compared={[
          { name: "name", title: word("name") },
          { name: "details", title: word("details") },
        ]}
        onTheirs={(theirs: Account) => {
          form.reset(theirs, theirs.version);
          void onChanged();
        }}
        actions={
          <>
            <button type="button" onClick={() => setSettingPassword(true)}>
              {t("set_password")}
            </button>
            <button type="button" onClick={account.active ? deactivate : reactivate}>
              {t(account.active ? "deactivate" : "reactivate")}
            </button>
          </>
        }
      >
        <TextField
          label={word("name")}
          {...form.field("name")}
          limit={EditedAccount.name}
        />
        <TextField
          label={word("details")}
          optional
          {...form.field("details")}
          limit={EditedAccount.details}
        />
      </Form>
      {settingPassword && (
        <SetPassword path={path} version={version} onChanged={onChanged} onClose={() => setSettingPassword(false)} />
      )}
    </>
  );
}

interface SetPasswordProps {
  path: AccountPath;
  version: number;
  onChanged: () => Promise<void>;
  onClose: () => void;
}

function SetPassword({ path, version, onChanged, onClose }: SetPasswordProps) {
  const form = useForm({
    initial: { password: "" },
    check: ({ password }) => ({ password: passwordError(password, path.login) }),
    send: async ({ password }) => {
      await api.post(`${ACCOUNT}/password`, { path, body: { version, password_hash: await passwordHash(password) } });
      notify(t.both("password_set"));
      onClose();
      await onChanged();
    },
  });
  return (
    <Dialog title={t("set_password")} onClose={onClose} unsaved={form.changed}>
      <Form form={form}>
        <FirstPassword {...form.field("password")} />
      </Form>
    </Dialog>
  );
}
