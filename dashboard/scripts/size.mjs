// Fails if the built site is too large for an old PC, or a phone, on a slow connection.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGETS = { "dashboard js": 95_000, "dashboard css": 10_000, "phone js": 40_000, "phone css": 10_000 };
const dist = new URL("../dist/", import.meta.url);

const page = (path) => readFileSync(new URL(path, dist), "utf8");
const named = (html, pattern) => new Set([...html.matchAll(pattern)].map(([, name]) => name));
const ASSETS = /\/assets\/([^"]+\.(?:js|css))"/g;

// The phone page loads only what its HTML names. The dashboard loads its screens later, so everything
// that is not the phone page's alone counts for the dashboard.
const phone = named(page("phone/index.html"), ASSETS);
const dashboard = named(page("index.html"), ASSETS);
const chunks = readdirSync(new URL("assets/", dist)).filter((name) => /\.(js|css)$/.test(name));
const script = [...named(page("phone/index.html"), /<script[^>]*\/assets\/([^"]+\.js)"/g)];
const phoneAlone = new Set([...script, ...[...phone].filter((name) => name.endsWith(".css") && !dashboard.has(name))]);

const total = Object.fromEntries(Object.keys(BUDGETS).map((kind) => [kind, 0]));
for (const name of chunks) {
  const bytes = gzipSync(readFileSync(new URL(`assets/${name}`, dist))).length;
  const kind = name.split(".").pop();
  if (!phoneAlone.has(name)) total[`dashboard ${kind}`] += bytes;
  if (phone.has(name)) total[`phone ${kind}`] += bytes;
}
for (const [kind, budget] of Object.entries(BUDGETS)) {
  console.log(`${kind}: ${total[kind]} bytes gzipped, of ${budget}`);
  if (total[kind] === 0 || total[kind] > budget) process.exitCode = 1;
}
