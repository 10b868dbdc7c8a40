/** History of one place of a schedule (manual 2.5): who booked, accepted, moved and cancelled, and when.
 * A place that is free again keeps its history. */
import { useState } from "preact/hooks";
import type { PlaceEvent } from "../api/types";
import { dateTime, mediumDate } from "../dates";
import { lang, words } from "../i18n";
import { useLoaded } from "../load";
import { href } from "../route";
import { api, caller } from "../session";
import { Dialog } from "../ui/dialog";
import { Failed } from "../ui/failed";
import { SelectField } from "../ui/field";
import { Table } from "../ui/table";
import { word } from "../words";
import { Why } from "./reason";

const t = words({
  window: ["ประวัติของคิว", "History of a place"],
  place: ["ลำดับที่ใน Slot (รวมลำดับที่ว่าง)", "Place of the schedule, free ones too"],
  caption: ["ใครทำอะไร เมื่อใด", "Who did what, and when"],
  caption_queue: ["คิว {queue}: ใครทำอะไร เมื่อใด", "Queue {queue}: who did what, and when"],
  empty: ["ยังไม่เคยมีผู้จองลำดับนี้", "Nobody has booked this place yet"],
  who: ["โดย", "Who"],
  of_hospital: ["{login} (หน่วยบริการ {code})", "{login} (hospital {code})"],
  moved_to: ["ไปวันที่ {date}", "to {date}"],
});

/** The names of events that the API sends, in words. */
const actions = words({
  book: ["จอง", "booked"],
  accept: ["รับนัด (Accept)", "accepted"],
  reject: ["ยกเลิกการรับนัด (Reject)", "acceptance taken back"],
  confirm: ["ผู้รับบริการยืนยัน", "confirmed by the person"],
  cancel: ["ยกเลิกนัด", "cancelled"],
  postpone: ["เลื่อนนัด", "moved"],
  restore: ["คืนนัดเดิม", "given back"],
  reveal: ["ดูเลขที่บัตรประชาชน", "looked at the national id"],
  arrive: ["มาถึง", "arrived"],
  call: ["เรียกคิว", "called"],
  skip: ["ข้ามคิว", "skipped"],
  send_on: ["ส่งต่อจุดบริการถัดไป", "sent on"],
  serve: ["รับบริการแล้ว", "served"],
  absent: ["ไม่มา", "absent"],
  release: ["ระบบยกเลิก เพราะไม่ยืนยัน", "cancelled by the system: not confirmed"],
  note_call: ["โทรหา", "telephoned"],
});

interface PlaceHistoryProps {
  schedule_id: number;
  place: number;
  /** The places that can be chosen, with the queue number if the place is booked. */
  places?: { place: number; queue_no?: string }[];
  onClose: () => void;
}

export function PlaceHistory({ schedule_id, place, places, onClose }: PlaceHistoryProps) {
  const [chosen, setChosen] = useState(place);
  const list = useLoaded(
    () =>
      api.get("/api/dashboard/appointments/{schedule_id}/{place}/history", { path: { schedule_id, place: chosen } }),
    [schedule_id, chosen],
    { every: 10 },
  );
  const queue = list.data?.find(({ queue_no }) => queue_no)?.queue_no; // a place keeps its number
  const who = ({ login, booked_by_hospital_code: code }: PlaceEvent) =>
    code && code !== caller.value?.hospital_code ? t("of_hospital", { login, code }) : login;
  return (
    <Dialog title={t("window")} onClose={onClose} wide>
      <div class="toolbar">
        {places && (
          <SelectField
            label={t("place")}
            free
            value={String(chosen)}
            onValue={(to) => setChosen(Number(to))}
            options={places.map(({ place, queue_no }) => ({ value: place, text: queue_no ? `${place} · ${queue_no}` : String(place) }))}
          />
        )}
        <button type="button" data-first={places ? undefined : true} aria-busy={list.loading} onClick={list.reload}>
          {word("refresh")}
        </button>
      </div>
      <Failed failure={list.failure} again={list.reload} />
      <Table
        caption={queue ? t("caption_queue", { queue }) : t("caption")}
        rows={list.data?.map((event, index) => ({ ...event, index }))}
        failed={list.failure}
        rowKey={({ index }) => index}
        empty={t("empty")}
        columns={[
          { title: word("when"), kind: "whole", cell: (event) => dateTime(event.at, lang.value) },
          {
            title: word("what_done"),
            kind: "name",
            cell: (event) => (
              <>
                {actions.named(event.action)}{" "}
                {event.to_date && (
                  <a href={href("day", { date: event.to_date, schedule: event.to_schedule_id })} onClick={onClose}>
                    {t("moved_to", { date: mediumDate(event.to_date, lang.value) })}
                  </a>
                )}{" "}
                <Why {...event} />
              </>
            ),
          },
          { title: t("who"), cell: who },
        ]}
      />
    </Dialog>
  );
}
