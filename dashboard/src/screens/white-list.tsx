/** Manual 3, White list: the people whom a hospital may reach; add one, import many, take one off. */
import { useState } from "preact/hooks";
import { cidDigits, cidFault } from "../cid";
import { words } from "../i18n";
import { useAction, useLoaded } from "../load";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Failed, tell } from "../ui/notice";
import { SaveButton } from "../ui/save";
import { Table } from "../ui/table";
import { word } from "../words";
import { emptyPerson, personBody, personFaults, PersonForm } from "./person-form";
import { ImportWhiteList } from "./white-list-import";

const t = words({
  caption: ["White list", "White list"],
  empty: [
    "ยังไม่มีรายชื่อ กด “เพิ่ม” หรือ “นำเข้าจาก CSV”",
    "Nobody yet. Press “Add”, or import a CSV.",
  ],
  add: ["เพิ่มรายชื่อ (White list)", "Add to the white list"],
  import: ["นำเข้าจาก CSV", "Import a CSV"],
  find: ["ค้นหาหรือลบรายชื่อ", "Find or take off"],
  cid: ["เลขที่บัตรประชาชน", "National id"],
  cid_wrong: ["เลขที่บัตรไม่ถูกต้อง ตรวจสอบกับบัตรอีกครั้ง", "This is not a national id; compare it with the card"],
  name: ["ชื่อบุคคล", "Name"],
  phone: ["โทรศัพท์มือถือ", "Mobile phone"],
  more: ["แสดงต่อ", "Show more"],
  look: ["ค้นหา", "Find"],
  is_listed: ["{name} อยู่ใน White list", "{name} is on the white list"],
  take_off: ["ลบออกจาก White list", "Take off the white list"],
  taken_off: ["ลบ {name} ออกจาก White list แล้ว", "{name} was taken off the white list"],
  added: ["เพิ่ม {name} แล้ว", "{name} was added"],
});

interface Row {
  cid_masked: string;
  name: string;
  mobile_phone: string;
}

interface Page {
  people: Row[];
  next: string;
}

const PATH = "/api/dashboard/white-list";

export default function WhiteList() {
  const first = useLoaded(() => api.post<Page>(PATH), []);
  const [later, setLater] = useState<Page>();
  const [open, setOpen] = useState<"add" | "import" | "find">();
  const { failure, run } = useAction();
  const next = (later ?? first.data)?.next;
  const reload = async () => {
    setLater(undefined);
    await first.reload();
  };
  const more = () =>
    run(async () => {
      const page = await api.post<Page>(PATH, { after: next });
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
          {t("import")}
        </button>
        <button type="button" onClick={() => setOpen("find")}>
          {t("find")}
        </button>
      </div>
      <Failed failure={first.failure ?? failure} again={first.reload} />
      <Table
        caption={t("caption")}
        numbered
        rows={first.data && [...first.data.people, ...(later?.people ?? [])]}
        rowKey={(one) => `${one.cid_masked} ${one.name}`}
        empty={t("empty")}
        columns={[
          { title: t("cid"), cell: (one) => <span class="cid">{one.cid_masked}</span> },
          { title: t("name"), cell: (one) => one.name },
          { title: t("phone"), cell: (one) => one.mobile_phone },
        ]}
      />
      {next && (
        <p>
          <button type="button" onClick={more}>
            {t("more")}
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
  const [cid, setCid] = useState("");
  const [draft, setDraft] = useState(emptyPerson());
  const [tried, setTried] = useState(false);
  const { busy, failure, run } = useAction();
  const faults = personFaults(draft);
  const fault = cidFault(cidDigits(cid)) ? t("cid_wrong") : undefined;

  const save = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (fault || Object.values(faults).some(Boolean)) return;
    await run(async () => {
      await api.post("/api/dashboard/people", { cid: cidDigits(cid), ...personBody(draft) });
      tell(t.both("added", { name: `${draft.prefix}${draft.first_name} ${draft.last_name}` }));
      onClose();
      await onDone();
    });
  };
  return (
    <Dialog title={t("add")} onClose={onClose} unsaved={Boolean(cid || draft.first_name || draft.last_name)} wide>
      <form noValidate onSubmit={save}>
        <TextField
          label={t("cid")}
          value={cid}
          onValue={setCid}
          error={tried ? fault : undefined}
          input={{ inputMode: "numeric", maxLength: 20 }}
        />
        <PersonForm draft={draft} onChange={setDraft} errors={tried ? faults : {}} />
        <Failed failure={failure} />
        <div class="actions">
          <SaveButton busy={busy} />
        </div>
      </form>
    </Dialog>
  );
}

function Find({ onClose, onDone }: WindowProps) {
  const [cid, setCid] = useState("");
  const [found, setFound] = useState<Row>();
  const [tried, setTried] = useState(false);
  const { busy, failure, run } = useAction();
  const fault = cidFault(cidDigits(cid)) ? t("cid_wrong") : undefined;

  const look = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    setFound(undefined);
    if (fault) return;
    await run(async () => setFound(await api.post<Row>(`${PATH}/find`, { cid: cidDigits(cid) })));
  };
  const takeOff = () =>
    run(async () => {
      await api.post(`${PATH}/remove`, { cid: cidDigits(cid) });
      tell(t.both("taken_off", { name: found!.name }));
      onClose();
      await onDone();
    });
  return (
    <Dialog title={t("find")} onClose={onClose}>
      <form noValidate onSubmit={look}>
        <TextField
          label={t("cid")}
          value={cid}
          onValue={(typed) => {
            setCid(typed);
            setFound(undefined);
          }}
          error={tried ? fault : undefined}
          input={{ inputMode: "numeric", maxLength: 20 }}
        />
        <Failed failure={failure} />
        <p role="status">{found && t("is_listed", { name: found.name })}</p>
        <div class="actions">
          {found ? (
            <button type="button" class="danger" aria-busy={busy} aria-disabled={busy} onClick={takeOff}>
              {t("take_off")}
            </button>
          ) : (
            <button class="primary" aria-busy={busy} aria-disabled={busy}>
              {t("look")}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
