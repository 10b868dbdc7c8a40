/** Correct what the registry says of a person, with a reason; and the history of such corrections. */
import { useState } from "preact/hooks";
import { Correction } from "../api/limits";
import type { RegistryEntry } from "../api/types";
import { cidDigits, LONGEST_CID } from "../cid";
import { dateTime, today, type IsoDate } from "../dates";
import { useForm } from "../form";
import { lang, words } from "../i18n";
import { api } from "../session";
import { DateField, SelectField, TextField } from "../ui/field";
import { Form, Submit } from "../ui/form";
import { notify, notifyRepeat } from "../ui/notice";
import { word } from "../words";
import { cidError } from "./cid-error";
import { HistoryList } from "./history-list";
import { dateText, genderText } from "./person-form";

const t = words({
  about: [
    "แก้ไขได้เฉพาะข้อมูลที่หน่วยบริการในความดูแลของท่านเป็นผู้แจ้ง",
    "Only what a hospital that you administer has said can be corrected.",
  ],
  entry: ["ข้อมูลในทะเบียน {cid}", "Registry entry {cid}"],
  said: ["แจ้งโดย {login} หน่วยบริการ {code} เมื่อ {at}", "Said by {login} of hospital {code}, {at}"],
  said_unknown: ["ไม่ทราบว่าใครแจ้ง", "Nobody knows who said it"],
  reason: ["เหตุผลที่แก้ไข", "Why it is corrected"],
  correct: ["บันทึกการแก้ไข", "Save the correction"],
  same: ["ทะเบียนเป็นอย่างนี้อยู่แล้ว ไม่มีอะไรเปลี่ยน", "The registry says so already; nothing has changed"],
  corrected: ["แก้ไขข้อมูลในทะเบียนแล้ว", "The registry was corrected"],
});

export default function RegistryScreen() {
  const [shown, setShown] = useState<{ cid: string; entry: RegistryEntry }>();
  const form = useForm({
    initial: { cid: "" },
    check: ({ cid }) => ({ cid: cidError(cid) }),
    send: async ({ cid: typed }) => {
      const cid = cidDigits(typed);
      setShown(undefined);
      setShown({ cid, entry: await api.post("/api/accounts/registry/entry", { body: { cid } }) });
    },
  });
  return (
    <>
      <Form form={form} class="narrow" button={<Submit busy={form.busy} title={word("look_up")} working={word("looking_up")} />}>
        <p>{t("about")}</p>
        <TextField
          label={word("cid")}
          value={form.values.cid}
          onValue={(cid) => {
            form.set({ cid });
            setShown(undefined);
          }}
          error={form.errors.cid}
          limit={LONGEST_CID}
          input={{ inputMode: "numeric", class: "cid-input" }}
        />
      </Form>
      {shown && (
        <Entry
          key={`${shown.cid} ${shown.entry.added_at}`}
          {...shown}
          onEntry={(entry) => setShown({ cid: shown.cid, entry })}
        />
      )}
    </>
  );
}

interface EntryProps {
  cid: string;
  entry: RegistryEntry;
  onEntry: (entry: RegistryEntry) => void;
}

function Entry({ cid, entry, onEntry }: EntryProps) {
  const { prefix, first_name, last_name, gender, birth_date, added_at } = entry;
  const form = useForm({
    initial: {
      prefix,
      first_name,
      last_name,
      gender: gender ? String(gender) : "",
      birth_date: (birth_date || undefined) as IsoDate | undefined,
      reason: "",
    },
    check: (values) => ({
      first_name: values.first_name.trim() ? undefined : word("required"),
      gender: values.gender ? undefined : word("choose_one"),
      birth_date: values.birth_date && values.birth_date > today() ? word("birth_wrong") : undefined,
      reason: values.reason.trim() ? undefined : word("required"),
    }),
    send: async ({ gender, birth_date, ...texts }, _, theirs) => {
      const seen = theirs ? (theirs as unknown as RegistryEntry).added_at : added_at;
      const body = { cid, ...texts, gender: Number(gender), added_at: seen, ...(birth_date ? { birth_date } : {}) };
      const corrected = await api.post("/api/accounts/registry/correct", { body });
      onEntry(corrected);
      if (corrected.added_at === seen) notifyRepeat(t.both("same"));
      else notify(t.both("corrected"));
    },
  });
  const { values, set, errors } = form;
  const text = (name: "prefix" | "first_name" | "last_name") => (
    <TextField
      label={word(name)}
      optional={name !== "first_name"}
      value={values[name]}
      onValue={(typed) => set({ [name]: typed })}
      error={name === "first_name" ? errors.first_name : undefined}
      limit={Correction[name]}
    />
  );
  return (
    <section aria-labelledby="registry-entry">
      <h2 id="registry-entry">{t("entry", { cid: entry.cid_masked })}</h2>
      <p>
        {entry.added_by
          ? t("said", { login: entry.added_login, code: entry.added_by, at: dateTime(added_at, lang.value) })
          : t("said_unknown")}
      </p>
      <Form
        form={form}
        class="narrow"
        compared={[
          { name: "prefix", title: word("prefix") },
          { name: "first_name", title: word("first_name") },
          { name: "last_name", title: word("last_name") },
          { name: "gender", title: word("gender"), shows: genderText },
          { name: "birth_date", title: word("birth_date"), shows: dateText },
        ]}
        onTheirs={onEntry}
        button={<Submit busy={form.busy} title={t("correct")} working={word("saving")} />}
      >
        {text("prefix")}
        {text("first_name")}
        {text("last_name")}
        <SelectField
          label={word("gender")}
          {...form.field("gender")}
          blank={gender ? undefined : word("choose")}
          options={[
            { value: "1", text: word("male") },
            { value: "2", text: word("female") },
          ]}
        />
        <DateField
          label={word("birth_date")}
          optional
          birth
          {...form.field("birth_date")}
        />
        <TextField
          label={t("reason")}
          {...form.field("reason")}
          limit={Correction.reason}
        />
      </Form>
      <HistoryList
        load={({ before, limit }) =>
          api.post("/api/accounts/registry/history", { body: { cid, limit, ...(before ? { before } : {}) } })
        }
      />
    </section>
  );
}
