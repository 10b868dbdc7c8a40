import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { words } from "../i18n";
import { word } from "../words";

const t = words({
  number: ["ลำดับ", "No."],
});

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
  rowKey: (row: T) => string | number;
  empty: string;
  numbered?: boolean;
  rowClass?: (row: T) => string | undefined;
}

export function Table<T>({ caption, columns, rows, rowKey, empty, numbered, rowClass }: TableProps<T>) {
  const all: Column<T>[] = numbered
    ? [{ title: t("number"), cell: (_, index) => index + 1, kind: "figure" }, ...columns]
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
    // a wide table scrolls in its frame on a narrow screen, by keyboard too
    <div class="table-frame" role="region" aria-label={caption} tabIndex={0} ref={frame}>
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
          {rows?.map((row, index) => (
            <tr key={rowKey(row)} class={rowClass?.(row)}>
              {all.map((column) => (
                <td key={column.title} class={looks(column)}>
                  {column.cell(row, index)}
                </td>
              ))}
            </tr>
          ))}
          {!rows?.length && (
            <tr class="empty">
              <td colSpan={all.length}>{rows ? empty : word("loading")}</td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
