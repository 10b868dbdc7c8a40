/** What the token endpoint takes for a password: HMAC-SHA256 under the manual's public key,
 * upper-case hex. The plain password never leaves the page. */
const KEY = "$jwt@moph#";

/** @throws when the page was not opened over https or on this machine: browsers have no
 * `crypto.subtle` there. */
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

/** Checked here, where the plain text is: at least 10 characters, of more than one kind, not the
 * login itself. */
export function passwordFault(password: string, login: string): PasswordFault | undefined {
  if ([...password].length < 10) return "short";
  const kinds = [/\p{Ll}|\p{Lo}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u];
  if (kinds.filter((kind) => kind.test(password)).length < 2) return "plain";
  if (login && password.toLowerCase().includes(login.toLowerCase())) return "like_login";
  return undefined;
}
