/** Words that the queue desk's screens share. */
import type { ServicePoint } from "../api/types";
import { isThai, words } from "../i18n";

export const word = words({
  urgent: ["เร่งด่วน", "Urgent"],
  over_80: ["อายุ 80 ปีขึ้นไป", "Over 80"],
  disabled: ["ผู้พิการ", "Disabled"],
  monk: ["พระภิกษุ สามเณร", "Monk"],
  pregnant: ["หญิงตั้งครรภ์", "Pregnant"],
  child: ["เด็กเล็ก", "Small child"],
  no_priority: ["ตามลำดับปกติ", "Usual order"],
  priority: ["เหตุที่ให้เรียกก่อน", "Reason to be called first"],
  served: ["รับบริการเสร็จแล้ว", "Served"],
  absent: ["ไม่มา", "Absent"],
  skipped: ["ข้ามคิว กลับไปรอ", "Skipped, waits again"],
  sent_on: ["ส่งต่อแล้ว", "Sent on"],
  point: ["จุดบริการ", "Service point"],
  counter: ["ช่อง", "Counter"],
  number: ["หมายเลข", "Number"],
  name: ["ชื่อ", "Name"],
  period: ["ช่วงเวลา", "Period"],
  room: ["ห้อง", "Room"],
  refresh: ["โหลดใหม่", "Load again"],
  loading: ["กำลังโหลด…", "Loading…"],
});

export const PRIORITIES = ["urgent", "over_80", "disabled", "monk", "pregnant", "child"] as const;

/** A service point's name in the language of the page; English names are optional. */
export const pointName = (point: { point_name: string; point_name_en: string }): string =>
  (!isThai() && point.point_name_en) || point.point_name;

/** The points in the order of the people's way: each beginning, then what follows it. */
export function byWay(points: ServicePoint[]): ServicePoint[] {
  const ordered = new Set<ServicePoint>();
  const begins = points.filter(({ point_id }) => !points.some(({ next_point }) => next_point === point_id));
  for (const first of [...begins, ...points]) // in a circle nobody begins
    for (let point: ServicePoint | undefined = first; point && !ordered.has(point); ) {
      const { next_point }: ServicePoint = point;
      ordered.add(point);
      point = points.find(({ point_id }) => point_id === next_point);
    }
  return [...ordered];
}

/** "08:15" of a time, or of a date and time, of the API. */
export const minutes = (at: string): string => at.slice(at.indexOf("T") + 1).slice(0, 5);
