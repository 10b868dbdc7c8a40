// Writes what is generated from docs/openapi.json; with --check, fails if a file is not what would be written.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { limits } from "./limits.mjs";

const source = new URL("../../docs/openapi.json", import.meta.url);
const document = JSON.parse(readFileSync(source, "utf8"));
// A query is not a schema of the document, because its fields are parameters there.
Object.assign(document.components.schemas, document["x-queries"]);
const generated = {
  "schema.d.ts": COMMENT_HEADER + astToString(await openapiTS(document, { defaultNonNullable: false })),
  "limits.ts": limits(document),
};
for (const [name, content] of Object.entries(generated)) {
  const file = new URL(`../src/api/${name}`, import.meta.url);
  if (!process.argv.includes("--check")) writeFileSync(file, content);
  else if (readFileSync(file, "utf8") !== content) {
    console.error(`src/api/${name} is out of date: run \`npm run types\` in dashboard/ and commit it.`);
    process.exitCode = 1;
  }
}
