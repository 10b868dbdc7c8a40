/** Manual 3, White list: the people whom a hospital may contact; add, import, remove. */
import { useState } from "preact/hooks";
import type { WhiteListPage, WhiteListRow } from "../api/types";
import { cidDigits, LONGEST_CID } from "../cid";
import { useForm } from "../form";
import { words } from "../i18n";
import { useAction, useLoaded } from "../load";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { TextField } from "../ui/field";
import { Form, Submit } from "../ui/form";
import { notify, notifyRepeat } from "../ui/notice";
import { Table } from "../ui/table";
import { word } from "../words";
import { cidError } from "./cid-error";
import { emptyPerson, fullName, personBody, personErrors, PersonForm } from "./person-form";
import { ImportWhiteList } from "./white-list-import";

const t = words({
  caption: ["White list", "White list"],
  empty: [
    "ยังไม่มีรายชื่อ กด “เพิ่ม” หรือ “นำเข้าจาก CSV”",
    "Nobody yet. Press “Add”, or import a CSV.",
  ],
  add: ["เพิ่มรายชื่อ (White list)", "Add to the white list"],
  find: ["ค้นหาหรือลบรายชื่อ", "Find or take off"],
  is_listed: ["{name} อยู่ใน White list", "{name} is on the white list"],
  take_off: ["ลบออกจาก White list", "Take off the white list"],
  taken_off: ["ลบ {name} ออกจาก White list แล้ว", "{name} was taken off the white list"],
  added: ["เพิ่ม {name} แล้ว", "{name} was added"],
  was_listed: [
    "{name} อยู่ใน White list อยู่แล้ว บันทึกข้อมูลล่าสุดแทนของเดิม",
    "{name} was on the white list already; the details are now these",
  ],
});

const PATH = "/api/dashboard/white-list";

export default function WhiteList() {
  const first = useLoaded(() => api.post(PATH), []);
  const [later, setLater] = useState<WhiteListPage>();
  const [open, setOpen] = useState<"add" | "import" | "find">();
  const { failure, run } = useAction();
  const next = (later ?? first.data)?.next;
  const reload = async () => {
    setLater(undefined);
    await first.reload();
  };
  const more = () =>
    run(async () => {
      const page = await api.post(PATH, { body: { after: next } });
      setLater({ people: [...(later?.people ?? []), ...page.people], next: page.next });
    });
  const close = () => setOpen(undefined);
  return (
    <>
      <div class="toolbar">
        <button type="button" class="primary" onClick={() => setOpen("add")}>
          {word("add")}
        </button>
        <button type="button" onClick={() => setOpen("import")}>
          {word("import_csv")}
        </button>
        <button type="button" onClick={() => setOpen("find")}>
          {t("find")}
        </button>
      </div>
      <Failed failure={first.failure ?? failure} again={first.reload} />
      <Table
        caption={t("caption")}
        numbered
        perPage={Infinity}
        rows={first.data && [...first.data.people, ...(later?.people ?? [])]}
        rowKey={(person) => `${person.cid_masked} ${person.name}`}
        empty={t("empty")}
        columns={[
          { title: word("cid"), cell: (person) => <span class="cid">{person.cid_masked}</span> },
          { title: word("person_name"), cell: (person) => person.name },
          { title: word("mobile_phone"), cell: (person) => person.mobile_phone },
        ]}
      />
      {next && (
        <p>
          <button type="button" onClick={more}>
            {word("show_more")}
          </button>
        </p>
      )}
      {open === "add" && <Add onClose={close} onDone={reload} />}
      {open === "find" && <Find onClose={close} onDone={reload} />}
      {open === "import" && <ImportWhiteList onClose={close} onDone={reload} />}
    </>
  );
}

interface WindowProps {
  onClose: () => void;
  onDone: () => Promise<void>;
}


function Add({ onClose, onDone }: WindowProps) {
  const form = useForm({
    initial: { cid: "", ...emptyPerson() },
    check: ({ cid, ...person }) => ({ cid: cidError(cid), ...personErrors(person) }),
    send: async ({ cid, ...person }) => {
      const body = { cid: cidDigits(cid), ...personBody(person) };
      const { was_listed } = await api.post("/api/dashboard/people", { body });
      const name = fullName(body);
      if (was_listed) notifyRepeat(t.both("was_listed", { name }));
      else notify(t.both("added", { name }));
      onClose();
      await onDone();
    },
  });
  return (
    <Dialog title={t("add")} onClose={onClose} unsaved={form.changed} wide>
      <Form form={form}>
        <TextField
          label={word("cid")}
          {...form.field("cid")}
          limit={LONGEST_CID}
          input={{ inputMode: "numeric" }}
        />
        <PersonForm form={form} />
      </Form>
    </Dialog>
  );
}

function Find({ onClose, onDone }: WindowProps) {
  const [person, setPerson] = useState<WhiteListRow>();
  const form = useForm({
    initial: { cid: "" },
    check: ({ cid }) => ({ cid: cidError(cid) }),
    send: async ({ cid }) => {
      setPerson(undefined);
      setPerson(await api.post(`${PATH}/find`, { body: { cid: cidDigits(cid) } }));
    },
  });
  const { busy } = form;
  const takeOff = () =>
    form.run(async () => {
      await api.post(`${PATH}/remove`, { body: { cid: cidDigits(form.values.cid) } });
      notify(t.both("taken_off", { name: person!.name }));
      onClose();
      await onDone();
    });
  return (
    <Dialog title={t("find")} onClose={onClose}>
      <Form
        form={form}
        button={
          person ? (
            <button type="button" class="danger" aria-busy={busy} aria-disabled={busy} onClick={takeOff}>
              {t("take_off")}
            </button>
          ) : (
            <Submit busy={busy} title={word("look_up")} />
          )
        }
      >
        <TextField
          label={word("cid")}
          value={form.values.cid}
          onValue={(cid) => {
            form.set({ cid });
            setPerson(undefined);
          }}
          error={form.errors.cid}
          limit={LONGEST_CID}
          input={{ inputMode: "numeric" }}
        />
        <p role="status">{person && t("is_listed", { name: person.name })}</p>
      </Form>
    </Dialog>
  );
}
