/** What holds for every source file: limits of fields come from the API, and a page lists every style sheet. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const files = readdirSync("src", { recursive: true, encoding: "utf8" });
const source = (file: string) => readFileSync(`src/${file}`, "utf8");
const screens = files.filter((file) => /^(screens|phone|queue)\/.*\.tsx$/.test(file));

/** Limits that are written in a screen, in place of one of api/limits. */
const ownLimits = (text: string) => text.match(/\b(maxLength|limit)(=\{|: )["\d].*/g) ?? [];

it.each(screens)("%s takes the limits of its fields from the API", (file) => {
  expect(ownLimits(source(file))).toEqual([]);
});

it("finds a limit that a screen has of its own", () => {
  expect(ownLimits("input={{ maxLength: 30 }}\nmaxLength={16_000}\nlimit={4}")).toHaveLength(3);
});

it("lists every style sheet in the style.css of a page", () => {
  const listed = ["style.css", "phone/style.css", "queue/style.css", "kiosk/style.css", "board/style.css"].flatMap((page) => {
    const folder = page.replace("style.css", "");
    const names = [...source(page).matchAll(/@import "(.*)";/g)].map(([, name]) => `/src/${folder}${name}`);
    return names.map((name) => new URL(name!, "file:").pathname.replace("/src/", ""));
  });
  const written = files.filter((file) => file.endsWith(".css") && !file.endsWith("style.css"));
  expect([...new Set(listed)].sort()).toEqual(written.sort());
});
