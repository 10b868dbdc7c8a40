/** The person who is signed in. The token is in memory and in sessionStorage: a reload keeps it, closing
 * the tab deletes it. PCs are shared, so the page locks after ten minutes without input. */
import { createApi, requestToken } from "./api/client";
import { learn, offset } from "./clock";
import { passwordHash } from "./password";
import { signal } from "./signal";

export interface Caller {
  login: string;
  name: string;
  hospital_code: string;
  hospital_name: string;
  /** "APPOINTMENT_DASHBOARD:1" … */
  roles: string[];
  /** The password was given by an administrator: it is changed before anything else. */
  mustChangePassword: boolean;
  /** When the token was made, by the system's clock, in milliseconds of the epoch. */
  issued: number;
}

const TOKEN_KEY = "token";
const INPUT_KEY = "stirred";
const CLOCK_KEY = "clock";
const HOSPITAL_KEY = "hospital_code";
const IDLE_MS = 10 * 60_000;

/** The caller of a token, for the screen only: the API verifies the token. */
function callerIn(token: string): Caller | undefined {
  try {
    const payload = token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(payload), (c) => c.charCodeAt(0));
    const { iat, client } = JSON.parse(new TextDecoder().decode(bytes));
    const { login, name, hospital_code, hospital_name, scope, must_change_password } = client;
    const roles = scope.map(({ code }: { code: string }) => code);
    return {
      login,
      name,
      hospital_code,
      hospital_name,
      roles,
      mustChangePassword: must_change_password === true,
      issued: iat * 1000,
    };
  } catch {
    return undefined; // not a token: the same as no token
  }
}

const token = signal<string | undefined>(undefined);
export const caller = signal<Caller | undefined>(undefined);
/** Why the page is locked, and undefined while it is open. */
export const locked = signal<"idle" | "ended" | undefined>(undefined);

/** Requests that wait until the page is unlocked. */
const waiting: ((renewed: boolean) => void)[] = [];

function accept(newToken: string): void {
  token.value = newToken;
  caller.value = callerIn(newToken);
  sessionStorage.setItem(TOKEN_KEY, newToken);
  sessionStorage.setItem(CLOCK_KEY, String(offset.value));
  localStorage.setItem(HOSPITAL_KEY, caller.value?.hospital_code ?? "");
  recordInput();
}

offset.subscribe((difference) => {
  if (token.value) sessionStorage.setItem(CLOCK_KEY, String(difference));
});

export const lastHospital = (): string => localStorage.getItem(HOSPITAL_KEY) ?? "";

/** Take the token of before a reload, unless the page would have locked: browsers unload tabs that are not used, and
 * load them again. Whether the token has ended is for the API to say, because this PC's clock may be wrong. */
export function resume(): void {
  const stored = sessionStorage.getItem(TOKEN_KEY);
  const idle = Date.now() - Number(sessionStorage.getItem(INPUT_KEY));
  const known = stored ? callerIn(stored) : undefined;
  offset.value = Number(sessionStorage.getItem(CLOCK_KEY)) || 0;
  if (stored && known && idle <= IDLE_MS) accept(stored);
  else forget();
}

/** @throws RequestFailed with the API's message if the sign-in is refused. */
export async function signIn(hospital_code: string, login: string, password: string): Promise<void> {
  const hash = await passwordHash(password);
  const sent = Date.now();
  const newToken = await requestToken(login, hash, hospital_code);
  learn(callerIn(newToken)?.issued ?? Number.NaN, sent);
  accept(newToken);
}

/** Unlock the page for the same person; what was on it is still there. */
export async function unlock(password: string): Promise<void> {
  const { hospital_code, login } = caller.value!;
  await signIn(hospital_code, login, password);
  locked.value = undefined;
  answerWaiting(true);
}

export function signOut(): void {
  forget();
  answerWaiting(false);
  history.replaceState(null, "", "#/");
  location.reload(); // nothing about this person stays in memory
}

function answerWaiting(renewed: boolean): void {
  for (const resolve of waiting.splice(0)) resolve(renewed);
}

function lock(why: "idle" | "ended"): void {
  if (!caller.value || locked.value) return;
  forget();
  locked.value = why;
}

function forget(): void {
  token.value = undefined;
  sessionStorage.removeItem(TOKEN_KEY);
  sessionStorage.removeItem(INPUT_KEY);
  sessionStorage.removeItem(CLOCK_KEY);
}

export const api = createApi({
  token: () => token.value,
  renew: () => {
    lock("ended");
    return new Promise((resolve) => waiting.push(resolve));
  },
});

/** Whether the caller has the role at any level. */
export const may = (role: string): boolean =>
  caller.value?.roles.some((code) => code.split(":")[0] === role) ?? false;

/** The highest level at which the caller has the role; 0 without it. */
export const levelOf = (role: string): number =>
  Math.max(0, ...(caller.value?.roles ?? [])
    .filter((code) => code.split(":")[0] === role)
    .map((code) => Number(code.split(":")[1]))); // prettier-ignore

let lastInput = Date.now();
function recordInput(): void {
  lastInput = Date.now();
  if (token.value) sessionStorage.setItem(INPUT_KEY, String(lastInput));
}

/** Lock the page after ten minutes without input. It compares the time of day, because a sleeping PC
 * stops its timers. */
export function watchIdle(): void {
  for (const event of ["pointerdown", "keydown", "wheel", "touchstart"])
    addEventListener(event, recordInput, { passive: true, capture: true });
  const check = () => {
    if (Date.now() - lastInput > IDLE_MS) lock("idle");
  };
  setInterval(check, 5_000);
  document.addEventListener("visibilitychange", check);
}
