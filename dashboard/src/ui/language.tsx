import { isThai, setLanguage } from "../i18n";

/** Choose the language. Each is named in itself, and the one in use is marked. */
export function LanguageSwitch() {
  return (
    <div class="language" role="group" aria-label="ภาษา Language">
      <button type="button" lang="th" aria-pressed={isThai()} onClick={() => setLanguage("th")}>
        ไทย
      </button>
      <button type="button" lang="en" aria-pressed={!isThai()} onClick={() => setLanguage("en")}>
        English
      </button>
    </div>
  );
}
