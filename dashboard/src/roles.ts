/** The roles of manual 1.4 and their levels. */
import { words } from "./i18n";

const role = words({
  APPOINTMENT_API: ["ใช้งาน MOPH Appointment API", "Use the MOPH Appointment API"],
  APPOINTMENT_DASHBOARD: ["เข้าถึงข้อมูล Dashboard Appointment", "Appointment dashboard"],
  IMMUNIZATION_SLOT: ["เข้าถึงข้อมูลตาราง Slot ระบบการฉีด Vaccine", "See the slot tables"],
  IMMUNIZATION_SLOT_MANAGER: ["จัดการข้อมูลตาราง Slot ระบบการฉีด Vaccine", "Manage the slot tables"],
  IMMUNIZATION_DASHBOARD: ["ประชาสัมพันธ์และ White list", "Announcements and white list"],
  ACCOUNT_ADMIN: ["ผู้ดูแลรหัส Login", "Login administrator"],
  QUEUE_KIOSK: ["ตู้ลงทะเบียนและกดบัตรคิว", "Kiosk for arrivals and tickets"],
});

const level = words({
  1: ["หน่วยให้บริการ", "this hospital"],
  3: ["จังหวัด", "province"],
  5: ["ประเทศ", "country"],
});

export const roleName = role.named;
export const levelName = (n: number): string => level.named(String(n));
