import { readdirSync, readFileSync } from "node:fs";

/** The literal of a table: it ends with the first brace that is not indented. */
const TABLE = /\bwords\((\{\n.*?\n\})\)/gs;
const TEXTS = "texts-of-screens";

/** The source of the module of these texts; each language is one string, a text a line. */
const moduleOf = (th, en) => `
  const th = ${JSON.stringify(th.join("\n"))}.split("\\n");
  const en = ${JSON.stringify(en.join("\n"))}.split("\\n");
  export default (keys, from) =>
    Object.fromEntries(keys.split(" ").map((key, index) => [key, [th[from + index], en[from + index]]]));
`;

/** A plugin that puts what the tables of `words` of these source files say into one module: first all of it in Thai, then
 * in English. gzip finds what is repeated within 32 kB, and uses one set of codes for a stretch of its input: apart, texts
 * and program are smaller. The keys stay with the program, which has them too. */
export function textsApart(files) {
  const [th, en] = [[], []];
  /** What takes the place of each table. */
  const calls = new Map();
  const sources = readdirSync("src", { recursive: true })
    .map((file) => file.replaceAll("\\", "/")) // as Vite writes a path, on Windows too
    .filter((file) => files.test(`/src/${file}`));
  for (const file of sources.sort())
    for (const [, table] of readFileSync(`src/${file}`, "utf8").matchAll(TABLE)) {
      const pairs = Function(`return ${table}`)();
      calls.set(table, `texts(${JSON.stringify(Object.keys(pairs).join(" "))}, ${th.length})`);
      for (const [thai, english] of Object.values(pairs)) [th.push(thai), en.push(english)];
    }
  return {
    name: "texts-apart",
    enforce: "pre",
    resolveId: (id) => (id === TEXTS ? id : undefined),
    load: (id) => (id === TEXTS ? moduleOf(th, en) : undefined),
    transform(code, id) {
      if (!files.test(id)) return;
      const program = code.replace(TABLE, (_, table) => {
        if (!calls.has(table)) throw new Error(`${id} has a table of words that was not found in src`);
        return `words(${calls.get(table)})`;
      });
      return program === code ? undefined : `import texts from "${TEXTS}";\n${program}`;
    },
  };
}
