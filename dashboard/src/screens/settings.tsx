/** What the hospital allows people who book, cancel and postpone by themselves; staff are not bound. */
import type { Settings } from "../api/shapes";
import { useDraft } from "../draft";
import { words } from "../i18n";
import { useAction, useLoaded } from "../load";
import { api } from "../session";
import { Conflict } from "../ui/conflict";
import { TextField } from "../ui/field";
import { Failed, tell } from "../ui/notice";
import { SaveButton } from "../ui/save";
import { word } from "../words";

const t = words({
  about: [
    "กติกานี้ใช้กับผู้รับบริการที่จอง เลื่อน หรือยกเลิกเองผ่านแอป ไม่ใช้กับเจ้า\u2060หน้าที่",
    "These rules bind people who book, move or cancel by themselves; staff are not bound.",
  ],
  minutes: ["ยกเลิกหรือเลื่อนเองได้ก่อนเวลานัดอย่างน้อย (นาที)", "May cancel or move until so many minutes before"],
  minutes_wrong: ["ตัวเลข 0 ถึง 10080", "A number from 0 to 10080"],
  most: ["จำนวนนัดที่มีได้พร้อมกันต่อแผนก", "Appointments one person may hold in a department"],
  most_hint: ["0 คือไม่จำกัด", "0 means no limit"],
  most_wrong: ["ตัวเลข 0 ถึง 100", "A number from 0 to 100"],
  saved: ["บันทึกกติกาแล้ว", "The rules were saved"],
});

const PATH = "/api/dashboard/settings";

export default function SettingsScreen() {
  const kept = useLoaded(() => api.get<Settings>(PATH), []);
  if (!kept.data)
    return kept.failure ? <Failed failure={kept.failure} again={kept.reload} /> : <p class="loading">{word("loading")}</p>;
  return <Rules kept={kept.data} reload={kept.reload} />;
}

const typed = ({ cancel_minutes_before, max_active_per_department }: Settings) => ({
  minutes: String(cancel_minutes_before),
  most: String(max_active_per_department),
});

function Rules({ kept, reload }: { kept: Settings; reload: () => Promise<void> }) {
  const { values, version, set, saved, take } = useDraft(typed(kept), kept.version, (now) => now);
  const { minutes, most } = values;
  const { busy, failure, run, setFailure } = useAction();
  const wrong = {
    minutes: /^\d+$/.test(minutes) && Number(minutes) <= 10080 ? undefined : t("minutes_wrong"),
    most: /^\d+$/.test(most) && Number(most) <= 100 ? undefined : t("most_wrong"),
  };
  const save = async (version: number) => {
    if (wrong.minutes || wrong.most) return;
    const body = { cancel_minutes_before: Number(minutes), max_active_per_department: Number(most), version };
    await run(async () => {
      saved(values, (await api.put<Settings>(PATH, body)).version);
      tell(t.both("saved"));
      await reload();
    });
  };
  return (
    <form
      class="narrow"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save(version);
      }}
    >
      <p>{t("about")}</p>
      <TextField
        label={t("minutes")}
        value={minutes}
        onValue={(text) => set({ minutes: text.trim() })}
        error={wrong.minutes}
        input={{ inputMode: "numeric", maxLength: 5 }}
      />
      <TextField
        label={t("most")}
        hint={t("most_hint")}
        value={most}
        onValue={(text) => set({ most: text.trim() })}
        error={wrong.most}
        input={{ inputMode: "numeric", maxLength: 3 }}
      />
      {failure?.code === "EditConflict" ? (
        <Conflict
          failure={failure}
          fields={[
            { name: "cancel_minutes_before", title: t("minutes") },
            { name: "max_active_per_department", title: t("most") },
          ]}
          onMine={save}
          onTheirs={async () => {
            const theirs = failure.detail.theirs as Settings;
            take(typed(theirs), theirs.version);
            setFailure(undefined);
            await reload();
          }}
        />
      ) : (
        <Failed failure={failure} />
      )}
      <div class="actions">
        <SaveButton busy={busy} />
      </div>
    </form>
  );
}
