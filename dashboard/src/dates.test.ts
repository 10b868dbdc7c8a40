import { describe, expect, it } from "vitest";
import {
  dateTime, dayAndMonth,
  daysBetween, inclusiveEnd, isLeap, longDate, mediumDate, monthAfter, monthWeeks, parseDate,
  monthsOf, parseTime, shortDate, today, weeksFrom,
} from "./dates"; // prettier-ignore

const NOW = "2026-11-23";
const read = (text: string) => parseDate(text, NOW);

describe("a typed date", () => {
  it.each([
    ["23/11/2569", "2026-11-23"],
    ["23-11-2569", "2026-11-23"],
    ["23.11.2569", "2026-11-23"],
    ["23 11 2569", "2026-11-23"],
    [" 23 / 11 / 2569 ", "2026-11-23"],
    ["23-11-69", "2026-11-23"],
    ["1/2/69", "2026-02-01"],
    ["23112569", "2026-11-23"],
    ["231169", "2026-11-23"],
    ["๒๓/๑๑/๒๕๖๙", "2026-11-23"],
    ["๒๓๑๑๒๕๖๙", "2026-11-23"],
    ["23/11/2026", "2026-11-23"],
    ["23112026", "2026-11-23"],
    ["2026-11-23", "2026-11-23"],
    ["2569-11-23", "2026-11-23"],
    ["20261123", "2026-11-23"],
    ["25691123", "2026-11-23"],
    ["23 พ.ย. 2569", "2026-11-23"],
    ["23 พฤศจิกายน 2569", "2026-11-23"],
    ["23 พ.ย. 69", "2026-11-23"],
    ["๒๓ พ.ย. ๒๕๖๙", "2026-11-23"],
    ["23พ.ย.2569", "2026-11-23"],
    ["23 November 2026", "2026-11-23"],
    ["23 nov 2026", "2026-11-23"],
    ["23/12", "2026-12-23"],
  ])("%s is %s", (text, iso) => expect(read(text)).toEqual({ iso }));

  it.each([
    ["10/2/05", "1962-02-10"], // an old person's year of birth, 2505
    ["10/2/89", "2046-02-10"], // twenty years on, and no further
    ["10/2/90", "1947-02-10"],
    ["10/2/00", "1957-02-10"],
  ])("%s: two digits are the Buddhist year in reach of today, %s", (text, iso) =>
    expect(read(text)).toEqual({ iso }),
  );

  it("a two-digit year of birth lies in the past", () => {
    expect(parseDate("10/2/80", NOW, 0)).toEqual({ iso: "1937-02-10" });
    expect(parseDate("10/2/80", NOW)).toEqual({ iso: "2037-02-10" });
  });

  it("two digits pass into the next Buddhist century when it comes", () =>
    expect(parseDate("1/1/02", "2058-05-05")).toEqual({ iso: "2059-01-01" }));

  it.each(["29/2/2567", "29/2/2024", "29022567", "29-2-67", "29 ก.พ. 2567", "29/2/2543"])(
    "%s, a leap day, is there",
    (text) => expect(read(text)).toHaveProperty("iso"),
  );

  it.each(["29/2/2569", "29/2/2026", "29/2/2568", "29-2-69", "29/2/2443", "31/4/2569", "31/2/2569",
    "32/1/2569", "0/1/2569", "1/13/2569", "1/0/2569"])("%s is no day", (text) =>
    expect(read(text)).toEqual({ fault: "no_such_day" }),
  ); // prettier-ignore

  it("a year that divides by four in the Buddhist era is not a leap year for that", () => {
    expect(isLeap(2568 - 543)).toBe(false);
    expect(isLeap(2567 - 543)).toBe(true);
    expect(isLeap(1900)).toBe(false);
    expect(isLeap(2000)).toBe(true);
  });

  it.each(["1/1/2300", "1/1/1500", "1/1/9999", "1/1/123"])("%s has no year we know", (text) =>
    expect(read(text)).toEqual({ fault: "year_out_of_range" }),
  );

  it.each(["", "  ", "พรุ่งนี้", "23", "23/11/2569/1", "23/xx/2569", "5 ฟฟฟ 2569", "1234567"])(
    "%s cannot be read",
    (text) => expect(read(text)).toEqual({ fault: "unreadable" }),
  );
});

describe("a typed time", () => {
  it.each([
    ["8", "08:00"], ["8:30", "08:30"], ["08.30", "08:30"], ["0830", "08:30"], ["830", "08:30"],
    ["๐๘.๓๐ น.", "08:30"], ["13:00:00", "13:00"], ["13.00น", "13:00"], ["0:00", "00:00"],
  ])("%s is %s", (text, time) => expect(parseTime(text)).toBe(time)); // prettier-ignore

  it.each(["", "24:00", "8:60", "เช้า", "8:3", "12345"])("%s is none", (text) =>
    expect(parseTime(text)).toBeUndefined(),
  );

  it.each([
    ["09:00", "08:59:59"], ["08:59", "08:59:59"], ["09:30", "09:29:59"], ["09:29", "09:29:59"],
    ["00:00", "23:59:59"],
  ])("an end at %s is %s on the wire", (typed, wire) => expect(inclusiveEnd(typed)).toBe(wire)); // prettier-ignore
});

describe("a date shown", () => {
  it("is in the Buddhist era in Thai and the Christian era in English", () => {
    expect(shortDate("2026-11-23", "th")).toBe("23/11/2569");
    expect(shortDate("2026-11-23", "en")).toBe("23/11/2026");
    expect(mediumDate("2026-11-23", "th")).toBe("จ. 23 พ.ย. 2569");
    expect(mediumDate("2026-11-23", "en")).toBe("Mon 23 Nov 2026");
    expect(longDate("2024-02-29", "th")).toBe("วันพฤหัสบดีที่ 29 กุมภาพันธ์ 2567");
    expect(longDate("2024-02-29", "en")).toBe("Thursday 29 February 2024");
  });

  it("what is shown can be typed back", () => {
    for (const show of [shortDate, (iso: string) => mediumDate(iso, "th").slice(3)])
      expect(parseDate(show("2026-03-05", "th").trim(), NOW)).toEqual({ iso: "2026-03-05" });
  });

  it("today and now are Bangkok's", () => {
    const lateInLondon = Date.parse("2026-11-22T17:30:00Z");
    expect(today(lateInLondon)).toBe("2026-11-23");
    expect(dateTime("2026-11-22T17:30:00Z", "th")).toBe("23/11/2569 00:30");
    expect(dateTime("2026-11-23T00:30:00", "th")).toBe("23/11/2569 00:30");
  });
});

describe("a month", () => {
  it("begins its weeks on Sunday", () => {
    const weeks = monthWeeks(2026, 11);
    expect(weeks[0]![0]).toBe("2026-11-01");
    expect(weeks).toHaveLength(5);
    expect(monthWeeks(2024, 2).flat().filter(Boolean)).toHaveLength(29);
  });

  it("gives five whole weeks from this one on", () => {
    const weeks = weeksFrom("2026-11-28");
    expect(weeks.map((week) => week.length)).toEqual([7, 7, 7, 7, 7]);
    expect([weeks[0]![0], weeks[4]![6]]).toEqual(["2026-11-22", "2026-12-26"]);
    expect(weeksFrom("2026-11-29")[0]![0]).toBe("2026-11-29"); // a Sunday
    expect([dayAndMonth("2026-12-01", "th"), dayAndMonth("2026-12-01", "en")]).toEqual(["1 ธ.ค.", "1 Dec"]);
  });

  it("names all three months of five weeks around a short one", () => {
    const [november, december, january] = [{ year: 2026, month: 11 }, { year: 2026, month: 12 }, { year: 2027, month: 1 }];
    expect(monthsOf(weeksFrom("2026-11-28").flat())).toEqual([november, december]);
    expect(monthsOf(weeksFrom("2026-11-29").flat())).toEqual([november, december, january]);
  });

  it("counts the days between two dates", () => {
    expect(daysBetween("2027-02-27", "2027-03-02")).toBe(3);
    expect(daysBetween("2026-12-31", "2026-12-31")).toBe(0);
  });

  it("follows December with January", () => {
    expect(monthAfter(2026, 12, 1)).toEqual({ year: 2027, month: 1 });
    expect(monthAfter(2026, 1, -1)).toEqual({ year: 2025, month: 12 });
  });
});
