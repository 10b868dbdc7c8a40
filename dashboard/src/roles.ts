/** The roles of manual 1.4 and their levels. */
import { lang, type Bilingual } from "./i18n";

const ROLES: Record<string, Bilingual> = {
  APPOINTMENT_API: { th: "ใช้งาน MOPH Appointment API", en: "Use the MOPH Appointment API" },
  APPOINTMENT_DASHBOARD: { th: "เข้าถึงข้อมูล Dashboard Appointment", en: "Appointment dashboard" },
  IMMUNIZATION_SLOT: {
    th: "เข้าถึงข้อมูลตาราง Slot ระบบการฉีด Vaccine",
    en: "See the slot tables",
  },
  IMMUNIZATION_SLOT_MANAGER: {
    th: "จัดการข้อมูลตาราง Slot ระบบการฉีด Vaccine",
    en: "Manage the slot tables",
  },
  IMMUNIZATION_DASHBOARD: {
    th: "ประชาสัมพันธ์และ White list",
    en: "Announcements and white list",
  },
  ACCOUNT_ADMIN: { th: "ผู้ดูแลรหัส Login", en: "Login administrator" },
  QUEUE_KIOSK: { th: "ตู้ลงทะเบียนและกดบัตรคิว", en: "Kiosk for arrivals and tickets" },
};

const LEVELS: Record<number, Bilingual> = {
  1: { th: "หน่วยให้บริการ", en: "this hospital" },
  3: { th: "จังหวัด", en: "province" },
  5: { th: "ประเทศ", en: "country" },
};

export const roleName = (code: string): string => ROLES[code]?.[lang.value] ?? code;
export const levelName = (level: number): string => LEVELS[level]?.[lang.value] ?? String(level);
