/** What the service worker (public/phone/sw.js) reports: whether data is current or stored on the phone. */
import { signal } from "../signal";

/** When the data that is shown was loaded, if it is stored data; "" if it is current. */
export const loadedAt = signal("");

export async function keepForOffline(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", (event: MessageEvent<{ loadedAt?: string }>) => {
    if (event.data.loadedAt !== undefined) loadedAt.value = event.data.loadedAt;
  });
  await navigator.serviceWorker.register("/phone/sw.js", { scope: "/phone/", updateViaCache: "none" });
}
