/** The details of a person on the white list, corrected. */
import { useState } from "preact/hooks";
import { SentPerson } from "../api/limits";
import type { WhiteListEntry } from "../api/types";
import { dateTime } from "../dates";
import { useForm } from "../form";
import { lang, words } from "../i18n";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { word } from "../words";
import { dateText, draftOf, genderText, personBody, personErrors, PersonForm } from "./person-form";

const t = words({
  window: ["แก้ไขรายชื่อ (White list) {cid}", "Edit on the white list: {cid}"],
  said: ["บันทึกล่าสุดโดย {login} เมื่อ {at}", "Last said by {login}, {at}"],
});

interface EditProps {
  person: string;
  entry: WhiteListEntry;
  onClose: () => void;
  onSaved: () => Promise<void>;
}

const drafted = (entry: WhiteListEntry) => ({ ...draftOf(entry), phone_number: entry.phone_number });

export function EditListed({ person, entry: given, onClose, onSaved }: EditProps) {
  const [entry, setEntry] = useState(given);
  const form = useForm({
    initial: drafted(given),
    check: (draft) => {
      const { mobile_phone, ...errors } = personErrors(draft);
      return draft.mobile_phone === entry.mobile_phone ? errors : { ...errors, mobile_phone };
    },
    send: async (draft, _, theirs) => {
      const { added_at } = (theirs as unknown as WhiteListEntry | undefined) ?? entry;
      const { mobile_phone, phone_number } = draft;
      const phone = mobile_phone === entry.mobile_phone ? { mobile_phone } : {};
      const body = { person, ...personBody(draft), ...phone, phone_number: phone_number || " ", added_at };
      await api.post("/api/dashboard/white-list/edit", { body });
      await onSaved();
    },
  });
  return (
    <Dialog title={t("window", { cid: entry.cid_masked })} onClose={onClose} unsaved={form.changed} wide>
      <Form
        form={form}
        compared={[
          ...(["prefix", "first_name", "last_name"] as const).map((name) => ({ name, title: word(name) })),
          { name: "gender", title: word("gender"), shows: genderText },
          { name: "birth_date", title: word("birth_date"), shows: dateText },
          { name: "mobile_phone", title: word("mobile_phone") },
          { name: "phone_number", title: word("telephone") },
        ]}
        onTheirs={(theirs: WhiteListEntry) => {
          setEntry(theirs);
          form.reset(drafted(theirs));
        }}
      >
        {entry.added_login && <p>{t("said", { login: entry.added_login, at: dateTime(entry.added_at, lang.value) })}</p>}
        <PersonForm form={form} legend={entry.cid_masked} />
        {/* only a hospital's own system sends another number than the mobile one */}
        {entry.phone_number && (
          <TextField label={word("telephone")} optional {...form.field("phone_number")} limit={SentPerson.phone_number} />
        )}
      </Form>
    </Dialog>
  );
}
