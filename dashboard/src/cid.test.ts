import { expect, it } from "vitest";
import { cidFault, cidMasked, cidOnCard } from "./cid";

it.each(["1111111111119", "1234567890121", "8000000000031", "1-2345-67890-12-1", " ๑๒๓๔๕๖๗๘๙๐๑๒๑ ",
  "0000000000000", "9999999999999"])("%s is a national id", (cid) =>
  expect(cidFault(cid)).toBeUndefined()); // prettier-ignore

it("a wrong check digit is told", () => expect(cidFault("1234567890123")).toBe("check_digit"));

it.each(["", "123", "12345678901211", "123456789012x"])("%s is not thirteen digits", (cid) =>
  expect(cidFault(cid)).toBe("length"),
);

it("is masked so that only the first and the last three digits show", () => {
  expect(cidMasked("1234567890121")).toBe("1-xxxx-xxxxx-12-1");
  expect(cidOnCard("1234567890121")).toBe("1-2345-67890-12-1");
});
