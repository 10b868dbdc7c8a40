/** Find the appointment of a printed slip by its code, typed or read from the QR code by a scanner. What is no code is
 * searched for as a person: an id or a name never is in an address. */
import { useState } from "preact/hooks";
import { words } from "../i18n";
import { useAction } from "../load";
import { api, caller } from "../session";
import { Failed } from "../ui/failed";
import { slipIn } from "../typed-code";
import { TextField } from "../ui/field";
import { openFind } from "./find-button";
import { openAppointment } from "./open-appointment";

const t = words({
  code: ["ค้นหาจากใบนัด", "Find by slip"],
  hint: ["สแกน หรือพิมพ์รหัส เลขที่บัตร ชื่อ แล้วกด Enter", "Scan, or type a code, an id or a name, and Enter"],
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
        const slip_code = slipIn(code, caller.value!.hospital_code);
        if (!slip_code) {
          void openFind(code);
          return setCode("");
        }
        void run(async () => {
          await openAppointment(await api.get("/api/dashboard/slips/{slip_code}", { path: { slip_code } }));
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
