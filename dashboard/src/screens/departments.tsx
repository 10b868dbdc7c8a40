/** Manual 2.1, figures 8 and 9: รายการแผนกที่เปิด. */
import { DepartmentBody } from "../api/limits";
import type { DepartmentBody as Body, DepartmentChange as Change } from "../api/types";
import { words } from "../i18n";
import { api } from "../session";
import { TextField } from "../ui/field";
import { word } from "../words";
import { Catalogue } from "./catalogue";

const t = words({
  window: ["ข้อมูลแผนก", "Department"],
  caption: ["รายการแผนกที่เปิด", "Departments"],
  empty: [
    "ยังไม่มีแผนก กด “เพิ่ม” เพื่อเปิดแผนกแรก เช่น อายุรกรรม",
    "No department yet. Press “Add” to open the first.",
  ],
});

const PATH = "/api/dashboard/departments";
const CALLS = {
  list: () => api.get(PATH),
  add: (body: Body) => api.post(PATH, { body }),
  change: (department_id: number, body: Change) => api.put(`${PATH}/{department_id}`, { path: { department_id }, body }),
  remove: (department_id: number, version: number) =>
    api.delete(`${PATH}/{department_id}`, { path: { department_id }, query: { version } }),
};

export default function Departments() {
  return (
    <Catalogue
      calls={CALLS}
      windowTitle={t("window")}
      caption={t("caption")}
      empty={t("empty")}
      columns={[{ title: word("department"), cell: (department) => department.department_name }]}
      idOf={(department) => department.department_id}
      nameOf={(department) => department.department_name}
      valuesOf={(department) => ({ department_name: department?.department_name ?? "" })}
      check={({ department_name }) => ({
        department_name: department_name.trim() ? undefined : word("required"),
      })}
      body={({ department_name }) => ({ department_name: department_name.trim() })}
      compared={[{ name: "department_name", title: word("department") }]}
      form={({ field }) => (
        <TextField
          label={word("department")}
          {...field("department_name")}
          limit={DepartmentBody.department_name}
        />
      )}
    />
  );
}
