/** Manual 2.4, figures 14 and 15: "ข้อมูลตารางเวลา", a date and any number of lines; a line can
 * have several periods. */
import { useState } from "preact/hooks";
import { ScheduleSpecBody } from "../api/limits";
import type { Department, Period, Room, Schedule } from "../api/types";
import { longDate, timeSpan, today, type IsoDate } from "../dates";
import { useForm } from "../form";
import { lang, words, type Bilingual } from "../i18n";
import { useLoaded } from "../load";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { Check, DateField, numberError, SelectField, TextField } from "../ui/field";
import { Form, Submit } from "../ui/form";
import { Progress } from "../ui/progress";
import { word } from "../words";
import { onlineWords } from "./schedule-words";

const t = words({
  window: ["ข้อมูลตารางเวลา", "Schedules of a date"],
  line: ["ข้อมูล Slot เวลา ชุดที่ {n}", "Places, set {n}"],
  slots_hint: ["ต่อช่วงเวลา 1 ถึง 999", "per period, 1 to 999"],
  all_periods: ["ทุกช่วง", "All periods"],
  taken: ["มีแล้ว", "there already"],
  above: ["เลือกไว้ในชุดก่อนหน้า", "chosen in a set above"],
  overlaps: ["เวลาซ้อนกับช่วงที่เลือก", "overlaps a chosen one"],
  too_many: [
    "เปิดได้ครั้งละไม่เกิน {most} รายการ บันทึกบางส่วนก่อน แล้วกด “เพิ่ม” อีกครั้ง",
    "At most {most} schedules at a time. Save some of them first, then press “Add” again.",
  ],
  periods_wrong: ["เลือกช่วงเวลาอย่างน้อย 1 ช่วง", "Choose at least one period"],
  date_wrong: ["ระบุวันที่ ตั้งแต่วันนี้เป็นต้นไป", "Enter a date from today on"],
  another: ["เพิ่ม", "Add a set"],
  drop: ["เอาชุดนี้ออก", "Remove this set"],
  sum: ["จะเปิด {lines} รายการ รวม {places} Slot", "This opens {lines} schedules, {places} places in all"],
  saved: ["เปิด {lines} รายการของ{date}แล้ว", "{lines} schedules were opened for {date}"],
});

interface ScheduleLine {
  key: number;
  department_id: string;
  room_id: string;
  periods: number[];
  capacity: string;
  online: boolean;
}

const lineOf = ({ room, period }: { room: Room; period: Period }): ScheduleLine => ({
  key: 1,
  department_id: String(room.department_id),
  room_id: String(room.room_id),
  periods: [period.period_id],
  capacity: USUAL_PLACES,
  online: true,
});

const USUAL_PLACES = "20";

/** The API opens all of them or none. */
const MOST_AT_ONCE = 90;

/** Whether two times of a day have a second in common; ends are inclusive. */
const overlap = (one: Times, other: Times): boolean =>
  one.time_start <= other.time_finish && other.time_start <= one.time_finish;

/** The periods without those that overlap one before them. */
const withoutOverlaps = (periods: Period[]): Period[] =>
  periods.reduce<Period[]>((kept, period) => (kept.some((other) => overlap(other, period)) ? kept : [...kept, period]), []);

type Times = Pick<Period, "time_start" | "time_finish">;

interface AddProps {
  departments: Department[];
  rooms: Room[];
  periods: Period[];
  date: IsoDate;
  /** What the first line says. */
  first?: { room: Room; period: Period };
  onClose: () => void;
  onSaved: (date: IsoDate, said: Bilingual) => void;
}

export function AddSchedules({ departments, rooms, periods, onClose, onSaved, ...given }: AddProps) {
  const [date, setDate] = useState<IsoDate | undefined>(given.date < today() ? today() : given.date);
  const existing = useLoaded(() => api.get("/api/dashboard/schedules", { query: { date: date! } }), [date], {
    when: date !== undefined,
  });
  const dateError = !date || date < today() ? t("date_wrong") : undefined;

  /** Why a line cannot have a period: its room is open at that time already, or will be by a line above or by an
   * earlier choice of this line. */
  const taken = (line: ScheduleLine, period_id: number, lines: ScheduleLine[]): "taken" | "above" | "overlaps" | undefined => {
    const wanted = periods.find((period) => period.period_id === period_id)!;
    const open = (schedule: Schedule) =>
      schedule.state === "open" && schedule.room_id === Number(line.room_id) && overlap(schedule, wanted);
    if (existing.data?.some(open)) return "taken";
    const overlapping = (chosen: number[]) =>
      periods.some((period) => chosen.includes(period.period_id) && overlap(period, wanted));
    const above = lines.slice(0, lines.indexOf(line));
    if (above.some((other) => other.room_id === line.room_id && overlapping(other.periods))) return "above";
    const at = line.periods.indexOf(period_id);
    return overlapping(at < 0 ? line.periods : line.periods.slice(0, at)) ? "overlaps" : undefined;
  };
  const wanted = (line: ScheduleLine, lines: ScheduleLine[]) => line.periods.filter((period) => !taken(line, period, lines));
  const total = (lines: ScheduleLine[]) => lines.reduce((sum, line) => sum + wanted(line, lines).length, 0);
  const lineErrors = (line: ScheduleLine, lines: ScheduleLine[]) => ({
    room: line.room_id ? undefined : word("choose_one"),
    periods: wanted(line, lines).length ? undefined : t("periods_wrong"),
    capacity: numberError(line.capacity, ScheduleSpecBody.capacity),
  });

  const form = useForm<{ lines: ScheduleLine[] }>({
    initial: { lines: given.first ? [lineOf(given.first)] : [] },
    check: ({ lines }) => {
      const wrong = dateError ?? lines.flatMap((line) => Object.values(lineErrors(line, lines))).find(Boolean);
      return { lines: wrong ?? (total(lines) > MOST_AT_ONCE ? t("too_many", { most: MOST_AT_ONCE }) : undefined) };
    },
    send: async ({ lines }) => {
      const schedules = lines.flatMap((line) =>
        wanted(line, lines).map((period_id) => ({
          period_id,
          department_id: Number(line.department_id),
          room_id: Number(line.room_id),
          capacity: Number(line.capacity),
          online: line.online,
        })),
      );
      try {
        await api.post("/api/dashboard/schedules", { body: { date: date!, lines: schedules } });
      } catch (caught) {
        void existing.reload(); // somebody else may have opened some, or the answer was lost
        throw caught;
      }
      onSaved(date!, {
        th: t.both("saved", { lines: schedules.length, date: longDate(date!, "th") }).th,
        en: t.both("saved", { lines: schedules.length, date: longDate(date!, "en") }).en,
      });
    },
  });
  const { busy, tried } = form;
  const { lines } = form.values;
  const setLines = (lines: ScheduleLine[]) => form.set({ lines });
  const change = (key: number, to: Partial<ScheduleLine>) =>
    setLines(lines.map((line) => (line.key === key ? { ...line, ...to } : line)));
  const roomsOf = (department_id: string) => rooms.filter((room) => room.department_id === Number(department_id));
  const addLine = () => {
    const before = lines.at(-1);
    const department_id = before?.department_id ?? String(departments[0]?.department_id ?? "");
    const key = (before?.key ?? 0) + 1;
    setLines([
      ...lines,
      {
        key,
        department_id,
        room_id: String(roomsOf(department_id)[0]?.room_id ?? ""),
        periods: [],
        capacity: before?.capacity ?? USUAL_PLACES,
        online: before?.online ?? true,
      },
    ]);
    form.focus(`[data-line="${key}"] select`);
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (lines.length) void form.save();
    else addLine();
  };
  const count = total(lines);
  const places = lines.reduce((sum, line) => sum + wanted(line, lines).length * (Number(line.capacity) || 0), 0);

  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={lines.length > 0} wide>
      <Form
        form={{ ...form, props: { ...form.props, onSubmit } }}
        button={
          <button type="button" onClick={addLine} class={lines.length ? "" : "primary"}>
            {t("another")}
          </button>
        }
        actions={lines.length > 0 && <Submit busy={busy} />}
      >
        <DateField label={word("date")} value={date} min={today()} onValue={setDate} error={tried ? dateError : undefined} />
        {lines.map((line, index) => {
          const errors = tried ? lineErrors(line, lines) : undefined;
          const none = { ...line, periods: [] };
          const before = [...lines.slice(0, index), none];
          const free = withoutOverlaps(periods.filter(({ period_id }) => !taken(none, period_id, before)));
          const group = `periods-${line.key}`;
          return (
            <fieldset key={line.key} data-line={line.key} class="line">
              <legend>{t("line", { n: index + 1 })}</legend>
              <div class="fields-row">
                <SelectField
                  label={word("department")}
                  value={line.department_id}
                  onValue={(department_id) =>
                    change(line.key, { department_id, room_id: String(roomsOf(department_id)[0]?.room_id ?? "") })
                  }
                  options={departments.map(({ department_id, department_name }) => ({ value: department_id, text: department_name }))}
                />
                <SelectField
                  label={word("room")}
                  value={line.room_id}
                  onValue={(room_id) => change(line.key, { room_id })}
                  error={errors?.room}
                  blank={line.room_id ? undefined : word("choose")}
                  options={roomsOf(line.department_id).map(({ room_id, room_name }) => ({ value: room_id, text: room_name }))}
                />
                <TextField
                  label={word("places")}
                  hint={t("slots_hint")}
                  value={line.capacity}
                  onValue={(capacity) => change(line.key, { capacity: capacity.trim() })}
                  error={errors?.capacity}
                  limit={ScheduleSpecBody.capacity}
                />
              </div>
              <fieldset class="periods" aria-describedby={errors?.periods ? `${group}-error` : undefined}>
                <legend>{word("period")}</legend>
                {free.length > 1 && (
                  <Check
                    label={t("all_periods")}
                    checked={free.every(({ period_id }) => line.periods.includes(period_id))}
                    onChecked={(all) =>
                      change(line.key, { periods: all ? free.map(({ period_id }) => period_id) : [] })
                    }
                  />
                )}
                <div class="checks">
                  {periods.map(({ period_id, time_start, time_finish }) => {
                    const exists = taken(line, period_id, lines);
                    return (
                      <Check
                        key={period_id}
                        label={
                          <>
                            {timeSpan(time_start, time_finish, lang.value)}
                            {exists && <small> ({t(exists)})</small>}
                          </>
                        }
                        disabled={exists !== undefined}
                        checked={!exists && line.periods.includes(period_id)}
                        onChecked={(chosen) =>
                          change(line.key, {
                            periods: chosen
                              ? [...line.periods, period_id]
                              : line.periods.filter((period) => period !== period_id),
                          })
                        }
                      />
                    );
                  })}
                </div>
                {errors?.periods && (
                  <p class="error" id={`${group}-error`} role="alert">
                    {errors?.periods}
                  </p>
                )}
              </fieldset>
              <div class="line-foot">
                <Check label={onlineWords("title")} checked={line.online} onChecked={(online) => change(line.key, { online })} />
                <button type="button" onClick={() => setLines(lines.filter(({ key }) => key !== line.key))}>
                  {t("drop")}
                </button>
              </div>
            </fieldset>
          );
        })}
        <Failed failure={existing.failure} again={existing.reload} />
        {count > MOST_AT_ONCE && (
          <p class="failed" role="alert">
            {t("too_many", { most: MOST_AT_ONCE })}
          </p>
        )}
        {busy && <Progress label={word("saving")} />}
        <p class="total" aria-live="polite">
          {count > 0 && t("sum", { lines: count, places })}
        </p>
      </Form>
    </Dialog>
  );
}
