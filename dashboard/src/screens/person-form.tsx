/** The white-list form: a person whom the registry does not know. */
import { SentPerson } from "../api/limits";
import type { SentPerson as Body } from "../api/types";
import { today, type IsoDate } from "../dates";
import type { Errors } from "../form";
import { words } from "../i18n";
import { readCode } from "../typed-code";
import { DateField, SelectField, TextField } from "../ui/field";
import { word } from "../words";

const t = words({
  legend: ["เพิ่มรายชื่อ (White list)", "Add to the white list"],
  prefix: ["คำนำหน้า", "Title"],
  no_prefix: ["ไม่มี", "none"],
  other: ["อื่น ๆ", "other"],
  other_prefix: ["คำนำหน้าอื่น", "Other title"],
  first_name: ["ชื่อ", "First name"],
  last_name: ["นามสกุล", "Last name"],
  gender: ["เพศ", "Sex"],
  male: ["ชาย", "male"],
  female: ["หญิง", "female"],
  birth_date: ["วันเกิด", "Date of birth"],
  birth_wrong: ["วันเกิดต้องไม่อยู่ในอนาคต", "A date of birth is not in the future"],
  mobile_phone: ["โทรศัพท์มือถือ", "Mobile phone"],
  phone_wrong: ["ตัวเลข 9–10 หลัก ขึ้นต้นด้วย 0", "9 or 10 digits that begin with 0"],
});

/** Titles to choose from, with the sex they imply; "" is none, OTHER a text of its own. */
const OTHER = "other";
const PREFIXES: [prefix: string, gender?: "1" | "2"][] = [
  ["นาย", "1"],
  ["นาง", "2"],
  ["นางสาว", "2"],
  ["เด็กชาย", "1"],
  ["เด็กหญิง", "2"],
  ["พระ", "1"],
  ["พระมหา", "1"],
  ["สามเณร", "1"],
  ["แม่ชี", "2"],
  ["Mr.", "1"],
  ["Mrs.", "2"],
  ["Ms.", "2"],
];

export interface PersonDraft {
  prefix: string;
  other_prefix: string;
  first_name: string;
  last_name: string;
  gender: string;
  birth_date: IsoDate | undefined;
  mobile_phone: string;
}

export const emptyPerson = (): PersonDraft => ({
  prefix: "นาย",
  other_prefix: "",
  first_name: "",
  last_name: "",
  gender: "1",
  birth_date: undefined,
  mobile_phone: "",
});

export function personErrors(draft: PersonDraft): Errors<PersonDraft> {
  return {
    first_name: draft.first_name.trim() ? undefined : word("required"),
    other_prefix: draft.prefix === OTHER && !draft.other_prefix.trim() ? word("required") : undefined,
    birth_date: draft.birth_date && draft.birth_date > today() ? t("birth_wrong") : undefined,
    mobile_phone:
      draft.mobile_phone && !/^0\d{8,9}$/.test(readCode(draft.mobile_phone)) ? t("phone_wrong") : undefined,
  };
}

export const personBody = (draft: PersonDraft): Omit<Body, "cid"> => ({
  prefix: draft.prefix === OTHER ? draft.other_prefix.trim() : draft.prefix,
  first_name: draft.first_name.trim(),
  last_name: draft.last_name.trim(),
  gender: Number(draft.gender),
  ...(draft.birth_date ? { birth_date: draft.birth_date } : {}),
  ...(draft.mobile_phone ? { mobile_phone: readCode(draft.mobile_phone) } : {}),
});

interface PersonFormProps {
  draft: PersonDraft;
  set: (change: Partial<PersonDraft>) => void;
  errors: Errors<PersonDraft>;
}

export function PersonForm({ draft, set, errors }: PersonFormProps) {
  return (
    <fieldset class="line person-form">
      <legend>{t("legend")}</legend>
      <div class="fields-row">
        <SelectField
          label={t("prefix")}
          value={draft.prefix}
          onValue={(prefix) =>
            set({ prefix, gender: PREFIXES.find(([name]) => name === prefix)?.[1] ?? draft.gender })
          }
          options={[
            ...PREFIXES.map(([prefix]) => ({ value: prefix, text: prefix })),
            { value: "", text: t("no_prefix") },
            { value: OTHER, text: t("other") },
          ]}
        />
        <SelectField
          label={t("gender")}
          value={draft.gender}
          onValue={(gender) => set({ gender })}
          options={[
            { value: "1", text: t("male") },
            { value: "2", text: t("female") },
          ]}
        />
      </div>
      {draft.prefix === OTHER && (
        <TextField
          label={t("other_prefix")}
          value={draft.other_prefix}
          onValue={(other_prefix) => set({ other_prefix })}
          error={errors.other_prefix}
          limit={SentPerson.prefix}
        />
      )}
      <div class="fields-row">
        <TextField
          label={t("first_name")}
          value={draft.first_name}
          onValue={(first_name) => set({ first_name })}
          error={errors.first_name}
          limit={SentPerson.first_name}
        />
        <TextField
          label={t("last_name")}
          optional
          value={draft.last_name}
          onValue={(last_name) => set({ last_name })}
          error={errors.last_name}
          limit={SentPerson.last_name}
        />
      </div>
      <div class="fields-row">
        <DateField
          label={t("birth_date")}
          optional
          birth
          value={draft.birth_date}
          onValue={(birth_date) => set({ birth_date })}
          error={errors.birth_date}
        />
        <TextField
          label={t("mobile_phone")}
          optional
          value={draft.mobile_phone}
          onValue={(mobile_phone) => set({ mobile_phone })}
          error={errors.mobile_phone}
          limit={SentPerson.mobile_phone}
          input={{ inputMode: "tel" }}
        />
      </div>
    </fieldset>
  );
}

/** The full name as Thais write it; a blank follows a title before a name in Latin letters. */
export const fullName = (person: Pick<Body, "prefix" | "first_name" | "last_name">): string => {
  const blank = person.prefix && (person.first_name ?? "") < "\u0e00" ? " " : "";
  return `${person.prefix ?? ""}${blank}${person.first_name} ${person.last_name ?? ""}`.trim();
};
