import { readdirSync, readFileSync } from "node:fs";

/** The literal of a table: it ends with the first brace that is not indented. */
const TABLE = /\bwords\((\{\n.*?\n\})\)/gs;
/** The module of the tables. */
export const TEXTS = "texts-of-screens";

/** A plugin that puts the tables of `words` of these source files into one module. gzip finds what is repeated within
 * 32 kB, and uses one set of codes where text and program are mixed: apart, each is smaller. */
export function textsApart(files) {
  const sources = readdirSync("src", { recursive: true }).filter((file) => files.test(`/src/${file}`));
  const tablesOf = (file) => [...readFileSync(`src/${file}`, "utf8").matchAll(TABLE)].map(([, table]) => table);
  const tables = sources.sort().flatMap(tablesOf);
  return {
    name: "texts-apart",
    enforce: "pre",
    resolveId: (id) => (id === TEXTS ? id : undefined),
    load: (id) => (id === TEXTS ? `export default [${tables}]` : undefined),
    transform(code, id) {
      if (!files.test(id)) return;
      const program = code.replace(TABLE, (_, table) => `words(texts[${tables.indexOf(table)}])`);
      return program === code ? undefined : `import texts from "${TEXTS}";\n${program}`;
    },
  };
}
