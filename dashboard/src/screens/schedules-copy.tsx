/** Copy a day or a week of schedules to other dates: preview first, then make. */
import { useRef, useState } from "preact/hooks";
import type { CopyResult } from "../api/types";
import { addDays, daysBetween, mediumDate, timeSpan, today, weekdays, type IsoDate } from "../dates";
import { useForm } from "../form";
import { lang, words, type Bilingual } from "../i18n";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Check, DateField } from "../ui/field";
import { Form } from "../ui/form";
import { Progress } from "../ui/progress";
import { Table } from "../ui/table";
import { word } from "../words";

const t = words({
  window: ["คัดลอกตาราง", "Copy schedules"],
  what: ["คัดลอกจาก", "Copy from"],
  day: ["วันเดียว", "one day"],
  week: ["ทั้งสัปดาห์ (7 วันนับจากวันที่ต้นแบบ)", "a week (7 days from this one)"],
  from: ["วันที่ต้นแบบ", "From"],
  to: ["ไปยังวันที่", "To"],
  to_start: ["ตั้งแต่วันที่", "First date"],
  to_finish: ["ถึงวันที่", "Last date"],
  weekdays: ["เฉพาะวัน", "Only on"],
  skip_holidays: ["เว้นวันหยุดราชการ วันหยุดชดเชย และวันที่หน่วยบริการหยุด", "Leave out holidays and days on which the hospital is closed"],
  preview: ["ดูตัวอย่างก่อน", "Preview"],
  make: ["สร้าง {n} รายการ", "Make {n} schedules"],
  made: ["จะสร้าง", "will be made"],
  clash: ["ห้องเปิดเวลานี้อยู่แล้ว ไม่สร้างซ้ำ", "the room is open then already, left alone"],
  skipped: ["เว้น: {why}", "left out: {why}"],
  caption: ["ผลที่จะเกิดขึ้น", "What will happen"],
  outcome: ["ผล", "Outcome"],
  nothing: ["ไม่มีรายการให้คัดลอก", "There is nothing to copy"],
  looking: ["กำลังตรวจ วันที่", "Looking, days"],
  making: ["กำลังสร้าง วันที่", "Making, days"],
  stopped: [
    "ทำไปแล้ว {done} จาก {all} วัน ที่ทำแล้วไม่ซ้ำ กด “สร้าง” เพื่อทำต่อจากวันที่ {date}",
    "{done} of {all} days are done and stay. Press “Make” to go on from {date}.",
  ],
  done: ["สร้างแล้ว {n} รายการ", "{n} schedules were made"],
  wrong: ["ระบุวันที่ให้ครบ และวันสุดท้ายต้องไม่อยู่ก่อนวันแรก", "Enter the dates; the last must not be before the first"],
});

/** A range is sent in parts, so that the progress is real and a failure costs one part only. */
const DAYS_A_REQUEST = 7;
const NOTHING: CopyResult = { made: [], clashes: [], skipped: [] };

/** Progress of a copy: the first day that is not done, and the result of the days before it. */
interface Reached {
  previews: boolean;
  next: IsoDate;
  sum: CopyResult;
}

interface Values {
  from: IsoDate | undefined;
  week: boolean;
  toStart: IsoDate | undefined;
  toFinish: IsoDate | undefined;
  /** ISO week days: Monday is 1, Sunday 7. */
  days: number[];
  skipHolidays: boolean;
}

interface CopyProps {
  date: IsoDate;
  onClose: () => void;
  onDone: (said: Bilingual) => void;
}

export function CopySchedules({ date, onClose, onDone }: CopyProps) {
  const [preview, setPreview] = useState<CopyResult | undefined>();
  const [reached, setReached] = useState<Reached | undefined>();
  const changes = useRef(0);
  const form = useForm<Values>({
    initial: {
      from: date,
      week: false,
      toStart: addDays(date, 1),
      toFinish: addDays(date, 30),
      days: [1, 2, 3, 4, 5],
      skipHolidays: true,
    },
    check: ({ from, toStart, toFinish, days }) => ({
      toFinish: from && toStart && toFinish && toStart <= toFinish && days.length > 0 ? undefined : t("wrong"),
    }),
    send: async () => {
      const before = changes.current;
      setPreview(undefined);
      const result = await sendParts({ previews: true, next: toStart!, sum: NOTHING });
      if (before === changes.current) setPreview(result); // else it is the result of an earlier choice
    },
  });
  const { busy } = form;
  const { from, week, toStart, toFinish, days, skipHolidays } = form.values;
  const sendParts = async (begun: Reached): Promise<CopyResult> => {
    let { sum, next } = begun;
    while (next <= toFinish!) {
      setReached({ ...begun, next, sum });
      const last = [addDays(next, DAYS_A_REQUEST - 1), toFinish!].sort()[0]!;
      const part = await api.post("/api/dashboard/schedules/copy", {
        body: {
          date_start: from!,
          date_finish: week ? addDays(from!, 6) : from!,
          to_start: next,
          to_finish: last,
          weekdays: days,
          skip_holidays: skipHolidays,
          preview: begun.previews,
        },
      });
      sum = {
        made: [...sum.made, ...part.made],
        clashes: [...sum.clashes, ...part.clashes],
        skipped: [...sum.skipped, ...part.skipped],
      };
      next = addDays(last, 1);
    }
    setReached(undefined);
    return sum;
  };
  // What was previewed is what will be made: any change asks for a new preview.
  const set = (change: Partial<Values>) => {
    changes.current++;
    setPreview(undefined);
    setReached(undefined);
    form.set(change);
  };
  /** What the field of this name is given. */
  const field = <K extends keyof Values>(name: K) => ({
    ...form.field(name),
    onValue: (value: Values[K]) => set({ [name]: value }),
  });
  /** Where making continues after a part has failed. */
  const begun = reached && !reached.previews ? reached : undefined;
  const making = busy && begun !== undefined;
  const make = () =>
    form.run(async () => {
      const { made } = await sendParts(begun ?? { previews: false, next: toStart!, sum: NOTHING });
      onDone(t.both("done", { n: made.length }));
    });
  const progress = reached && { done: daysBetween(toStart!, reached.next), all: daysBetween(toStart!, toFinish!) + 1 };
  const rows = preview && [
    ...preview.made.map((line) => ({ ...line, outcome: t("made"), look: "good" })),
    ...preview.clashes.map((line) => ({ ...line, outcome: t("clash"), look: "over" })),
    ...preview.skipped.map((line) => ({
      ...line,
      outcome: t("skipped", { why: (lang.value === "th" ? line.reason : line.reason_en) ?? "" }),
      look: "over",
    })),
  ].sort((a, b) => `${a.date}${a.time_start}`.localeCompare(`${b.date}${b.time_start}`));

  return (
    <Dialog title={t("window")} onClose={onClose} firm={making} unsaved={preview !== undefined} wide>
      <Form
        form={form}
        button={
          <button class={preview ? "" : "primary"} aria-busy={busy} aria-disabled={busy}>
            {t("preview")}
          </button>
        }
        actions={
          preview &&
          preview.made.length > 0 && (
            <button type="button" class="primary" onClick={make} aria-busy={busy} aria-disabled={busy}>
              {t("make", { n: preview.made.length - (begun?.sum.made.length ?? 0) })}
            </button>
          )
        }
      >
        <fieldset class="line" disabled={making}>
          <legend>{t("what")}</legend>
          <div class="fields-row">
            <DateField label={t("from")} {...field("from")} />
            <div class="field">
              <label class="check">
                <input type="radio" name="span" checked={!week} onChange={() => set({ week: false })} />
                <span>{t("day")}</span>
              </label>
              <label class="check">
                <input type="radio" name="span" checked={week} onChange={() => set({ week: true })} />
                <span>{t("week")}</span>
              </label>
            </div>
          </div>
        </fieldset>
        <fieldset class="line" disabled={making}>
          <legend>{t("to")}</legend>
          <div class="fields-row">
            <DateField label={t("to_start")} min={today()} {...field("toStart")} />
            <DateField label={t("to_finish")} min={toStart} {...field("toFinish")} />
          </div>
          <fieldset class="periods">
            <legend>{t("weekdays")}</legend>
            <div class="checks">
              {[1, 2, 3, 4, 5, 6, 7].map((day) => (
                <Check
                  key={day}
                  label={weekdays(lang.value)[day % 7]!.name}
                  checked={days.includes(day)}
                  onChecked={(on) => set({ days: on ? [...days, day].sort() : days.filter((other) => other !== day) })}
                />
              ))}
            </div>
          </fieldset>
          <Check label={t("skip_holidays")} checked={skipHolidays} onChecked={(skipHolidays) => set({ skipHolidays })} />
        </fieldset>
        {form.errors.toFinish && (
          <p class="failed" role="alert">
            {form.errors.toFinish}
          </p>
        )}
        {begun && !busy && (
          <p class="marked">{t("stopped", { ...progress!, date: mediumDate(begun.next, lang.value) })}</p>
        )}
        {busy && <Progress label={t(reached?.previews ? "looking" : "making")} {...progress} />}
      </Form>
      {rows && (
        <Table
          caption={t("caption")}
          rows={rows}
          rowKey={(row) => `${row.date} ${row.time_start} ${row.room_name} ${row.outcome}`}
          rowClass={(row) => row.look}
          empty={t("nothing")}
          columns={[
            { title: word("date"), cell: (row) => mediumDate(row.date, lang.value) },
            {
              title: word("period"),
              cell: (row) =>
                row.time_start && row.time_finish ? timeSpan(row.time_start, row.time_finish, lang.value) : "",
            },
            { title: word("room"), cell: (row) => row.room_name },
            { title: word("places"), kind: "figure", cell: (row) => row.capacity || "" },
            { title: t("outcome"), cell: (row) => row.outcome },
          ]}
        />
      )}
    </Dialog>
  );
}

