/** What is wrong with a national id, in words. */
import { cidFault } from "../cid";
import { words } from "../i18n";

const t = words({
  length: ["เลขที่บัตรประชาชนต้องมี 13 หลัก", "A national id has 13 digits"],
  check_digit: ["เลขที่บัตรประชาชนไม่ถูกต้อง ตรวจตัวเลขอีกครั้ง", "This national id is not right; check the digits"],
});

export function cidError(cid: string): string | undefined {
  const fault = cidFault(cid);
  return fault && t(fault);
}
