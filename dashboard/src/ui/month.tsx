import { useLayoutEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { addDays, dayAndMonth, longDate, monthAfter, monthTitle, monthWeeks, today, weekdays, type IsoDate } from "../dates";
import type { Holiday } from "../api/types";
import { holidayKind, holidayName } from "../holidays";
import { isThai, lang, words } from "../i18n";

export const monthWords = words({
  before: ["เดือนก่อน", "Previous month"],
  after: ["เดือนถัดไป", "Next month"],
  today: ["วันนี้", "today"],
});

export interface MonthShown {
  year: number;
  month: number;
}

interface MonthProps extends MonthShown {
  chosen: IsoDate | undefined;
  onChoose: (date: IsoDate) => void;
  onMonth: (shown: MonthShown) => void;
  /** What a day's cell shows under its number, how that is read out, and its class. */
  day: (date: IsoDate) => { shows?: ComponentChildren; says?: string; look?: string } | undefined;
  /** Named in their cells. */
  holidays?: Holiday[];
  /** Other days cannot be chosen; the arrow keys still reach them. */
  canChoose?: (date: IsoDate) => boolean;
  /** In place of the month's: weeks that run on over its end, and what they are called. */
  ahead?: { weeks: IsoDate[][]; title: string };
}

/** A month to choose a day from. Arrow keys move by day and week, Home and End to the ends of the week, PageUp and
 * PageDown by month, with Shift by year. */
export function Month({ year, month, chosen, onChoose, onMonth, day, holidays, canChoose, ahead }: MonthProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const wanted = useRef<IsoDate | undefined>(undefined);
  const language = lang.value;
  const now = today();
  const holidayOf = new Map(holidays?.map((holiday) => [holiday.date, holiday]));
  const weeks: (IsoDate | undefined)[][] = ahead?.weeks ?? monthWeeks(year, month);
  const days = weeks.flat().filter((date): date is IsoDate => date !== undefined);
  const focusable = [chosen, now].find((date) => date && days.includes(date)) ?? days[0]!;

  const focus = (date: IsoDate) =>
    body.current?.querySelector<HTMLElement>(`[data-date="${date}"]`)?.focus();
  const move = (event: KeyboardEvent, from: IsoDate) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
    const pages: Record<string, number> = { PageUp: -1, PageDown: 1 };
    let to: IsoDate | undefined;
    if (event.key in steps) to = addDays(from, steps[event.key]!);
    const week = weeks.find((week) => week.includes(from))?.filter(Boolean);
    if (event.key === "Home") to = week?.[0];
    if (event.key === "End") to = week?.at(-1);
    if (event.key in pages) {
      const by = pages[event.key]! * (event.shiftKey ? 12 : 1);
      const shown = monthAfter(Number(from.slice(0, 4)), Number(from.slice(5, 7)), by);
      const there = monthWeeks(shown.year, shown.month).flat().filter(Boolean);
      to = there[Number(from.slice(8)) - 1] ?? there.at(-1);
    }
    if (!to) return;
    event.preventDefault();
    if (days.includes(to)) return void focus(to);
    onMonth({ year: Number(to.slice(0, 4)), month: Number(to.slice(5, 7)) });
    wanted.current = to;
  };
  // as soon as that month is drawn: the next key may come before the next picture
  useLayoutEffect(() => {
    if (!days.includes(wanted.current!)) return;
    focus(wanted.current!);
    wanted.current = undefined;
  });

  return (
    <div class="month">
      <div class="month-head">
        <button type="button" onClick={() => onMonth(monthAfter(year, month, -1))} aria-label={monthWords("before")}>
          ‹
        </button>
        <h2 aria-live="polite">{ahead?.title ?? monthTitle(year, month, language)}</h2>
        <button type="button" onClick={() => onMonth(monthAfter(year, month, 1))} aria-label={monthWords("after")}>
          ›
        </button>
      </div>
      <table>
        <thead>
          <tr>
            {weekdays(language).map(({ name, sign }) => (
              <th key={name} scope="col">
                <abbr title={name}>{sign}</abbr>
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {weeks.map((week) => (
            <tr key={week.find(Boolean)}>
              {week.map((date, index) => {
                if (!date) return <td key={index} />;
                const { shows, says, look } = day(date) ?? {};
                const holiday = holidayOf.get(date);
                const read = [says, holiday && `${holidayKind(holiday)} ${holidayName(holiday)}`].filter(Boolean);
                return (
                  <td key={index}>
                    <button
                      type="button"
                      data-date={date}
                      class={`day ${look ?? ""} ${date === now ? "today" : ""}`}
                      tabIndex={date === focusable ? 0 : -1}
                      aria-pressed={date === chosen}
                      aria-current={date === now ? "date" : undefined}
                      aria-disabled={canChoose && !canChoose(date)}
                      onKeyDown={(event) => move(event, date)}
                      onClick={() => (!canChoose || canChoose(date)) && onChoose(date)}
                    >
                      <span class="visually-hidden">
                        {longDate(date, language)}
                        {date === now ? ` ${monthWords("today")}` : ""}
                        {read.map((text) => `${isThai() ? " " : ", "}${text}`)}
                      </span>
                      <span aria-hidden="true" class="day-number">
                        {ahead && (date === days[0] || date.endsWith("-01")) ? dayAndMonth(date, language) : Number(date.slice(8))}
                      </span>
                      <span aria-hidden="true">{shows}</span>
                      {holiday && (
                        <small aria-hidden="true" class={holiday.closed ? "holiday closed" : "holiday"} title={holidayName(holiday)}>
                          {holidayName(holiday)}
                        </small>
                      )}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
