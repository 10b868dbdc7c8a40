import { computed, signal } from "@preact/signals";

export type Lang = "th" | "en";

const KEPT_AS = "lang";

function kept(): Lang {
  try {
    return localStorage.getItem(KEPT_AS) === "en" ? "en" : "th";
  } catch {
    return "th"; // storage is switched off: Thai, each time
  }
}

export const lang = signal<Lang>(kept());
export const isThai = computed(() => lang.value === "th");

export function speak(chosen: Lang): void {
  lang.value = chosen;
  try {
    localStorage.setItem(KEPT_AS, chosen);
  } catch {
    // storage is switched off: the choice lasts until the page is closed
  }
}

/** One thing said in both languages; it is kept as this pair, never as a finished sentence. */
export interface Said {
  th: string;
  en: string;
}

export const say = (said: Said): string => said[lang.value];

type Values = Record<string, string | number>;

const fill = (text: string, values?: Values): string =>
  values ? text.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole)) : text;

/** The words of one screen: `words({save: ["บันทึก", "Save"]})` gives `t("save")`.
 * `t.both` keeps both languages, for what is stored and shown later; `t.has` tells whether there is
 * a word of that name. */
export function words<K extends string>(table: Record<K, readonly [th: string, en: string]>) {
  const t = (key: K, values?: Values): string =>
    fill(table[key][lang.value === "th" ? 0 : 1], values);
  t.both = (key: K, values?: Values): Said => ({
    th: fill(table[key][0], values),
    en: fill(table[key][1], values),
  });
  t.has = (name: string): boolean => Object.hasOwn(table, name);
  return t;
}

/** Numbers with a thousands mark, western digits in both languages. */
export const number = (n: number): string => n.toLocaleString("en-US");
