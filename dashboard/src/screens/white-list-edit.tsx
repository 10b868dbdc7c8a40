/** The details of a person on the white list, corrected. */
import { useState } from "preact/hooks";
import type { WhiteListEntry } from "../api/types";
import { dateTime } from "../dates";
import { useForm } from "../form";
import { lang, words } from "../i18n";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Form } from "../ui/form";
import { word } from "../words";
import { draftOf, genderText, personBody, personErrors, PersonForm } from "./person-form";

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

export function EditListed({ person, entry: given, onClose, onSaved }: EditProps) {
  const [entry, setEntry] = useState(given);
  const form = useForm({
    initial: draftOf(given),
    check: (draft) => {
      const { mobile_phone, ...errors } = personErrors(draft);
      return draft.mobile_phone === entry.mobile_phone ? errors : { ...errors, mobile_phone };
    },
    send: async (draft, _, theirs) => {
      const { added_at } = (theirs as unknown as WhiteListEntry | undefined) ?? entry;
      const { mobile_phone } = draft;
      const phone = mobile_phone === entry.mobile_phone ? { mobile_phone } : {};
      await api.post("/api/dashboard/white-list/edit", { body: { person, ...personBody(draft), ...phone, added_at } });
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
          ...(["birth_date", "mobile_phone"] as const).map((name) => ({ name, title: word(name) })),
        ]}
        onTheirs={(theirs: WhiteListEntry) => {
          setEntry(theirs);
          form.reset(draftOf(theirs));
        }}
      >
        {entry.added_login && <p>{t("said", { login: entry.added_login, at: dateTime(entry.added_at, lang.value) })}</p>}
        <PersonForm form={form} legend={entry.cid_masked} />
      </Form>
    </Dialog>
  );
}
