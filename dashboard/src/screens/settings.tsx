/** Rules for people who book, cancel and postpone by themselves; they do not apply to staff. */
import { SettingsResponse } from "../api/limits";
import type { Settings } from "../api/types";
import { useForm } from "../form";
import { words } from "../i18n";
import { useLoaded } from "../load";
import { useUnsaved } from "../route";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { Check, numberError, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { notify } from "../ui/notice";
import { word } from "../words";

const t = words({
  about: [
    "กติกานี้ใช้กับผู้รับบริการที่จอง เลื่อน หรือยกเลิกเองผ่านแอป ไม่ใช้กับเจ้า\u2060หน้าที่",
    "These rules bind people who book, move or cancel by themselves; staff are not bound.",
  ],
  minutes: ["ยกเลิกหรือเลื่อนเองได้ก่อนเวลานัดอย่างน้อย (นาที)", "May cancel or move until so many minutes before"],
  most: ["จำนวนนัดที่มีได้พร้อมกันต่อแผนก", "Appointments one person may hold in a department"],
  most_hint: ["0 คือไม่จำกัด", "0 means no limit"],
  in_line: ["แสดงชื่อแผนกและห้องในข้อความแจ้งเตือนทาง LINE", "Name department and room in notices in LINE"],
  in_line_hint: [
    "โทรศัพท์ที่ล็อกอยู่อาจแสดงข้อความ LINE ให้ผู้อื่นเห็น ในแอปแสดงเสมอ",
    "A locked phone may show a LINE message to others. The app always names them.",
  ],
  yes: ["แสดง", "Yes"],
  no: ["ไม่แสดง", "No"],
  saved: ["บันทึกกติกาแล้ว", "The rules were saved"],
});

const PATH = "/api/dashboard/settings";

export default function SettingsScreen() {
  const { data, failure, reload } = useLoaded(() => api.get(PATH), []);
  if (!data) return failure ? <Failed failure={failure} again={reload} /> : <p class="loading">{word("loading")}</p>;
  return <Rules settings={data} reload={reload} />;
}

const typed = ({ cancel_minutes_before, max_active_per_department, department_in_line }: Settings) => ({
  minutes: String(cancel_minutes_before),
  most: String(max_active_per_department),
  inLine: department_in_line ?? false,
});

function Rules({ settings, reload }: { settings: Settings; reload: () => Promise<void> }) {
  const form = useForm({
    initial: typed(settings),
    version: settings.version,
    check: ({ minutes, most }) => ({
      minutes: numberError(minutes, SettingsResponse.cancel_minutes_before),
      most: numberError(most, SettingsResponse.max_active_per_department),
    }),
    send: async ({ minutes, most, inLine }, version) => {
      const body = {
        cancel_minutes_before: Number(minutes),
        max_active_per_department: Number(most),
        department_in_line: inLine,
        version,
      };
      const saved = await api.put(PATH, { body });
      notify(t.both("saved"));
      await reload();
      return saved.version;
    },
  });
  useUnsaved(form.changed);
  return (
    <Form
      form={form}
      class="narrow"
      compared={[
        { name: "cancel_minutes_before", title: t("minutes") },
        { name: "max_active_per_department", title: t("most") },
        { name: "department_in_line", title: t("in_line"), shows: (named) => t(named ? "yes" : "no") },
      ]}
      onTheirs={(theirs: Settings) => {
        form.reset(typed(theirs), theirs.version);
        void reload();
      }}
    >
      <p>{t("about")}</p>
      <TextField
        label={t("minutes")}
        value={form.values.minutes}
        onValue={(text) => form.set({ minutes: text.trim() })}
        error={form.errors.minutes}
        limit={SettingsResponse.cancel_minutes_before}
      />
      <TextField
        label={t("most")}
        hint={t("most_hint")}
        value={form.values.most}
        onValue={(text) => form.set({ most: text.trim() })}
        error={form.errors.most}
        limit={SettingsResponse.max_active_per_department}
      />
      <Check
        label={
          <>
            {t("in_line")} <small>{t("in_line_hint")}</small>
          </>
        }
        checked={form.values.inLine}
        onChecked={(inLine) => form.set({ inLine })}
      />
    </Form>
  );
}
