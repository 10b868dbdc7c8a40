/** What departments, rooms and periods have in common (manual 2.1–2.3): a numbered list, "เพิ่ม",
 * a window with "บันทึก", edit with a version, remove unless in use. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { words, type Said } from "../i18n";
import { useAction, useLoaded } from "../load";
import { api } from "../session";
import { Conflict } from "../ui/conflict";
import { ask, Dialog } from "../ui/dialog";
import { Failed, fieldFault, tell, tellFailure } from "../ui/notice";
import { SaveButton } from "../ui/save";
import { Table, type Column } from "../ui/table";
import { failureOf } from "../api/failure";
import { word } from "../words";

const t = words({
  sure: ["ลบ “{name}” หรือไม่", "Remove “{name}”?"],
  sure_text: [
    "ลบได้เมื่อไม่มีรายการใดใช้อยู่ ระบบจะแจ้งหากยังมีการใช้งาน",
    "It can be removed when nothing uses it; if something does, you are told what.",
  ],
  removed: ["ลบ “{name}” แล้ว", "“{name}” was removed"],
  saved: ["บันทึก “{name}” แล้ว", "“{name}” was saved"],
  there: ["มี “{name}” อยู่แล้ว ไม่ได้เพิ่มซ้ำ", "“{name}” is there already; nothing was added"],
});

/** What the window's form holds while it is open, and what is wrong with it. */
export interface Draft<V> {
  values: V;
  set: (change: Partial<V>) => void;
  errors: Partial<Record<keyof V, string>>;
}

interface CatalogueProps<T extends { version: number }, V extends object> {
  path: string;
  windowTitle: string;
  caption: string;
  empty: string;
  columns: Column<T>[];
  idOf: (item: T) => number;
  nameOf: (item: T) => string;
  /** The form's values for a new item (undefined) or an existing one. */
  draftOf: (item: T | undefined) => V;
  check: (values: V) => Partial<Record<keyof V, string>>;
  /** The request body of the values. */
  body: (values: V) => object;
  form: (draft: Draft<V>) => ComponentChildren;
  compared: { name: string; title: string; shows?: (value: unknown) => string }[];
}

export function Catalogue<T extends { version: number }, V extends object>(props: CatalogueProps<T, V>) {
  const list = useLoaded(() => api.get<T[]>(props.path), [props.path]);
  const [open, setOpen] = useState<{ item: T | undefined } | undefined>();

  const remove = async (item: T) => {
    const name = props.nameOf(item);
    const yes = await ask({
      title: t("sure", { name }),
      text: t("sure_text"),
      yes: word("remove"),
      no: word("cancel"),
      danger: true,
    });
    if (!yes) return;
    try {
      await api.remove(`${props.path}/${props.idOf(item)}`, { version: item.version });
      tell(t.both("removed", { name }));
    } catch (caught) {
      tellFailure(failureOf(caught));
    }
    await list.reload();
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
        <button type="button" class="primary" onClick={() => setOpen({ item: undefined })}>
          {word("add")}
        </button>
      </div>
      <Failed failure={list.failure} again={list.reload} />
      <Table
        caption={props.caption}
        columns={[...props.columns, tasks]}
        rows={list.data}
        rowKey={props.idOf}
        empty={props.empty}
        numbered
      />
      {open && (
        <Window
          {...props}
          item={open.item}
          isListed={(id) => Boolean(list.data?.some((one) => props.idOf(one) === id))}
          onClose={() => setOpen(undefined)}
          onSaved={(said) => {
            setOpen(undefined);
            tell(said);
            void list.reload();
          }}
          onTheirs={async () => {
            setOpen(undefined);
            await list.reload();
          }}
        />
      )}
    </>
  );
}

interface WindowProps<T extends { version: number }, V extends object> extends CatalogueProps<T, V> {
  item: T | undefined;
  isListed: (id: number) => boolean;
  onClose: () => void;
  onSaved: (said: Said) => void;
  onTheirs: () => void;
}

function Window<T extends { version: number }, V extends object>(props: WindowProps<T, V>) {
  const { item, path, idOf, draftOf, check, body, isListed, onSaved } = props;
  const [first] = useState(() => draftOf(item));
  const [values, setValues] = useState(first);
  const [sent, setSent] = useState(first);
  const [tried, setTried] = useState(false);
  const { busy, failure, run } = useAction();
  const form = useRef<HTMLFormElement>(null);

  const errors = check(values);
  const told = (name: keyof V) =>
    values[name] === sent[name] ? fieldFault(failure, name as string) : undefined;
  const shown: typeof errors = { ...errors };
  for (const name of Object.keys(values) as (keyof V)[]) shown[name] ??= told(name);
  const save = async (version: number | undefined) => {
    setTried(true);
    if (Object.values(errors).some(Boolean)) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      return;
    }
    setSent(values);
    await run(async () => {
      const saved = item
        ? await api.put<T>(`${path}/${idOf(item)}`, { ...body(values), version })
        : await api.post<T>(path, body(values));
      const there = !item && isListed(idOf(saved));
      onSaved(t.both(there ? "there" : "saved", { name: props.nameOf(saved) }));
    });
  };
  return (
    <Dialog
      title={props.windowTitle}
      onClose={props.onClose}
      unsaved={JSON.stringify(values) !== JSON.stringify(first)}
    >
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save(item?.version);
        }}
      >
        {props.form({
          values,
          set: (change) => setValues((now) => ({ ...now, ...change })),
          errors: tried ? shown : {},
        })}
        {failure?.code === "EditConflict" ? (
          <Conflict failure={failure} fields={props.compared} onMine={save} onTheirs={props.onTheirs} />
        ) : (
          <Failed failure={failure} />
        )}
        <div class="actions">
          <SaveButton busy={busy} />
        </div>
      </form>
    </Dialog>
  );
}

