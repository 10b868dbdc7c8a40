import { afterEach, expect, it, vi } from "vitest";
import { hospital, resume, signIn } from "./session";
import { arrive, view } from "./state";

const client = { hospital_name: "Test hospital", scope: [{ code: "QUEUE_KIOSK:1" }] };
const token = (name: string): string => `${name}.${btoa(JSON.stringify({ client }))}.signature`;
const soon = () => new Promise((done) => setTimeout(done, 50));

afterEach(() => vi.unstubAllGlobals());

it("shows nobody's answer to whoever stands there after the staff have signed the kiosk in again", async () => {
  const arrivals: string[] = [];
  vi.stubGlobal("fetch", async (path: string, { headers }: RequestInit) => {
    if (path.startsWith("/token")) return new Response(token("new"));
    arrivals.push(new Headers(headers).get("Authorization")!);
    const isNew = arrivals.at(-1)!.includes("new");
    return new Response(JSON.stringify(isNew ? { result: { queue_no: "A001", point_id: 0 } } : {}), { status: isNew ? 200 : 401 });
  });
  sessionStorage.setItem("kiosk_token", token("old"));
  resume();
  expect(hospital.value).toBe("Test hospital");

  void arrive("00000-0ABCD-EFGHJ-KMNPQ");
  await soon();
  expect(hospital.value).toBeUndefined();
  expect(await signIn("00000", "kiosk.demo", "Kiosk-demo-1")).toBe(true);
  await soon();

  expect(view.value).toEqual({ kind: "ready" });
  expect(arrivals).toHaveLength(1);
});
