import { expect, it } from "vitest";
import { csv } from "./csv";

it("carries the UTF-8 mark and quotes what needs it", () =>
  expect(csv([["คิว", 'พูดว่า "ครับ"', "ก,ข"], [1, "", true]])).toBe(
    '\ufeffคิว,"พูดว่า ""ครับ""","ก,ข"\r\n1,,true\r\n',
  ));

it.each(["=1+1", "+66", "-1", "@SUM(A1)", "\t=1"])("%s does not run as a formula", (text) =>
  expect(csv([[text]]).slice(1)).toContain(`'${text}`),
);

it("a negative number stays a number", () => expect(csv([[-1]])).toBe("\ufeff-1\r\n"));
