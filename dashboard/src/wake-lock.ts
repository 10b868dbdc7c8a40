/** Keeps the screen on while the page is visible, where the browser can. */
export function stayAwake(): void {
  const ask = (): void => {
    // A browser may refuse, such as on battery; then the computer's own settings decide.
    if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
