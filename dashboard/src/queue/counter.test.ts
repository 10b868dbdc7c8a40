import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { caller, type Caller } from "../session";
import { callNext, load, message, person, sit } from "./counter";

interface Sent {
  method: string;
  path: string;
  body: { call_id: string };
}

const CALL = "/api/dashboard/queues/1/counters/1/call";
const serving = { point_id: 1, counter: 1, call_id: "first-call", queue_no: "A001", outcome: "", recalls: 0 };
let sent: Sent[];
/** What the API answers: status and body. */
let answers: (sent: Sent) => [number, unknown];

const ok = (result: unknown): [number, unknown] => [200, { result }];
const failed = (status: number, code: string): [number, unknown] => [status, { Message: code, Error: { code } }];
const calls = (): Sent[] => sent.filter(({ method }) => method === "POST");

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  vi.stubGlobal("fetch", async (path: string, { method, body }: RequestInit) => {
    sent.push({ method: method!, path, body: JSON.parse(String(body ?? "{}")) });
    const [status, answer] = answers(sent.at(-1)!);
    return new Response(JSON.stringify(answer), { status });
  });
  caller.value = { hospital_code: "00000" } as Caller;
  sit({ point_id: 1, counter: 1 });
});
afterEach(() => {
  sit(undefined); // the module stays for the next file, whose connection comes back
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("only reads whom the counter serves, so that a late request calls nobody", async () => {
  const queue = ok({ counters: [serving], waiting: [] });
  answers = ({ path }) => (path.endsWith("/counters/1") ? failed(409, "CallEnded") : queue); // ended in between
  await load();
  expect(person.value).toBeUndefined();
  answers = ({ path }) => (path.endsWith("/counters/1") ? ok({ ...serving, person_name: "ทดสอบ" }) : queue);
  await load();
  expect(person.value?.person_name).toBe("ทดสอบ");
  expect(calls()).toEqual([]);
});

it("repeats an order that the system failed to answer a few times, and then says to press again", async () => {
  answers = ({ method }) => (method === "POST" ? failed(500, "InternalError") : ok({ counters: [], waiting: [] }));
  callNext();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(message.value?.text.en).toContain("sent again");
  await vi.advanceTimersByTimeAsync(600_000);
  expect(calls()).toHaveLength(5);
  expect(message.value?.text.en).toContain("Press the same key again");

  answers = ({ path }) => ok(path === CALL ? serving : { counters: [serving], waiting: [] });
  callNext();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(person.value?.queue_no).toBe("A001");
  expect(new Set(calls().map(({ body }) => body.call_id)).size).toBe(1);
});

it("does not repeat a call by itself if another window has called at the counter since", async () => {
  const used = { ...serving, call_id: "other-window", queue_no: "A002", outcome: "served" };
  answers = ({ method }) => (method === "POST" ? failed(500, "InternalError") : ok({ counters: [used], waiting: [] }));
  callNext();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(calls()).toHaveLength(1);
  expect(message.value?.text.en).toContain("is not repeated");
});

it("repeats no order of a counter that the window has left", async () => {
  answers = () => failed(500, "InternalError");
  callNext();
  await vi.advanceTimersByTimeAsync(1_000);
  sit({ point_id: 1, counter: 2 });
  await vi.advanceTimersByTimeAsync(600_000);
  expect(calls()).toHaveLength(1);
});
