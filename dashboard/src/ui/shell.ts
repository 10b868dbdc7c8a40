/** What the pages of the staff do around their screens: draw anew, say their language, ask before typing is lost. */
import { useEffect } from "preact/hooks";
import { lang } from "../i18n";
import { leave, leaving } from "../route";
import { useSignals } from "../signal";
import { askToDiscard } from "./dialog";

export function useShell(): void {
  useSignals();
  useEffect(() => {
    document.documentElement.lang = lang.value;
  }, [lang.value]);
  useEffect(() => {
    const address = leaving.value;
    if (address === undefined) return;
    leaving.value = undefined;
    void askToDiscard().then((discards) => discards && leave(address));
  }, [leaving.value]);
}
