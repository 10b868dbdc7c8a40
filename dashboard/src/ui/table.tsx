import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { westernDigits } from "../dates";
import { words } from "../i18n";
import { word } from "../words";

const t = words({
  number: ["ลำดับ", "No."],
  filter: ["กรองรายการ", "Filter the list"],
  none: ["ไม่มีรายการที่ตรงกับคำกรอง", "Nothing in the list matches the filter"],
  pages: ["หน้าของ {caption}", "Pages of {caption}"],
  shown: ["{first}–{last} จาก {all}", "{first}–{last} of {all}"],
  before: ["‹ ก่อนหน้า", "‹ Previous"],
  after: ["ถัดไป ›", "Next ›"],
});

/** So many rows are on the screen at a time: more would make every key wait. */
export const PER_PAGE = 100;
/** From so many rows on, a table scrolls under its head instead of making the page longer. */
const LONG = 15;
/** From so many rows on, a list that can be filtered has the field for it. */
export const FILTERED = 40;

/** What a row is found by has the typed text; capitals and Thai digits make no difference. */
export const matchesFilter = (found: string, typed: string): boolean => plain(found).includes(plain(typed.trim()));
const plain = (text: string): string => westernDigits(text).toLowerCase();

/** The field above a list for what it is filtered by. */
export function Filter({ typed, onTyped }: { typed: string; onTyped: (typed: string) => void }) {
  const field = useId();
  return (
    <div class="filter screen-only">
      <label for={field}>{t("filter")}</label>
      <input id={field} type="search" value={typed} onInput={(event) => onTyped(event.currentTarget.value)} />
    </div>
  );
}

export interface Column<T> {
  title: string;
  cell: (row: T, index: number) => ComponentChildren;
  /** right-aligned figures, a narrow column of marks, buttons, text on one line, or a name of any length */
  kind?: "figure" | "mark" | "actions" | "whole" | "name";
  /** not printed */
  screenOnly?: boolean;
}

interface TableProps<T> {
  /** What the table lists; read out, and printed. */
  caption: string;
  columns: Column<T>[];
  rows: T[] | undefined;
  /** Why there are no rows, if they could not be loaded: that is told above the table, which says nothing. */
  failed?: unknown;
  rowKey: (row: T) => string | number;
  empty: string;
  numbered?: boolean;
  rowClass?: (row: T) => string | undefined;
  /** Infinity for a list that grows by a button of the screen. */
  perPage?: number;
  /** What a row is found by; a long list can then be filtered. */
  search?: (row: T) => string;
  /** The page with this row is shown first. */
  first?: (row: T) => boolean;
}

export function Table<T>(props: TableProps<T>) {
  const { caption, columns, rows, failed, rowKey, empty, numbered, rowClass, perPage = PER_PAGE, search, first } = props;
  const [typed, setTyped] = useState("");
  const [chosenPage, choosePage] = useState<number | undefined>();
  const hasFilter = search !== undefined && (rows?.length ?? 0) > FILTERED;
  const part = hasFilter ? typed.trim() : "";
  const listed = search && part ? rows?.filter((row) => matchesFilter(search(row), part)) : rows;
  const count = listed?.length ?? 0;
  const pages = Math.max(1, Math.ceil(count / perPage));
  const firstPage = () => Math.max(0, Math.floor((first && listed ? listed.findIndex(first) : 0) / perPage));
  const page = Math.min(chosenPage ?? firstPage(), pages - 1);
  const start = pages > 1 ? page * perPage : 0;
  const visible = pages > 1 ? listed?.slice(start, start + perPage) : listed;
  const turn = (to: number) => {
    if (to < 0 || to >= pages) return;
    choosePage(to);
    frame.current!.scrollTop = 0;
  };
  const all: Column<T>[] = numbered
    ? [{ title: t("number"), cell: (_, index) => start + index + 1, kind: "figure" }, ...columns]
    : columns;
  const looks = ({ kind, screenOnly }: Column<T>) =>
    [kind, screenOnly && "screen-only"].filter(Boolean).join(" ") || undefined;
  const frame = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const focused = useRef<{ row: number; element: Element } | undefined>(undefined);
  // If a keyboard user removes a row, or the control in it, the focus goes to what takes its place.
  useLayoutEffect(() => {
    const was = focused.current;
    if (!was || document.activeElement !== document.body || was.element.isConnected) return;
    focused.current = undefined;
    const left = [...body.current!.rows];
    const from = Math.min(was.row, left.length - 1);
    const next = [...left.slice(from), left[from - 1]].map((row) => row?.querySelector<HTMLElement>("button, a[href]"));
    (next.find(Boolean) ?? frame.current!).focus();
  }, [rows]);
  return (
    <>
      {hasFilter && (
        <Filter
          typed={typed}
          onTyped={(typed) => {
            setTyped(typed);
            choosePage(0);
          }}
        />
      )}
      {/* a wide or long table scrolls in its frame, by keyboard too */}
      <div
        class={(visible?.length ?? 0) > LONG ? "table-frame long" : "table-frame"}
        role="region"
        aria-label={caption}
        tabIndex={0}
        ref={frame}
      >
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              {all.map((column) => (
                <th key={column.title} scope="col" class={looks(column)}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody
            ref={body}
            onFocusIn={(event) => {
              const element = event.target as Element;
              focused.current = { row: [...body.current!.rows].indexOf(element.closest("tr")!), element };
            }}
            onFocusOut={(event) => {
              if (event.relatedTarget) focused.current = undefined; // the focus has moved, its element was not removed
            }}
          >
            {visible?.map((row, index) => (
              <tr key={rowKey(row)} class={rowClass?.(row)}>
                {all.map((column) => (
                  <td key={column.title} class={looks(column)}>
                    {column.cell(row, index)}
                  </td>
                ))}
              </tr>
            ))}
            {!count && (
              <tr class="empty">
                <td colSpan={all.length}>
                  <p>{!rows ? !failed && word("loading") : part ? t("none") : empty}</p>
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {pages > 1 && (
        <nav class="pager screen-only" aria-label={t("pages", { caption })}>
          {/* not `disabled`: the cursor stays on it at the end */}
          <button type="button" aria-disabled={page === 0} onClick={() => turn(page - 1)}>
            {t("before")}
          </button>
          <span role="status">{t("shown", { first: start + 1, last: Math.min(start + perPage, count), all: count })}</span>
          <button type="button" aria-disabled={page === pages - 1} onClick={() => turn(page + 1)}>
            {t("after")}
          </button>
        </nav>
      )}
    </>
  );
}
