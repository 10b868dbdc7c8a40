/** Manual 1.3, figure 4: ข้อมูล หน่วยงาน; its staff, searched, added, shown; and its user groups. */
import { useEffect, useState } from "preact/hooks";
import { AccountSearch } from "../api/limits";
import { words } from "../i18n";
import { useLoaded } from "../load";
import { choose, href, route } from "../route";
import { api, caller, levelOf } from "../session";
import { Failed } from "../ui/failed";
import { Check, TextField } from "../ui/field";
import { SearchTotal } from "../ui/search-total";
import { Table } from "../ui/table";
import { Tabs } from "../ui/tabs";
import { word } from "../words";
import { AddAccount } from "./account-add";
import { Lock } from "./account-lock";
import { Groups } from "./groups";
import { HospitalWindow } from "./hospital-window";
import { HistoryList } from "./history-list";

const t = words({
  back: ["‹ ค้นหาหน่วยบริการ", "‹ Find a hospital"],
  tabs: ["ข้อมูลของหน่วยงาน", "About this hospital"],
  staff: ["เจ้าหน้าที่", "Staff"],
  find: ["ค้นหาเจ้าหน้าที่", "Find staff"],
  find_hint: ["รหัส Login หรือชื่อ", "login or name"],
  active: ["ใช้งาน", "active"],
  inactive: ["ระงับ", "deactivated"],
  locked: ["เฉพาะที่ถูกล็อก", "Locked only"],
  empty: [
    "ไม่พบเจ้าหน้าที่ ลองค้นด้วยบางส่วนของรหัส Login หรือชื่อ หรือกด “เพิ่ม”",
    "Nobody found. Try part of a login or a name, or press “Add”.",
  ],
});

const MOST_SHOWN = 200;

const HOSPITAL = "/api/accounts/hospitals/{hospital_code}";

export default function HospitalScreen() {
  const code = route.value.params.code ?? caller.value!.hospital_code;
  const path = { hospital_code: code };
  const hospital = useLoaded(() => api.get(HOSPITAL, { path }), [code]);
  const [tab, setTab] = useState("staff");
  const [open, setOpen] = useState(false);
  return (
    <>
      <p class="crumbs">
        <a href={href("hospitals")}>{t("back")}</a>
      </p>
      <Failed failure={hospital.failure} again={hospital.reload} />
      {hospital.data && (
        <dl class="detail">
          <div>
            <dt>{word("hospital_code")}</dt>
            <dd>{hospital.data.hospital_code}</dd>
          </div>
          <div>
            <dt>{word("hospital_name")}</dt>
            <dd>
              <b>{hospital.data.name}</b>
            </dd>
          </div>
          <div>
            <dt>{word("province")}</dt>
            <dd>
              {hospital.data.province_name} {hospital.data.district}
            </dd>
          </div>
        </dl>
      )}
      {hospital.data && levelOf("ACCOUNT_ADMIN") >= 5 && (
        <p>
          <button type="button" onClick={() => setOpen(true)}>
            {word("edit")} <span class="visually-hidden">{hospital.data.name}</span>
          </button>
        </p>
      )}
      {open && <HospitalWindow hospital={hospital.data} onClose={() => setOpen(false)} onSaved={hospital.reload} />}
      <Tabs
        label={t("tabs")}
        open={tab}
        onOpen={setTab}
        tabs={[
          { key: "staff", title: t("staff") },
          { key: "groups", title: word("groups") },
          { key: "history", title: word("history") },
        ]}
      >
        {tab === "staff" && <Staff code={code} />}
        {tab === "groups" && <Groups code={code} />}
        {tab === "history" && <HistoryList load={(query) => api.get(`${HOSPITAL}/history`, { path, query })} />}
      </Tabs>
    </>
  );
}

function Staff({ code }: { code: string }) {
  // A name is never in the address of this page or of the request.
  const [search, setSearch] = useState("");
  const [typed, setTyped] = useState("");
  const [locked, setLocked] = useState(!!route.value.params.locked);
  const [adding, setAdding] = useState(route.value.params.add !== undefined);
  useEffect(() => choose({ add: undefined, locked: undefined }), []); // Back, a reload and the tabs do not open the window again
  const list = useLoaded(
    () =>
      api.post(`${HOSPITAL}/account-search`, { path: { hospital_code: code }, body: { search, locked, limit: MOST_SHOWN } }),
    [code, search, locked],
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
        <TextField label={t("find")} hint={t("find_hint")} free value={typed} onValue={setTyped} limit={AccountSearch.search} />
        <Check label={t("locked")} checked={locked} onChecked={setLocked} />
        <button class="primary" aria-busy={list.loading}>
          {word("look_up")}
        </button>
        <button type="button" onClick={() => setAdding(true)}>
          {word("add")}
        </button>
      </form>
      <Failed failure={list.failure} again={list.reload} />
      <Table
        caption={t("staff")}
        rows={list.data?.accounts}
        failed={list.failure}
        search={(account) => `${account.login} ${account.name} ${account.details}`}
        rowKey={(account) => account.login}
        rowClass={(account) => (account.active ? undefined : "over")}
        empty={t("empty")}
        numbered
        columns={[
          {
            title: word("login"),
            // here it is seen on a narrow screen too
            cell: (account) => (
              <>
                {account.login}
                {account.locked_until && <div class="marked"><Lock account={account} onChanged={list.reload} /></div>}
              </>
            ),
          },
          { title: word("name"), cell: (account) => account.name },
          { title: word("details"), cell: (account) => account.details },
          { title: word("state"), kind: "whole", cell: (account) => t(account.active ? "active" : "inactive") },
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
      <SearchTotal shown={list.data?.accounts.length ?? 0} total={list.data?.total} />
      {adding && <AddAccount code={code} onClose={() => setAdding(false)} />}
    </>
  );
}
