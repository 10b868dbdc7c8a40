/** What to do first, at a hospital without service points. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { words } from "../i18n";
import { href } from "../route";

const t = words({
  no_points: ["ยังไม่มีจุดบริการ", "No service point yet"],
  first: [
    "ก่อนเรียกคิว ให้ตั้งจุดบริการอย่างน้อยหนึ่งจุด เช่น ซักประวัติ ตรวจ ห้องยา และเลือกแผนกที่จุดนั้นดูแล ใช้เวลาไม่เกิน 10 นาที",
    "Before you call, set up at least one service point, such as screening, examination or pharmacy, and the departments that it serves. It takes less than 10 minutes.",
  ],
  set_up: ["ตั้งค่าจุดบริการ", "Set up service points"],
});

export function NothingSetUp() {
  const link = useRef<HTMLAnchorElement>(null);
  useLayoutEffect(() => link.current?.focus(), []);
  return (
    <section class="narrow">
      <h1>{t("no_points")}</h1>
      <p>{t("first")}</p>
      <a ref={link} class="button primary" href={href("points")}>
        {t("set_up")}
      </a>
    </section>
  );
}
