/** Every screen of the dashboard. To add one, write a file in `screens/` with a default export and a
 * line here. Titles are the manual's words. Any of `roles` opens the screen; none means everyone. */
import type { ComponentType } from "preact";
import type { Bilingual } from "./i18n";
import { may } from "./session";

export interface Screen {
  path: string;
  title: Bilingual;
  roles: string[];
  /** Opened from another screen, not from the menu. */
  hidden?: boolean;
  load: () => Promise<{ default: ComponentType }>;
}

interface Section {
  title: Bilingual;
  screens: Screen[];
}

const DASHBOARD = ["APPOINTMENT_DASHBOARD"];
const SLOTS = ["IMMUNIZATION_SLOT", "IMMUNIZATION_SLOT_MANAGER"];
const MESSAGES = ["IMMUNIZATION_DASHBOARD"];
const ADMIN = ["ACCOUNT_ADMIN"];

export const menu: Section[] = [
  {
    title: { th: "หน้าแรก", en: "Home" },
    screens: [
      { path: "", title: { th: "วันนี้", en: "Today" }, roles: [], load: () => import("./screens/today") },
    ],
  },
  {
    title: { th: "Appointment", en: "Appointment" },
    screens: [
      { path: "departments", title: { th: "รายการแผนกที่เปิด", en: "Departments" }, roles: DASHBOARD, load: () => import("./screens/departments") },
      { path: "rooms", title: { th: "รายการห้องตรวจ", en: "Examination rooms" }, roles: DASHBOARD, load: () => import("./screens/rooms") },
      { path: "periods", title: { th: "รายการช่วงเวลาที่ใช้งานในระบบนัดหมาย", en: "Periods" }, roles: DASHBOARD, load: () => import("./screens/periods") },
      { path: "schedules", title: { th: "ระบบจัดตารางนัดหมาย", en: "Schedules" }, roles: SLOTS, load: () => import("./screens/schedules") },
      { path: "calendar", title: { th: "ตารางปฏิทินการนัดหมาย", en: "Appointment calendar" }, roles: DASHBOARD, load: () => import("./screens/calendar") },
      { path: "figures", title: { th: "ตัวเลขการนัดหมาย", en: "Figures" }, roles: [...DASHBOARD, ...SLOTS], load: () => import("./screens/figures") },
      { path: "reminders", title: { th: "การเตือนนัด", en: "Reminders" }, roles: DASHBOARD, load: () => import("./screens/reminders") },
      { path: "settings", title: { th: "กติกาการจอง", en: "Booking rules" }, roles: DASHBOARD, load: () => import("./screens/settings") },
      { path: "holidays", title: { th: "วันหยุด", en: "Holidays" }, roles: DASHBOARD, load: () => import("./screens/holidays") },
      { path: "day", title: { th: "จองนัดหมาย", en: "Bookings of a day" }, roles: DASHBOARD, hidden: true, load: () => import("./screens/day") },
    ],
  },
  {
    title: { th: "Message", en: "Message" },
    screens: [
      { path: "messages", title: { th: "ระบบประชาสัมพันธ์/แจ้งข่าว", en: "Announcements" }, roles: MESSAGES, load: () => import("./screens/messages") },
      { path: "white-list", title: { th: "White list", en: "White list" }, roles: MESSAGES, load: () => import("./screens/white-list") },
      { path: "message", title: { th: "ข้อมูลการประชาสัมพันธ์", en: "Announcement" }, roles: MESSAGES, hidden: true, load: () => import("./screens/message") },
    ],
  },
  {
    title: { th: "Account Center", en: "Account Center" },
    screens: [
      { path: "hospitals", title: { th: "ค้นหาหน่วยบริการ", en: "Find a hospital" }, roles: ADMIN, load: () => import("./screens/hospitals") },
      { path: "registry", title: { th: "แก้ไขข้อมูลบุคคลในทะเบียน", en: "Correct the registry" }, roles: ADMIN, load: () => import("./screens/registry") },
      { path: "hospital", title: { th: "ข้อมูลหน่วยงาน", en: "Hospital" }, roles: ADMIN, hidden: true, load: () => import("./screens/hospital") },
      { path: "account", title: { th: "ข้อมูลเจ้าหน้าที่", en: "Staff account" }, roles: ADMIN, hidden: true, load: () => import("./screens/account") },
    ],
  },
  {
    title: { th: "บัญชีของฉัน", en: "My account" },
    screens: [
      { path: "password", title: { th: "เปลี่ยนรหัสผ่าน", en: "Change password" }, roles: [], load: () => import("./screens/password") },
    ],
  },
]; // prettier-ignore

export const mayOpen = ({ roles }: Screen): boolean => roles.length === 0 || roles.some(may);

/** The screens that the menu offers this person. */
export const offered = ({ screens }: Section): Screen[] => screens.filter((screen) => !screen.hidden && mayOpen(screen));

export const screenAt = (path: string): Screen | undefined =>
  menu.flatMap(({ screens }) => screens).find((screen) => screen.path === path);
