import { number, words } from "../i18n";

const t = words({
  found: ["พบ {n} รายการ", "{n} found"],
  cut: [
    "พบ {n} รายการ แสดง {shown} รายการแรก ค้นให้แคบลงเพื่อดูที่เหลือ",
    "{n} found, the first {shown} shown; narrow the search to see the rest",
  ],
  many: [
    "พบมากกว่า {n} รายการ แสดง {shown} รายการแรก ค้นให้แคบลงเพื่อดูที่เหลือ",
    "More than {n} found, the first {shown} shown; narrow the search to see the rest",
  ],
});

interface FoundProps {
  shown: number;
  /** Undefined until the search has ended. */
  total: number | undefined;
  /** There are more than even `total` counts. */
  more?: boolean;
}

/** Under a search's list: how many match, and whether what is listed is all of them. */
export function Found({ shown, total, more = false }: FoundProps) {
  const key = more ? "many" : total !== undefined && total > shown ? "cut" : "found";
  return (
    <p class={key === "found" ? "total" : "total marked"} role="status">
      {total !== undefined && t(key, { n: number(total), shown: number(shown) })}
    </p>
  );
}
