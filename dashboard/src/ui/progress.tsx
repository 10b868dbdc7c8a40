import { words } from "../i18n";

const t = words({
  working: ["กำลังดำเนินการ…", "Working…"],
  of: ["{done} จาก {all}", "{done} of {all}"],
});

/** Progress of a long operation; without a figure while `all` is not known. */
export function Progress({ label, done, all }: { label?: string; done?: number; all?: number }) {
  return (
    <div class="progress" role="status">
      <progress value={all ? done : undefined} max={all || undefined} aria-label={label ?? t("working")} />
      <span>
        {label ?? t("working")} {all ? t("of", { done: done ?? 0, all }) : ""}
      </span>
    </div>
  );
}
