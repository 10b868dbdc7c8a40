/** What somebody is changing on a screen that is loaded again meanwhile. */
import { useLayoutEffect, useState } from "preact/hooks";
import { useUnsaved } from "./route";

/** Begins with what was loaded and follows what others save as long as nothing of one's own would be lost. Else it stays
 * at the version that it began with, so that saving it tells of the conflict. `sent`: the values as they would be saved. */
export function useDraft<T extends object>(loaded: T, version: number, sent: (values: T) => Partial<T>) {
  const begun = { values: loaded, kept: loaded, version };
  const [draft, setDraft] = useState(begun);
  const differs = (one: typeof begun) => JSON.stringify(sent(one.values)) !== JSON.stringify(sent(one.kept));
  useUnsaved(differs(draft));
  // at once, not after the next frame: what is typed until then would be lost
  useLayoutEffect(() => setDraft((now) => (differs(now) ? now : begun)), [version]);
  return {
    values: draft.values,
    version: draft.version,
    set: (change: Partial<T>) => setDraft((now) => ({ ...now, values: { ...now.values, ...change } })),
    /** These values were saved; what was typed meanwhile was not. */
    saved: (values: T, stored: number) => setDraft((now) => ({ ...now, kept: values, version: stored })),
    /** These values instead of one's own. */
    take: (values: T, stored: number) => setDraft({ values, kept: values, version: stored }),
  };
}
