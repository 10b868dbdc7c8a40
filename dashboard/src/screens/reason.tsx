/** Why the hospital cancels or moves an appointment: one of the usual reasons, or the staff's own words. */
import { useLayoutEffect, useState } from "preact/hooks";
import { CancelBody } from "../api/limits";
import { words } from "../i18n";
import { SelectField, TextField } from "../ui/field";

const t = words({
  label: ["เหตุผลที่แจ้งผู้รับบริการ", "Reason, which the person is told"],
  hint: ["แสดงในแอป ไม่แสดงใน LINE ไม่ต้องเขียนเรื่องการเจ็บป่วย", "Shown in the app, not in LINE. Write nothing of anybody's health."],
  none: ["ไม่ระบุ", "none"],
  other: ["อื่น ๆ (พิมพ์เอง)", "another one (typed)"],
  own: ["เหตุผล", "Reason"],
});

/** The codes that the API turns into words of the person's language. */
const reason = words({
  doctor_away: ["แพทย์ติดราชการ", "The doctor is away on duty"],
  doctor_on_leave: ["แพทย์ลา", "The doctor is on leave"],
  clinic_closed: ["คลินิกปิดทำการ", "The clinic is closed"],
  equipment: ["เครื่องมือขัดข้อง", "Equipment has failed"],
  emergency: ["มีเหตุฉุกเฉินในโรงพยาบาล", "An emergency in the hospital"],
  asked: ["ผู้รับบริการขอเอง", "The person asked for it"],
  mistake: ["บันทึกผิดพลาด", "It was entered by mistake"],
});
const CODES = ["doctor_away", "doctor_on_leave", "clinic_closed", "equipment", "emergency", "asked", "mistake"] as const;
const OTHER = "other";

/** `onReason` gets the code, the typed words, or "". */
export function ReasonField({ onReason }: { onReason: (reason: string) => void }) {
  const [chosen, setChosen] = useState("");
  const [typed, setTyped] = useState("");
  // A field that is shown anew says "none": what was chosen in an earlier one is not told to anybody.
  useLayoutEffect(() => onReason(""), []);
  return (
    <>
      <SelectField
        label={t("label")}
        hint={t("hint")}
        free
        value={chosen}
        onValue={(to) => {
          setChosen(to);
          onReason(to === OTHER ? typed.trim() : to);
        }}
        blank={t("none")}
        options={[...CODES.map((code) => ({ value: code, text: reason(code) })), { value: OTHER, text: t("other") }]}
      />
      {chosen === OTHER && (
        <TextField
          label={t("own")}
          free
          value={typed}
          onValue={(text) => {
            setTyped(text);
            onReason(text.trim());
          }}
          limit={CancelBody.reason}
        />
      )}
    </>
  );
}
