/* Keeps what is already loaded for when there is no network: the page itself, and what was last seen
 * of one person's appointments and messages, without name or national id. The latter ends with the
 * session: when the person leaves, when the back end knows the session no more, and, without a network,
 * at the time that the back end has named (X-Session-Until). */
const SHELL = "shell";
const SEEN = "seen";
const PAGE = "/phone/";
const API = "/phone/api/";

/** The page, and the files it names; fonts and icons are stored when they are first needed. */
async function keepPage(answer) {
  const html = await answer.clone().text();
  const files = [...html.matchAll(/(?:src|href)="(\/(?:assets|phone)\/[^"]+)"/g)].map((found) => found[1]);
  const shell = await caches.open(SHELL);
  await shell.put(PAGE, answer);
  await Promise.all(files.map(async (file) => (await shell.match(file)) || shell.add(file)));
  const styles = files.filter((file) => file.endsWith(".css"));
  const inStyles = await Promise.all(
    styles.map(async (file) => {
      const css = await (await shell.match(file)).text();
      return [...css.matchAll(/url\("?(\/assets\/[^")]+)/g)].map((found) => found[1]);
    }),
  );
  const fonts = inStyles.flat();
  await Promise.all(fonts.map(async (file) => (await shell.match(file)) || shell.add(file)));
  const wanted = new Set([PAGE, ...files, ...fonts]);
  for (const request of await shell.keys())
    if (!wanted.has(new URL(request.url).pathname) && !/\/phone\//.test(request.url)) await shell.delete(request);
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(fetch(PAGE, { cache: "no-store" }).then(keepPage));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const tell = async (message) => {
  for (const client of await self.clients.matchAll()) client.postMessage(message);
};

async function page(event) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok) event.waitUntil(keepPage(answer.clone()));
    return answer;
  } catch {
    return (await caches.match(PAGE)) ?? Response.error();
  }
}

async function file(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(SHELL)).put(request, answer.clone());
  return answer;
}

/** The answer; if there is no session any more, delete what was stored in it. */
async function ended(answer) {
  if (answer.status === 401) await caches.delete(SEEN);
  return answer;
}

/** Ask the network first; without a network, answer with what was stored last. */
async function seen(event) {
  const { request } = event;
  try {
    const answer = await fetch(request);
    if (answer.ok) {
      const until = answer.headers.get("X-Session-Until");
      const kept = new Response(await answer.clone().blob(), {
        headers: { "Content-Type": "application/json", "X-Kept-At": new Date().toISOString(), "X-Session-Until": until },
      });
      await (await caches.open(SEEN)).put(request, kept);
      await tell({ loadedAt: "" });
    }
    return await ended(answer);
  } catch {
    const kept = await caches.match(request);
    if (!kept) return Response.error();
    if (!(Date.parse(kept.headers.get("X-Session-Until")) > Date.now())) {
      await caches.delete(SEEN);
      return Response.error();
    }
    await tell({ loadedAt: kept.headers.get("X-Kept-At") });
    return kept;
  }
}

/** For another person, or nobody: delete what is stored, and what is still pending, of the person before. */
async function change(request) {
  await caches.delete(SEEN);
  try {
    return await fetch(request);
  } finally {
    await caches.delete(SEEN);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  const name = url.pathname.startsWith(API) ? url.pathname.slice(API.length) : "";
  if (name === "session" && request.method !== "GET") event.respondWith(change(request));
  else if (["appointments", "inbox", "position"].includes(name)) event.respondWith(seen(event));
  else if (name && request.mode !== "navigate" && name !== "calendar") event.respondWith(fetch(request).then(ended));
  else if (name || request.method !== "GET") return;
  else if (request.mode === "navigate") event.respondWith(page(event));
  else if (/^\/(assets|phone)\//.test(url.pathname)) event.respondWith(file(request));
});
