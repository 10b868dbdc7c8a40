/** Loads the page anew when the site has new code, because a television is on for months. */
import { now } from "../clock";
import { checkedAt } from "./document";

/** After the network was gone for so long, the site may have another version. */
const GONE_MS = 60_000;
const NIGHT_HOUR = 3; // in Bangkok
const CHECK_MS = 60_000;

/** The scripts and styles that this page was loaded with. */
const own = (): string[] =>
  [...document.querySelectorAll("script[src], link[rel=stylesheet]")].map(
    (element) => (element.getAttribute("src") ?? element.getAttribute("href"))!,
  );

/** Whether a page is another version than one with these assets; the name of an asset changes with its content. */
export const isOther = (page: string, assets: string[]): boolean => assets.some((name) => !page.includes(`"${name}"`));

/** Load the page anew if it has changed. False if the site does not answer. */
async function renew(): Promise<boolean> {
  let page: string;
  try {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    if (!answer.ok) return false;
    page = await answer.text();
  } catch {
    return false; // the screen stays as it is
  }
  if (isOther(page, own())) location.reload();
  return true;
}

/** Look for new code once at night, and when the network is there again. */
export function watchForNewCode(): void {
  let answered = Date.now();
  checkedAt.subscribe((at) => {
    if (at - answered > GONE_MS) void renew();
    answered = at;
  });
  const today = (): string => new Date(now() + 7 * 3_600_000).toISOString();
  let done = today().slice(0, 10); // a page that is opened now has the newest code
  setInterval(async () => {
    const present = today();
    const day = present.slice(0, 10);
    if (Number(present.slice(11, 13)) === NIGHT_HOUR && day !== done && (await renew())) done = day;
  }, CHECK_MS);
}
