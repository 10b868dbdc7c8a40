// Builds each page by itself: chunks that only some pages share make all of them larger.
import { build } from "vite";

const PAGES = ["index.html", "phone/index.html", "queue/index.html", "kiosk/index.html", "board/index.html"];

for (const page of PAGES) {
  const first = page === PAGES[0];
  await build({
    build: {
      emptyOutDir: first,
      copyPublicDir: first,
      // Only the dashboard loads screens later; every other page is one file.
      rolldownOptions: { input: page, ...(first ? {} : { output: { codeSplitting: false } }) },
    },
  });
}
