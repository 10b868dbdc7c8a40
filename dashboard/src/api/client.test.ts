import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { createApi } from "./client";
import { connection } from "./connection";
import { RequestFailed } from "./failure";

let server: Server | undefined;
afterEach(() => server?.close());

type Answer = (request: IncomingMessage, answer: ServerResponse, turn: number) => void;

async function serve(answer: Answer): Promise<string> {
  let turn = 0;
  server = createServer((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "*");
    response.setHeader("Access-Control-Expose-Headers", "*");
    if (request.method === "OPTIONS") response.end();
    else answer(request, response, ++turn);
  });
  await new Promise<void>((ready) => server!.listen(0, "127.0.0.1", ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = (answer: ServerResponse, status: number, body: unknown) =>
  answer.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));

const api = createApi({ token: () => "t", renew: async () => true });

const failure = (asked: Promise<unknown>) =>
  asked.then(
    () => Promise.reject(new Error("it did not fail")),
    (caught: unknown) => (caught as RequestFailed).failure,
  );

it("gives the envelope's result", async () => {
  const url = await serve((_, answer) => json(answer, 200, { result: [1], MessageCode: 200 }));
  expect(await api.get(url + "/x", { date: "2026-11-23", room: undefined })).toEqual([1]);
});

it("tells an error in both languages, with its fields and what else it carries", async () => {
  const url = await serve((_, answer) =>
    json(answer, 409, {
      MessageCode: 409,
      Message: "มีผู้แก้ไขไปก่อน",
      Error: { code: "EditConflict", message: "Edited before you", fields: {}, theirs: { version: 3 } },
    }),
  );
  expect(await failure(api.put(url, {}))).toMatchObject({
    status: 409,
    code: "EditConflict",
    said: { th: "มีผู้แก้ไขไปก่อน", en: "Edited before you" },
    detail: { theirs: { version: 3 } },
  });
});

it("renews the token once on 401 and repeats the request", async () => {
  const url = await serve((_, answer, turn) =>
    turn === 1
      ? json(answer, 401, { Error: { code: "TokenExpired" } })
      : json(answer, 200, { result: turn }),
  );
  expect(await api.get(url)).toBe(2);
});

it("a second 401 is an answer, not a loop", async () => {
  const url = await serve((_, answer) => json(answer, 401, { Error: { code: "TokenExpired" } }));
  expect(await failure(api.get(url))).toMatchObject({ status: 401 });
});

it("asks again after 503, and gives up the third time", async () => {
  let turns = 0;
  const url = await serve((_, answer, turn) => {
    turns = turn;
    answer.setHeader("Retry-After", "0");
    json(answer, 503, { Error: { code: "TryAgain" } });
  });
  expect(await failure(api.post(url, {}))).toMatchObject({ code: "TryAgain" });
  expect(turns).toBe(3);
});

it("a page in place of JSON is not taken for an answer", async () => {
  const url = await serve((_, answer) => answer.writeHead(502).end("<html>"));
  expect(await failure(api.get(url))).toMatchObject({ status: 502, code: "NotUnderstood" });
});

it("no answer at all is a lost connection", async () => {
  const url = await serve((request) => request.socket.destroy());
  expect(await failure(api.get(url))).toMatchObject({ status: 0, code: "NoAnswer" });
  expect(connection.value).toBe("lost");
});
