import { isThai, speak } from "../i18n";

/** Both languages are named in their own, and the one in use is marked. */
export function LanguageSwitch() {
  return (
    <div class="language" role="group" aria-label="ภาษา Language">
      <button type="button" lang="th" aria-pressed={isThai.value} onClick={() => speak("th")}>
        ไทย
      </button>
      <button type="button" lang="en" aria-pressed={!isThai.value} onClick={() => speak("en")}>
        English
      </button>
    </div>
  );
}
