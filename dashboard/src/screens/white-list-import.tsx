/** Many people for the white list from a file. */
import { lang, words } from "../i18n";
import { api } from "../session";
import { CsvImport } from "./csv-import";

const t = words({
  window: ["นำเข้า White list", "Import a white list"],
  hint: [
    "คอลัมน์: เลขที่บัตรประชาชน, คำนำหน้า, ชื่อ, นามสกุล, เพศ (ชาย/หญิง), วันเกิด, โทรศัพท์มือถือ",
    "Columns: national id, title, first name, last name, sex (1 male, 2 female), date of birth, mobile phone",
  ],
  outcome: ["นำเข้า {accepted} คน ไม่ได้นำเข้า {bad} บรรทัด", "{accepted} people taken; {bad} lines not taken"],
  again: [
    "เพิ่มใหม่ {added} แก้ไข {changed} มีอยู่แล้วเหมือนเดิม {unchanged} คน ไม่ได้นำเข้า {bad} บรรทัด",
    "{added} people added, {changed} changed, {unchanged} as before; {bad} lines not taken",
  ],
});

export function ImportWhiteList({ onClose, onDone }: { onClose: () => void; onDone: () => Promise<void> }) {
  return (
    <CsvImport
      title={t("window")}
      hint={t("hint")}
      numbers={{ 6: "phone" }}
      send={async (body) => {
        const sent = await api.post("/api/dashboard/white-list/import", { body });
        const { accepted, refused, changed = 0, unchanged = 0 } = sent;
        return { accepted, added: accepted - changed - unchanged, changed, unchanged, refused };
      }}
      outcome={(counts, bad) => {
        const isNew = counts.added === counts.accepted;
        return t(isNew ? "outcome" : "again", { ...counts, bad });
      }}
      why={({ field, reason, reason_th }) => (lang.value === "th" ? reason_th : `${field}: ${reason}`)}
      onClose={onClose}
      onDone={onDone}
    />
  );
}
