/** Open closed schedules again, or undo the closing that closed them. */
import { useState } from "preact/hooks";
import type { Schedule } from "../api/types";
import { longDate, mediumDate, timeSpan, type IsoDate } from "../dates";
import { useForm } from "../form";
import { lang, words, type Bilingual } from "../i18n";
import { useLoaded } from "../load";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { Choices } from "../ui/field";
import { Form, Submit } from "../ui/form";
import { Progress } from "../ui/progress";
import { Table } from "../ui/table";
import { word } from "../words";
import { reopen } from "./closing";

const t = words({
  window: ["เปิดรับนัดอีกครั้ง", "Open again"],
  caption: ["ตารางที่ปิดแล้ว", "Closed schedules"],
  nothing: ["ไม่มีตารางที่ปิดอยู่", "Nothing is closed here."],
  held: ["ผู้จองค้าง", "Booked"],
  closed_at: ["ปิดเมื่อ", "Closed"],
  can: ["เปิดได้หรือไม่", "Can it open"],
  "": ["ได้", "yes"],
  room_gone: ["ไม่ได้ ห้องหรือแผนกถูกลบแล้ว", "no: the room or department is gone"],
  room_taken: ["ไม่ได้ ห้องเปิดตารางอื่นในเวลานี้แล้ว", "no: the room has another open schedule then"],
  over: ["ไม่ได้ เลยเวลาแล้ว", "no: it is over"],
  keeps: [
    "ผู้ที่คงนัดไว้ {n} คน ยังมีนัดตามเดิมและไม่ต้องแจ้ง ที่ว่างจะเปิดให้จองต่อ",
    "{n} who kept their appointments still have them and are not told. Free places are open again.",
  ],
  people: ["ผู้ที่ถูกเลื่อนหรือยกเลิกตอนปิด", "Those whom the closing moved or cancelled"],
  leave: ["คงตามที่เลื่อนหรือยกเลิกไว้ ไม่แจ้งอีก", "stay moved or cancelled, and are not told again"],
  restore: ["เลิกทำการปิด: คืนนัดเดิมให้ {n} คน และแจ้งทุกคน", "undo the closing: {n} get their appointments back, and each is told"],
  answered: [
    "เลิกทำการปิดไม่ได้แล้ว เพราะ {n} คนยืนยันหรือเปลี่ยนนัดแล้ว เปิดรับนัดได้โดยไม่เปลี่ยนนัดของใคร",
    "The closing cannot be undone any more: {n} have confirmed or changed since. Opening again changes nobody's appointment.",
  ],
  done: ["เปิดรับนัดอีกครั้ง {n} ช่วงเวลาแล้ว", "Opened again: {n}"],
  restored: ["เปิดอีกครั้ง {n} ช่วงเวลา คืนนัดเดิม {people} คนแล้ว", "Opened again: {n}; {people} have their appointments back"],
  rest: ["อีก {n} คนคืนไม่ได้หรือเปลี่ยนนัดไปแล้ว", "{n} more could not be given back, or have acted since"],
});

interface ReopenProps {
  date: IsoDate;
  room_id?: number;
  schedule?: Schedule;
  onClose: () => void;
  onDone: (said: Bilingual) => void;
}

export function ReopenSchedules({ date, room_id, schedule, onClose, onDone }: ReopenProps) {
  const scope = schedule ? { date, schedule_id: schedule.schedule_id } : { date, ...(room_id ? { room_id } : {}) };
  const [done, setDone] = useState(0);
  const preview = useLoaded(async () => {
    const closed = await api.post("/api/dashboard/reopenings", { body: { ...scope, preview: true } });
    const closings = [...new Set(closed.schedules.map(({ closing }) => closing))];
    const closing = closings.length === 1 ? closings[0] : undefined; // of several, each is undone by itself
    const undo = closing && (await api.post("/api/dashboard/reopenings", { body: { ...scope, closing, preview: true } }));
    return { schedules: closed.schedules, closing, restored: undo ? undo.restored : 0, answered: undo ? undo.answered.length : 0 };
  }, [scope]);
  const { schedules, closing, restored = 0, answered = 0 } = preview.data ?? {};
  const canUndo = restored > 0 && answered === 0;
  const kept = schedules?.reduce((sum, { held }) => sum + held, 0) ?? 0;

  const form = useForm({
    initial: { restore: true },
    check: () => ({}),
    send: async ({ restore }) => {
      const undo = canUndo && restore ? { closing, people: restored } : {};
      const { reopened, restored: back, rest } = await reopen({ ...scope, ...undo }, setDone);
      const said = back ? t.both("restored", { n: reopened, people: back }) : t.both("done", { n: reopened });
      const more = t.both("rest", { n: rest });
      onDone(rest ? { th: `${said.th} ${more.th}`, en: `${said.en}. ${more.en}` } : said);
    },
  });

  return (
    <Dialog title={t("window")} onClose={onClose} wide>
      <Form form={form} button={<Submit busy={form.busy} title={word("open_again")} working={word("working")} disabled={!schedules?.some(({ obstacle }) => !obstacle)} />}>
        <p>{longDate(date, lang.value)}</p>
        <Failed failure={preview.failure} again={preview.reload} />
        {schedules && (
          <Table
            caption={t("caption")}
            rows={schedules}
            rowKey={({ schedule_id }) => schedule_id}
            empty={t("nothing")}
            columns={[
              { title: word("period"), kind: "whole", cell: (row) => timeSpan(row.time_start, row.time_finish, lang.value) },
              { title: word("department"), kind: "name", cell: (row) => row.department_name },
              { title: word("room"), kind: "name", cell: (row) => row.room_name },
              { title: t("held"), kind: "figure", cell: (row) => row.held },
              {
                title: t("closed_at"),
                cell: (row) =>
                  row.closed_at && `${mediumDate(row.closed_at.slice(0, 10), lang.value)} ${row.closed_at.slice(11, 16)} ${row.closed_login}`,
              },
              { title: t("can"), cell: (row) => t.named(row.obstacle) },
            ]}
          />
        )}
        {kept > 0 && <p>{t("keeps", { n: kept })}</p>}
        {canUndo && (
          <Choices
            legend={t("people")}
            name="restore"
            value={form.values.restore}
            onValue={(restore) => form.set({ restore })}
            options={[true, false].map((value) => ({ value, text: t(value ? "restore" : "leave", { n: restored }) }))}
          />
        )}
        {answered > 0 && <p class="marked">{t("answered", { n: answered })}</p>}
        {form.busy && <Progress label={word("working")} done={done} all={canUndo && form.values.restore ? restored : undefined} />}
      </Form>
    </Dialog>
  );
}
