import { expect, it } from "vitest";
import { encode } from "uqr";
import { qr } from "./qr";

it.each(["A", "00000-0ABCD-EFGHJ-KMNPQ", "K7Q2-9FWD-3HXM", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-1"])(
  "%s is the code that an independent encoder makes",
  (text) => {
    const { data } = encode(text, {
      ecc: "M",
      boostEcc: false,
      minVersion: 2,
      maxVersion: 2,
      maskPattern: 0,
      border: 0,
    });
    expect(qr(text)).toEqual(data);
  },
);

it("what does not fit is refused and not cut", () => {
  expect(() => qr("A".repeat(39))).toThrow();
  expect(() => qr("small")).toThrow();
});
