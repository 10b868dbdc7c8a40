/** Who changed what, when, from what to what: newest first, older entries on request. */
import { useEffect, useState } from "preact/hooks";
import type { HistoryEntry } from "../api/types";
import { dateTime } from "../dates";
import { lang, words } from "../i18n";
import { useAction } from "../load";
import { Failed } from "../ui/failed";
import { Table } from "../ui/table";
import { word } from "../words";

const t = words({
  caption: ["ประวัติการเปลี่ยนแปลง", "What was changed"],
  empty: ["ยังไม่มีประวัติ", "Nothing yet"],
  actor: ["โดย", "Who"],
  changes: ["จาก → เป็น", "From → to"],
  refused: ["ถูกปฏิเสธ", "refused"],
  looked: ["ดูข้อมูลโดยไม่มีสิทธิ์ดูแลรหัส Login", "look without being a login administrator"],
  changed: ["แก้ไขข้อมูลโดยไม่มีสิทธิ์ที่ต้องใช้", "change without the role it takes"],
});

/** The names of actions that the API sends, in words. */
const actions = words({
  add_account: ["เพิ่มบัญชี", "account added"],
  edit_account: ["แก้ไขบัญชี", "account edited"],
  deactivate: ["ระงับการใช้งาน", "deactivated"],
  reactivate: ["เปิดใช้งานอีกครั้ง", "reactivated"],
  set_first_password: ["กำหนดรหัสผ่านใหม่", "password set"],
  change_own_password: ["เปลี่ยนรหัสผ่านเอง", "own password changed"],
  unlock: ["ปลดล็อก", "unlocked"],
  unlocked: ["ปลดล็อก", "unlocked"],
  signed_in: ["เข้าสู่ระบบ", "signed in"],
  failed: ["รหัสผ่านผิด", "wrong password"],
  locked: ["ล็อกเพราะรหัสผ่านผิดหลายครั้ง", "locked after wrong passwords"],
  block_look_ups: ["ระงับการค้นหาบุคคล เพราะเกินจำนวนต่อชั่วโมง", "look-ups stopped: more people than allowed within an hour"],
  see_look_ups: ["ดูบุคคลที่บัญชีดูข้อมูล", "look at the people whom an account was shown"],
  add_group: ["เพิ่มกลุ่ม", "group added"],
  edit_group: ["แก้ไขกลุ่ม", "group edited"],
  join_group: ["เพิ่มเข้ากลุ่ม", "joined a group"],
  leave_group: ["นำออกจากกลุ่ม", "left a group"],
  add_hospital: ["เพิ่มหน่วยงาน", "hospital added"],
  edit_hospital: ["แก้ไขหน่วยงาน", "hospital edited"],
  see_hospital: ["ดูหน่วยงาน", "look at a hospital"],
  see_accounts: ["ดูรายชื่อเจ้าหน้าที่", "look at a hospital's staff"],
  see_account: ["ดูบัญชี", "look at an account"],
  see_groups: ["ดูกลุ่มผู้ใช้งาน", "look at user groups"],
  correct_person: ["แก้ไขข้อมูลบุคคลในทะเบียน", "person corrected"],
  cancel_outside: ["ยกเลิกนัดที่หน่วยบริการอื่นจองไว้", "cancelled what another hospital had booked"],
  reopen_schedules: ["เปิดตารางที่ปิดไปแล้วอีกครั้ง", "closed schedules opened again"],
  import_hospital: ["นำเข้าจากไฟล์", "imported from a file"],
});

const fields = words({
  name: ["ชื่อ", "name"],
  details: ["รายละเอียด", "details"],
  active: ["ใช้งาน", "active"],
  roles: ["Role", "roles"],
  groups: ["กลุ่มผู้ใช้งาน", "groups"],
  password: ["รหัสผ่าน", "password"],
  must_change_password: ["ต้องเปลี่ยนรหัสผ่าน", "must change password"],
  province_code: ["จังหวัด", "province"],
  district: ["สาขา", "district"],
  years: ["จำนวนปี", "years"],
  login: ["รหัส Login", "login"],
  hospital_code: ["รหัสหน่วยงาน", "hospital"],
  prefix: ["คำนำหน้า", "title"],
  first_name: ["ชื่อ", "first name"],
  last_name: ["นามสกุล", "last name"],
  gender: ["เพศ", "sex"],
  birth_date: ["วันเกิด", "date of birth"],
  added_by: ["หน่วยบริการที่แจ้ง", "said by hospital"],
  reason: ["เหตุผล", "reason"],
  day: ["วันที่", "date"],
  schedules: ["ตาราง", "schedules"],
  first_day: ["ตั้งแต่วันที่", "from"],
  member: ["สมาชิก", "member"],
  until: ["ถึง", "until"],
  times: ["จำนวนครั้งใน 1 ชั่วโมง", "times within an hour"],
});

const values = words({
  True: ["ใช่", "yes"],
  False: ["ไม่", "no"],
  set: ["ตั้งแล้ว", "set"],
  changed: ["เปลี่ยนแล้ว", "changed"],
});

/** What was done. Of a request that was refused only the method and the path are known. */
function actionText(action: string): string {
  if (!action.includes("/api/")) return actions.named(action);
  return t(action.startsWith("GET ") || action.endsWith("/account-search") ? "looked" : "changed");
}

const PAGE = 50;

interface HistoryListProps {
  /** What the list is called. */
  caption?: string;
  load: (query: { before?: string; limit: number }) => Promise<HistoryEntry[]>;
}

export function HistoryList(props: HistoryListProps) {
  const [entries, setEntries] = useState<HistoryEntry[] | undefined>();
  const [more, setMore] = useState(false);
  const { busy, failure, run } = useAction();
  const load = (before?: string) =>
    run(async () => {
      const page = await props.load({ before, limit: PAGE });
      setEntries((now) => (before ? [...(now ?? []), ...page] : page));
      setMore(page.length === PAGE);
    });
  useEffect(() => void load(), []);
  return (
    <>
      <Failed failure={failure} again={() => void load(entries?.at(-1)?.line_id)} />
      <Table
        caption={props.caption ?? t("caption")}
        rows={entries}
        failed={failure}
        perPage={Infinity}
        rowKey={(entry) => entry.line_id}
        rowClass={(entry) => (entry.outcome === "refused" ? "refused" : undefined)}
        empty={t("empty")}
        columns={[
          { title: word("when"), kind: "whole", cell: (entry) => dateTime(entry.at, lang.value) },
          { title: t("actor"), kind: "whole", cell: (entry) => entry.actor },
          {
            title: word("what_done"),
            cell: (entry) =>
              entry.outcome === "refused" ? `${actionText(entry.action)} (${t("refused")})` : actionText(entry.action),
          },
          {
            title: t("changes"),
            cell: (entry) => (
              <ul class="changes">
                {entry.changes
                  .filter((change) => change.before !== change.after)
                  .map((change) => (
                    <li key={change.field}>
                      {fields.named(change.field)}: {change.before ? `${values.named(change.before)} → ` : ""}
                      {values.named(change.after) || "–"}
                    </li>
                  ))}
              </ul>
            ),
          },
        ]}
      />
      {more && (
        <div class="actions">
          <button type="button" aria-busy={busy} aria-disabled={busy} onClick={() => void load(entries?.at(-1)?.line_id)}>
            {word("show_older")}
          </button>
        </div>
      )}
    </>
  );
}
