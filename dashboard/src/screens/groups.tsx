/** User groups of a hospital (manual 1.4): whoever is in one holds its roles. */
import { useRef, useState } from "preact/hooks";
import type { Group } from "../api/shapes";
import { isThai, words } from "../i18n";
import { useAction, useLoaded } from "../load";
import { href } from "../route";
import { api } from "../session";
import { Conflict } from "../ui/conflict";
import { Dialog } from "../ui/dialog";
import { Check, TextField } from "../ui/field";
import { Failed, fieldFault, tell } from "../ui/notice";
import { SaveButton } from "../ui/save";
import { Table } from "../ui/table";
import { word } from "../words";
import { useRoles } from "./role-window";

const t = words({
  caption: ["กลุ่มผู้ใช้งาน", "User groups"],
  empty: ["ยังไม่มีกลุ่มผู้ใช้งาน กด “เพิ่ม” เพื่อสร้าง", "No user group yet. Press “Add” to make one."],
  name: ["ชื่อกลุ่ม", "Name"],
  roles: ["Role", "Roles"],
  members: ["สมาชิก", "Members"],
  window: ["ข้อมูลกลุ่มผู้ใช้งาน", "User group"],
  saved: ["บันทึกกลุ่ม “{name}” แล้ว", "The group “{name}” was saved"],
});

export function Groups({ code }: { code: string }) {
  const path = `/api/accounts/hospitals/${code}/groups`;
  const list = useLoaded(() => api.get<Group[]>(path), [path]);
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
        caption={t("caption")}
        rows={list.data}
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
          path={path}
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
  path: string;
  group: Group | undefined;
  onClose: () => void;
  onSaved: () => Promise<void>;
}

function GroupWindow({ path, group, onClose, onSaved }: GroupWindowProps) {
  const known = useRoles();
  const [name, setName] = useState(group?.name ?? "");
  const [roles, setRoles] = useState(group?.roles ?? []);
  const first = useRef(JSON.stringify([name, roles]));
  const [tried, setTried] = useState(false);
  const { busy, failure, run } = useAction();
  const save = async (version?: number) => {
    setTried(true);
    if (!name.trim()) return;
    const saved = await run(async () => {
      const body = { name: name.trim(), roles };
      if (group) await api.put(`${path}/${group.group_id}`, { ...body, version });
      else await api.post(path, body);
    });
    if (!saved) return;
    tell(t.both("saved", { name }));
    await onSaved();
  };
  const shown = known.data?.filter(({ role, grantable }) => grantable || roles.includes(role));
  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={JSON.stringify([name, roles]) !== first.current}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save(group?.version);
        }}
      >
        <TextField
          label={t("name")}
          value={name}
          onValue={setName}
          error={tried && !name.trim() ? word("required") : fieldFault(failure, "name")}
          input={{ maxLength: 100 }}
        />
        <fieldset class="line">
          <legend>{t("roles")}</legend>
          {shown?.map((one) => (
            <Check
              key={one.role}
              label={
                <>
                  {isThai.value ? one.role_name : one.role_name_en}{" "}
                  <small>
                    {one.role_code} · {isThai.value ? one.level_name : one.level_name_en}
                  </small>
                </>
              }
              disabled={!one.grantable}
              checked={roles.includes(one.role)}
              onChecked={(on) => setRoles(on ? [...roles, one.role] : roles.filter((role) => role !== one.role))}
            />
          ))}
        </fieldset>
        {failure?.code === "EditConflict" ? (
          <Conflict
            failure={failure}
            fields={[
              { name: "name", title: t("name") },
              { name: "roles", title: t("roles") },
            ]}
            onMine={save}
            onTheirs={onSaved}
          />
        ) : (
          <Failed failure={failure ?? known.failure} />
        )}
        <div class="actions">
          <SaveButton busy={busy} />
        </div>
      </form>
    </Dialog>
  );
}
