import type { ComponentChildren } from "preact";

interface DateWalkProps {
  /** What the two buttons do, read out. */
  before: string;
  after: string;
  onWalk: (by: 1 | -1) => void;
  /** The date, month or year that is shown. */
  children: ComponentChildren;
}

/** A date, month or year between the buttons for the one before and the one after it. */
export function DateWalk({ before, after, onWalk, children }: DateWalkProps) {
  return (
    <div class="date-walk">
      <button type="button" aria-label={before} onClick={() => onWalk(-1)}>
        ‹
      </button>
      {children}
      <button type="button" aria-label={after} onClick={() => onWalk(1)}>
        ›
      </button>
    </div>
  );
}
