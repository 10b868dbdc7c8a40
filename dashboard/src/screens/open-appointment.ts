/** Open an appointment in its schedule's bookings. */
import type { IsoDate } from "../dates";
import { go, workIsUnsaved } from "../route";
import { askToDiscard } from "../ui/dialog";

/** False if the person keeps unsaved work and stays. */
export async function openAppointment(appointment: {
  date: IsoDate;
  schedule_id: number;
  place: number;
}): Promise<boolean> {
  if (workIsUnsaved() && !(await askToDiscard())) return false;
  const { date, schedule_id, place } = appointment;
  go("day", { date, schedule: schedule_id, place });
  return true;
}
