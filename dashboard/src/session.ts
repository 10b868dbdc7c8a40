/** Who is signed in on this page. The token lives in memory and sessionStorage, so that a reload
 * does not sign out; it goes with the tab. PCs are shared: after a quiet while the page locks. */
import { signal } from "@preact/signals";
import { createApi, requestToken } from "./api/client";
import { passwordHash } from "./password";

export interface Caller {
  login: string;
  name: string;
  hospital_code: string;
  hospital_name: string;
  /** "APPOINTMENT_DASHBOARD:1" … */
  roles: string[];
  /** The password was given by an administrator: it is changed before anything else. */
  mustChangePassword: boolean;
  /** When the token ends, in milliseconds of the epoch. */
  ends: number;
}

const TOKEN_KEPT_AS = "token";
const STIRRED_KEPT_AS = "stirred";
const HOSPITAL_KEPT_AS = "hospital_code";
const QUIET_MS = 10 * 60_000;

/** The caller a token names. Not verified here: the API does that, this is for the screen only. */
function callerIn(token: string): Caller | undefined {
  try {
    const payload = token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(payload), (c) => c.charCodeAt(0));
    const { exp, client } = JSON.parse(new TextDecoder().decode(bytes));
    const { login, name, hospital_code, hospital_name, scope, must_change_password } = client;
    const roles = scope.map(({ code }: { code: string }) => code);
    return {
      login,
      name,
      hospital_code,
      hospital_name,
      roles,
      mustChangePassword: must_change_password === true,
      ends: exp * 1000,
    };
  } catch {
    return undefined; // not a token: the same as none
  }
}

const token = signal<string | undefined>();
export const caller = signal<Caller | undefined>();
/** Why the page is locked, and undefined while it is open. */
export const locked = signal<"idle" | "ended" | undefined>();

let unlocked: ((renewed: boolean) => void)[] = [];

function enter(fresh: string): void {
  token.value = fresh;
  caller.value = callerIn(fresh);
  sessionStorage.setItem(TOKEN_KEPT_AS, fresh);
  localStorage.setItem(HOSPITAL_KEPT_AS, caller.value?.hospital_code ?? "");
  stir();
}

export const lastHospital = (): string => localStorage.getItem(HOSPITAL_KEPT_AS) ?? "";

/** Takes up the token of before a reload, unless it has ended or the tab was away for longer than it may be quiet:
 * browsers put tabs to sleep, and bring them back by a reload. */
export function resume(): void {
  const kept = sessionStorage.getItem(TOKEN_KEPT_AS);
  const quiet = Date.now() - Number(sessionStorage.getItem(STIRRED_KEPT_AS));
  const known = kept ? callerIn(kept) : undefined;
  if (kept && known && known.ends > Date.now() && quiet <= QUIET_MS) enter(kept);
  else forget();
}

/** @throws RequestFailed with the API's words when the sign-in is refused. */
export async function signIn(hospital_code: string, login: string, password: string): Promise<void> {
  enter(await requestToken(login, await passwordHash(password), hospital_code));
}

/** Opens a locked page for the same person; what was on it is still there. */
export async function unlock(password: string): Promise<void> {
  const { hospital_code, login } = caller.value!;
  await signIn(hospital_code, login, password);
  locked.value = undefined;
  settle(true);
}

export function signOut(): void {
  forget();
  settle(false);
  history.replaceState(null, "", "#/");
  location.reload(); // nothing of this person's stays in memory
}

function settle(renewed: boolean): void {
  for (const tell of unlocked.splice(0)) tell(renewed);
  unlocked = [];
}

function lock(why: "idle" | "ended"): void {
  if (!caller.value || locked.value) return;
  forget();
  locked.value = why;
}

function forget(): void {
  token.value = undefined;
  sessionStorage.removeItem(TOKEN_KEPT_AS);
  sessionStorage.removeItem(STIRRED_KEPT_AS);
}

export const api = createApi({
  token: () => token.value,
  renew: () => {
    lock("ended");
    return new Promise((tell) => unlocked.push(tell));
  },
});

/** Whether the caller has the role at any level. */
export const may = (role: string): boolean =>
  caller.value?.roles.some((held) => held.split(":")[0] === role) ?? false;

/** The highest level at which the caller has the role; 0 without it. */
export const levelOf = (role: string): number =>
  Math.max(0, ...(caller.value?.roles ?? [])
    .filter((held) => held.split(":")[0] === role)
    .map((held) => Number(held.split(":")[1]))); // prettier-ignore

let stirred = Date.now();
function stir(): void {
  stirred = Date.now();
  if (token.value) sessionStorage.setItem(STIRRED_KEPT_AS, String(stirred));
}

/** Locks the page after ten quiet minutes. The clock is looked at, not a timer trusted, because
 * a sleeping PC stops its timers. */
export function watchIdle(): void {
  for (const event of ["pointerdown", "keydown", "wheel", "touchstart"])
    addEventListener(event, stir, { passive: true, capture: true });
  const look = () => {
    if (Date.now() - stirred > QUIET_MS) lock("idle");
  };
  setInterval(look, 5_000);
  document.addEventListener("visibilitychange", look);
}
