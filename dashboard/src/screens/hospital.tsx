/** Manual 1.3, figure 4: ข้อมูล หน่วยงาน; its staff, searched, added, shown; and its user groups. */
import { useState } from "preact/hooks";
import type { AccountPage, Hospital as HospitalEntry } from "../api/shapes";
import { words } from "../i18n";
import { useLoaded } from "../load";
import { href, route } from "../route";
import { api, caller, levelOf } from "../session";
import { TextField } from "../ui/field";
import { Found } from "../ui/found";
import { Failed } from "../ui/notice";
import { Table } from "../ui/table";
import { Tabs } from "../ui/tabs";
import { word } from "../words";
import { AddAccount } from "./account-add";
import { Groups } from "./groups";
import { HospitalWindow } from "./hospital-window";
import { HistoryList } from "./history-list";

const t = words({
  back: ["‹ ค้นหาหน่วยบริการ", "‹ Find a hospital"],
  code: ["รหัสหน่วยงาน", "Code"],
  name: ["ชื่อหน่วยงาน", "Name"],
  province: ["จังหวัด", "Province"],
  tabs: ["ข้อมูลของหน่วยงาน", "About this hospital"],
  staff: ["เจ้าหน้าที่", "Staff"],
  groups: ["กลุ่มผู้ใช้งาน", "User groups"],
  history: ["ประวัติ", "History"],
  find: ["ค้นหาเจ้าหน้าที่", "Find staff"],
  find_hint: ["รหัส Login หรือชื่อ", "login or name"],
  search: ["ค้นหา", "Search"],
  login: ["รหัส Login", "Login"],
  person: ["ชื่อ", "Name"],
  details: ["รายละเอียด", "Details"],
  state: ["สถานะ", "State"],
  active: ["ใช้งาน", "active"],
  inactive: ["ระงับ", "deactivated"],
  empty: [
    "ไม่พบเจ้าหน้าที่ ลองค้นด้วยบางส่วนของรหัส Login หรือชื่อ หรือกด “เพิ่ม”",
    "Nobody found. Try part of a login or a name, or press “Add”.",
  ],
});

const MOST_SHOWN = 200;

export default function Hospital() {
  const code = route.value.params.code ?? caller.value!.hospital_code;
  const path = `/api/accounts/hospitals/${code}`;
  const entry = useLoaded(() => api.get<HospitalEntry>(path), [code]);
  const [tab, setTab] = useState("staff");
  const [open, setOpen] = useState(false);
  return (
    <>
      <p class="crumbs">
        <a href={href("hospitals")}>{t("back")}</a>
      </p>
      <Failed failure={entry.failure} again={entry.reload} />
      {entry.data && (
        <dl class="detail">
          <div>
            <dt>{t("code")}</dt>
            <dd>{entry.data.hospital_code}</dd>
          </div>
          <div>
            <dt>{t("name")}</dt>
            <dd>
              <b>{entry.data.name}</b>
            </dd>
          </div>
          <div>
            <dt>{t("province")}</dt>
            <dd>
              {entry.data.province_name} {entry.data.district}
            </dd>
          </div>
        </dl>
      )}
      {entry.data && levelOf("ACCOUNT_ADMIN") >= 5 && (
        <p>
          <button type="button" onClick={() => setOpen(true)}>
            {word("edit")} <span class="visually-hidden">{entry.data.name}</span>
          </button>
        </p>
      )}
      {open && <HospitalWindow hospital={entry.data} onClose={() => setOpen(false)} onSaved={entry.reload} />}
      <Tabs
        label={t("tabs")}
        open={tab}
        onOpen={setTab}
        tabs={[
          { key: "staff", title: t("staff") },
          { key: "groups", title: t("groups") },
          { key: "history", title: t("history") },
        ]}
      >
        {tab === "staff" && <Staff code={code} />}
        {tab === "groups" && <Groups code={code} />}
        {tab === "history" && <HistoryList path={`${path}/history`} />}
      </Tabs>
    </>
  );
}

function Staff({ code }: { code: string }) {
  // A name stands neither in this page's address nor in the request's.
  const [search, setSearch] = useState("");
  const [typed, setTyped] = useState("");
  const [adding, setAdding] = useState(false);
  const list = useLoaded(
    () => api.post<AccountPage>(`/api/accounts/hospitals/${code}/account-search`, { search, limit: MOST_SHOWN }),
    [code, search],
  );
  return (
    <>
      <form
        class="toolbar"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() === search) void list.reload();
          setSearch(typed.trim());
        }}
      >
        <TextField label={t("find")} hint={t("find_hint")} free value={typed} onValue={setTyped} />
        <button class="primary" aria-busy={list.loading}>
          {t("search")}
        </button>
        <button type="button" onClick={() => setAdding(true)}>
          {word("add")}
        </button>
      </form>
      <Failed failure={list.failure} again={list.reload} />
      <Table
        caption={t("staff")}
        rows={list.data?.accounts}
        rowKey={(account) => account.login}
        rowClass={(account) => (account.active ? undefined : "over")}
        empty={t("empty")}
        numbered
        columns={[
          { title: t("login"), kind: "whole", cell: (account) => account.login },
          { title: t("person"), cell: (account) => account.name },
          { title: t("details"), cell: (account) => account.details },
          { title: t("state"), kind: "whole", cell: (account) => t(account.active ? "active" : "inactive") },
          {
            title: word("task"),
            kind: "actions",
            cell: (account) => (
              <a class="button" href={href("account", { code, login: account.login })}>
                {word("show")} <span class="visually-hidden">{account.login}</span>
              </a>
            ),
          },
        ]}
      />
      <Found shown={list.data?.accounts.length ?? 0} total={list.data?.total} />
      {adding && <AddAccount code={code} onClose={() => setAdding(false)} />}
    </>
  );
}
