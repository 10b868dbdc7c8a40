/** The holidays of a year: the country's, and the days that the hospital sets for itself. */
import { useState } from "preact/hooks";
import { HolidayBody } from "../api/limits";
import type { Holiday } from "../api/types";
import { mediumDate, monthTitle, today, type IsoDate } from "../dates";
import { useForm } from "../form";
import { holidayKind, holidayName } from "../holidays";
import { lang, words } from "../i18n";
import { useLoaded } from "../load";
import { choose, route } from "../route";
import { api } from "../session";
import { Dialog } from "../ui/dialog";
import { DateWalk } from "../ui/date-walk";
import { Failed } from "../ui/failed";
import { Choices, DateField, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { notify } from "../ui/notice";
import { Table } from "../ui/table";
import { word } from "../words";
import { removeIfSure } from "./removal";

const t = words({
  about: [
    "การคัดลอก การปิดตาราง และปฏิทินใช้วันหยุดเหล่านี้ หน่วยบริการเพิ่มวันหยุดของตนเอง หรือทำการในวันหยุดได้",
    "Copying, closing and the calendar use these days. The hospital can add days of its own, or work on a holiday.",
  ],
  year: ["ปี {year}", "Year {year}"],
  before: ["ปีก่อน", "Previous year"],
  after: ["ปีถัดไป", "Next year"],
  caption: ["วันหยุด ปี {year}", "Holidays of {year}"],
  empty: ["ไม่มีวันหยุดในปีนี้", "No holiday in this year"],
  name: ["ชื่อวัน", "Name"],
  kind: ["ประเภท", "Kind"],
  window: ["กำหนดวันของหน่วยบริการ", "A day of the hospital"],
  what: ["วันนี้หน่วยบริการ", "On this day the hospital"],
  closed: ["หยุด", "is closed"],
  works: ["เปิดทำการ แม้เป็นวันหยุด", "works, also on a holiday"],
  saved: ["กำหนด “{name}” แล้ว", "“{name}” was set"],
  sure_text: ["วันนี้จะกลับเป็นตามปฏิทินของประเทศ ตารางที่เปิดไว้ไม่เปลี่ยน", "The day is again what the country's calendar says. Schedules stay as they are."],
});

const PATH = "/api/dashboard/holidays";
/** The year as the language counts it. */
const shownYear = (year: number): string => monthTitle(year, 1, lang.value).split(" ").at(-1)!;

export default function Holidays() {
  const year = Number(route.value.params.year ?? today().slice(0, 4));
  const list = useLoaded(() => api.get(PATH, { query: { year } }), [year]);
  const [open, setOpen] = useState(false);
  const walk = (by: number) => choose({ year: String(year + by) });

  const remove = async (holiday: Holiday) => {
    const { date, name } = holiday;
    const send = () => api.delete(`${PATH}/{date}`, { path: { date } });
    if (await removeIfSure(name, t("sure_text"), send)) await list.reload();
  };

  return (
    <>
      <p>{t("about")}</p>
      <div class="toolbar">
        <DateWalk before={t("before")} after={t("after")} onWalk={walk}>
          <b aria-live="polite">{t("year", { year: shownYear(year) })}</b>
        </DateWalk>
        <button type="button" class="primary" onClick={() => setOpen(true)}>
          {word("add")}
        </button>
      </div>
      <Failed failure={list.failure} again={list.reload} />
      <Table
        caption={t("caption", { year: shownYear(year) })}
        rows={list.data}
        failed={list.failure}
        rowKey={(holiday) => holiday.date}
        empty={t("empty")}
        columns={[
          { title: word("date"), kind: "whole", cell: (holiday) => mediumDate(holiday.date, lang.value) },
          { title: t("name"), cell: holidayName },
          { title: t("kind"), cell: holidayKind },
          {
            title: word("task"),
            kind: "actions",
            cell: (holiday) =>
              holiday.kind === "hospital" && (
                <button type="button" onClick={() => remove(holiday)}>
                  {word("remove")} <span class="visually-hidden">{holiday.name}</span>
                </button>
              ),
          },
        ]}
      />
      {open && (
        <AddDay
          onClose={() => setOpen(false)}
          onSaved={(date) => {
            setOpen(false);
            choose({ year: date.slice(0, 4) });
            void list.reload();
          }}
        />
      )}
    </>
  );
}

interface Values {
  date: IsoDate | undefined;
  name: string;
  closed: boolean;
}

function AddDay({ onClose, onSaved }: { onClose: () => void; onSaved: (date: IsoDate) => void }) {
  const form = useForm<Values>({
    initial: { date: undefined, name: "", closed: true },
    check: ({ date, name }) => ({
      date: date ? undefined : word("required"),
      name: name.trim() ? undefined : word("required"),
    }),
    send: async ({ date, name, closed }) => {
      const saved = await api.post(PATH, { body: { date: date!, name: name.trim(), closed } });
      notify(t.both("saved", { name: saved.name }));
      onSaved(saved.date);
    },
  });
  return (
    <Dialog title={t("window")} onClose={onClose} unsaved={form.changed}>
      <Form form={form}>
        <DateField label={word("date")} {...form.field("date")} />
        <TextField
          label={t("name")}
          {...form.field("name")}
          limit={HolidayBody.name}
        />
        <Choices
          legend={t("what")}
          name="closed"
          {...form.field("closed")}
          options={[true, false].map((value) => ({ value, text: t(value ? "closed" : "works") }))}
        />
      </Form>
    </Dialog>
  );
}
