/** Manual 2.2, figures 10 and 11: รายการห้องตรวจ. */
import { RoomBody } from "../api/limits";
import type { RoomBody as Body, RoomChange as Change } from "../api/types";
import { words } from "../i18n";
import { useLoaded } from "../load";
import { api } from "../session";
import { Failed } from "../ui/failed";
import { numberError, SelectField, TextField } from "../ui/field";
import { word } from "../words";
import { Catalogue } from "./catalogue";

const t = words({
  window: ["ข้อมูลห้องตรวจ", "Examination room"],
  caption: ["รายการห้องตรวจ", "Examination rooms"],
  empty: ["ยังไม่มีห้องตรวจ กด “เพิ่ม” เพื่อเปิดห้องแรก", "No room yet. Press “Add” to open the first."],
  room_name: ["ชื่อห้องตรวจ", "Room name"],
  queue_code: ["รหัสคิว", "Queue code"],
  queue_code_hint: ["ตัวอักษรนำหน้าเลขคิว เช่น A", "What stands before the number, for example A"],
  double: ["รหัสคิวนี้ใช้กับ “{room}” อยู่แล้ว", "“{room}” has this queue code"],
  double_text: ["คนสองคนอาจถือเลขคิวเดียวกัน", "Two people may hold the same queue number."],
  use: ["ใช้รหัสนี้", "Use this code"],
  queue_length: ["ความยาวคิว", "Queue length"],
  queue_length_hint: ["จำนวนหลักของเลขคิว ตัวอย่าง {like}", "Digits of the queue number, for example {like}"],
  no_department: [
    "ยังไม่มีแผนก เพิ่มแผนกที่ “รายการแผนกที่เปิด” ก่อน",
    "There is no department yet; add one under “Departments” first.",
  ],
});

const PATH = "/api/dashboard/rooms";
const CALLS = {
  list: () => api.get(PATH),
  add: (body: Body) => api.post(PATH, { body }),
  change: (room_id: number, body: Change) => api.put(`${PATH}/{room_id}`, { path: { room_id }, body }),
  remove: (room_id: number, version: number) =>
    api.delete(`${PATH}/{room_id}`, { path: { room_id }, query: { version } }),
};

const same = (one: string, other: string): boolean => one.trim().toUpperCase() === other.trim().toUpperCase();

/** The first letter that no room has as its queue code; nothing if each is taken. */
const freeCode = (rooms: { queue_code: string }[]): string =>
  [..."ABCDEFGHIJKLMNOPQRSTUVXYZ"].find((letter) => !rooms.some((room) => same(room.queue_code, letter))) ?? "";

export default function Rooms() {
  const departments = useLoaded(() => api.get("/api/dashboard/departments"), []);
  const departmentName = (id: unknown) =>
    departments.data?.find(({ department_id }) => department_id === id)?.department_name ?? "";
  return (
    <>
      <Failed failure={departments.failure} again={departments.reload} />
      {departments.data?.length === 0 && <p class="failed">{t("no_department")}</p>}
      <Catalogue
        calls={CALLS}
        windowTitle={t("window")}
        caption={t("caption")}
        empty={t("empty")}
        columns={[
          { title: t("room_name"), kind: "name", cell: (room) => room.room_name },
          { title: word("department"), cell: (room) => departmentName(room.department_id) },
          { title: t("queue_code"), cell: (room) => room.queue_code },
          { title: t("queue_length"), cell: (room) => room.queue_length, kind: "figure" },
          { title: word("telephone"), cell: (room) => room.phone_number },
        ]}
        idOf={(room) => room.room_id}
        nameOf={(room) => room.room_name}
        valuesOf={(room, all) => ({
          room_name: room?.room_name ?? "",
          department_id: String(room?.department_id ?? departments.data?.[0]?.department_id ?? ""),
          queue_code: room?.queue_code ?? freeCode(all),
          queue_length: String(room?.queue_length ?? 3),
          phone_number: room?.phone_number ?? "",
        })}
        doubt={({ queue_code: code }, others) => {
          const other = others.find((room) => same(room.queue_code, code));
          return other && {
            title: t("double", { room: other.room_name }),
            text: t("double_text"),
            yes: t("use"),
            no: word("cancel"),
          };
        }}
        check={(values) => ({
          room_name: values.room_name.trim() ? undefined : word("required"),
          department_id: values.department_id ? undefined : word("choose_one"),
          queue_code: values.queue_code.trim() ? undefined : word("required"),
          queue_length: numberError(values.queue_length, RoomBody.queue_length),
        })}
        body={(values) => ({
          room_name: values.room_name.trim(),
          department_id: Number(values.department_id),
          queue_code: values.queue_code.trim(),
          queue_length: Number(values.queue_length),
          phone_number: values.phone_number.trim(),
        })}
        compared={[
          { name: "room_name", title: t("room_name") },
          { name: "department_id", title: word("department"), shows: departmentName },
          { name: "queue_code", title: t("queue_code") },
          { name: "queue_length", title: t("queue_length") },
          { name: "phone_number", title: word("telephone") },
        ]}
        form={({ values, field }) => (
          <>
            <TextField
              label={t("room_name")}
              {...field("room_name")}
              limit={RoomBody.room_name}
            />
            <SelectField
              label={word("department")}
              {...field("department_id")}
              blank={values.department_id ? undefined : word("choose")}
              options={(departments.data ?? []).map((department) => ({
                value: department.department_id,
                text: department.department_name,
              }))}
            />
            <div class="fields-row">
              <TextField
                label={t("queue_code")}
                hint={t("queue_code_hint")}
                {...field("queue_code")}
                limit={RoomBody.queue_code}
              />
              <TextField
                label={t("queue_length")}
                hint={t("queue_length_hint", {
                  like: values.queue_code + "1".padStart(Number(values.queue_length) || 1, "0"),
                })}
                {...field("queue_length")}
                limit={RoomBody.queue_length}
              />
            </div>
            <TextField
              label={word("telephone")}
              optional
              {...field("phone_number")}
              limit={RoomBody.phone_number}
              input={{ inputMode: "tel" }}
            />
          </>
        )}
      />
    </>
  );
}
