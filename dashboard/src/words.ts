/** Words that many screens share. */
import { words } from "./i18n";

export const word = words({
  add: ["เพิ่ม", "Add"],
  edit: ["แก้ไข", "Edit"],
  remove: ["ลบ", "Remove"],
  show: ["แสดง", "Show"],
  loading: ["กำลังโหลด…", "Loading…"],
  history: ["ประวัติ", "History"],
  save: ["บันทึก", "Save"],
  saving: ["กำลังบันทึก…", "Saving…"],
  cancel: ["กลับ", "Back"],
  refresh: ["Refresh", "Refresh"],
  department: ["แผนก", "Department"],
  room: ["ห้องตรวจ", "Room"],
  period: ["ช่วงเวลา", "Period"],
  date: ["วันที่", "Date"],
  task: ["Task", "Task"],
  all: ["ทั้งหมด", "All"],
  choose: ["— เลือก —", "— choose —"],
  required: ["กรอกช่องนี้", "Fill this in"],
  choose_one: ["เลือกหนึ่งรายการ", "Choose one"],
  number_from_to: ["ตัวเลข {min} ถึง {max}", "A number from {min} to {max}"],
});
