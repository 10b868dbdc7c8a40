import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { workIsUnsaved } from "../route";
import { askToDiscard } from "./dialog";

interface TabsProps {
  label: string;
  tabs: { key: string; title: string }[];
  open: string;
  onOpen: (key: string) => void;
  children: ComponentChildren;
}

export function Tabs({ label, tabs, open, onOpen, children }: TabsProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  /** What was typed in a tab is lost when another is opened, so ask first. */
  const change = async (key: string) => {
    if (key === open || (workIsUnsaved() && !(await askToDiscard()))) return;
    onOpen(key);
    list.current?.querySelector<HTMLElement>(`[data-tab="${key}"]`)?.focus();
  };
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = tabs.findIndex(({ key }) => key === open);
    const to = tabs[(at + step + tabs.length) % tabs.length]!;
    void change(to.key);
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={walk}>
        {tabs.map(({ key, title }) => (
          <button
            key={key}
            type="button"
            role="tab"
            data-tab={key}
            id={`${id}-${key}`}
            aria-selected={key === open}
            aria-controls={key === open ? `${id}-panel` : undefined}
            tabIndex={key === open ? 0 : -1}
            onClick={() => void change(key)}
          >
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${open}`} class="tab-panel">
        {children}
      </div>
    </>
  );
}
