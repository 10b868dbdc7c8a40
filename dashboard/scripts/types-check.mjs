// Fails when src/api/schema.d.ts is not what docs/openapi.json generates.
import { readFileSync } from "node:fs";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";

const fresh =
  COMMENT_HEADER +
  astToString(await openapiTS(new URL("../../docs/openapi.json", import.meta.url)));
const kept = readFileSync(new URL("../src/api/schema.d.ts", import.meta.url), "utf8");
if (fresh !== kept) {
  console.error("src/api/schema.d.ts is out of date: run `npm run types` in dashboard/ and commit it.");
  process.exitCode = 1;
}
