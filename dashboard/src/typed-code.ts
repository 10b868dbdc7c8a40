/** Reads ids and codes that people type, paste, dictate or scan. chalicelib/typed_codes.py has the same rules; both
 * are tested with tests/typed_codes.json. */
import { westernDigits } from "./dates";

// The Thai keyboard (Kedmanee): which key of a Latin keyboard types which letter, without and with Shift. A scanner
// presses keys, so it types these letters if the computer is set to Thai.
const LATIN_KEYS =
  "1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./" + '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?';
const THAI_KEYS =
  "ๅ/-ภถ\u0e38\u0e36คตจขชๆไ\u0e33พะ\u0e31\u0e35รนยบลฟหกดเ\u0e49\u0e48าสวงผปแอ\u0e34\u0e37ทมใฝ" +
  '+๑๒๓๔\u0e39฿๕๖๗๘๙๐"ฎฑธ\u0e4d\u0e4aณฯญฐ,ฤฆฏโฌ\u0e47\u0e4bษศซ.()ฉฮ\u0e3a\u0e4c?ฒฬฦ';
const SEPARATORS = /[\t\r\n.,;:'"=_·•‘’“”\u2212\p{Z}\p{Pd}\p{Cf}]/gu;

const pressed = (letter: string): string => {
  const key = THAI_KEYS.indexOf(letter);
  return key < 0 ? letter : LATIN_KEYS[key]!;
};

/** The letters and digits of an id or a code, as capital letters and ASCII digits. Blanks, dashes and other separators
 * are dropped. Thai letters without a Latin one are read as the keys that were pressed. */
export function readCode(text: string): string {
  const thaiKeys = /[\u0e01-\u0e4e]/.test(text) && !/[A-Za-z]/.test(text);
  const typed = thaiKeys ? [...text].map(pressed).join("") : text;
  return westernDigits(typed).normalize("NFKC").toUpperCase().replace(SEPARATORS, "");
}

/** A slip's code. O, I and L, which no code has, are the digits that look like them. */
export const readSlip = (text: string): string => readCode(text).replace(/O/g, "0").replace(/[IL]/g, "1");

// Crockford's alphabet, as chalicelib/booking/slip_codes.py: five bits a letter, the hospital's code in the first 17.
const SLIP_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The slip's code in what was typed or scanned, undefined if it is none. Thai letters are one only if they name this
 * hospital: else they are a name, which is in no address. */
export function slipIn(text: string, hospital_code: string): string | undefined {
  const code = readSlip(text);
  if (code.length !== 20 || [...code].some((letter) => !SLIP_LETTERS.includes(letter))) return undefined;
  const head = [...code.slice(0, 4)].reduce((sum, letter) => sum * 32 + SLIP_LETTERS.indexOf(letter), 0);
  return /[\u0e01-\u0e4e]/.test(text) && Math.floor(head / 8) !== Number(hospital_code) ? undefined : code;
}
