/** The national list of hospitals from a file. */
import { lang, words } from "../i18n";
import { api } from "../session";
import { CsvImport } from "./csv-import";

const t = words({
  window: ["นำเข้าหน่วยบริการ", "Import hospitals"],
  hint: [
    "คอลัมน์: รหัส, ชื่อหน่วยงาน, จังหวัด, สาขา, จำนวนปี",
    "Columns: code, name, province, district, years",
  ],
  outcome: [
    "เพิ่ม {added} แก้ไข {changed} เหมือนเดิม {unchanged} แห่ง อ่านไม่ได้ {bad} บรรทัด",
    "{added} added, {changed} changed, {unchanged} as before; {bad} lines not taken",
  ],
});

export function ImportHospitals({ onClose, onDone }: { onClose: () => void; onDone: () => Promise<void> }) {
  return (
    <CsvImport
      title={t("window")}
      hint={t("hint")}
      numbers={{ 0: 5 }}
      send={(body) => api.post("/api/accounts/hospital-import", { body })}
      outcome={(counts, bad) => t("outcome", { ...counts, bad })}
      why={({ reason, reason_en }) => (lang.value === "th" ? reason : reason_en)}
      onClose={onClose}
      onDone={onDone}
    />
  );
}
