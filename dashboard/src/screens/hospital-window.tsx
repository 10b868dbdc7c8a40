/** A hospital's own entry: added and edited at country level. */
import { useState } from "preact/hooks";
import type { Hospital, Province } from "../api/shapes";
import { words } from "../i18n";
import { useAction, useLoaded } from "../load";
import { api } from "../session";
import { Conflict } from "../ui/conflict";
import { Dialog } from "../ui/dialog";
import { SelectField, TextField } from "../ui/field";
import { Failed, fieldFault, tell } from "../ui/notice";
import { SaveButton } from "../ui/save";
import { word } from "../words";

const t = words({
  window: ["ข้อมูลหน่วยงาน", "Hospital"],
  code: ["รหัสหน่วยงาน", "Code"],
  code_wrong: ["ตัวเลข 5 หลัก", "5 digits"],
  name: ["ชื่อหน่วยงาน", "Name"],
  province: ["จังหวัด", "Province"],
  district: ["สาขา", "District"],
  years: ["จำนวนปี", "Years"],
  years_wrong: ["ตัวเลข 0 ถึง 999", "A number from 0 to 999"],
  saved: ["บันทึกหน่วยงาน {code} แล้ว", "Hospital {code} was saved"],
});

interface WindowProps {
  hospital?: Hospital;
  onClose: () => void;
  onSaved: () => Promise<void>;
}

export function HospitalWindow({ hospital, onClose, onSaved }: WindowProps) {
  const first = {
    hospital_code: hospital?.hospital_code ?? "",
    name: hospital?.name ?? "",
    province_code: hospital?.province_code ?? "",
    district: hospital?.district ?? "",
    years: String(hospital?.years ?? 0),
  };
  const [values, setValues] = useState(first);
  const [tried, setTried] = useState(false);
  const { busy, failure, run } = useAction();
  const provinces = useLoaded(() => api.get<Province[]>("/api/accounts/provinces"), []);
  const set = (change: Partial<typeof first>) => setValues({ ...values, ...change });
  const wrong: Partial<Record<keyof typeof first, string>> = {
    hospital_code: /^\d{5}$/.test(values.hospital_code) ? undefined : t("code_wrong"),
    name: values.name.trim() ? undefined : word("required"),
    province_code: values.province_code ? undefined : word("choose_one"),
    years: /^\d{1,3}$/.test(values.years) ? undefined : t("years_wrong"),
  };
  const shown: Partial<Record<keyof typeof first, string>> = {};
  if (tried)
    for (const name of Object.keys(first) as (keyof typeof first)[]) shown[name] = wrong[name] ?? fieldFault(failure, name);

  const save = async (version?: number) => {
    setTried(true);
    if (Object.values(wrong).some(Boolean)) return;
    const { hospital_code, ...rest } = { ...values, years: Number(values.years) };
    const saved = await run(async () => {
      if (hospital) await api.put(`/api/accounts/hospitals/${hospital_code}`, { ...rest, version });
      else await api.post("/api/accounts/hospitals", { hospital_code, ...rest });
    });
    if (!saved) return;
    tell(t.both("saved", { code: hospital_code }));
    onClose();
    await onSaved();
  };
  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={JSON.stringify(values) !== JSON.stringify(first)}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save(hospital?.version);
        }}
      >
        {!hospital && (
          <TextField
            label={t("code")}
            value={values.hospital_code}
            onValue={(hospital_code) => set({ hospital_code: hospital_code.trim() })}
            error={shown.hospital_code}
            input={{ inputMode: "numeric", maxLength: 5 }}
          />
        )}
        <TextField
          label={t("name")}
          value={values.name}
          onValue={(name) => set({ name })}
          error={shown.name}
          input={{ maxLength: 200 }}
        />
        <SelectField
          label={t("province")}
          value={values.province_code}
          onValue={(province_code) => set({ province_code })}
          error={shown.province_code}
          blank={word("choose")}
          options={(provinces.data ?? []).map((one) => ({ value: one.province_code, text: one.province_name }))}
        />
        <TextField
          label={t("district")}
          optional
          value={values.district}
          onValue={(district) => set({ district })}
          error={shown.district}
          input={{ maxLength: 100 }}
        />
        <TextField
          label={t("years")}
          value={values.years}
          onValue={(years) => set({ years: years.trim() })}
          error={shown.years}
          input={{ inputMode: "numeric", maxLength: 3 }}
        />
        {failure?.code === "EditConflict" ? (
          <Conflict
            failure={failure}
            fields={[
              { name: "name", title: t("name") },
              { name: "province_code", title: t("province") },
              { name: "district", title: t("district") },
              { name: "years", title: t("years") },
            ]}
            onMine={save}
            onTheirs={() => {
              onClose();
              void onSaved();
            }}
          />
        ) : (
          <Failed failure={failure ?? provinces.failure} />
        )}
        <div class="actions">
          <SaveButton busy={busy} />
        </div>
      </form>
    </Dialog>
  );
}
