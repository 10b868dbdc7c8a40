import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { address, createApi, createRequest } from "./client";
import { connection } from "./connection";
import { RequestFailed } from "./failure";

let server: Server | undefined;
afterEach(() => server?.close());

type Answer = (request: IncomingMessage, answer: ServerResponse, attempt: number) => void;

async function serve(answer: Answer): Promise<string> {
  let attempts = 0;
  server = createServer((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "*");
    response.setHeader("Access-Control-Expose-Headers", "*");
    if (request.method === "OPTIONS") response.end();
    else answer(request, response, ++attempts);
  });
  await new Promise<void>((ready) => server!.listen(0, "127.0.0.1", ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = (answer: ServerResponse, status: number, body: unknown) =>
  answer.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));

const credentials = { token: () => "t", renew: async () => true };
const request = createRequest(credentials);

const failure = (answer: Promise<unknown>) =>
  answer.then(
    () => Promise.reject(new Error("it did not fail")),
    (caught: unknown) => (caught as RequestFailed).failure,
  );

it("gives the envelope's result", async () => {
  const url = await serve((_, answer) => json(answer, 200, { result: [1], MessageCode: 200 }));
  expect(await request("GET", `${url}/x`, { query: { date: "2026-11-23", room: undefined } })).toEqual([1]);
});

it("gives an error in both languages, with its fields and details", async () => {
  const url = await serve((_, answer) =>
    json(answer, 409, {
      MessageCode: 409,
      Message: "มีผู้แก้ไขไปก่อน",
      Error: { code: "EditConflict", message: "Edited before you", fields: {}, theirs: { version: 3 } },
    }),
  );
  expect(await failure(request("PUT", url, { body: {} }))).toMatchObject({
    status: 409,
    code: "EditConflict",
    message: { th: "มีผู้แก้ไขไปก่อน", en: "Edited before you" },
    detail: { theirs: { version: 3 } },
  });
});

it("renews the token once on 401 and repeats the request", async () => {
  const url = await serve((_, answer, attempt) =>
    attempt === 1
      ? json(answer, 401, { Error: { code: "TokenExpired" } })
      : json(answer, 200, { result: attempt }),
  );
  expect(await request("GET", url)).toBe(2);
});

it("takes a second 401 for the answer", async () => {
  const url = await serve((_, answer) => json(answer, 401, { Error: { code: "TokenExpired" } }));
  expect(await failure(request("GET", url))).toMatchObject({ status: 401 });
});

it("repeats after 503, three attempts in all", async () => {
  let attempts = 0;
  const url = await serve((_, answer, attempt) => {
    attempts = attempt;
    answer.setHeader("Retry-After", "0");
    json(answer, 503, { Error: { code: "TryAgain" } });
  });
  expect(await failure(request("POST", url, { body: {} }))).toMatchObject({ code: "TryAgain" });
  expect(attempts).toBe(3);
});

it("fails if the answer is not JSON", async () => {
  const url = await serve((_, answer) => answer.writeHead(502).end("<html>"));
  expect(await failure(request("GET", url))).toMatchObject({ status: 502, code: "NotUnderstood" });
});

it("reports a lost connection if no answer comes", async () => {
  const url = await serve((request) => request.socket.destroy());
  expect(await failure(request("GET", url))).toMatchObject({ status: 0, code: "NoAnswer" });
  expect(connection.value).toBe("lost");
});

it("fills a path and leaves out query values that are not given", () => {
  expect(address("/api/slips/{code}/x", { code: "ก/1" }, { a: 1, b: undefined })).toBe("/api/slips/%E0%B8%81%2F1/x?a=1");
});

it("sends a POST without a body as an empty object, to the path with its values", async () => {
  const sent: string[] = [];
  const url = await serve((request, answer) => {
    request.on("data", (chunk: Buffer) => sent.push(`${request.method} ${request.url} ${chunk}`));
    request.on("end", () => json(answer, 200, { result: {} }));
  });
  const path = `${url}/api/messages/{message_id}/stop` as "/api/messages/{message_id}/stop";
  await createApi(credentials).post(path, { path: { message_id: 7 } });
  expect(sent).toEqual(["POST /api/messages/7/stop {}"]);
});
