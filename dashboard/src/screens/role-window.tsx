/** Manual 1.4, figure 5: choose a role and its level, of those that the caller may give. */
import { useState } from "preact/hooks";
import type { RoleAtLevel } from "../api/types";
import type { Failure } from "../api/failure";
import { isThai, words } from "../i18n";
import { useLoaded } from "../load";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { SelectField } from "../ui/field";
import { Submit } from "../ui/form";
import { word } from "../words";

const t = words({
  window: ["เพิ่ม Role", "Add a role"],
  role: ["Role", "Role"],
  level: ["Level", "Level"],
  none: ["ไม่มี Role ที่ท่านเพิ่มได้อีก", "There is no further role that you may give"],
});

/** Every role at every level, with its names and whether the caller may give it. */
export const useRoles = () => useLoaded(() => api.get("/api/accounts/roles"), []);

interface RoleWindowProps {
  roles: RoleAtLevel[];
  /** Those given already, "APPOINTMENT_API:1" … */
  given: string[];
  busy: boolean;
  failure: Failure | undefined;
  onClose: () => void;
  onAdd: (role: string) => Promise<void>;
}

export function RoleWindow({ roles, given, busy, failure, onClose, onAdd }: RoleWindowProps) {
  const offered = roles.filter(({ role, grantable }) => grantable && !given.includes(role));
  const [code, setCode] = useState(offered[0]?.role_code ?? "");
  const [chosenLevel, setLevel] = useState<number | undefined>();
  const levels = offered.filter(({ role_code }) => role_code === code);
  const level = levels.find((role) => role.level === chosenLevel)?.level ?? levels[0]?.level;
  const codes = [...new Map(offered.map((role) => [role.role_code, role])).values()];
  return (
    <Dialog title={t("window")} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (code && level !== undefined) void onAdd(`${code}:${level}`);
        }}
      >
        {codes.length === 0 && <p>{t("none")}</p>}
        <SelectField
          label={t("role")}
          value={code}
          onValue={setCode}
          options={codes.map((role) => ({
            value: role.role_code,
            text: `${role.role_code} · ${isThai() ? role.role_name : role.role_name_en}`,
          }))}
        />
        <SelectField
          label={t("level")}
          value={level}
          onValue={(chosen) => setLevel(Number(chosen))}
          options={levels.map((role) => ({
            value: role.level,
            text: isThai() ? role.level_name : role.level_name_en,
          }))}
        />
        <Failed failure={failure} />
        <div class="actions">
          <Submit busy={busy} working={word("saving")} disabled={!codes.length} />
        </div>
      </form>
    </Dialog>
  );
}
