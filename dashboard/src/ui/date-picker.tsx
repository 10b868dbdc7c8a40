/** The month of a date field: the date picker dialog of the ARIA Authoring Practices. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { dayAndMonth, shortDate, today, type IsoDate } from "../dates";
import { holidayName } from "../holidays";
import { lang, words } from "../i18n";
import { useLoaded } from "../load";
import { api } from "../session";
import { word } from "../words";
import { Failed } from "./failed";
import { Month } from "./month";

const t = words({
  choose: ["เลือก {label}", "Choose: {label}"],
  today: ["วันนี้", "Today"],
  year: ["ปี", "Year"],
  figures: ["ตัวเลขใต้วันที่คือจำนวนที่ว่าง", "The figure below a day is its free places"],
});

/** What can be chosen in a date field. */
export interface Choosable {
  /** A date of birth: typed years of two digits are in the past, and a year can be chosen from a list. */
  birth?: boolean;
  /** First and last day that the month offers. What is typed is checked by the form. */
  min?: IsoDate;
  max?: IsoDate;
  /** The days show their free places: those of one room or department, or of the hospital. */
  counts?: { room_id?: number; department_id?: number };
}

interface DatePickerProps extends Choosable {
  label: string;
  value: IsoDate | undefined;
  /** The month is shown beside it, and the focus returns to it. */
  opener: HTMLElement;
  onChoose: (date: IsoDate) => void;
  onClose: () => void;
}

const FIRST_YEAR_OF_HOLIDAYS = 2000;
const MARGIN = 8;
const LEAST_HEIGHT = 400;
const YEARS_OF_LIFE = 120;

/** Put the dialog below or above its opener. A window that is too low for both has it in its middle. */
function putBeside(dialog: HTMLElement, opener: HTMLElement): void {
  dialog.style.cssText = "";
  const { top, bottom, right } = opener.getBoundingClientRect();
  const below = innerHeight - bottom - MARGIN;
  const room = Math.max(below, top - MARGIN);
  if (room < LEAST_HEIGHT) return;
  const left = Math.max(MARGIN, right - dialog.offsetWidth);
  const isBelow = below >= LEAST_HEIGHT || below === room;
  dialog.style.margin = "0";
  dialog.style.maxHeight = `${room}px`;
  dialog.style.inset = isBelow ? `${bottom + 4}px auto auto ${left}px` : `auto auto ${innerHeight - top + 4}px ${left}px`;
}

export function DatePicker({ label, value, opener, birth, min, max, counts, onChoose, onClose }: DatePickerProps) {
  const element = useRef<HTMLDialogElement>(null);
  const now = today();
  const last = max ?? (birth ? now : undefined);
  const canChoose = (date: IsoDate) => date >= (min ?? "") && date <= (last ?? "9");
  const [shown, setShown] = useState(() => {
    const begin = value ?? [now, min ?? now].sort()[1]!;
    return { year: Number(begin.slice(0, 4)), month: Number(begin.slice(5, 7)) };
  });
  const { year } = shown;
  const holidays = useLoaded(() => api.get("/api/dashboard/holidays", { query: { year } }), [year], {
    when: !birth && year >= FIRST_YEAR_OF_HOLIDAYS,
  });
  const days = useLoaded(() => api.get("/api/dashboard/calendar", { query: { ...shown, ...counts } }), [shown, counts], {
    when: counts !== undefined,
  });
  const byDate = new Map(days.data?.map((day) => [day.date, day]));
  const monthShown = `${year}-${String(shown.month).padStart(2, "0")}`;
  const thisYear = Number(now.slice(0, 4));

  useLayoutEffect(() => {
    const dialog = element.current!;
    dialog.showModal();
    const put = () => putBeside(dialog, opener);
    put();
    addEventListener("resize", put);
    dialog.querySelector<HTMLElement>('.day[tabindex="0"]')?.focus();
    return () => {
      removeEventListener("resize", put);
      dialog.close();
      opener.focus();
    };
  }, []);
  const choose = (date: IsoDate) => {
    onChoose(date);
    onClose();
  };

  return (
    <dialog
      ref={element}
      class="date-picker"
      aria-label={t("choose", { label })}
      onClick={(event) => event.target === element.current && onClose()}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation(); // the window that the field is in stays open
        onClose();
      }}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // by a gesture of the system, which cannot be prevented
      onClose={onClose}
    >
      <div class="date-picker-body">
        <Failed failure={holidays.failure ?? days.failure} again={() => {
          void holidays.reload();
          if (counts) void days.reload();
        }} />
        {birth && (
          <label>
            {t("year")}{" "}
            <select value={year} onChange={(event) => setShown({ ...shown, year: Number(event.currentTarget.value) })}>
              {Array.from({ length: YEARS_OF_LIFE }, (_, n) => thisYear - n).map((each) => (
                <option key={each} value={each}>
                  {shortDate(`${each}-01-01`, lang.value).slice(6)}
                </option>
              ))}
            </select>
          </label>
        )}
        <Month
          {...shown}
          chosen={value}
          holidays={holidays.data}
          onMonth={setShown}
          canChoose={canChoose}
          onChoose={choose}
          day={(date) => {
            const n = byDate.get(date)?.available;
            return n === undefined ? undefined : { says: word("free_places", { n }), shows: n };
          }}
        />
        <p class="hint">
          {counts && t("figures")}
          {holidays.data
            ?.filter(({ date }) => date.startsWith(monthShown))
            .map((holiday) => (
              <span key={holiday.date}>
                {dayAndMonth(holiday.date, lang.value)} {holidayName(holiday)}
              </span>
            ))}
        </p>
        <div class="actions">
          {canChoose(now) && (
            <button type="button" onClick={() => choose(now)}>
              {t("today")}
            </button>
          )}
          <button type="button" onClick={onClose}>
            {word("cancel")}
          </button>
        </div>
      </div>
    </dialog>
  );
}
