/** Opens the search for a person's appointments on every screen: by a button in the header, and by the key F2. */
import type { ComponentType } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { words } from "../i18n";
import { locked } from "../session";
import { signal } from "../signal";
import { notifyFailure } from "../ui/notice";
import type { FindProps } from "./find-person";

const t = words({
  find: ["ค้นหานัด", "Find a person"],
  hint: ["กด F2 ได้จากทุกหน้า", "F2 opens this from every screen"],
  not_loaded: ["เปิดหน้าต่างค้นหาไม่สำเร็จ ลองใหม่", "The search could not be opened. Try again."],
});

/** What the search was opened with; undefined while it is closed. */
const opened = signal<string | undefined>(undefined);
let Content: ComponentType<FindProps> | undefined;

const load = async () => {
  Content ??= (await import("./find-person")).default;
};

export async function openFind(first = ""): Promise<void> {
  try {
    await load();
    opened.value ??= first;
  } catch {
    notifyFailure({ message: t.both("not_loaded") });
  }
}

export const FindButton = () => (
  <button type="button" title={t("hint")} aria-keyshortcuts="F2" onClick={() => void openFind()}>
    {t("find")} <kbd>F2</kbd>
  </button>
);

/** The place of the search; once in the shell. */
export function FindWindow() {
  useLayoutEffect(() => {
    // In advance, so that what is typed after F2 is not lost. A failure is told when the search is opened.
    const timer = setTimeout(() => load().catch(() => undefined), 1000);
    const onKey = (event: KeyboardEvent) => {
      // the key and not its letter, so that it is the same on a Thai keyboard; no browser uses it
      if (event.code !== "F2" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (!locked.value) void openFind();
    };
    addEventListener("keydown", onKey);
    return () => {
      clearTimeout(timer);
      removeEventListener("keydown", onKey);
      opened.value = undefined;
    };
  }, []);
  const first = opened.value;
  return first === undefined || !Content ? null : <Content first={first} onClose={() => (opened.value = undefined)} />;
}
