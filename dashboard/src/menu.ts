/** Every screen of the dashboard. To add one, write a file in `screens/` with a default export, a line in
 * `screens/all.ts` and a line here. Titles are the manual's words. Any of `roles` opens the screen; none means everyone. */
import type { Bilingual } from "./i18n";
import { may } from "./session";

/** All screens are one file: the first that is opened loads it. */
export const loadScreens = () => import("./screens/all");

export interface Screen {
  path: keyof typeof import("./screens/all");
  title: Bilingual;
  roles: string[];
  /** Opened from another screen, not from the menu. */
  hidden?: boolean;
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
      { path: "", title: { th: "วันนี้", en: "Today" }, roles: [] },
    ],
  },
  {
    title: { th: "Appointment", en: "Appointment" },
    screens: [
      { path: "departments", title: { th: "รายการแผนกที่เปิด", en: "Departments" }, roles: DASHBOARD },
      { path: "rooms", title: { th: "รายการห้องตรวจ", en: "Examination rooms" }, roles: DASHBOARD },
      { path: "periods", title: { th: "รายการช่วงเวลาที่ใช้งานในระบบนัดหมาย", en: "Periods" }, roles: DASHBOARD },
      { path: "schedules", title: { th: "ระบบจัดตารางนัดหมาย", en: "Schedules" }, roles: SLOTS },
      { path: "calendar", title: { th: "ตารางปฏิทินการนัดหมาย", en: "Appointment calendar" }, roles: DASHBOARD },
      { path: "figures", title: { th: "ตัวเลขการนัดหมาย", en: "Figures" }, roles: [...DASHBOARD, ...SLOTS] },
      { path: "reminders", title: { th: "การเตือนนัด", en: "Reminders" }, roles: DASHBOARD },
      { path: "settings", title: { th: "กติกาการจอง", en: "Booking rules" }, roles: DASHBOARD },
      { path: "holidays", title: { th: "วันหยุด", en: "Holidays" }, roles: DASHBOARD },
      { path: "day", title: { th: "จองนัดหมาย", en: "Bookings of a day" }, roles: DASHBOARD, hidden: true },
    ],
  },
  {
    title: { th: "Message", en: "Message" },
    screens: [
      { path: "messages", title: { th: "ระบบประชาสัมพันธ์/แจ้งข่าว", en: "Announcements" }, roles: MESSAGES },
      { path: "white-list", title: { th: "White list", en: "White list" }, roles: MESSAGES },
      { path: "message", title: { th: "ข้อมูลการประชาสัมพันธ์", en: "Announcement" }, roles: MESSAGES, hidden: true },
    ],
  },
  {
    title: { th: "Account Center", en: "Account Center" },
    screens: [
      { path: "hospitals", title: { th: "ค้นหาหน่วยบริการ", en: "Find a hospital" }, roles: ADMIN },
      { path: "registry", title: { th: "แก้ไขข้อมูลบุคคลในทะเบียน", en: "Correct the registry" }, roles: ADMIN },
      { path: "hospital", title: { th: "ข้อมูลหน่วยงาน", en: "Hospital" }, roles: ADMIN, hidden: true },
      { path: "account", title: { th: "ข้อมูลเจ้าหน้าที่", en: "Staff account" }, roles: ADMIN, hidden: true },
    ],
  },
  {
    title: { th: "บัญชีของฉัน", en: "My account" },
    screens: [
      { path: "password", title: { th: "เปลี่ยนรหัสผ่าน", en: "Change password" }, roles: [] },
    ],
  },
]; // prettier-ignore

export const mayOpen = ({ roles }: Screen): boolean => roles.length === 0 || roles.some(may);

/** The screens that the menu offers this person. */
export const offered = ({ screens }: Section): Screen[] => screens.filter((screen) => !screen.hidden && mayOpen(screen));

export const screenAt = (path: string): Screen | undefined =>
  menu.flatMap(({ screens }) => screens).find((screen) => screen.path === path);
