/** Find the appointment of a printed slip by its code, typed or read from the QR code by a scanner. */
import { useState } from "preact/hooks";
import { words } from "../i18n";
import { useAction } from "../load";
import { go } from "../route";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { readSlip } from "../typed-code";
import { TextField } from "../ui/field";

const t = words({
  code: ["ค้นหาจากใบนัด", "Find by slip"],
  hint: ["สแกนคิวอาร์โค้ด หรือพิมพ์รหัสแล้วกด Enter", "Scan the QR code, or type it and press Enter"],
});

/** Most characters of a code that is typed or pasted with dashes and blanks. */
const LONGEST_TYPED = 60;

export function FindSlip() {
  const [code, setCode] = useState("");
  const { failure, run } = useAction();
  return (
    <form
      class="find-slip"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (!code.trim()) return;
        const slip_code = readSlip(code);
        void run(async () => {
          const { date, schedule_id, place } = await api.get(
            "/api/dashboard/slips/{slip_code}",
            { path: { slip_code } },
          );
          go("day", { date, schedule: schedule_id, place });
        });
      }}
    >
      <TextField
        label={t("code")}
        hint={t("hint")}
        free
        value={code}
        onValue={setCode}
        limit={LONGEST_TYPED}
        input={{ autocapitalize: "none", spellcheck: false }}
      />
      <Failed failure={failure} />
    </form>
  );
}
