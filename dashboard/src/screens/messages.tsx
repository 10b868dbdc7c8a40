/** Manual 3.2, figure 21: ระบบประชาสัมพันธ์/แจ้งข่าว, the list. */
import { useEffect, useState } from "preact/hooks";
import { failureOf, type Failure } from "../api/failure";
import type { Announcement, AnnouncementList } from "../api/types";
import { dateTime } from "../dates";
import { lang, number, words } from "../i18n";
import { useLoaded } from "../load";
import { go, href } from "../route";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { Table } from "../ui/table";
import { CheckMark } from "../ui/check-mark";
import { word } from "../words";

const t = words({
  caption: ["รายการประชาสัมพันธ์/แจ้งข่าว", "Announcements"],
  empty: ["ยังไม่มีรายการ กด “เพิ่ม” เพื่อเขียนข้อความแรก", "No announcement yet. Press “Add” to write the first."],
  app: ["ส่ง App", "App"],
  line: ["ส่ง Line", "Line"],
  when: ["วันที่/เวลา", "Date/time"],
  staff: ["เจ้าหน้าที่", "Staff"],
  targets: ["จำนวนเป้าหมาย", "Targets"],
  read: ["อ่านแล้ว", "Read"],
  sends: ["ส่ง", "sent this way"],
  more: ["แสดงรายการก่อนหน้านี้", "Show earlier ones"],
});

export const stateWord = words({
  draft: ["ร่าง", "draft"],
  scheduled: ["ตั้งเวลาส่งแล้ว", "scheduled"],
  sending: ["กำลังส่ง", "being sent"],
  stopped: ["หยุดส่ง", "stopped"],
  sent: ["ส่งแล้ว", "sent"],
});

/** The state, and of what is scheduled its time. */
export const stateOf = ({ state, send_at }: Announcement): string =>
  stateWord.named(state) + (state === "scheduled" ? ` ${dateTime(send_at, lang.value)}` : "");

export default function Messages() {
  const newest = useLoaded(() => api.get("/api/messages"), [], { every: 10 });
  const [earlier, setEarlier] = useState<AnnouncementList>();
  const [failure, setFailure] = useState<Failure>();
  const next = earlier ? earlier.next_before : (newest.data?.next_before ?? 0);
  useEffect(() => setEarlier(undefined), [newest.data?.announcements[0]?.message_id]);

  const more = async () => {
    try {
      const page = await api.get("/api/messages", { query: { before: next } });
      const before = earlier?.announcements ?? [];
      setEarlier({ announcements: [...before, ...page.announcements], next_before: page.next_before });
    } catch (caught) {
      setFailure(failureOf(caught));
    }
  };
  return (
    <>
      <div class="toolbar">
        <button type="button" class="primary" onClick={() => go("message")}>
          {word("add")}
        </button>
      </div>
      <Failed failure={newest.failure ?? failure} again={newest.reload} />
      <Table
        caption={t("caption")}
        numbered
        perPage={Infinity}
        rows={newest.data && [...newest.data.announcements, ...(earlier?.announcements ?? [])]}
        failed={newest.failure}
        rowKey={(announcement) => announcement.message_id}
        empty={t("empty")}
        columns={[
          { title: t("app"), kind: "mark", cell: (announcement) => announcement.app && <CheckMark says={t("sends")} /> },
          { title: t("line"), kind: "mark", cell: (announcement) => announcement.line && <CheckMark says={t("sends")} /> },
          { title: t("when"), cell: (announcement) => dateTime(announcement.sent_at || announcement.created_at, lang.value) },
          {
            title: word("subject"),
            cell: (announcement) => <a href={href("message", { id: announcement.message_id })}>{announcement.title}</a>,
          },
          { title: t("staff"), cell: (announcement) => announcement.created_by },
          { title: t("targets"), kind: "figure", cell: (announcement) => number(announcement.targets) },
          { title: t("read"), kind: "figure", cell: (announcement) => number(announcement.read) },
          { title: word("state"), cell: (announcement) => stateOf(announcement) },
        ]}
      />
      {next > 0 && (
        <p>
          <button type="button" onClick={more}>
            {t("more")}
          </button>
        </p>
      )}
    </>
  );
}
