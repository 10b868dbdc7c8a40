/** Add or edit a hospital, at country level. */
import { NewHospital } from "../api/limits";
import type { Hospital } from "../api/types";
import { useForm } from "../form";
import { words } from "../i18n";
import { useLoaded } from "../load";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { numberError, SelectField, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { notify } from "../ui/notice";
import { word } from "../words";

const t = words({
  window: ["ข้อมูลหน่วยงาน", "Hospital"],
  saved: ["บันทึกหน่วยงาน {code} แล้ว", "Hospital {code} was saved"],
});

interface WindowProps {
  hospital?: Hospital;
  onClose: () => void;
  onSaved: () => Promise<void>;
}

export function HospitalWindow({ hospital, onClose, onSaved }: WindowProps) {
  const provinces = useLoaded(() => api.get("/api/accounts/provinces"), []);
  const form = useForm({
    initial: {
      hospital_code: hospital?.hospital_code ?? "",
      name: hospital?.name ?? "",
      province_code: hospital?.province_code ?? "",
      district: hospital?.district ?? "",
      years: String(hospital?.years ?? 0),
    },
    version: hospital?.version,
    check: ({ hospital_code, name, province_code, years }) => ({
      hospital_code: /^\d{5}$/.test(hospital_code) ? undefined : word("five_digits"),
      name: name.trim() ? undefined : word("required"),
      province_code: province_code ? undefined : word("choose_one"),
      years: numberError(years, NewHospital.years),
    }),
    send: async ({ hospital_code, ...values }, version) => {
      const body = { ...values, years: Number(values.years) };
      if (hospital)
        await api.put("/api/accounts/hospitals/{hospital_code}", { path: { hospital_code }, body: { ...body, version } });
      else await api.post("/api/accounts/hospitals", { body: { hospital_code, ...body } });
      notify(t.both("saved", { code: hospital_code }));
      onClose();
      await onSaved();
    },
  });
  const { values, set, errors } = form;
  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={form.changed}>
      <Form
        form={form}
        failure={provinces.failure}
        compared={[
          { name: "name", title: word("hospital_name") },
          { name: "province_code", title: word("province") },
          { name: "district", title: word("district") },
          { name: "years", title: word("years") },
        ]}
        onTheirs={() => {
          onClose();
          void onSaved();
        }}
      >
        {!hospital && (
          <TextField
            label={word("hospital_code")}
            value={values.hospital_code}
            onValue={(hospital_code) => set({ hospital_code: hospital_code.trim() })}
            error={errors.hospital_code}
            limit={NewHospital.hospital_code}
            input={{ inputMode: "numeric" }}
          />
        )}
        <TextField
          label={word("hospital_name")}
          {...form.field("name")}
          limit={NewHospital.name}
        />
        <SelectField
          label={word("province")}
          {...form.field("province_code")}
          blank={word("choose")}
          options={(provinces.data ?? []).map(({ province_code, province_name }) => ({ value: province_code, text: province_name }))}
        />
        <TextField
          label={word("district")}
          optional
          {...form.field("district")}
          limit={NewHospital.district}
        />
        <TextField
          label={word("years")}
          {...form.field("years")}
          limit={NewHospital.years}
        />
      </Form>
    </Dialog>
  );
}
