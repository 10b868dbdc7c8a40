/** What is typed to search for a person: a national id, or the beginning of a name, or digits of a telephone. */
import { words } from "../i18n";
import { readCode } from "../typed-code";
import { cidError } from "./cid-error";

export const searchWords = words({
  words: ["เลขที่บัตรประชาชน ชื่อ หรือโทรศัพท์", "National id, name or telephone"],
  hint: [
    "ชื่อหรือนามสกุลพิมพ์เพียงส่วนต้นได้ โทรศัพท์อย่างน้อย 4 หลัก แล้วกด Enter",
    "The beginning of a first or last name is enough, or 4 digits of a telephone number. Then press Enter.",
  ],
  short: ["พิมพ์อย่างน้อย 2 ตัวอักษร หรือ 4 หลัก", "Type at least 2 letters, or 4 digits"],
});

/** The national id that was meant, right or wrong. */
export function cidMeant(text: string): string | undefined {
  const code = readCode(text);
  return /^\d{11,}$/.test(code) ? code : undefined;
}

/** What is wrong with the text. */
export function searchError(text: string): string | undefined {
  const cid = cidMeant(text);
  if (cid) return cidError(cid);
  const isShort = text.trim().length < 2 || (/^\d{1,3}$/.test(readCode(text)) && /[\d๐-๙]/.test(text));
  return isShort ? searchWords("short") : undefined;
}
