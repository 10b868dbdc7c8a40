import type { Failure } from "../api/failure";
import { translate, words } from "../i18n";

const t = words({
  again: ["ลองใหม่", "Try again"],
  code: ["รหัสอ้างอิง", "Reference"],
});

interface FailedProps {
  failure: (Pick<Failure, "message"> & Partial<Failure>) | undefined;
  again?: () => void;
}

/** What went wrong and what to do about it, shown where it went wrong. */
export function Failed({ failure, again }: FailedProps) {
  if (!failure) return null;
  return (
    <div class="failed" role="alert">
      <p>
        {translate(failure.message)}
        {failure.status! >= 500 && failure.requestId && (
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
