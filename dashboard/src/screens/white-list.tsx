/** Manual 3, White list: the people whom a hospital may contact; add, import, search, edit, remove. */
import { useEffect, useState } from "preact/hooks";
import { failureOf } from "../api/failure";
import { WhiteListSearch } from "../api/limits";
import type { WhiteListEntry, WhiteListPage, WhiteListRow } from "../api/types";
import { cidDigits, LONGEST_CID } from "../cid";
import { useForm } from "../form";
import { number, words } from "../i18n";
import { useAction, useLatestAction, useLoaded } from "../load";
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
import { cidMeant, searchError, searchWords } from "./person-search";
import { removeIfSure } from "./removal";
import { EditListed } from "./white-list-edit";
import { ImportWhiteList } from "./white-list-import";

const t = words({
  caption: ["White list", "White list"],
  empty: [
    "ยังไม่มีรายชื่อ กด “เพิ่ม” หรือ “นำเข้าจากไฟล์”",
    "Nobody yet. Press “Add”, or import a file.",
  ],
  add: ["เพิ่มรายชื่อ (White list)", "Add to the white list"],
  count: ["ทั้งหมด {n} คน", "{n} people in all"],
  at_least: ["อย่างน้อย {n} คน", "At least {n} people"],
  found: ["พบ {n} คน", "{n} found"],
  found_so_far: ["พบ {n} คน ยังค้นไม่หมด", "{n} found so far"],
  nobody: ["ไม่มีผู้ที่ตรงกับคำค้นใน White list", "Nobody on the white list matches"],
  go_on: ["ค้นต่อ", "Search on"],
  show_all: ["แสดงทั้งหมด", "Show all"],
  sure: ["บุคคลนี้จะไม่ได้รับประชาสัมพันธ์ของหน่วยบริการ ข้อมูลในทะเบียนยังอยู่", "The person gets no more announcements of this hospital. The registry keeps its entry."],
  saved: ["แก้ไขรายชื่อแล้ว", "The entry was changed"],
  added: ["เพิ่ม {name} แล้ว", "{name} was added"],
  was_listed: [
    "{name} อยู่ใน White list อยู่แล้ว บันทึกข้อมูลล่าสุดแทนของเดิม",
    "{name} was on the white list already; the details are now these",
  ],
});

const PATH = "/api/dashboard/white-list";

/** Each searches 4,000 people. */
const MOST_CALLS = 10;

/** The next people that are meant: a call searches a part of a long list. There may be nobody among those searched. */
async function search(words: string, after: string, isLatest: () => boolean): Promise<WhiteListPage> {
  for (let calls = 1; ; calls++) {
    const page = await api.post(`${PATH}/search`, { body: { words, after } });
    if (page.people.length || !page.next || calls === MOST_CALLS || !isLatest()) return page;
    after = page.next;
  }
}

/** Whom the national id names: one person or nobody. */
async function find(cid: string): Promise<WhiteListPage> {
  try {
    return { people: [await api.post(`${PATH}/find`, { body: { cid } })], next: "" };
  } catch (caught) {
    if (failureOf(caught).code === "PersonNotFound") return { people: [], next: "" };
    throw caught;
  }
}

const joined = (before: WhiteListPage | undefined, page: WhiteListPage): WhiteListPage => ({
  people: [...(before?.people ?? []), ...page.people],
  next: page.next,
});

export default function WhiteList() {
  const first = useLoaded(() => api.post(PATH), []);
  const count = useLoaded(() => api.get(`${PATH}/count`), []);
  const [later, setLater] = useState<WhiteListPage>();
  /** What is searched for, and whom the search has found so far: nobody is shown while that is not known. */
  const [found, setFound] = useState<{ words: string; page?: WhiteListPage }>();
  const [open, setOpen] = useState<"add" | "import" | { person: string; entry: WhiteListEntry }>();
  const { failure, run } = useAction();
  const list = useLatestAction();
  useEffect(() => list.forget, []);
  const all = first.data && (later ? { ...later, people: [...first.data.people, ...later.people] } : first.data);
  const shown = found ? found.page : all;
  const showAll = () => {
    list.forget();
    setFound(undefined);
  };
  const reload = async () => {
    showAll();
    setLater(undefined);
    await Promise.all([first.reload(), count.reload()]);
  };
  const form = useForm({
    initial: { words: "" },
    check: ({ words }) => ({ words: searchError(words) }),
    // A new search takes the place of what is pending, so the form does not wait for its end.
    send: async ({ words }) => {
      setFound({ words });
      void list.run(async (isLatest) => {
        const cid = cidMeant(words);
        const page = await (cid ? find(cid) : search(words, "", isLatest));
        if (!isLatest()) return;
        setFound({ words, page });
        if (cid) form.set({ words: "" });
      });
    },
  });
  useEffect(() => {
    if (!form.errors.words) return;
    list.forget();
    setFound({ words: "" });
  }, [form.errors.words]);
  const more = () =>
    list.run(async (isLatest) => {
      const after = shown!.next;
      const page = await (found ? search(found.words, after, isLatest) : api.post(PATH, { body: { after } }));
      if (!isLatest()) return;
      if (found) setFound((now) => ({ words: found.words, page: joined(now?.page, page) }));
      else setLater((now) => joined(now, page));
    });
  /** The list is read from an index, a moment behind: a row that was changed is put into it. */
  const put = (person: string, row?: WhiteListRow) => {
    const changed = (page: WhiteListPage): WhiteListPage => ({
      ...page,
      people: page.people.flatMap((each) => (each.person !== person ? [each] : row ? [row] : [])),
    });
    first.change(changed);
    setLater((page) => page && changed(page));
    setFound((now) => now?.page && { ...now, page: changed(now.page) });
  };
  const edit = ({ person }: WhiteListRow) =>
    run(async () => setOpen({ person, entry: await api.post(`${PATH}/entry`, { body: { person } }) }));
  const remove = ({ person, name }: WhiteListRow) =>
    removeIfSure(name, t("sure"), async () => {
      await api.post(`${PATH}/remove`, { body: { person } });
      put(person);
      await count.reload();
    });
  const close = () => setOpen(undefined);
  const n = number(found?.page?.people.length ?? 0);
  return (
    <>
      <div class="toolbar">
        <button type="button" class="primary" onClick={() => setOpen("add")}>
          {word("add")}
        </button>
        <button type="button" onClick={() => setOpen("import")}>
          {word("import_file")}
        </button>
      </div>
      <form class="toolbar" role="search" {...form.props}>
        <TextField
          label={searchWords("words")}
          hint={searchWords("hint")}
          free
          {...form.field("words")}
          limit={WhiteListSearch.words}
          input={{ autocapitalize: "none", spellcheck: false }}
        />
        <Submit busy={list.busy} title={word("look_up")} working={word("looking_up")} />
        {found && (
          <button
            type="button"
            onClick={() => {
              showAll();
              form.focus("input");
            }}
          >
            {t("show_all")}
          </button>
        )}
      </form>
      <Failed failure={first.failure ?? count.failure} again={reload} />
      <Failed failure={list.failure ?? failure} />
      <p role="status">
        {found
          ? found.page && t(found.page.next ? "found_so_far" : "found", { n })
          : count.data && t(count.data.is_all ? "count" : "at_least", { n: number(count.data.people) })}
      </p>
      <Table
        caption={t("caption")}
        numbered
        perPage={Infinity}
        rows={shown?.people}
        failed={found ? !list.busy : first.failure}
        rowKey={({ person }) => person}
        empty={t(found?.page?.next ? "found_so_far" : found ? "nobody" : "empty", { n })}
        columns={[
          { title: word("cid"), cell: (row) => <span class="cid">{row.cid_masked}</span> },
          { title: word("person_name"), kind: "name", cell: (row) => row.name },
          { title: word("mobile_phone"), kind: "whole", cell: (row) => row.mobile_phone },
          {
            title: word("task"),
            kind: "actions",
            cell: (row) =>
              ([["edit", edit], ["remove", remove]] as const).map(([title, task]) => (
                <button key={title} type="button" onClick={() => void task(row)}>
                  {word(title)} <span class="visually-hidden">{row.name}</span>
                </button>
              )),
          },
        ]}
      />
      {shown?.next && (
        <p>
          <button type="button" aria-busy={list.busy} onClick={() => list.busy || void more()}>
            {found ? t("go_on") : word("show_more")}
          </button>
        </p>
      )}
      {open === "add" && <Add onClose={close} onDone={reload} />}
      {open === "import" && <ImportWhiteList onClose={close} onDone={reload} />}
      {typeof open === "object" && (
        <EditListed
          {...open}
          onClose={close}
          onSaved={async () => {
            put(open.person, await api.post(`${PATH}/find`, { body: { person: open.person } }));
            notify(t.both("saved"));
            close();
          }}
        />
      )}
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
