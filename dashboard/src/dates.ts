/** Dates and times as people in Thailand type and read them.
 *
 * State and wire hold ISO Christian-era dates ("2026-11-23") and times ("08:00:00"), always
 * Asia/Bangkok, which is UTC+7 all year. People type Buddhist or Christian years, Thai or western
 * digits, with or without separators, and read the Buddhist era in Thai, the Christian era in English.
 */
import * as clock from "./clock";
import type { Lang } from "./i18n";

export type IsoDate = string;
export type DateFault = "unreadable" | "no_such_day" | "year_out_of_range";
export type TypedDate = { iso: IsoDate } | { fault: DateFault };

const BUDDHIST = 543;
const MONTHS_TH = [
  "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
  "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
]; // prettier-ignore
const MONTHS_TH_SHORT = [
  "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.",
  "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
]; // prettier-ignore
const MONTHS_EN = [
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
]; // prettier-ignore
const DAYS_TH = ["อาทิตย์", "จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์"];
const DAYS_TH_SHORT = ["อา.", "จ.", "อ.", "พ.", "พฤ.", "ศ.", "ส."];
const DAYS_EN = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const pad = (n: number, width = 2): string => String(n).padStart(width, "0");

/** ๒๓ → 23: every Thai digit becomes a western one. */
export const westernDigits = (text: string): string =>
  text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50));

export const isLeap = (year: number): boolean =>
  (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const daysInMonth = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

/** Today in Bangkok by the system's clock, whatever the time zone and the clock of the PC. */
export const today = (now: number = clock.now()): IsoDate =>
  new Date(now + 7 * 3600_000).toISOString().slice(0, 10);

/** The Christian year of a typed year. Two digits are a Buddhist year, as usual in Thailand, of the
 * latest century in which it is at most `ahead` years from now. */
function christianYear(digits: string, now: IsoDate, ahead: number): number | undefined {
  const typed = Number(digits);
  if (digits.length === 4) {
    if (typed >= 2400 && typed <= 2743) return typed - BUDDHIST;
    if (typed >= 1857 && typed <= 2200) return typed;
    return undefined;
  }
  if (digits.length !== 2) return undefined;
  const present = Number(now.slice(0, 4));
  return [2700, 2600, 2500, 2400]
    .map((century) => century + typed - BUDDHIST)
    .find((year) => year <= present + ahead);
}

function checked(day: string, month: string, year: string, now: IsoDate, ahead: number): TypedDate {
  const y = christianYear(year, now, ahead);
  const [d, m] = [Number(day), Number(month)];
  if (m < 1 || m > 12 || d < 1 || d > 31) return { fault: "no_such_day" };
  if (y === undefined) return { fault: "year_out_of_range" };
  if (d > daysInMonth(y, m)) return { fault: "no_such_day" };
  return { iso: `${y}-${pad(m)}-${pad(d)}` };
}

function monthNamed(text: string): string {
  const plain = (name: string) => name.replace(/[.\s]/g, "").toLowerCase();
  const typed = plain(text);
  const at = (names: string[]) => names.findIndex((name) => plain(name) === typed);
  const index = Math.max(
    at(MONTHS_TH),
    at(MONTHS_TH_SHORT),
    at(MONTHS_EN),
    at(MONTHS_EN.map((name) => name.slice(0, 3))),
  );
  return String(index + 1); // 0 if there is no such month
}

/** Read a typed date: 23/11/2569, 23-11-69, 23112569, 231169, ๒๓/๑๑/๒๕๖๙, 23/11/2026,
 * 2026-11-23, 23 พ.ย. 2569, 23 November 2026; 23/11 is of this year. `ahead`: how many years
 * ahead a two-digit year may be; 0 for a date of birth. */
export function parseDate(text: string, now: IsoDate = today(), ahead = 20): TypedDate {
  const typed = westernDigits(text).trim().replace(/\s+/g, " ");
  const run = /^\d+$/.exec(typed)?.[0];
  if (run?.length === 8) {
    const dayFirst = checked(run.slice(0, 2), run.slice(2, 4), run.slice(4), now, ahead);
    if ("iso" in dayFirst) return dayFirst;
    const yearFirst = checked(run.slice(6), run.slice(4, 6), run.slice(0, 4), now, ahead);
    return "iso" in yearFirst ? yearFirst : dayFirst;
  }
  if (run?.length === 6) return checked(run.slice(0, 2), run.slice(2, 4), run.slice(4), now, ahead);

  const named = /^(\d{1,2}) ?([^\d\s][^\d]*?) ?(\d{2}|\d{4})$/.exec(typed);
  if (named && /\p{L}/u.test(named[2]!)) {
    const month = monthNamed(named[2]!);
    return month === "0" ? { fault: "unreadable" } : checked(named[1]!, month, named[3]!, now, ahead);
  }
  const parts = typed.split(/ ?[/\-. ] ?/);
  if (!parts.every((part) => /^\d+$/.test(part))) return { fault: "unreadable" };
  if (parts.length === 2) return checked(parts[0]!, parts[1]!, now.slice(0, 4), now, ahead);
  if (parts.length !== 3) return { fault: "unreadable" };
  const [first, second, third] = parts as [string, string, string];
  return first.length === 4
    ? checked(third, second, first, now, ahead)
    : checked(first, second, third, now, ahead);
}

/** Read a typed time: 8, 8:30, 08.30, 0830, ๘.๓๐ น. → "08:30"; undefined if it is not a time. */
export function parseTime(text: string): string | undefined {
  const typed = westernDigits(text).replace(/\s|น\.?$/g, "");
  const found = /^(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?$/.exec(typed) ?? /^(\d{1,2})(\d{2})?$/.exec(typed);
  if (!found) return undefined;
  const [hour, minute] = [Number(found[1]), Number(found[2] ?? 0)];
  return hour < 24 && minute < 60 ? `${pad(hour)}:${pad(minute)}` : undefined;
}

/** The inclusive end that the API takes: 09:00 and 08:59 both end at 08:59:59. */
export function inclusiveEnd(time: string): string {
  const [hour, minute] = time.split(":").map(Number) as [number, number];
  if (minute % 10 === 9) return `${time}:59`;
  const seconds = hour * 3600 + minute * 60 - 1;
  if (seconds < 0) return "23:59:59";
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((n) => pad(Math.floor(n))).join(":");
}

const parts = (iso: IsoDate) => {
  const [year, month, day] = iso.split("-").map(Number) as [number, number, number];
  return { year, month, day, weekday: new Date(`${iso}T00:00:00Z`).getUTCDay() };
};

/** 23/11/2569 in Thai, 23/11/2026 in English. */
export function shortDate(iso: IsoDate, lang: Lang): string {
  const { year, month, day } = parts(iso);
  return `${pad(day)}/${pad(month)}/${lang === "th" ? year + BUDDHIST : year}`;
}

/** จ. 23 พ.ย. 2569 · Mon 23 Nov 2026 */
export function mediumDate(iso: IsoDate, lang: Lang): string {
  const { year, month, day, weekday } = parts(iso);
  return lang === "th"
    ? `${DAYS_TH_SHORT[weekday]} ${day} ${MONTHS_TH_SHORT[month - 1]} ${year + BUDDHIST}`
    : `${DAYS_EN[weekday]!.slice(0, 3)} ${day} ${MONTHS_EN[month - 1]!.slice(0, 3)} ${year}`;
}

/** วันจันทร์ที่ 23 พฤศจิกายน 2569 · Monday 23 November 2026 */
export function longDate(iso: IsoDate, lang: Lang): string {
  const { year, month, day, weekday } = parts(iso);
  return lang === "th"
    ? `วัน${DAYS_TH[weekday]}ที่ ${day} ${MONTHS_TH[month - 1]} ${year + BUDDHIST}`
    : `${DAYS_EN[weekday]} ${day} ${MONTHS_EN[month - 1]} ${year}`;
}

/** พฤศจิกายน 2569 · November 2026 */
export const monthTitle = (year: number, month: number, lang: Lang): string =>
  lang === "th"
    ? `${MONTHS_TH[month - 1]} ${year + BUDDHIST}`
    : `${MONTHS_EN[month - 1]} ${year}`;

/** Names of the days of the week, Sunday first: the full word and the sign over a column. */
export const weekdays = (lang: Lang): { name: string; sign: string }[] =>
  (lang === "th" ? DAYS_TH : DAYS_EN).map((name, i) => ({
    name,
    sign: lang === "th" ? DAYS_TH_SHORT[i]! : name.slice(0, 3),
  }));

/** 08:00–08:59 น. */
export const timeSpan = (start: string, finish: string, lang: Lang): string =>
  `${start.slice(0, 5)}–${finish.slice(0, 5)}${lang === "th" ? " น." : ""}`;

/** A time of the API (UTC or with offset) as date and time in Bangkok. */
export function dateTime(instant: string, lang: Lang): string {
  const at = /(Z|[+-]\d\d:\d\d)$/.test(instant)
    ? new Date(Date.parse(instant) + 7 * 3600_000).toISOString()
    : instant; // without an offset it is Bangkok time already
  return `${shortDate(at.slice(0, 10), lang)} ${at.slice(11, 16)}`;
}

/** Whether a time of Bangkok is over; an empty text is none. */
export const isOver = (instant: string): boolean => Date.parse(`${instant}+07:00`) <= clock.now();

export const addDays = (iso: IsoDate, days: number): IsoDate =>
  new Date(Date.parse(`${iso}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** Whether a text is an ISO date that exists. */
export function isDate(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text;
}

/** How many days `to` is after `from`. */
export const daysBetween = (from: IsoDate, to: IsoDate): number =>
  (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;

const weekdayOf = (iso: IsoDate): number => parts(iso).weekday;

/** The weeks of a month, Sunday first; a cell outside the month is undefined. */
export function monthWeeks(year: number, month: number): (IsoDate | undefined)[][] {
  const first = `${pad(year, 4)}-${pad(month)}-01`;
  const cells: (IsoDate | undefined)[] = Array(weekdayOf(first)).fill(undefined);
  for (let day = 0; day < daysInMonth(year, month); day++) cells.push(addDays(first, day));
  while (cells.length % 7) cells.push(undefined);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

/** Five weeks from the Sunday before this day on, or from it if it is one. */
export function weeksFrom(day: IsoDate): IsoDate[][] {
  const first = addDays(day, -weekdayOf(day));
  return Array.from({ length: 5 }, (_, week) => Array.from({ length: 7 }, (_, n) => addDays(first, week * 7 + n)));
}

/** The months that these days are in; weeks around a short month are in three. */
export const monthsOf = (days: IsoDate[]): { year: number; month: number }[] =>
  [...new Set(days.map((day) => day.slice(0, 7)))].map((each) => {
    const [year = 0, month = 0] = each.split("-").map(Number);
    return { year, month };
  });

/** 1 ธ.ค. · 1 Dec */
export function dayAndMonth(iso: IsoDate, lang: Lang): string {
  const { month, day } = parts(iso);
  return `${day} ${lang === "th" ? MONTHS_TH_SHORT[month - 1] : MONTHS_EN[month - 1]!.slice(0, 3)}`;
}

/** The month `by` months after (or before) this one. */
export function monthAfter(year: number, month: number, by: number): { year: number; month: number } {
  const index = year * 12 + month - 1 + by;
  return { year: Math.floor(index / 12), month: (index % 12) + 1 };
}
