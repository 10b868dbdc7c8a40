/** Manual 1.4, figure 5: ข้อมูล เจ้าหน้าที่; name, roles and groups of an account, and who
 * changed what on it. */
import { useEffect, useState } from "preact/hooks";
import type { Account } from "../api/types";
import { words, type Bilingual } from "../i18n";
import { useAction, useLoaded } from "../load";
import { href, route } from "../route";
import { api, caller } from "../session";
import { Conflict } from "../ui/conflict";
import { Failed } from "../ui/failed";
import { Check } from "../ui/field";
import { notify } from "../ui/notice";
import { Tabs } from "../ui/tabs";
import { word } from "../words";
import { AccountDetails, type AccountPath } from "./account-details";
import { Lock } from "./account-lock";
import { HistoryList } from "./history-list";
import { LookUps } from "./look-ups";
import { RoleTable } from "./role-table";
import { RoleWindow, useRoles } from "./role-window";

const t = words({
  back: ["‹ เจ้าหน้าที่ของหน่วยงาน", "‹ Staff of the hospital"],
  tabs: ["ข้อมูลของบัญชี", "About this account"],
  details: ["ข้อมูล", "Details"],
  role: ["Role", "Role"],
  sign_ins: ["การเข้าใช้", "Sign-ins"],
  look_ups: ["บุคคลที่ดูข้อมูล", "People seen"],
  own: ["นี่คือบัญชีของท่านเอง ให้ผู้ดูแลคนอื่นเป็นผู้เปลี่ยนสิทธิ์", "This is your own account; another administrator changes its roles."],
  direct: ["Role ที่กำหนดให้", "Roles given directly"],
  no_direct: ["ยังไม่มี Role กด “เพิ่ม” เพื่อกำหนด", "No role yet. Press “Add” to give one."],
  no_groups: ["หน่วยงานนี้ยังไม่มีกลุ่มผู้ใช้งาน", "This hospital has no user group"],
  all: ["Role ทั้งหมดที่ได้รับจากกลุ่มผู้ใช้งาน", "All roles, with those from user groups"],
  no_all: ["ยังไม่ได้รับ Role ใด", "No role"],
  given: ["กำหนดให้โดยตรง", "given directly"],
  role_added: ["เพิ่ม {role} แล้ว มีผลภายใน 1 นาที", "{role} was given; it takes effect within a minute"],
  role_removed: ["เอา {role} ออกแล้ว มีผลภายใน 1 นาที", "{role} was taken away; it takes effect within a minute"],
});

const ACCOUNT = "/api/accounts/hospitals/{hospital_code}/accounts/{login}";

export default function AccountScreen() {
  const { code = caller.value!.hospital_code, login = "" } = route.value.params;
  const path = { hospital_code: code, login };
  const account = useLoaded(() => api.get(ACCOUNT, { path }), [path]);
  const [tab, setTab] = useState("role");
  return (
    <>
      <p class="crumbs">
        <a href={href("hospital", { code })}>{t("back")}</a>
      </p>
      <Failed failure={account.failure} again={account.reload} />
      {!account.data && !account.failure && <p class="loading">{word("loading")}</p>}
      {account.data && (
        <>
          <p class="lead">
            <b>{account.data.login}</b> · {account.data.name}
          </p>
          {login === caller.value!.login && code === caller.value!.hospital_code && <p class="marked">{t("own")}</p>}
          {account.data.locked_until && <div class="marked"><Lock account={account.data} onChanged={account.reload} /></div>}
          <Tabs
            label={t("tabs")}
            open={tab}
            onOpen={setTab}
            tabs={[
              { key: "details", title: t("details") },
              { key: "role", title: t("role") },
              { key: "history", title: word("history") },
              { key: "sign_ins", title: t("sign_ins") },
              { key: "look_ups", title: t("look_ups") },
            ]}
          >
            {tab === "details" && <AccountDetails path={path} account={account.data} onChanged={account.reload} />}
            {tab === "role" && <Roles path={path} account={account.data} onChanged={account.reload} />}
            {tab === "history" && <HistoryList key="history" load={(query) => api.get(`${ACCOUNT}/history`, { path, query })} />}
            {tab === "look_ups" && <LookUps path={path} />}
            {tab === "sign_ins" && <HistoryList key="sign_ins" caption={t("sign_ins")} load={(query) => api.get(`${ACCOUNT}/sign-ins`, { path, query })} />}
          </Tabs>
        </>
      )}
    </>
  );
}

interface RolesProps {
  path: AccountPath;
  account: Account;
  onChanged: () => Promise<void>;
}

function Roles({ path, account, onChanged }: RolesProps) {
  const known = useRoles();
  const groups = useLoaded(
    () => api.get("/api/accounts/hospitals/{hospital_code}/groups", { path: { hospital_code: path.hospital_code } }),
    [path.hospital_code],
  );
  const [adding, setAdding] = useState(false);
  const [joined, setJoined] = useState(account.groups); // shown at once, before it is saved
  useEffect(() => setJoined(account.groups), [account]);
  const { busy, failure, run, setFailure } = useAction();

  const save = (change: Partial<Account>, done: Bilingual) =>
    run(async () => {
      const { name, details, roles, groups, version } = { ...account, ...change };
      await api.put(ACCOUNT, { path, body: { name, details, roles, groups, version } });
      notify(done);
      await onChanged();
    });
  const groupName = (id: number) => groups.data?.find((group) => group.group_id === id)?.name ?? String(id);
  return (
    <>
      <Failed failure={known.failure ?? groups.failure} again={() => {
        void known.reload();
        void groups.reload();
      }} />
      {(!adding || failure?.code === "EditConflict") && (
        <Conflict
          failure={failure}
          compared={[
            { name: "roles", title: t("direct") },
            { name: "groups", title: word("groups") },
          ]}
          onMine={({ version }) => {
            const { roles, groups } = failure!.detail.yours as Account;
            void save({ roles, groups, version }, word.both("saved"));
          }}
          onTheirs={() => {
            setFailure(undefined);
            void onChanged();
          }}
        />
      )}
      <div class="toolbar">
        <button type="button" class="primary" disabled={!known.data} onClick={() => setAdding(true)}>
          {word("add")}
        </button>
      </div>
      <RoleTable
        caption={t("direct")}
        empty={t("no_direct")}
        rows={account.roles.map((role) => ({ role }))}
        known={known.data ?? []}
        onRemove={(role) =>
          void save({ roles: account.roles.filter((other) => other !== role) }, t.both("role_removed", { role }))
        }
      />
      <fieldset class="line groups" disabled={busy}>
        <legend>{word("groups")}</legend>
        {groups.data?.length === 0 && <p>{t("no_groups")}</p>}
        <div class="checks">
          {groups.data?.map((group) => (
            <Check
              key={group.group_id}
              label={group.name}
              checked={joined.includes(group.group_id)}
              onChecked={async (joins) => {
                const groups = joins
                  ? [...joined, group.group_id]
                  : joined.filter((id) => id !== group.group_id);
                setJoined(groups);
                if (!(await save({ groups }, word.both("saved")))) setJoined(account.groups);
              }}
            />
          ))}
        </div>
      </fieldset>
      <div class="toolbar">
        <button type="button" onClick={() => void onChanged()}>
          {word("refresh")}
        </button>
      </div>
      <RoleTable
        caption={t("all")}
        empty={t("no_all")}
        known={known.data ?? []}
        rows={account.effective_roles.map(({ role, direct, groups: through }) => ({
          role,
          from: [...(direct ? [t("given")] : []), ...through.map(groupName)].join(", "),
        }))}
      />
      {adding && (
        <RoleWindow
          roles={known.data ?? []}
          given={account.roles}
          busy={busy}
          failure={failure}
          onClose={() => setAdding(false)}
          onAdd={async (role) => {
            if (await save({ roles: [...account.roles, role] }, t.both("role_added", { role }))) setAdding(false);
          }}
        />
      )}
    </>
  );
}
