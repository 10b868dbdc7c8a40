/** Manual 2.3, figures 12 and 13: รายการช่วงเวลาที่ใช้งานในระบบนัดหมาย. */
import { PeriodBody } from "../api/limits";
import type { PeriodBody as Body, PeriodChange as Change } from "../api/types";
import { inclusiveEnd, parseTime, timeSpan } from "../dates";
import { lang, words } from "../i18n";
import { api } from "../session";
import { TextField } from "../ui/field";
import { Catalogue } from "./catalogue";

const t = words({
  window: ["ข้อมูลช่วงเวลาที่เปิดใช้งานในระบบนัดหมาย", "Period"],
  caption: ["รายการช่วงเวลาที่ใช้งานในระบบนัดหมาย", "Periods"],
  empty: ["ยังไม่มีช่วงเวลา กด “เพิ่ม” เพื่อเปิดช่วงแรก", "No period yet. Press “Add” to open the first."],
  standard: ["เพิ่มช่วงมาตรฐาน 08.00–16.00 น. ({n} ช่วง)", "Add the standard periods, 08:00–16:00 ({n})"],
  name: ["ชื่อช่วงเวลา", "Period name"],
  name_hint: ["เว้นว่างไว้ จะใช้ “{like}”", "Left empty it becomes “{like}”"],
  start: ["เวลาเริ่ม", "Start"],
  finish: ["เวลาสิ้นสุด", "End"],
  time_hint: ["เช่น 8:00, 0800 หรือ 8.00", "for example 8:00 or 0800"],
  finish_hint: ["สิ้นสุด {time} (รวมนาทีนี้ด้วย)", "Ends {time}, that minute included"],
  time_wrong: ["อ่านเวลาไม่ได้ พิมพ์ เช่น 08:00", "Not a time; type for example 08:00"],
  order_wrong: ["เวลาสิ้นสุดต้องหลังเวลาเริ่ม", "The end must be after the start"],
});

interface Values {
  period_name: string;
  start: string;
  finish: string;
}

const times = ({ start, finish }: Values) => {
  const [from, to] = [parseTime(start), parseTime(finish)];
  return { time_start: from && `${from}:00`, time_finish: to && inclusiveEnd(to) };
};

const spanOf = (values: Values): string => {
  const { time_start, time_finish } = times(values);
  return time_start && time_finish ? timeSpan(time_start, time_finish, "en") : "08:00–08:59";
};

/** 08:00 to 16:00 by the hour. */
const STANDARD = Array.from({ length: 8 }, (_, n) => {
  const start = `${String(8 + n).padStart(2, "0")}:00`;
  const time_finish = inclusiveEnd(`${String(9 + n).padStart(2, "0")}:00`);
  return { period_name: timeSpan(`${start}:00`, time_finish, "en"), time_start: `${start}:00`, time_finish };
});

const PATH = "/api/dashboard/periods";
const CALLS = {
  list: () => api.get(PATH),
  add: (body: Body) => api.post(PATH, { body }),
  change: (period_id: number, body: Change) => api.put(`${PATH}/{period_id}`, { path: { period_id }, body }),
  remove: (period_id: number, version: number) =>
    api.delete(`${PATH}/{period_id}`, { path: { period_id }, query: { version } }),
};

export default function Periods() {
  return (
    <Catalogue
      calls={CALLS}
      windowTitle={t("window")}
      caption={t("caption")}
      empty={t("empty")}
      standard={{
        title: t("standard", { n: STANDARD.length }),
        bodies: STANDARD,
        has: (period, body) => period.time_start === body.time_start && period.time_finish === body.time_finish,
      }}
      columns={[
        { title: t("name"), cell: (period) => period.period_name },
        { title: t("start"), cell: (period) => period.time_start.slice(0, 5), kind: "figure" },
        { title: t("finish"), cell: (period) => period.time_finish.slice(0, 5), kind: "figure" },
      ]}
      idOf={(period) => period.period_id}
      nameOf={(period) => period.period_name || timeSpan(period.time_start, period.time_finish, lang.value)}
      valuesOf={(period) => ({
        period_name: period?.period_name ?? "",
        start: period?.time_start.slice(0, 5) ?? "",
        finish: period?.time_finish.slice(0, 5) ?? "",
      })}
      check={(values) => {
        const { time_start, time_finish } = times(values);
        const backwards = time_start && time_finish && time_finish <= time_start;
        return {
          start: time_start ? undefined : t("time_wrong"),
          finish: !time_finish ? t("time_wrong") : backwards ? t("order_wrong") : undefined,
        };
      }}
      body={(values) => {
        const { time_start, time_finish } = times(values);
        return { period_name: values.period_name.trim() || spanOf(values), time_start: time_start!, time_finish: time_finish! };
      }}
      compared={[
        { name: "period_name", title: t("name") },
        { name: "time_start", title: t("start") },
        { name: "time_finish", title: t("finish") },
      ]}
      form={({ values, field }) => {
        const end = times(values).time_finish;
        return (
          <>
            <TextField
              label={t("name")}
              optional
              hint={t("name_hint", { like: spanOf(values) })}
              {...field("period_name")}
              limit={PeriodBody.period_name}
            />
            <div class="fields-row">
              <TextField
                label={t("start")}
                hint={t("time_hint")}
                {...field("start")}
                input={{ inputMode: "numeric" }}
              />
              <TextField
                label={t("finish")}
                hint={end ? t("finish_hint", { time: end.slice(0, 5) }) : t("time_hint")}
                {...field("finish")}
                input={{ inputMode: "numeric" }}
              />
            </div>
          </>
        );
      }}
    />
  );
}
