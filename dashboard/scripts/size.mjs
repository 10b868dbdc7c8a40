// Fails when the built site is heavier than an old PC on a slow line can take.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = { js: 80_000, css: 15_000 };
const folder = new URL("../dist/assets/", import.meta.url);
const total = { js: 0, css: 0 };

for (const name of readdirSync(folder)) {
  const kind = name.split(".").pop();
  if (kind in total) total[kind] += gzipSync(readFileSync(new URL(name, folder))).length;
}
// The phone page goes over a mobile line: what it loads has a budget of its own.
const PHONE_JS = 60_000;
const page = readFileSync(new URL("../dist/phone/index.html", import.meta.url), "utf8");
const loaded = [...page.matchAll(/\/assets\/([^"]+\.js)/g)].map(([, name]) => name);
const phone = loaded.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, folder))).length, 0);
console.log(`phone js: ${phone} bytes gzipped, of ${PHONE_JS}`);
if (!loaded.length || phone > PHONE_JS) process.exitCode = 1;

for (const kind of Object.keys(BUDGET)) {
  console.log(`${kind}: ${total[kind]} bytes gzipped, of ${BUDGET[kind]}`);
  if (total[kind] > BUDGET[kind]) process.exitCode = 1;
}
