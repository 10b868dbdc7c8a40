/** Many people for the white list from a CSV. */
import { words } from "../i18n";
import { api } from "../session";
import { CsvImport, utf8 } from "./csv-import";

const t = words({
  window: ["นำเข้า White list จาก CSV", "Import a white list from a CSV"],
  hint: [
    "คอลัมน์: เลขที่บัตรประชาชน, คำนำหน้า, ชื่อ, นามสกุล, เพศ (ชาย/หญิง), วันเกิด, โทรศัพท์มือถือ",
    "Columns: national id, title, first name, last name, sex (1 male, 2 female), date of birth, mobile phone",
  ],
  outcome: ["นำเข้า {accepted} คน ไม่ได้นำเข้า {bad} บรรทัด", "{accepted} people taken; {bad} lines not taken"],
});

const wrong = words({
  cid: ["เลขที่บัตรประชาชนไม่ถูกต้อง", "not a national id"],
  first_name: ["ไม่มีชื่อ", "no first name"],
  last_name: ["ไม่มีนามสกุล", "no last name"],
  gender: ["เพศต้องเป็น ชาย หรือ หญิง", "the sex is not readable"],
  birth_date: ["วันเกิดไม่ถูกต้อง", "the date of birth is not readable"],
});

export function ImportWhiteList({ onClose, onDone }: { onClose: () => void; onDone: () => Promise<void> }) {
  return (
    <CsvImport
      title={t("window")}
      hint={t("hint")}
      send={(body) => api.post("/api/dashboard/white-list/import", { body })}
      // the Thai encoding of Windows if it is not UTF-8
      decoded={(content) => utf8(content) ?? new TextDecoder("windows-874").decode(content)}
      outcome={(counts, bad) => t("outcome", { ...counts, bad })}
      why={({ field, reason }) => (wrong.named(field) === field ? `${field}: ${reason}` : wrong.named(field))}
      onClose={onClose}
      onDone={onDone}
    />
  );
}
