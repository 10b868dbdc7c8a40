// Fails if the built site is too large for an old PC, a phone, a kiosk or a television on a slow connection.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

// Page -> most bytes, gzipped, of everything that it may ever load; what pages share counts for each of them.
const PAGES = {
  dashboard: { file: "index.html", js: 95_000, css: 10_000 },
  phone: { file: "phone/index.html", js: 40_000, css: 10_000 },
  kiosk: { file: "kiosk/index.html", js: 30_000, css: 5_000 },
  board: { file: "board/index.html", js: 20_000, css: 5_000 },
  queue: { file: "queue/index.html", js: 45_000, css: 10_000 },
};
const dist = new URL("../dist/", import.meta.url);
const ASSET = /[\w.-]+-[\w-]{8}\.(?:js|css)\b/g;

/** The assets that a page names, and those that they name. */
function loaded(page) {
  const names = new Set();
  const texts = [readFileSync(new URL(page, dist), "utf8")];
  while (texts.length) {
    for (const [name] of texts.pop().matchAll(ASSET)) {
      if (names.has(name)) continue;
      names.add(name);
      if (name.endsWith(".js")) texts.push(readFileSync(new URL(`assets/${name}`, dist), "utf8"));
    }
  }
  return [...names];
}

for (const [page, { file, ...budgets }] of Object.entries(PAGES)) {
  const names = loaded(file);
  for (const [kind, budget] of Object.entries(budgets)) {
    const its = names.filter((name) => name.endsWith(`.${kind}`));
    const bytes = its.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(`assets/${name}`, dist))).length, 0);
    console.log(`${page} ${kind}: ${bytes} bytes gzipped, of ${budget}`);
    if (bytes === 0 || bytes > budget) process.exitCode = 1;
  }
}
