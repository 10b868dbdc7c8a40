/** Why the hospital cancels or moves an appointment: one of its reasons, or the staff's own words. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { CancelBody } from "../api/limits";
import { isThai, words } from "../i18n";
import { useLoaded } from "../load";
import { api } from "../session";
import { SelectField, TextField } from "../ui/field";
import { word } from "../words";

const t = words({
  label: ["เหตุผลที่แจ้งผู้รับบริการ", "Reason, which the person is told"],
  hint: ["แสดงในแอป ไม่แสดงใน LINE ไม่ต้องเขียนเรื่องการเจ็บป่วย", "Shown in the app, not in LINE. Write nothing of anybody's health."],
  none: ["ไม่ระบุ", "none"],
  other: ["อื่น ๆ (พิมพ์เอง)", "another one (typed)"],
  missing: ["พิมพ์เหตุผล หรือเลือก “ไม่ระบุ”", "Type the reason, or choose “none”"],
});

/** The codes that the API turns into words of the person's language, for hospitals without a list of their own. */
const usual = words({
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

/** reason: a code, or words; "" if none is given. reason_en: the same words in English, or "". */
interface Reason {
  reason?: string;
  reason_en?: string;
}

/** What a window knows of its ReasonField. */
export interface ReasonBox {
  given: Reason;
  /** Words are to be typed, and there are none: the field says so, and has the focus. */
  isMissing: () => boolean;
}
export const newReason = (): ReasonBox => ({ given: { reason: "" }, isMissing: () => false });

export function ReasonField({ box }: { box: ReasonBox }) {
  const { data, failure } = useLoaded(() => api.get("/api/dashboard/reasons"), []);
  const [chosen, setChosen] = useState("");
  const [typed, setTyped] = useState("");
  const [tried, setTried] = useState(false);
  const element = useRef<HTMLDivElement>(null);
  const own = data?.reasons ?? [];
  const options = [
    ...own.map(({ th, en }) => ({ value: th, text: isThai() ? th : en })),
    ...((data ? !own.length : failure) ? CODES.map((code) => ({ value: code as string, text: usual(code) })) : []),
    { value: OTHER, text: t("other") },
  ];
  // The list may have changed since.
  if (chosen && !options.some(({ value }) => value === chosen)) options.push({ value: chosen, text: usual.named(chosen) });
  const isMissing = chosen === OTHER && !typed.trim();
  useLayoutEffect(() => {
    const { th: reason, en: reason_en } = own.find(({ th }) => th === chosen) ?? { th: chosen === OTHER ? typed.trim() : chosen, en: "" };
    box.given = { reason, reason_en };
    box.isMissing = () => {
      setTried(true);
      if (isMissing) element.current!.querySelector("input")!.focus();
      return isMissing;
    };
    // A field that is shown anew says "none": what was chosen in an earlier one is not told to anybody.
    return () => void Object.assign(box, newReason());
  });
  return (
    <div ref={element}>
      <SelectField
        label={t("label")}
        hint={t("hint")}
        free
        value={chosen}
        onValue={setChosen}
        blank={data || failure ? t("none") : word("loading")}
        options={options}
      />
      {chosen === OTHER && (
        <TextField
          label={word("reason")}
          free
          value={typed}
          onValue={setTyped}
          error={tried && isMissing ? t("missing") : undefined}
          limit={CancelBody.reason}
        />
      )}
    </div>
  );
}

/** The reason of an appointment that was cancelled or moved, if one was given. */
export function Why({ reason, reason_en }: Reason) {
  if (!reason) return null;
  return (
    <small>
      {word("reason")}: {(!isThai() && reason_en) || usual.named(reason)}
    </small>
  );
}
