// Builds each page by itself: what only some pages shared made all of them larger.
import { build } from "vite";
import { replaceFolder } from "./replace-folder.mjs";
import { textsApart } from "./texts-apart.mjs";

const LATER =
  /\/src\/(screens\/(?!sign-in|find-button)|holidays|roles|spreadsheet|ui\/(bar|date-picker|month|progress|search-total|table))/;

/** Two large files: fewer requests, and better compression. */
const FILES = [
  { name: "first", tags: ["$initial"] },
  { name: "screens", test: /./ },
];

/** A plugin that leaves out what Vite calls around each import(): it loads the files that the imported one needs ahead of
 * it. Here it needs none but the page's own. */
const importAlone = {
  name: "import-alone",
  enforce: "pre",
  load: (id) => (id === "\0vite/preload-helper.js" ? "export const __vitePreload = (load) => load();" : undefined),
};
const dashboard = {
  plugins: [textsApart(LATER), importAlone],
  output: { codeSplitting: { includeDependenciesRecursively: false, groups: FILES } },
};
const oneFile = { plugins: [importAlone], output: { codeSplitting: false } };

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
