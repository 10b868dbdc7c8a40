/** Whose phone this is. Nothing of it is stored on the phone: the app's back end knows, by an opaque cookie. */
import { signal } from "@preact/signals";
import { createApi } from "../api/client";
import { RequestFailed } from "../api/failure";
import type { Me } from "./shapes";

/** undefined: not known yet; "nobody": choose; "away": no line, so that only what was last seen can be shown. */
export const me = signal<Me | "nobody" | "away" | undefined>(undefined);

export const BASE = "/phone/api/";

const api = createApi({
  token: () => undefined, // the cookie goes along by itself
  renew: async () => {
    me.value = "nobody";
    return false;
  },
});

export const phone = {
  get: <T>(name: string, query?: Record<string, string | number | undefined>) => api.get<T>(BASE + name, query),
  post: <T>(name: string, body: unknown = {}) => api.post<T>(BASE + name, body),
};

/** Finds out whose session this is. */
export async function start(): Promise<void> {
  try {
    me.value = await phone.get<Me>("session");
  } catch (caught) {
    if (!(caught instanceof RequestFailed)) throw caught;
    me.value = caught.failure.status === 401 ? "nobody" : "away";
  }
}

/** Opens a session for a demo person or for a national id. */
export async function signIn(who: { demo: number } | { cid: string }): Promise<void> {
  me.value = await phone.post<Me>("session", who);
}

/** For a person whom the registry does not know: the name they will be booked under. */
export async function introduce(person: Record<string, string | number>): Promise<void> {
  me.value = await phone.post<Me>("person", person);
}

export async function leave(): Promise<void> {
  await api.remove(`${BASE}session`);
  me.value = "nobody";
  location.hash = "#/";
}
