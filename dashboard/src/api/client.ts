/** The one way to the API: speaks the wire contract's envelope, for the dashboard and the phone page. */
import { connectionLost, connectionThere } from "./connection";
import { failureIn, noAnswer, notUnderstood, timedOut } from "./failure";

export type Query = Record<string, string | number | boolean | undefined>;

interface Ask {
  query?: Query;
  body?: unknown;
}

export interface Signs {
  token: () => string | undefined;
  /** Called on 401: resolves to true when there is a new token and the request is worth repeating. */
  renew: () => Promise<boolean>;
}

export interface Api {
  get: <T>(path: string, query?: Query) => Promise<T>;
  post: <T>(path: string, body?: unknown, query?: Query) => Promise<T>;
  put: <T>(path: string, body: unknown) => Promise<T>;
  remove: <T>(path: string, query?: Query) => Promise<T>;
}

const TIME_LIMIT_MS = 30_000;
const PUT_LIMIT_MS = 900_000; // as long as the address is good for
const TURNS = 3;
const LONGEST_WAIT_S = 10;

export function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length ? `${path}${path.includes("?") ? "&" : "?"}${search}` : path;
}

/** One request and its answer's text. No answer is told to the connection watch. */
export async function ask(method: string, url: string, token?: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const limit = AbortSignal.timeout(TIME_LIMIT_MS);
  try {
    const answer = await fetch(url, {
      method,
      headers,
      signal: limit,
      cache: "no-store",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    connectionThere();
    return answer;
  } catch {
    if (limit.aborted) throw timedOut();
    void connectionLost();
    throw noAnswer();
  }
}

export async function envelope(answer: Response): Promise<unknown> {
  let body: unknown;
  try {
    body = await answer.json();
  } catch {
    throw notUnderstood(answer.status);
  }
  if (!answer.ok) throw failureIn(answer.status, body);
  return (body as { result: unknown }).result;
}

const pause = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000));

export function createApi(signs: Signs): Api {
  async function call<T>(method: string, path: string, { query, body }: Ask): Promise<T> {
    let renewed = false;
    for (let turn = 1; ; turn++) {
      const answer = await ask(method, address(path, query), signs.token(), body);
      if (answer.status === 401 && !renewed) {
        renewed = true;
        if (await signs.renew()) continue;
      }
      // Both say that nothing was done, so that asking again is safe whatever the method.
      const waits = Number(answer.headers.get("Retry-After"));
      if ([429, 503].includes(answer.status) && turn < TURNS && waits <= LONGEST_WAIT_S) {
        await pause(waits || 1);
        continue;
      }
      return (await envelope(answer)) as T;
    }
  }
  return {
    get: (path, query) => call("GET", path, { query }),
    post: (path, body, query) => call("POST", path, { body: body ?? {}, query }),
    put: (path, body) => call("PUT", path, { body }),
    remove: (path, query) => call("DELETE", path, { query }),
  };
}

/** Puts a file where the centre has said, which is not the centre: no token goes along. */
export async function putFile(url: string, file: File): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(url, { method: "PUT", body: file, credentials: "omit", signal: AbortSignal.timeout(PUT_LIMIT_MS) });
  } catch {
    throw noAnswer();
  }
  if (!answer.ok) throw notUnderstood(answer.status);
}

/** The token endpoint: a bare JWT, or a failure. */
export async function requestToken(user: string, password_hash: string, hospital_code: string): Promise<string> {
  const answer = await ask("POST", "/token?Action=get_moph_access_token", undefined, {
    user,
    password_hash,
    hospital_code,
  });
  if (answer.ok) return (await answer.text()).trim();
  await envelope(answer); // throws what the envelope says
  throw notUnderstood(answer.status);
}
