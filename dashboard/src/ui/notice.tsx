/** Short messages at the foot of the page, read out by screen readers, with an undo where there is one. */
import { signal } from "@preact/signals";
import type { Failure } from "../api/failure";
import { isThai, say, words, type Said } from "../i18n";

interface Notice {
  id: number;
  said: Said;
  undo?: () => void;
  bad?: boolean;
}

const t = words({
  undo: ["เลิกทำ", "Undo"],
  dismiss: ["ปิดข้อความ", "Dismiss"],
  again: ["ลองใหม่", "Try again"],
  code: ["รหัสอ้างอิง", "Reference"],
});

const SHOWN_MS = 8_000;
const notices = signal<Notice[]>([]);
let count = 0;

const dismiss = (id: number) => {
  notices.value = notices.value.filter((notice) => notice.id !== id);
};

export function tell(said: Said, undo?: () => void): void {
  const id = ++count;
  notices.value = [...notices.value.slice(-2), { id, said, undo }];
  setTimeout(() => dismiss(id), SHOWN_MS);
}

/** A failure stays until it is dismissed. */
export function tellFailure({ said }: Failure): void {
  notices.value = [...notices.value.slice(-2), { id: ++count, said, bad: true }];
}

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, said, undo, bad }) => (
        <div key={id} class={bad ? "notice bad" : "notice"}>
          <span>{say(said)}</span>
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

/** What a failure says of one field. The API says it in English; in Thai its sentence about the whole stands there. */
export function fieldFault(failure: Failure | undefined, name: string): string | undefined {
  const why = failure?.fields[name];
  return why && (isThai.value ? say(failure!.said) : why);
}

interface FailedProps {
  failure: Failure | undefined;
  again?: () => void;
}

/** What went wrong and what to do, where it went wrong. */
export function Failed({ failure, again }: FailedProps) {
  if (!failure) return null;
  return (
    <div class="failed" role="alert">
      <p>
        {say(failure.said)}
        {failure.status >= 500 && failure.requestId && (
          <small>
            {" "}
            ({t("code")} {failure.requestId})
          </small>
        )}
      </p>
      {again && (
        <button type="button" onClick={again}>
          {t("again")}
        </button>
      )}
    </div>
  );
}
