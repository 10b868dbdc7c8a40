/** Short messages at the foot of the page, read out by screen readers; some can be undone. */
import type { Failure } from "../api/failure";
import { translate, words, type Bilingual } from "../i18n";
import { route } from "../route";
import { signal } from "../signal";

interface Notice {
  id: number;
  message: Bilingual;
  undo?: () => void;
  look?: "bad" | "mark";
  /** It is not about the screen that is open: it stays when another one is opened. */
  stays?: boolean;
}

const t = words({
  undo: ["เลิกทำ", "Undo"],
  dismiss: ["ปิดข้อความ", "Dismiss"],
});

const SHOWN_MS = 8_000;
const notices = signal<Notice[]>([]);
let count = 0;

let { path } = route.value;
route.subscribe((now) => {
  if (now.path !== path) notices.value = notices.value.filter(({ stays }) => stays);
  path = now.path;
});

const dismiss = (id: number) => {
  notices.value = notices.value.filter((notice) => notice.id !== id);
};

export function notify(message: Bilingual, undo?: () => void, stays = false, look?: "mark"): void {
  const id = ++count;
  notices.value = [...notices.value.slice(-2), { id, message, undo, stays, look }];
  setTimeout(() => dismiss(id), SHOWN_MS);
}

/** What was asked for was so already. */
export const notifyRepeat = (message: Bilingual): void => notify(message, undefined, false, "mark");

/** A failure is shown until it is dismissed or another screen is opened. */
export function notifyFailure({ message }: Pick<Failure, "message">, stays = false): void {
  notices.value = [...notices.value.slice(-2), { id: ++count, message, look: "bad", stays }];
}

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, message, undo, look }) => (
        <div key={id} class={look ? `notice ${look}` : "notice"}>
          <span>{translate(message)}</span>
          {undo && (
            <button
              type="button"
              onClick={() => {
                dismiss(id);
                undo();
              }}
            >
              {t("undo")}
            </button>
          )}
          <button type="button" onClick={() => dismiss(id)} aria-label={t("dismiss")}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
