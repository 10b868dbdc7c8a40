// Builds each page by itself: what only some pages shared made all of them larger.
import { build } from "vite";
import { replaceFolder } from "./replace-folder.mjs";
import { TEXTS, textsApart } from "./texts-apart.mjs";

const LATER = /\/src\/(screens\/(?!sign-in|find-button)|holidays|roles|spreadsheet|ui\/(bar|date-picker|month|progress|search-total|table))/;

/** Few large files: fewer requests, and better compression. */
const FILES = [
  { name: "texts", test: TEXTS },
  { name: "first", tags: ["$initial"] },
  { name: "screens", test: /./ },
];
const dashboard = {
  plugins: [textsApart(LATER)],
  output: { codeSplitting: { includeDependenciesRecursively: false, groups: FILES } },
};
const oneFile = { plugins: [], output: { codeSplitting: false } };

/** The dashboard is the last: `make run` takes its index.html to be as old as the whole site. */
const PAGES = {
  "phone/index.html": oneFile,
  "queue/index.html": oneFile,
  "kiosk/index.html": oneFile,
  "board/index.html": oneFile,
  "index.html": dashboard,
};

await replaceFolder("dist", async (outDir) => {
  for (const [input, { plugins, output }] of Object.entries(PAGES))
    await build({ plugins, build: { outDir, emptyOutDir: false, rolldownOptions: { input, output } } });
});
