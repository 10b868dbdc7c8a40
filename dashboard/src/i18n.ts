import { signal } from "./signal";

export type Lang = "th" | "en";

const STORAGE_KEY = "lang";

function storedLanguage(): Lang {
  try {
    return localStorage.getItem(STORAGE_KEY) === "en" ? "en" : "th";
  } catch {
    return "th"; // storage is switched off: Thai, each time
  }
}

export const lang = signal<Lang>(storedLanguage());
export const isThai = (): boolean => lang.value === "th";

export function setLanguage(chosen: Lang): void {
  lang.value = chosen;
  try {
    localStorage.setItem(STORAGE_KEY, chosen);
  } catch {
    // storage is switched off: the choice lasts until the page is closed
  }
}

/** A text in both languages. State holds this pair, never a finished sentence. */
export interface Bilingual {
  th: string;
  en: string;
}

export const translate = (text: Bilingual): string => text[lang.value];

type Values = Record<string, string | number>;

const fill = (text: string, values?: Values): string =>
  values ? text.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder)) : text;

/** The words of one screen: `words({save: ["บันทึก", "Save"]})` gives `t("save")`.
 *
 * `t.both` gives both languages, for what is stored and shown later. `t.named` is for a name that the
 * API sends: its word, or the name itself if there is no word for it. */
export function words<K extends string>(table: Record<K, readonly [th: string, en: string]>) {
  const t = (key: K, values?: Values): string =>
    fill(table[key][lang.value === "th" ? 0 : 1], values);
  t.both = (key: K, values?: Values): Bilingual => ({
    th: fill(table[key][0], values),
    en: fill(table[key][1], values),
  });
  t.named = (name: string): string => (Object.hasOwn(table, name) ? t(name as K) : name);
  return t;
}

/** Numbers with a thousands mark, western digits in both languages. */
export const number = (n: number): string => n.toLocaleString("en-US");
