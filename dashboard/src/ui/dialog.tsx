import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { words } from "../i18n";
import { useUnsaved } from "../route";
import { signal } from "../signal";

const t = words({
  close: ["ปิด", "Close"],
  keep: ["กลับไปกรอกต่อ", "Keep editing"],
  drop: ["ทิ้งข้อมูลที่กรอก", "Discard"],
  unsaved: ["ยังไม่ได้บันทึก", "Not saved"],
  unsaved_text: ["ข้อมูลที่กรอกไว้จะหายไป", "What you entered will be lost."],
});

interface DialogProps {
  title: string;
  onClose: () => void;
  /** Ask before closing: what was entered would be lost. */
  unsaved?: boolean;
  wide?: boolean;
  /** It cannot be closed, only answered. */
  firm?: boolean;
  children: ComponentChildren;
}

/** A window over the page. The browser's own <dialog> keeps the focus in it and gives it back. */
export function Dialog({ title, onClose, unsaved = false, wide = false, firm = false, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useUnsaved(unsaved);
  const close = async () => {
    if (firm) return;
    if (!unsaved || (await askToDiscard())) onClose();
  };
  const pressed = useRef(false);
  const stray = useRef(false);
  const latestClose = useRef(close);
  latestClose.current = close;
  useLayoutEffect(() => {
    const dialog = element.current!;
    let leaving = false;
    // closed by a gesture of the system, without our question: open it again and ask
    const closed = () => {
      if (leaving) return;
      dialog.showModal();
      void latestClose.current();
    };
    dialog.addEventListener("close", closed);
    const opener = document.activeElement as HTMLElement | null;
    dialog.showModal();
    const first = dialog.querySelector<HTMLElement>("[autofocus], [data-first]");
    (first ?? dialog.querySelector<HTMLElement>(".dialog-body :is(input, select, textarea, button)"))?.focus();
    dialog.scrollTop = 0; // a high window is read from its top, also if the focus is on a button at its end
    return () => {
      leaving = true;
      dialog.close();
      if (opener?.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? "dialog wide" : "dialog"}
      aria-labelledby={heading}
      // The second half of the double click that opened the window, and a press beside it, do nothing: by default they
      // take the focus from the field, and what is typed is lost.
      onMouseDownCapture={(event) => {
        stray.current = event.target === element.current || (event.detail > 1 && !pressed.current);
        if (stray.current) event.preventDefault();
        else pressed.current = true;
      }}
      onClickCapture={(event) => {
        if (!stray.current || !event.detail) return; // detail is 0 for a click by keyboard
        event.preventDefault();
        event.stopPropagation();
      }}
      onKeyDown={(event) => {
        // The key that opened the window is still held: it does not send the form.
        if (event.key === "Enter" && event.repeat) event.preventDefault();
        // By default Esc pressed twice closes every open <dialog> at once, without a question.
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        void close();
      }}
      onCancel={(event) => {
        if (event.target !== element.current) return; // a file picker in the dialog cancels too
        event.preventDefault();
        void close();
      }}
    >
      <header class="dialog-head">
        <h2 id={heading}>{title}</h2>
        {!firm && (
          <button type="button" class="quiet" onClick={close}>
            {t("close")}
          </button>
        )}
      </header>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}

export interface Question {
  title: string;
  /** A paragraph, or several. */
  text: string | string[];
  yes: string;
  no: string;
  danger?: boolean;
  /** Fields below the text. */
  fields?: ComponentChildren;
  /** False: something is missing in the fields, and the question stays. */
  check?: () => boolean;
}

const question = signal<(Question & { answer: (yes: boolean) => void }) | undefined>(undefined);

/** Ask before something that cannot be undone. */
export const ask = (given: Question): Promise<boolean> =>
  new Promise((resolve) => {
    question.value = {
      ...given,
      answer: (yes) => {
        question.value = undefined;
        resolve(yes);
      },
    };
  });

/** Ask before unsaved work is left. */
export const askToDiscard = (): Promise<boolean> =>
  ask({ title: t("unsaved"), text: t("unsaved_text"), yes: t("drop"), no: t("keep"), danger: true });

/** The place of questions; once in the shell. */
export function Questions() {
  const open = question.value;
  if (!open) return null;
  return (
    <Dialog title={open.title} onClose={() => open.answer(false)}>
      {[open.text].flat().map((text) => (
        <p key={text}>{text}</p>
      ))}
      {open.fields}
      <div class="actions">
        <button type="button" class={open.danger ? "danger" : "primary"} onClick={() => open.check?.() !== false && open.answer(true)}>
          {open.yes}
        </button>
        <button type="button" data-first onClick={() => open.answer(false)}>
          {open.no}
        </button>
      </div>
    </Dialog>
  );
}
