/** The steps of the build. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { replaceFolder } from "./replace-folder.mjs";
import { textsApart } from "./texts-apart.mjs";

let parent = "";
beforeEach(() => void (parent = mkdtempSync(join(tmpdir(), "site-"))));
afterEach(() => rmSync(parent, { recursive: true }));

const fill = (folder, text) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.html"), text);
};
const shown = () => readFileSync(join(parent, "dist", "index.html"), "utf8");

it("keeps the site of before if a page cannot be built", async () => {
  fill(join(parent, "dist"), "old");
  const failing = replaceFolder(join(parent, "dist"), async (folder) => {
    fill(folder, "half");
    throw new Error("page 5");
  });
  await expect(failing).rejects.toThrow("page 5");
  expect(shown()).toBe("old");
  expect(readdirSync(parent)).toEqual(["dist"]);
});

it("replaces the site of before by the new one alone", async () => {
  fill(join(parent, "dist", "assets"), "old");
  fill(`${join(parent, "dist")}.new`, "of a build that was killed");
  await replaceFolder(join(parent, "dist"), async (folder) => fill(folder, "new"));
  expect(shown()).toBe("new");
  expect(readdirSync(join(parent, "dist"))).toEqual(["index.html"]);
});

it("loses no table of words: one that was not collected ends the build", () => {
  const { transform } = textsApart(/\/src\/screens\//);
  const table = 'const t = words({\n  new: ["ใหม่", "new"],\n});\n';
  expect(() => transform(table, "/src/screens/new.tsx")).toThrow("/src/screens/new.tsx");
  const collected = readFileSync("src/screens/province.tsx", "utf8");
  expect(transform(collected, "/src/screens/province.tsx")).toContain("words(texts(");
});

it("gives every screen the texts that its source says, letter for letter", () => {
  const { load, transform } = textsApart(/\/src\/(screens|ui)\//);
  const texts = Function(load("texts-of-screens").replace("export default", "return"))();
  const tables = ["screens", "ui"].flatMap((folder) =>
    readdirSync(`src/${folder}`).filter((file) => /\.tsx?$/.test(file)).flatMap((file) => {
      const source = readFileSync(`src/${folder}/${file}`, "utf8");
      const program = transform(source, `/src/${folder}/${file}`) ?? "";
      const said = [...source.matchAll(/\bwords\((\{\n.*?\n\})\)/gs)].map(([, table]) => Function(`return ${table}`)());
      return [...program.matchAll(/\bwords\((texts\(.*?\))\)/g)].map(([, call], n) => [said[n], Function("texts", `return ${call}`)(texts)]);
    }),
  );
  expect(tables.length).toBeGreaterThan(80);
  for (const [said, given] of tables) expect(given).toEqual(said);
});
