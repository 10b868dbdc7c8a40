import type { Plugin } from "vite";

/** The literal of a table: it ends with the first brace that is not indented. */
const TABLE = /\bwords\((\{\n.*?\n\})\)/gs;
const TEXTS = ".texts.js";

export const isTexts = (id: string): boolean => id.endsWith(TEXTS);

/** Gives the tables of `words` of each module a module of their own, so that a chunk can hold the texts of all screens.
 * gzip finds what is repeated within 32 kB, and uses one code for both text and program where they are mixed. */
export function textsApart(): Plugin {
  const modules = new Map<string, string>();
  return {
    name: "texts-apart",
    apply: "build",
    enforce: "pre",
    resolveId: (id) => (modules.has(id) ? id : undefined),
    load: (id) => modules.get(id),
    transform(code, id) {
      const tables: string[] = [];
      const program = code.replace(TABLE, (_, table: string) => `words(texts[${tables.push(table) - 1}])`);
      if (!tables.length) return;
      modules.set(id + TEXTS, `export default [${tables.join()}]`);
      return `import texts from ${JSON.stringify(id + TEXTS)};\n${program}`;
    },
  };
}
