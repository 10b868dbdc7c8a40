/** Manual 2.4: the number of places and the online tick of a schedule, changed later. */
import { useState } from "preact/hooks";
import type { Schedule } from "../api/shapes";
import { longDate, timeSpan } from "../dates";
import { lang, words, type Said } from "../i18n";
import { useAction } from "../load";
import { api } from "../session";
import { Conflict } from "../ui/conflict";
import { Dialog } from "../ui/dialog";
import { Check, TextField } from "../ui/field";
import { Failed, fieldFault } from "../ui/notice";
import { SaveButton } from "../ui/save";

const t = words({
  window: ["แก้ไข Slot เวลา", "Change a schedule"],
  slots: ["จำนวน Slot", "Places"],
  hint: ["จองแล้ว {booked} ลดต่ำกว่านี้ไม่ได้", "{booked} are booked; it cannot be fewer"],
  wrong: ["ตัวเลข {least} ถึง 999", "A number from {least} to 999"],
  online: ["เปิดให้จอง Online", "Open for booking online"],
  saved: ["บันทึกแล้ว", "Saved"],
});

interface EditProps {
  schedule: Schedule;
  onClose: () => void;
  onDone: (said: Said) => void;
}

export function EditSchedule({ schedule, onClose, onDone }: EditProps) {
  const [capacity, setCapacity] = useState(String(schedule.capacity));
  const [online, setOnline] = useState(schedule.online);
  const { busy, failure, run } = useAction();
  const booked = schedule.capacity - schedule.available_count;
  const least = Math.max(1, booked);
  const fits = /^\d{1,3}$/.test(capacity) && Number(capacity) >= least;

  const save = (version: number) =>
    run(async () => {
      await api.put(`/api/dashboard/schedules/${schedule.schedule_id}`, {
        capacity: Number(capacity),
        online,
        version,
      });
      onDone(t.both("saved"));
    });
  return (
    <Dialog
      title={t("window")}
      onClose={onClose}
      unsaved={capacity !== String(schedule.capacity) || online !== schedule.online}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (fits) void save(schedule.version);
        }}
      >
        <p>
          {longDate(schedule.date, lang.value)} {timeSpan(schedule.time_start, schedule.time_finish, lang.value)}
          <br />
          {schedule.department_name} · {schedule.room_name}
        </p>
        <TextField
          label={t("slots")}
          hint={t("hint", { booked })}
          value={capacity}
          onValue={(text) => setCapacity(text.trim())}
          error={fits ? fieldFault(failure, "capacity") : t("wrong", { least })}
          input={{ inputMode: "numeric", maxLength: 3 }}
        />
        <Check label={t("online")} checked={online} onChecked={setOnline} />
        {failure?.code === "EditConflict" ? (
          <Conflict
            failure={failure}
            fields={[
              { name: "capacity", title: t("slots") },
              { name: "online", title: t("online"), shows: (value) => (value ? "✓" : "–") },
            ]}
            onMine={save}
            onTheirs={onClose}
          />
        ) : (
          <Failed failure={failure} />
        )}
        <div class="actions">
          <SaveButton busy={busy} />
        </div>
      </form>
    </Dialog>
  );
}
