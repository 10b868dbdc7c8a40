/** User groups of a hospital (manual 1.4): members have its roles. */
import { useState } from "preact/hooks";
import { NewGroup } from "../api/limits";
import type { Group } from "../api/types";
import { useForm } from "../form";
import { isThai, words } from "../i18n";
import { useLoaded } from "../load";
import { href } from "../route";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { Check, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { notify } from "../ui/notice";
import { Table } from "../ui/table";
import { word } from "../words";
import { useRoles } from "./role-window";

const t = words({
  empty: ["ยังไม่มีกลุ่มผู้ใช้งาน กด “เพิ่ม” เพื่อสร้าง", "No user group yet. Press “Add” to make one."],
  name: ["ชื่อกลุ่ม", "Name"],
  roles: ["Role", "Roles"],
  members: ["สมาชิก", "Members"],
  window: ["ข้อมูลกลุ่มผู้ใช้งาน", "User group"],
  saved: ["บันทึกกลุ่ม “{name}” แล้ว", "The group “{name}” was saved"],
});

const GROUPS = "/api/accounts/hospitals/{hospital_code}/groups";

export function Groups({ code }: { code: string }) {
  const list = useLoaded(() => api.get(GROUPS, { path: { hospital_code: code } }), [code]);
  const [open, setOpen] = useState<{ group?: Group } | undefined>();
  return (
    <>
      <div class="toolbar">
        <button type="button" class="primary" onClick={() => setOpen({})}>
          {word("add")}
        </button>
      </div>
      <Failed failure={list.failure} again={list.reload} />
      <Table
        caption={word("groups")}
        rows={list.data}
        failed={list.failure}
        rowKey={(group) => group.group_id}
        empty={t("empty")}
        numbered
        columns={[
          { title: t("name"), cell: (group) => group.name },
          { title: t("roles"), cell: (group) => group.roles.join(", ") },
          {
            title: t("members"),
            cell: (group) =>
              group.members.map((login, index) => (
                <span key={login}>
                  {index > 0 && ", "}
                  <a href={href("account", { code, login })}>{login}</a>
                </span>
              )),
          },
          {
            title: word("task"),
            kind: "actions",
            cell: (group) => (
              <button type="button" onClick={() => setOpen({ group })}>
                {word("edit")} <span class="visually-hidden">{group.name}</span>
              </button>
            ),
          },
        ]}
      />
      {open && (
        <GroupWindow
          code={code}
          group={open.group}
          onClose={() => setOpen(undefined)}
          onSaved={async () => {
            setOpen(undefined);
            await list.reload();
          }}
        />
      )}
    </>
  );
}

interface GroupWindowProps {
  code: string;
  group: Group | undefined;
  onClose: () => void;
  onSaved: () => Promise<void>;
}

function GroupWindow({ code, group, onClose, onSaved }: GroupWindowProps) {
  const known = useRoles();
  const form = useForm({
    initial: { name: group?.name ?? "", roles: group?.roles ?? [] },
    version: group?.version,
    check: ({ name }) => ({ name: name.trim() ? undefined : word("required") }),
    send: async ({ name, roles }, version) => {
      const path = { hospital_code: code };
      const body = { name: name.trim(), roles };
      if (group)
        await api.put(`${GROUPS}/{group_id}`, { path: { ...path, group_id: group.group_id }, body: { ...body, version } });
      else await api.post(GROUPS, { path, body });
      notify(t.both("saved", { name }));
      await onSaved();
    },
  });
  const { values, set } = form;
  const { roles } = values;
  const shown = known.data?.filter(({ role, grantable }) => grantable || roles.includes(role));
  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={form.changed}>
      <Form
        form={form}
        failure={known.failure}
        compared={[
          { name: "name", title: t("name") },
          { name: "roles", title: t("roles") },
        ]}
        onTheirs={onSaved}
      >
        <TextField
          label={t("name")}
          {...form.field("name")}
          limit={NewGroup.name}
        />
        <fieldset class="line">
          <legend>{t("roles")}</legend>
          {shown?.map((known) => (
            <Check
              key={known.role}
              label={
                <>
                  {isThai() ? known.role_name : known.role_name_en}{" "}
                  <small>
                    {known.role_code} · {isThai() ? known.level_name : known.level_name_en}
                  </small>
                </>
              }
              disabled={!known.grantable}
              checked={roles.includes(known.role)}
              onChecked={(on) => set({ roles: on ? [...roles, known.role] : roles.filter((role) => role !== known.role) })}
            />
          ))}
        </fieldset>
      </Form>
    </Dialog>
  );
}
