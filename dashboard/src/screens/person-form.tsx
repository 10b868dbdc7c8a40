/** The white-list form: a person whom the registry does not know. */
import { SentPerson } from "../api/limits";
import type { SentPerson as Body } from "../api/types";
import { shortDate, today, type IsoDate } from "../dates";
import type { Errors, FieldProps } from "../form";
import { lang, words } from "../i18n";
import { readCode } from "../typed-code";
import { DateField, SelectField, TextField } from "../ui/field";
import { word } from "../words";

const t = words({
  legend: ["เพิ่มรายชื่อ (White list)", "Add to the white list"],
  no_prefix: ["ไม่มี", "none"],
  other: ["อื่น ๆ", "other"],
  other_hint: ["ยศ สมณศักดิ์ หรืออื่น ๆ พิมพ์เองได้", "A rank, a monk's title or any other; type it"],
  other_prefix: ["คำนำหน้าอื่น", "Other title"],
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

/** Offered while another title is typed: ranks, monks, nobility, degrees. */
const OTHER_PREFIXES =
  "พล.อ. พล.ท. พล.ต. พ.อ. พ.ท. พ.ต. ร.อ. ร.ท. ร.ต. ว่าที่ร้อยตรี จ.ส.อ. ส.อ. ส.ต. พลทหาร พล.ต.อ. พ.ต.อ. พ.ต.ท. พ.ต.ต. " +
  "ร.ต.อ. ร.ต.ท. ร.ต.ต. ด.ต. จ.ส.ต. ส.ต.อ. น.อ. น.ท. น.ต. พระครู พระอธิการ พระปลัด พระใบฎีกา ม.จ. ม.ร.ว. ม.ล. ดร. ศ.ดร. ผศ. รศ.";

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

/** What the form begins with for a person as the API has them. */
export function draftOf(person: Required<Pick<Body, "prefix" | "first_name" | "last_name" | "gender" | "mobile_phone">> & {
  birth_date: string;
}): PersonDraft {
  const { prefix, first_name, last_name, gender, birth_date, mobile_phone } = person;
  const isListed = !prefix || PREFIXES.some(([listed]) => listed === prefix);
  return {
    ...(isListed ? { prefix, other_prefix: "" } : { prefix: OTHER, other_prefix: prefix }),
    first_name,
    last_name,
    gender: gender ? String(gender) : "",
    birth_date: birth_date || undefined,
    mobile_phone,
  };
}

export const genderText = (gender: unknown): string => (gender ? word(gender === 1 ? "male" : "female") : "");

export const dateText = (date: unknown): string => (date ? shortDate(date as IsoDate, lang.value) : "");

export function personErrors(draft: PersonDraft): Errors<PersonDraft> {
  return {
    first_name: draft.first_name.trim() ? undefined : word("required"),
    other_prefix: draft.prefix === OTHER && !draft.other_prefix.trim() ? word("required") : undefined,
    gender: draft.gender ? undefined : word("choose_one"),
    birth_date: draft.birth_date && draft.birth_date > today() ? word("birth_wrong") : undefined,
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
  legend?: string;
  form: {
    values: PersonDraft;
    set: (change: Partial<PersonDraft>) => void;
    field: <K extends keyof PersonDraft>(name: K) => FieldProps<PersonDraft, K>;
  };
}

export function PersonForm({ legend = t("legend"), form: { values: draft, set, field } }: PersonFormProps) {
  return (
    <fieldset class="line person-form">
      <legend>{legend}</legend>
      <div class="fields-row">
        <SelectField
          label={word("prefix")}
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
          label={word("gender")}
          {...field("gender")}
          blank={draft.gender ? undefined : word("choose")}
          options={[
            { value: "1", text: word("male") },
            { value: "2", text: word("female") },
          ]}
        />
      </div>
      {draft.prefix === OTHER && (
        <>
          <TextField
            label={t("other_prefix")}
            hint={t("other_hint")}
            {...field("other_prefix")}
            limit={SentPerson.prefix}
            input={{ list: "other-prefixes" }}
          />
          <datalist id="other-prefixes">
            {OTHER_PREFIXES.split(" ").map((prefix) => (
              <option key={prefix} value={prefix} />
            ))}
          </datalist>
        </>
      )}
      <div class="fields-row">
        <TextField
          label={word("first_name")}
          {...field("first_name")}
          limit={SentPerson.first_name}
        />
        <TextField
          label={word("last_name")}
          optional
          {...field("last_name")}
          limit={SentPerson.last_name}
        />
      </div>
      <div class="fields-row">
        <DateField
          label={word("birth_date")}
          optional
          birth
          {...field("birth_date")}
        />
        <TextField
          label={word("mobile_phone")}
          optional
          {...field("mobile_phone")}
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
