/** The kiosk's account. The token is in memory and in sessionStorage, as the dashboard's: a reload keeps it, closing the
 * tab deletes it. The password's hash is in memory only; with it the kiosk gets new tokens for as long as it stays on. */
import { createApi, requestToken } from "../api/client";
import { RequestFailed } from "../api/failure";
import { passwordHash } from "../password";
import { signal } from "../signal";

interface Account {
  hospital_code: string;
  login: string;
  hash: string;
}

const TOKEN_KEY = "kiosk_token";
const ROLE = "QUEUE_KIOSK";

let token: string | undefined;
let account: Account | undefined;
/** The hospital's name; undefined while nobody has signed the kiosk in. */
export const hospital = signal<string | undefined>(undefined);

/** What a token says, for the screen only: the API verifies it. */
function read(text: string): { hospital_name: string; scope: { code: string }[] } | undefined {
  try {
    const payload = text.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)).client;
  } catch {
    return undefined; // not a token: the same as no token
  }
}

/** Whether the token is a kiosk's; then it is used from now on. */
function accept(text: string): boolean {
  const client = read(text);
  if (!client?.scope.some(({ code }) => code.startsWith(`${ROLE}:`))) return false;
  token = text;
  sessionStorage.setItem(TOKEN_KEY, text);
  hospital.value = client.hospital_name;
  return true;
}

export function resume(): void {
  const stored = sessionStorage.getItem(TOKEN_KEY);
  if (stored) accept(stored);
}

/** Sign the kiosk in. False if the account is not a kiosk's. @throws RequestFailed */
export async function signIn(hospital_code: string, login: string, password: string): Promise<boolean> {
  const hash = await passwordHash(password);
  if (!accept(await requestToken(login, hash, hospital_code))) return false;
  account = { hospital_code, login, hash };
  return true;
}

/** Get a new token, or show the sign-in if the password is not known or does not hold any more. The request is given up
 * then: whoever made it is gone by the time that the staff have signed the kiosk in. */
async function renew(): Promise<boolean> {
  if (account) {
    try {
      return accept(await requestToken(account.login, account.hash, account.hospital_code));
    } catch (caught) {
      if (!(caught instanceof RequestFailed) || caught.failure.status !== 401) throw caught;
      account = undefined;
    }
  }
  sessionStorage.removeItem(TOKEN_KEY);
  token = undefined;
  hospital.value = undefined;
  return false;
}

export const api = createApi({ token: () => token, renew });
