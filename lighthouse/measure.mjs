/** Lighthouse of three pages: node measure.mjs ADDRESS CHROMIUM. Prints a table in Markdown; fails below the targets.
 * Of three runs of a page the one with the middle performance counts. */
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const PERFORMANCE = 95;
const CLS = 0.02;
const RUNS = 3;
const CATEGORIES = ["performance", "accessibility", "best-practices"];
const [address, chromium] = process.argv.slice(2);

const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox"] });
try {
  console.log(`| page | ${CATEGORIES.join(" | ")} | layout shift | largest paint, ms | blocked, ms |\n|---|${"---:|".repeat(6)}`);
  await measure("sign-in of the dashboard", "/");
  await measure("phone, nobody signed in", "/phone/");
  await signInOnPhone();
  await measure("phone, home of a person", "/phone/");
} finally {
  await browser.close();
}

/** The session is a cookie, which stays for the next page. */
async function signInOnPhone() {
  const page = await browser.newPage();
  await page.goto(`${address}/phone/`);
  const status = await page.evaluate(async () => {
    const headers = { "Content-Type": "application/json" };
    return (await fetch("/phone/api/session", { method: "POST", headers, body: '{"demo": 1}' })).status;
  });
  if (status !== 200) throw new Error(`the phone's session was answered with ${status}`);
  await page.close();
}

async function measure(name, path) {
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await report(path));
  const performance = ({ categories }) => categories.performance.score;
  const { categories, audits } = runs.sort((a, b) => performance(a) - performance(b))[(RUNS - 1) / 2];
  const scores = CATEGORIES.map((category) => Math.round(categories[category].score * 100));
  const shift = audits["cumulative-layout-shift"].numericValue;
  const times = ["largest-contentful-paint", "total-blocking-time"].map((audit) => Math.round(audits[audit].numericValue));
  console.log(`| ${[name, ...scores, shift.toFixed(3), ...times].join(" | ")} |`);
  if (scores[0] < PERFORMANCE || shift > CLS) process.exitCode = 1;
}

async function report(path) {
  const page = await browser.newPage();
  const flags = { onlyCategories: CATEGORIES, disableStorageReset: true, logLevel: "error" };
  const { lhr } = await lighthouse(address + path, flags, undefined, page);
  await page.close();
  return lhr;
}
