/** Manual 2.5: every booking of a day, to print and to save as a CSV. */
import { useState } from "preact/hooks";
import type { Booking } from "../api/types";
import { csv, download } from "../csv";
import { longDate, shortDate, timeSpan, type IsoDate } from "../dates";
import { lang, words } from "../i18n";
import { useLoaded } from "../load";
import { api, caller } from "../session";
import { Failed } from "../ui/failed";
import { Table } from "../ui/table";
import { Tick } from "../ui/tick";
import { word } from "../words";
import { PlaceHistory } from "./place-history";

const t = words({
  caption: ["รายการจอง {date}", "Bookings of {date}"],
  empty: ["วันที่เลือกยังไม่มีผู้จอง", "Nobody has booked on this day"],
  print: ["พิมพ์รายการ", "Print the list"],
  export: ["บันทึกเป็น CSV", "Save as CSV"],
  time: ["เวลา", "Time"],
  queue: ["คิว", "Queue"],
  cid: ["เลขที่บัตร ปชช.", "National id"],
  name: ["ชื่อบุคคล", "Name"],
  accepted: ["รับนัด", "Accepted"],
  confirmed: ["ยืนยัน", "Confirmed"],
  yes: ["แล้ว", "yes"],
  total: ["รวม {n} คน", "{n} people"],
  file: ["รายการจอง", "bookings"],
});

const span = ({ time_start, time_finish }: Booking): string => timeSpan(time_start, time_finish, lang.value);

export function DayList({ date }: { date: IsoDate }) {
  const list = useLoaded(() => api.get("/api/dashboard/appointments", { query: { date } }), [date], { every: 10 });
  const [shown, show] = useState<Booking | undefined>();
  const save = () =>
    download(
      `${t("file")}-${date}.csv`,
      csv([
        [word("date"), t("time"), word("department"), word("room"), t("queue"), t("cid"), t("name"), t("accepted"), t("confirmed")],
        ...(list.data ?? []).map((booking) => [
          shortDate(date, lang.value),
          span(booking),
          booking.department_name,
          booking.room_name,
          booking.queue_no,
          booking.cid_masked,
          booking.person_name,
          booking.hospital_confirm ? t("yes") : "",
          booking.confirmed ? t("yes") : "",
        ]),
      ]),
    );
  return (
    <>
      <div class="toolbar screen-only">
        <button type="button" onClick={() => print()} disabled={!list.data?.length}>
          {t("print")}
        </button>
        <button type="button" onClick={save} disabled={!list.data?.length}>
          {t("export")}
        </button>
      </div>
      <Failed failure={list.failure} again={list.reload} />
      <p class="print-only">{caller.value?.hospital_name}</p>
      <Table
        caption={t("caption", { date: longDate(date, lang.value) })}
        rows={list.data}
        rowKey={(booking) => `${booking.schedule_id}-${booking.place}`}
        empty={t("empty")}
        numbered
        columns={[
          { title: t("time"), kind: "whole", cell: span },
          { title: word("room"), kind: "name", cell: (booking) => booking.room_name },
          { title: t("queue"), kind: "whole", cell: (booking) => <b>{booking.queue_no}</b> },
          { title: t("cid"), kind: "whole", cell: (booking) => booking.cid_masked },
          { title: t("name"), kind: "name", cell: (booking) => booking.person_name },
          { title: t("accepted"), kind: "mark", cell: (booking) => booking.hospital_confirm && <Tick says={t("yes")} /> },
          { title: t("confirmed"), kind: "mark", cell: (booking) => booking.confirmed && <Tick says={t("yes")} /> },
          {
            title: word("task"),
            kind: "actions",
            screenOnly: true,
            cell: (booking) => (
              <button type="button" onClick={() => show(booking)}>
                {word("history")} <span class="visually-hidden">{booking.queue_no}</span>
              </button>
            ),
          },
        ]}
      />
      {shown && (
        <PlaceHistory schedule_id={shown.schedule_id} place={shown.place} onClose={() => show(undefined)} />
      )}
      {Boolean(list.data?.length) && <p class="total">{t("total", { n: list.data!.length })}</p>}
    </>
  );
}
