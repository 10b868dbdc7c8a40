/** What the service worker (public/phone/sw.js) says: whether this is the present or what was last seen. */
import { signal } from "@preact/signals";

/** When what is shown was loaded, where it comes from the phone and not from the centre; "" otherwise. */
export const keptAt = signal("");

export async function keepForOffline(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", (event: MessageEvent<{ keptAt?: string }>) => {
    if (event.data.keptAt !== undefined) keptAt.value = event.data.keptAt;
  });
  await navigator.serviceWorker.register("/phone/sw.js", { scope: "/phone/", updateViaCache: "none" });
}
