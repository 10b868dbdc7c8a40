/** Until when wrong passwords have locked an account, and the button that unlocks it. */
import type { Account } from "../api/types";
import { dateTime } from "../dates";
import { lang, words } from "../i18n";
import { useAction } from "../load";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { notify } from "../ui/notice";

const t = words({
  locked: ["ล็อกเพราะรหัสผ่านผิดหลายครั้ง ถึง {at}", "Locked after wrong passwords until {at}"],
  unlock: ["ปลดล็อก", "Unlock"],
  unlocked: ["ปลดล็อกแล้ว", "Unlocked"],
});

export function Lock({ account, onChanged }: { account: Account; onChanged: () => Promise<void> }) {
  const { failure, run } = useAction();
  const { hospital_code, login, locked_until } = account;
  const unlock = () =>
    run(async () => {
      await api.post("/api/accounts/hospitals/{hospital_code}/accounts/{login}/unlock", { path: { hospital_code, login } });
      notify(t.both("unlocked"));
      await onChanged();
    });
  return (
    <>
      {t("locked", { at: dateTime(locked_until, lang.value) })}{" "}
      <button type="button" class="whole" onClick={unlock}>
        {t("unlock")} <span class="visually-hidden">{login}</span>
      </button>
      <Failed failure={failure} />
    </>
  );
}
