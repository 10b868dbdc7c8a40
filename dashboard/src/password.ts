/** The password hash that the token endpoint takes: HMAC-SHA256 with the manual's public key, in
 * upper-case hex. The plain password never leaves the page. */
const KEY = "$jwt@moph#";

/** @throws if the page was not opened over https or on this machine: then browsers have no
 * `crypto.subtle`. */
export async function passwordHash(password: string): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const key = await crypto.subtle.importKey(
    "raw", bytes(KEY), { name: "HMAC", hash: "SHA-256" }, false, ["sign"],
  ); // prettier-ignore
  const mac = await crypto.subtle.sign("HMAC", key, bytes(password));
  return Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase();
}

export type PasswordFault = "short" | "plain" | "like_login";

/** What is wrong with a password: it needs at least 10 characters of more than one kind, without the
 * login. Checked in the page, because the API gets the hash only. */
export function passwordFault(password: string, login: string): PasswordFault | undefined {
  if ([...password].length < 10) return "short";
  const kinds = [/\p{Ll}|\p{Lo}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u];
  if (kinds.filter((kind) => kind.test(password)).length < 2) return "plain";
  if (login && password.toLowerCase().includes(login.toLowerCase())) return "like_login";
  return undefined;
}

/** Letters and figures that nobody takes for another one: no 0 and o, 1 and l. */
const LETTERS = "abcdefghijkmnpqrstuvwxyz";
const FIGURES = "23456789";

/** A first password that is easy to tell in person: three groups of three letters and a figure, of which a
 * thousand million million are possible. */
export function madePassword(): string {
  const any = (signs: string): string => {
    // Values from which no sign would come up more often than another one.
    const most = 256 - (256 % signs.length);
    for (;;) {
      const [value] = crypto.getRandomValues(new Uint8Array(1));
      if (value! < most) return signs[value! % signs.length]!;
    }
  };
  return Array.from({ length: 3 }, () => any(LETTERS) + any(LETTERS) + any(LETTERS) + any(FIGURES)).join("-");
}
