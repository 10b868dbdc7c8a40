import { expect, it } from "vitest";
import { madePassword, passwordFault, passwordHash } from "./password";

it("the hash is the wire contract's vector", async () =>
  expect(await passwordHash("password")).toBe(
    "A055B6DBB80A02C97EA5DFE2AB6AFD2C90DCA6769AEC92A5756D71EB4A3C6EC1",
  ));

it.each([
  ["Short-1", "short"],
  ["aaaaaaaaaaaa", "plain"],
  ["staff.demo-12", "like_login"],
])("%s is refused as %s", (password, fault) =>
  expect(passwordFault(password, "staff.demo")).toBe(fault),
);

it("a long password of two kinds passes", () =>
  expect(passwordFault("สวัสดีตอนเช้า-9", "staff.demo")).toBeUndefined());

it("makes a first password that is accepted, has no sign that is taken for another, and is never the same", () => {
  const made = Array.from({ length: 50 }, madePassword);
  for (const password of made) {
    expect(passwordFault(password, "staff.demo")).toBeUndefined();
    expect(password).toMatch(/^([a-kmnp-z]{3}[2-9]-?){3}$/);
  }
  expect(new Set(made).size).toBe(made.length);
});
