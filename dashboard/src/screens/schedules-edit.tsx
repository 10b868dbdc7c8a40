/** Manual 2.4: change the number of places and the online tick of a schedule. */
import { ScheduleChange } from "../api/limits";
import type { Schedule } from "../api/types";
import { longDate, timeSpan } from "../dates";
import { useForm } from "../form";
import { lang, words, type Bilingual } from "../i18n";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Check, numberError, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { word } from "../words";
import { onlineWords } from "./schedule-words";

const t = words({
  window: ["แก้ไข Slot เวลา", "Change a schedule"],
  hint: ["จองแล้ว {booked} ลดต่ำกว่านี้ไม่ได้", "{booked} are booked; it cannot be fewer"],
});

interface EditProps {
  schedule: Schedule;
  onClose: () => void;
  onDone: (said: Bilingual) => void;
}

export function EditSchedule({ schedule, onClose, onDone }: EditProps) {
  const { schedule_id, version } = schedule;
  const booked = schedule.capacity - schedule.available_count;
  const bounds = { ...ScheduleChange.capacity, min: Math.max(ScheduleChange.capacity.min, booked) };
  const form = useForm({
    initial: { capacity: String(schedule.capacity), online: schedule.online },
    version,
    check: ({ capacity }) => ({ capacity: numberError(capacity, bounds) }),
    send: async ({ capacity, online }, version) => {
      const body = { capacity: Number(capacity), online, version };
      await api.put("/api/dashboard/schedules/{schedule_id}", { path: { schedule_id }, body });
      onDone(word.both("saved"));
    },
  });
  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={form.changed}>
      <Form
        form={form}
        compared={[
          { name: "capacity", title: word("places") },
          { name: "online", title: onlineWords("title"), shows: (value) => (value ? "✓" : "–") },
        ]}
        onTheirs={onClose}
      >
        <p>
          {longDate(schedule.date, lang.value)} {timeSpan(schedule.time_start, schedule.time_finish, lang.value)}
          <br />
          {schedule.department_name} · {schedule.room_name}
        </p>
        <TextField
          label={word("places")}
          hint={t("hint", { booked })}
          {...form.field("capacity")}
          limit={bounds}
        />
        <Check label={onlineWords("title")} checked={form.values.online} onChecked={(online) => form.set({ online })} />
      </Form>
    </Dialog>
  );
}
