import { expect, test } from "vitest";
import { toBase64 } from "./base64";

test("bytes survive base64 as they are", () => {
  const all = Uint8Array.from({ length: 20_000 }, (_, n) => n % 256);
  expect(Uint8Array.from(atob(toBase64(all)), (c) => c.charCodeAt(0))).toEqual(all);
});
