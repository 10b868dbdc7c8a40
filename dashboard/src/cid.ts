/** National ids: thirteen digits; those that begin with 1–8 end in a check digit. */
import { readCode } from "./typed-code";

/** Most characters of an id that is typed or pasted with dashes and blanks. */
export const LONGEST_CID = 60;

export type CidFault = "length" | "check_digit";

/** The digits of what was typed, pasted or scanned. */
export const cidDigits = readCode;

export function cidFault(text: string): CidFault | undefined {
  const cid = cidDigits(text);
  if (!/^\d{13}$/.test(cid)) return "length";
  // 0 and 9 are made by hospitals for people without an id and carry no check digit
  if (cid[0] === "0" || cid[0] === "9") return undefined;
  const sum = [...cid.slice(0, 12)].reduce((total, digit, i) => total + Number(digit) * (13 - i), 0);
  return (11 - (sum % 11)) % 10 === Number(cid[12]) ? undefined : "check_digit";
}

/** 1-2345-67890-12-1, as on the card. */
export const cidOnCard = (cid: string): string =>
  cid.replace(/^(.)(.{4})(.{5})(.{2})(.)$/, "$1-$2-$3-$4-$5");

/** 1-xxxx-xxxxx-12-1: enough to identify a person at the counter. */
export const cidMasked = (cid: string): string =>
  cidOnCard(`${cid.slice(0, 1)}xxxxxxxxx${cid.slice(10)}`);
