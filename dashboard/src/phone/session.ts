/** The person of this phone. The phone stores nothing: the app's back end knows the person by an opaque cookie. */
import { createRequest } from "../api/client";
import { RequestFailed } from "../api/failure";
import { signal } from "../signal";
import type { Me, PhoneApi } from "./calls";

/** undefined: not known yet; "nobody": choose who you are; "away": no connection, only stored data can be shown. */
export const me = signal<Me | "nobody" | "away" | undefined>(undefined);

export const BASE = "/phone/api/";

const request = createRequest({
  token: () => undefined, // the cookie goes along by itself
  renew: async () => {
    me.value = "nobody";
    return false;
  },
});

export const phone = {
  get: (name: string, query?: Record<string, string | number>) => request("GET", BASE + name, { query }),
  post: (name: string, body: unknown) => request("POST", BASE + name, { body }),
} as PhoneApi;

/** Find out whose session this is. */
export async function start(): Promise<void> {
  try {
    me.value = await phone.get("session");
  } catch (caught) {
    if (!(caught instanceof RequestFailed)) throw caught;
    me.value = caught.failure.status === 401 ? "nobody" : "away";
  }
}

/** Open a session for a demo person or for a national id. */
export async function signIn(who: { demo: number } | { cid: string }): Promise<void> {
  me.value = await phone.post("session", who);
}

/** For a person whom the registry does not know: the name to book under. */
export async function introduce(person: Parameters<typeof phone.post<"person">>[1]): Promise<void> {
  me.value = await phone.post("person", person);
}

export async function leave(): Promise<void> {
  await request("DELETE", `${BASE}session`);
  me.value = "nobody";
  location.hash = "#/";
}
