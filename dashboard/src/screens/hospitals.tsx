/** Manual 1.2, figure 3: find a hospital by code, name or province. */
import { useLayoutEffect, useState } from "preact/hooks";
import { HospitalsQuery } from "../api/limits";
import { words } from "../i18n";
import { useLoaded } from "../load";
import { choose, href, route } from "../route";
import { api, caller, levelOf } from "../session";
import { Failed } from "../ui/failed";
import { SelectField, TextField } from "../ui/field";
import { SearchTotal } from "../ui/search-total";
import { Table } from "../ui/table";
import { word } from "../words";
import { HospitalWindow } from "./hospital-window";
import { ImportHospitals } from "./hospitals-import";

const t = words({
  code_hint: ["พิมพ์ต้นรหัสก็ได้", "its beginning will do"],
  name_hint: ["ส่วนใดของชื่อก็ได้", "any part of it"],
  caption: ["หน่วยบริการ", "Hospitals"],
  empty: ["ไม่พบหน่วยบริการที่ค้นหา ลองค้นด้วยต้นรหัสหรือบางส่วนของชื่อ", "No hospital found. Try the beginning of a code or part of a name."],
});

const MOST_SHOWN = 200;

export default function Hospitals() {
  const { code = "", name = "", province = "" } = route.value.params;
  const [typed, setTyped] = useState({ code, name });
  useLayoutEffect(() => setTyped({ code, name }), [code, name]); // before anything else can be typed
  const [open, setOpen] = useState<"add" | "import" | undefined>();
  const list = useLoaded(
    () =>
      api.get("/api/accounts/hospitals", {
        query: {
          code: code || undefined,
          name: name || undefined,
          province_code: province || undefined,
          limit: MOST_SHOWN,
        },
      }),
    [code, name, province],
  );
  const country = levelOf("ACCOUNT_ADMIN") >= 5;
  const provinces = useLoaded(() => api.get("/api/accounts/provinces"), [], { when: country });

  return (
    <>
      <form
        class="toolbar"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          choose({ code: typed.code.trim(), name: typed.name.trim() });
          if (typed.code.trim() === code && typed.name.trim() === name) void list.reload();
        }}
      >
        <TextField
          label={word("hospital_code")}
          hint={t("code_hint")}
          free
          value={typed.code}
          onValue={(to) => setTyped({ ...typed, code: to })}
          limit={HospitalsQuery.code}
          input={{ inputMode: "numeric" }}
        />
        <TextField
          label={word("hospital_name")}
          hint={t("name_hint")}
          free
          value={typed.name}
          onValue={(to) => setTyped({ ...typed, name: to })}
          limit={HospitalsQuery.name}
        />
        {country && (
          <SelectField
            label={word("province")}
            free
            value={province}
            onValue={(to) => choose({ province: to })}
            blank={word("all")}
            options={(provinces.data ?? []).map(({ province_code, province_name }) => ({ value: province_code, text: province_name }))}
          />
        )}
        <button class="primary" aria-busy={list.loading}>
          {word("look_up")}
        </button>
        {country && (
          <div class="tools">
            <button type="button" onClick={() => setOpen("add")}>
              {word("add")}
            </button>
            <button type="button" onClick={() => setOpen("import")}>
              {word("import_file")}
            </button>
          </div>
        )}
      </form>
      <Failed failure={list.failure} again={list.reload} />
      <Table
        caption={t("caption")}
        rows={list.data?.hospitals}
        failed={list.failure}
        rowKey={(hospital) => hospital.hospital_code}
        rowClass={(hospital) => (hospital.hospital_code === caller.value?.hospital_code ? "own" : undefined)}
        empty={t("empty")}
        numbered
        columns={[
          { title: word("hospital_code"), kind: "whole", cell: (hospital) => hospital.hospital_code },
          { title: word("hospital_name"), cell: (hospital) => hospital.name },
          { title: word("province"), kind: "whole", cell: (hospital) => hospital.province_name },
          { title: word("district"), cell: (hospital) => hospital.district },
          { title: word("years"), kind: "figure", cell: (hospital) => hospital.years },
          {
            title: word("task"),
            kind: "actions",
            cell: (hospital) => (
              <a class="button" href={href("hospital", { code: hospital.hospital_code })}>
                {word("show")} <span class="visually-hidden">{hospital.name}</span>
              </a>
            ),
          },
        ]}
      />
      <SearchTotal shown={list.data?.hospitals.length ?? 0} total={list.data?.total} more={list.data?.more} />
      {open === "add" && <HospitalWindow onClose={() => setOpen(undefined)} onSaved={list.reload} />}
      {open === "import" && <ImportHospitals onClose={() => setOpen(undefined)} onDone={list.reload} />}
    </>
  );
}
