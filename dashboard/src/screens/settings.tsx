/** Rules for people who act by themselves and for the systems of other hospitals; they do not apply to staff. */
import { SettingsResponse } from "../api/limits";
import type { Department, Settings } from "../api/types";
import { parseTime } from "../dates";
import { useForm } from "../form";
import { words } from "../i18n";
import { useLoaded } from "../load";
import { useUnsaved } from "../route";
import { api } from "../session";
import { Choices } from "../ui/choices";
import { Failed } from "../ui/failed";
import { Check, numberError, SelectField, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { notify } from "../ui/notice";
import { word } from "../words";
import { OutsideBookings } from "./outside-bookings";
import { OwnReasons } from "./own-reasons";

const t = words({
  about: [
    "กติกานี้ใช้กับผู้รับบริการที่จอง เลื่อน หรือยกเลิกเองผ่านแอป ไม่ใช้กับเจ้า\u2060หน้าที่",
    "These rules bind people who book, move or cancel by themselves; staff are not bound.",
  ],
  before: ["ยกเลิกหรือเลื่อนเองได้ก่อนเวลานัดอย่างน้อย", "May cancel or move until so long before"],
  before_hint: ["0 คือได้จนถึงเวลานัด", "0 means until it begins"],
  unit: ["หน่วย", "Unit"],
  minutes: ["นาที", "minutes"],
  hours: ["ชั่วโมง", "hours"],
  days: ["วัน", "days"],
  most: ["จำนวนนัดที่มีได้พร้อมกันต่อแผนก", "Appointments one person may hold in a department"],
  most_hint: ["0 คือไม่จำกัด", "0 means no limit"],
  in_line: ["แสดงชื่อแผนกและห้องในข้อความแจ้งเตือนทาง LINE", "Name department and room in notices in LINE"],
  in_line_hint: [
    "โทรศัพท์ที่ล็อกอยู่อาจแสดงข้อความ LINE ให้ผู้อื่นเห็น ในแอปแสดงเสมอ",
    "A locked phone may show a LINE message to others. The app always names them.",
  ],
  yes: ["แสดง", "Yes"],
  no: ["ไม่แสดง", "No"],
  outside_title: ["การจองจากหน่วยบริการอื่น", "Bookings by other hospitals"],
  outside_about: [
    "กติกานี้ใช้กับระบบของหน่วยบริการอื่นที่จองผ่าน API เท่านั้น",
    "These rules bind the systems of other hospitals only.",
  ],
  outside_booking: ["หน่วยบริการที่จองได้", "Hospitals that may book"],
  all: ["ทุกหน่วยบริการ", "All"],
  listed: ["เฉพาะที่ระบุ", "Those listed"],
  nobody: ["ไม่รับจองจากหน่วยบริการอื่น", "None"],
  hospitals: ["รหัสหน่วยบริการที่จองได้", "Codes of the hospitals that may book"],
  hospitals_hint: ["รหัส 5 หลัก คั่นด้วยช่องว่าง", "5 digits each, with spaces between"],
  hospitals_wrong: ["ระบุรหัสหน่วยบริการ 5 หลัก อย่างน้อยหนึ่งแห่ง", "Enter at least one code of 5 digits"],
  share: ["ส่วนของแต่ละตารางที่หน่วยบริการอื่นจองรวมกันได้ (%)", "How much of a schedule others may hold together (%)"],
  share_hint: ["ปัดเศษขึ้น 0 คือจองไม่ได้", "Rounded up; 0 means nothing"],
  share_without_id: [
    "ในส่วนนั้น ผู้ที่ไม่มีเลขประจำตัวประชาชนได้ (%)",
    "How much of that for people without a national id (%)",
  ],
  confirm_title: ["การยืนยันนัด", "Confirming appointments"],
  confirm_about: [
    "ระบบขอให้ยืนยันหนึ่งครั้ง ตั้งแต่ 9 โมงของวันก่อนกำหนด",
    "Each person is asked once, from 9 o'clock on the day before the deadline.",
  ],
  confirm_time: ["ให้ยืนยันภายในเวลา", "Confirm by"],
  confirm_hint: ["เช่น 16:00 หากไม่ขอให้ยืนยัน เว้นว่างไว้", "For example 16:00; leave it empty to ask nobody"],
  time_wrong: ["พิมพ์เวลา 07:00 ถึง 20:00", "Type a time from 07:00 to 20:00"],
  confirm_days: ["ก่อนวันนัดกี่วัน", "How many days before the appointment"],
  unasked: ["แผนกที่ไม่ขอให้ยืนยัน", "Departments that do not ask"],
  release: ["แผนกที่ให้ระบบยกเลิกนัดที่ไม่ยืนยัน", "Departments where the system cancels what nobody confirmed"],
  release_about: [
    "ยกเลิกเฉพาะผู้ที่ได้รับข้อความแล้ว ยังไม่ยืนยัน และยังไม่รับนัด ไม่ยกเลิกในวันนัด",
    "Only of people who got the request and have not confirmed or been accepted; never on the day itself.",
  ],
  saved: ["บันทึกกติกาแล้ว", "The rules were saved"],
});

const PATH = "/api/dashboard/settings";

export default function SettingsScreen() {
  const { data, failure, reload } = useLoaded(() => api.get(PATH), []);
  const departments = useLoaded(() => api.get("/api/dashboard/departments"), []);
  if (!data) return failure ? <Failed failure={failure} again={reload} /> : <p class="loading">{word("loading")}</p>;
  return (
    <>
      <Rules settings={data} departments={departments.data ?? []} reload={reload} />
      <OwnReasons />
      <OutsideBookings />
    </>
  );
}

const UNITS = { days: 1440, hours: 60, minutes: 1 };
type Unit = keyof typeof UNITS;

/** So many minutes in the largest unit that gives a whole number. */
function timeBefore(minutes: number): { before: string; unit: Unit } {
  const unit = minutes === 0 ? "hours" : (Object.keys(UNITS) as Unit[]).find((each) => minutes % UNITS[each] === 0)!;
  return { before: String(minutes / UNITS[unit]), unit };
}

const typed = (settings: Settings) => ({
  ...timeBefore(settings.cancel_minutes_before),
  most: String(settings.max_active_per_department),
  inLine: settings.department_in_line ?? false,
  outside_booking: settings.outside_booking,
  outside_hospitals: settings.outside_hospitals.join(" "),
  outside_percent: String(settings.outside_percent),
  outside_without_id_percent: String(settings.outside_without_id_percent),
  confirm_time: settings.confirm_time ?? "",
  confirm_days_before: String(settings.confirm_days_before),
  unasked_departments: settings.unasked_departments ?? [],
  release_departments: settings.release_departments ?? [],
});

const mostBefore = (unit: Unit) => ({
  min: 0,
  max: Math.floor(SettingsResponse.cancel_minutes_before.max / UNITS[unit]),
});

const isCode = (code: string): boolean => /^\d{5}$/.test(code);
const codes = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

const CHOICES = ["all", "listed", "nobody"] as const;
const choiceText = (value: unknown) => t(value as (typeof CHOICES)[number]);

function hospitalsError({ outside_booking, outside_hospitals }: ReturnType<typeof typed>): string | undefined {
  if (outside_booking !== "listed") return undefined;
  const listed = codes(outside_hospitals);
  return listed.length > 0 && listed.every(isCode) ? undefined : t("hospitals_wrong");
}

function timeError(typed: string): string | undefined {
  const time = parseTime(typed) ?? "";
  return typed.trim() && (time < "07:00" || time > "20:00") ? t("time_wrong") : undefined;
}

interface RulesProps {
  settings: Settings;
  departments: Department[];
  reload: () => Promise<void>;
}

function Rules({ settings, departments, reload }: RulesProps) {
  const options = departments.map((each) => ({ id: each.department_id, name: each.department_name }));
  const names = (shown: unknown) =>
    options.filter(({ id }) => (shown as number[]).includes(id)).map(({ name }) => name).join(", ");
  const form = useForm({
    initial: typed(settings),
    version: settings.version,
    check: (values) => ({
      before: numberError(values.before, mostBefore(values.unit)),
      most: numberError(values.most, SettingsResponse.max_active_per_department),
      outside_hospitals: hospitalsError(values),
      outside_percent: numberError(values.outside_percent, SettingsResponse.outside_percent),
      outside_without_id_percent: numberError(
        values.outside_without_id_percent,
        SettingsResponse.outside_without_id_percent,
      ),
      confirm_time: timeError(values.confirm_time),
      confirm_days_before: numberError(values.confirm_days_before, SettingsResponse.confirm_days_before),
    }),
    send: async ({ before, unit, most, inLine, outside_booking, ...outside }, version) => {
      const body = {
        cancel_minutes_before: Number(before) * UNITS[unit],
        max_active_per_department: Number(most),
        department_in_line: inLine,
        outside_booking,
        outside_hospitals: codes(outside.outside_hospitals).filter(isCode), // all of them, if the field is shown
        outside_percent: Number(outside.outside_percent),
        outside_without_id_percent: Number(outside.outside_without_id_percent),
        confirm_time: parseTime(outside.confirm_time) ?? "",
        confirm_days_before: Number(outside.confirm_days_before),
        unasked_departments: outside.unasked_departments,
        release_departments: outside.release_departments,
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
        {
          name: "cancel_minutes_before",
          title: t("before"),
          shows: (minutes) => {
            const { before, unit } = timeBefore(minutes as number);
            return `${before} ${t(unit)}`;
          },
        },
        { name: "max_active_per_department", title: t("most") },
        { name: "department_in_line", title: t("in_line"), shows: (named) => t(named ? "yes" : "no") },
        { name: "outside_booking", title: t("outside_booking"), shows: choiceText },
        { name: "outside_hospitals", title: t("hospitals"), shows: (listed) => (listed as string[]).join(" ") },
        { name: "outside_percent", title: t("share") },
        { name: "outside_without_id_percent", title: t("share_without_id") },
        { name: "confirm_time", title: t("confirm_time") },
        { name: "confirm_days_before", title: t("confirm_days") },
        { name: "unasked_departments", title: t("unasked"), shows: names },
        { name: "release_departments", title: t("release"), shows: names },
      ]}
      onTheirs={(theirs: Settings) => {
        form.reset(typed(theirs), theirs.version);
        void reload();
      }}
    >
      <p>{t("about")}</p>
      <div class="fields-row">
        <TextField
          label={t("before")}
          hint={t("before_hint")}
          {...form.field("before")}
          limit={mostBefore(form.values.unit)}
        />
        <SelectField
          label={t("unit")}
          {...form.field("unit")}
          onValue={(unit) => form.set({ unit: unit as Unit })}
          options={(Object.keys(UNITS) as Unit[]).map((value) => ({ value, text: t(value) }))}
        />
      </div>
      <TextField
        label={t("most")}
        hint={t("most_hint")}
        {...form.field("most")}
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
      <h2>{t("outside_title")}</h2>
      <p>{t("outside_about")}</p>
      <SelectField
        label={t("outside_booking")}
        {...form.field("outside_booking")}
        options={CHOICES.map((value) => ({ value, text: t(value) }))}
      />
      {form.values.outside_booking === "listed" && (
        <TextField
          label={t("hospitals")}
          hint={t("hospitals_hint")}
          {...form.field("outside_hospitals")}
        />
      )}
      <TextField
        label={t("share")}
        hint={t("share_hint")}
        {...form.field("outside_percent")}
        limit={SettingsResponse.outside_percent}
      />
      <TextField
        label={t("share_without_id")}
        hint={t("share_hint")}
        {...form.field("outside_without_id_percent")}
        limit={SettingsResponse.outside_without_id_percent}
      />
      <h2>{t("confirm_title")}</h2>
      <p>{t("confirm_about")}</p>
      <TextField label={t("confirm_time")} hint={t("confirm_hint")} optional {...form.field("confirm_time")} />
      {form.values.confirm_time.trim() && (
        <>
          <TextField
            label={t("confirm_days")}
            {...form.field("confirm_days_before")}
            limit={SettingsResponse.confirm_days_before}
          />
          <Choices
            title={t("unasked")}
            options={options}
            chosen={form.values.unasked_departments}
            onChosen={(unasked_departments) => form.set({ unasked_departments })}
          />
          <Choices
            title={t("release")}
            options={options}
            chosen={form.values.release_departments}
            onChosen={(release_departments) => form.set({ release_departments })}
          />
          <p>{t("release_about")}</p>
        </>
      )}
    </Form>
  );
}
