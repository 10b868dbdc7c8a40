/** Client of the API, for the dashboard and the phone page: requests, the answer's envelope, and the types of both. */
import { learn } from "../clock";
import { connectionFound, connectionLost } from "./connection";
import { failureIn, noAnswer, notUnderstood, timedOut } from "./failure";
import type { paths } from "./schema";

type Values = Record<string, string | number | boolean | undefined>;

interface Parts {
  path?: Values;
  query?: Values;
  body?: unknown;
}

export interface Credentials {
  token: () => string | undefined;
  /** Called on 401; resolves to true if there is a new token and the request is worth repeating. */
  renew: () => Promise<boolean>;
}

type Method = "get" | "post" | "put" | "delete";
/** Paths of the OpenAPI document that have this method. */
type PathWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never;
}[keyof paths];
/** The names of T that hold V, optional if V allows it. */
type Part<Name extends string, V> = [V] extends [never]
  ? object
  : object extends V
    ? { [N in Name]?: V }
    : { [N in Name]: V };
type BodyOf<O> = O extends { requestBody?: { content: { "application/json": infer B } } } ? B : never;
type RequestOf<O> = O extends { parameters: { path?: infer P; query?: infer Q } }
  ? Part<"path", NonNullable<P>> & Part<"query", NonNullable<Q>> & Part<"body", BodyOf<O>>
  : never;
type Arguments<O> = object extends RequestOf<O> ? [request?: RequestOf<O>] : [request: RequestOf<O>];
type ResultOf<O> = O extends { responses: { 200: { content: { "application/json": { result: infer R } } } } } ? R : never;

/** A path of the document, what the request takes, and the `result` of its answer. */
export type Api = {
  [M in Method]: <P extends PathWith<M>>(path: P, ...request: Arguments<paths[P][M]>) => Promise<ResultOf<paths[P][M]>>;
};

const TIME_LIMIT_MS = 30_000;
const PUT_LIMIT_MS = 900_000; // as long as the upload address is valid
const MOST_ATTEMPTS = 3;
const LONGEST_WAIT_S = 10;
/** In answers that the phone had stored (public/phone/sw.js): nobody was reached. */
const KEPT_AT = "X-Kept-At";

/** The address of a path template with its values, and of the query values that are given. */
export function address(template: string, path: Values = {}, query: Values = {}): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name])));
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length ? `${filled}?${search}` : filled;
}

/** Send one request. @throws RequestFailed if no answer comes; the connection watch then starts. */
async function send(method: string, url: string, token?: string, body?: unknown): Promise<Response> {
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
    if (!answer.headers.has(KEPT_AT)) connectionFound();
    return answer;
  } catch {
    if (limit.aborted) throw timedOut();
    void connectionLost();
    throw noAnswer();
  }
}

/** The `result` of an answer; its time is the system's, unless the phone had stored the answer.
 * `sent`: when the request was sent. @throws RequestFailed with what the error envelope says. */
async function resultOf(answer: Response, sent: number): Promise<unknown> {
  let body: unknown;
  try {
    body = await answer.json();
  } catch {
    throw notUnderstood(answer.status);
  }
  if (!answer.headers.has(KEPT_AT)) learn(Date.parse(String((body as { RequestTime?: string })?.RequestTime)), sent);
  if (!answer.ok) throw failureIn(answer.status, body);
  return (body as { result: unknown }).result;
}

const wait = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000));

/** A function that sends a request, with one new token on 401 and a bounded repeat on 429 and 503. */
export function createRequest(credentials: Credentials) {
  return async (method: string, template: string, { path, query, body }: Parts = {}): Promise<unknown> => {
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      const sent = Date.now();
      const answer = await send(method, address(template, path, query), credentials.token(), body);
      if (answer.status === 401 && !renewed) {
        renewed = true;
        if (await credentials.renew()) continue;
      }
      // 429 and 503 say that nothing was done, so the request is safe to repeat whatever the method.
      const seconds = Number(answer.headers.get("Retry-After"));
      if ([429, 503].includes(answer.status) && attempt < MOST_ATTEMPTS && seconds <= LONGEST_WAIT_S) {
        await wait(seconds || 1);
        continue;
      }
      return resultOf(answer, sent);
    }
  };
}

/** The API with the types of the OpenAPI document. */
export function createApi(credentials: Credentials): Api {
  const request = createRequest(credentials);
  return {
    get: (path: string, parts?: Parts) => request("GET", path, parts),
    post: (path: string, parts?: Parts) => request("POST", path, { body: {}, ...parts }),
    put: (path: string, parts?: Parts) => request("PUT", path, parts),
    delete: (path: string, parts?: Parts) => request("DELETE", path, parts),
  } as Api;
}

/** Put a file to the upload address, which is outside the system: no token is sent. */
export async function putFile(url: string, file: File): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(url, { method: "PUT", body: file, credentials: "omit", signal: AbortSignal.timeout(PUT_LIMIT_MS) });
  } catch {
    throw noAnswer();
  }
  if (!answer.ok) throw notUnderstood(answer.status);
}

/** Sign in. The token endpoint answers with a bare JWT, without an envelope. */
export async function requestToken(user: string, password_hash: string, hospital_code: string): Promise<string> {
  const body = { user, password_hash, hospital_code };
  const sent = Date.now();
  const answer = await send("POST", "/token?Action=get_moph_access_token", undefined, body);
  if (answer.ok) return (await answer.text()).trim();
  await resultOf(answer, sent); // throws what the envelope says
  throw notUnderstood(answer.status);
}
