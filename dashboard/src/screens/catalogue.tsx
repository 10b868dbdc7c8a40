/** What departments, rooms and periods share (manual 2.1–2.3): a numbered list, "เพิ่ม", a window
 * with "บันทึก", edit with a version, remove unless in use. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { useForm, type Errors, type FieldProps } from "../form";
import { words } from "../i18n";
import { useAction, useLoaded, type Loaded } from "../load";
import type { Compared } from "../ui/conflict";
import { ask, Dialog, type Question } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { Form } from "../ui/form";
import { notify } from "../ui/notice";
import { Table, type Column } from "../ui/table";
import { word } from "../words";
import { removeIfSure } from "./removal";

const t = words({
  sure_text: [
    "ลบได้เมื่อไม่มีรายการใดใช้อยู่ ระบบจะแจ้งหากยังมีการใช้งาน",
    "It can be removed when nothing uses it; if something does, you are told what.",
  ],
  saved: ["บันทึก “{name}” แล้ว", "“{name}” was saved"],
  standard_added: ["เพิ่ม {n} รายการแล้ว", "{n} were added"],
  there: ["มี “{name}” อยู่แล้ว ไม่ได้เพิ่มซ้ำ", "“{name}” is there already; nothing was added"],
});

/** The fields of the window's form. */
interface Fields<V> {
  values: V;
  field: <K extends keyof V>(name: K) => FieldProps<V, K>;
}

/** The API's calls for one kind of record; B is the request body. */
interface Calls<T, B> {
  list: () => Promise<T[]>;
  add: (body: B) => Promise<T>;
  change: (id: number, body: B & { version: number }) => Promise<T>;
  remove: (id: number, version: number) => Promise<unknown>;
}

interface CatalogueProps<T extends { version: number }, V extends object, B> {
  calls: Calls<T, B>;
  windowTitle: string;
  caption: string;
  empty: string;
  columns: Column<T>[];
  /** What a new hospital adds by one press: offered while the list has nothing else, and something of it is missing. */
  standard?: { title: string; bodies: B[]; has: (item: T, body: B) => boolean };
  idOf: (item: T) => number;
  nameOf: (item: T) => string;
  /** The values of the form for a new item (undefined) or an existing one. */
  valuesOf: (item: T | undefined, all: T[]) => V;
  /** What to ask before these values are saved; nothing if there is no doubt. */
  doubt?: (values: V, others: T[]) => Question | undefined;
  check: (values: V) => Errors<V>;
  body: (values: V) => B;
  form: (fields: Fields<V>) => ComponentChildren;
  compared: Compared[];
}

export function Catalogue<T extends { version: number }, V extends object, B>(props: CatalogueProps<T, V, B>) {
  const list = useLoaded(props.calls.list, []);
  const [open, setOpen] = useState<{ item: T | undefined } | undefined>();

  const remove = async (item: T) => {
    const send = () => props.calls.remove(props.idOf(item), item.version);
    if (await removeIfSure(props.nameOf(item), t("sure_text"), send)) await list.reload();
  };

  const { standard } = props;
  const adding = useAction();
  const addButton = useRef<HTMLButtonElement>(null);
  const { data: items = [] } = list;
  const missing = standard?.bodies.filter((body) => !items.some((item) => standard.has(item, body))) ?? [];
  const isOffered = list.data && missing.length > 0 && items.length + missing.length === standard?.bodies.length;
  const addStandard = async () => {
    await adding.run(async () => {
      for (const body of missing) await props.calls.add(body);
      notify(t.both("standard_added", { n: missing.length }));
    });
    await list.reload(); // also after a failure: some may have been added
    addButton.current?.focus(); // the button that was pressed may be gone
  };

  const tasks: Column<T> = {
    title: word("task"),
    kind: "actions",
    cell: (item) => (
      <>
        <button type="button" onClick={() => setOpen({ item })}>
          {word("edit")} <span class="visually-hidden">{props.nameOf(item)}</span>
        </button>
        <button type="button" onClick={() => remove(item)}>
          {word("remove")} <span class="visually-hidden">{props.nameOf(item)}</span>
        </button>
      </>
    ),
  };
  return (
    <>
      <div class="toolbar">
        <button type="button" class="primary" ref={addButton} onClick={() => setOpen({ item: undefined })}>
          {word("add")}
        </button>
        {isOffered && (
          <button type="button" aria-busy={adding.busy} aria-disabled={adding.busy} onClick={addStandard}>
            {standard!.title}
          </button>
        )}
      </div>
      <Failed failure={list.failure} again={list.reload} />
      <Failed failure={adding.failure} />
      <Table
        caption={props.caption}
        columns={[...props.columns, tasks]}
        rows={list.data}
        failed={list.failure}
        search={props.nameOf}
        rowKey={props.idOf}
        empty={props.empty}
        numbered
      />
      {open && <Window {...props} list={list} item={open.item} onClose={() => setOpen(undefined)} />}
    </>
  );
}

interface WindowProps<T extends { version: number }, V extends object, B> extends CatalogueProps<T, V, B> {
  list: Loaded<T[]>;
  item: T | undefined;
  onClose: () => void;
}

function Window<T extends { version: number }, V extends object, B>(props: WindowProps<T, V, B>) {
  const { item, list, calls, idOf, onClose } = props;
  const form = useForm({
    initial: props.valuesOf(item, list.data ?? []),
    version: item?.version,
    check: props.check,
    send: async (values, version) => {
      const others = list.data?.filter((other) => !item || idOf(other) !== idOf(item)) ?? [];
      const doubt = props.doubt?.(values, others);
      if (doubt && !(await ask(doubt))) return;
      const body = props.body(values);
      const saved = await (item ? calls.change(idOf(item), { ...body, version }) : calls.add(body));
      const listed = !item && list.data?.some((other) => idOf(other) === idOf(saved));
      onClose();
      notify(t.both(listed ? "there" : "saved", { name: props.nameOf(saved) }));
      void list.reload();
    },
  });
  return (
    <Dialog title={props.windowTitle} onClose={onClose} unsaved={form.changed}>
      <Form
        form={form}
        compared={props.compared}
        onTheirs={() => {
          onClose();
          void list.reload();
        }}
      >
        {props.form(form)}
      </Form>
    </Dialog>
  );
}
