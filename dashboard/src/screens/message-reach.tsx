/** What became of an announcement's targets, as one bar with its figures. */
import type { Announcement } from "../api/types";
import { number, words } from "../i18n";
import { Hatching } from "../ui/bar";

const t = words({
  reach: ["ผลถึงผู้รับ จาก {targets} คน", "Reach, of {targets} people"],
  read: ["อ่านแล้ว", "read"],
  delivered: ["ส่งถึงแล้ว ยังไม่อ่าน", "delivered, not read yet"],
  failed: ["ส่งไม่ถึงทุกช่องทาง", "not reached on any channel"],
  waiting: ["รอส่ง", "waiting"],
});

const PARTS = { read: "bar-accepted", delivered: "bar-waits", failed: "bar-failed", waiting: "" };

export function Reach({ message: { reach, targets } }: { message: Announcement }) {
  let from = 0;
  const parts = Object.entries(PARTS).map(([key, look]) => {
    const count = reach[key as keyof typeof PARTS];
    const width = targets ? (100 * count) / targets : 0;
    from += width;
    return { key, look, count, x: `${from - width}%`, width: `${width}%` };
  });
  return (
    <>
      <p>
        <strong>{t("reach", { targets: number(targets) })}</strong>
      </p>
      <svg class="bar reach" aria-hidden="true">
        {parts.map(({ key, look, x, width }) => look && <rect key={key} class={look} x={x} width={width} height="100%" />)}
      </svg>
      <Hatching />
      <ul class="legend">
        {parts.map(({ key, look, count }) => (
          <li key={key}>
            <svg class="bar" aria-hidden="true">
              {look && <rect class={look} width="100%" height="100%" />}
            </svg>
            {t.named(key)} {number(count)}
          </li>
        ))}
      </ul>
    </>
  );
}
