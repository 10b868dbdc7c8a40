/** The table of manual 1.4, figure 5: ลำดับ, รหัส, Role Name, Level. */
import type { RoleAtLevel } from "../api/types";
import { isThai, words } from "../i18n";
import { Table, type Column } from "../ui/table";
import { word } from "../words";

const t = words({
  code: ["รหัส", "Code"],
  name: ["Role Name", "Role Name"],
  level: ["Level", "Level"],
  from: ["ได้รับจาก", "Comes from"],
});

interface RoleTableProps {
  caption: string;
  empty: string;
  rows: { role: string; from?: string }[];
  known: RoleAtLevel[];
  onRemove?: (role: string) => void;
}

export function RoleTable({ caption, empty, rows, known, onRemove }: RoleTableProps) {
  const of = (role: string) => known.find((entry) => entry.role === role);
  const columns: Column<{ role: string; from?: string }>[] = [
    { title: t("code"), kind: "whole", cell: ({ role }) => role.split(":")[0] },
    { title: t("name"), cell: ({ role }) => (isThai() ? of(role)?.role_name : of(role)?.role_name_en) },
    { title: t("level"), kind: "whole", cell: ({ role }) => (isThai() ? of(role)?.level_name : of(role)?.level_name_en) },
  ];
  if (onRemove)
    columns.push({
      title: word("task"),
      kind: "actions",
      cell: ({ role }) =>
        of(role)?.grantable && (
          <button type="button" onClick={() => onRemove(role)}>
            {word("remove")} <span class="visually-hidden">{role}</span>
          </button>
        ),
    });
  else columns.push({ title: t("from"), cell: ({ from }) => from });
  return (
    <Table caption={caption} rows={rows} rowKey={({ role }) => role} empty={empty} numbered columns={columns} />
  );
}
