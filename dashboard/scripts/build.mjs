// Builds each page by itself: what only some pages shared made all of them larger.
import { build } from "vite";
import { TEXTS, textsApart } from "./texts-apart.mjs";

/** What the dashboard loads after its first screen. */
const LATER =
  /\/src\/(screens\/(?!sign-in|find-button)|base64|csv|holidays|qr|roles|text-file|ui\/(bar|month|progress|qr|search-total|table|tabs|tick)\.)/;

/** Few large files: fewer requests, and better compression. */
const FILES = [
  { name: "texts", test: TEXTS },
  { name: "screens", test: LATER },
  { name: "first", test: /./ },
];
const dashboard = {
  plugins: [textsApart(LATER)],
  output: { codeSplitting: { includeDependenciesRecursively: false, groups: FILES } },
};
const oneFile = { plugins: [], output: { codeSplitting: false } };

const PAGES = {
  "index.html": dashboard,
  "phone/index.html": oneFile,
  "queue/index.html": oneFile,
  "kiosk/index.html": oneFile,
  "board/index.html": oneFile,
};

for (const [input, { plugins, output }] of Object.entries(PAGES))
  await build({ plugins, build: { emptyOutDir: output === dashboard.output, rolldownOptions: { input, output } } });
