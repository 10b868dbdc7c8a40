// Books a place and cancels it with the generated client: node book_and_cancel.js BASE HOSPITAL USER HASH CID DAY
import { Api, type ScheduleRow, type SlotId } from "./api.js";

const [base = "", hospital_code = "", user = "", password_hash = "", cid = "", date = ""] = process.argv.slice(2);
let token = "";
const center = new Api({
  baseUrl: base,
  securityWorker: () => ({ headers: { Authorization: `Bearer ${token}` } }),
});

token = await (await center.token.getToken({ Action: "get_moph_access_token", user, hospital_code, password_hash })).text();
const slot = center.api.getApiAppointmentAppointmentSlot;
const listed = await slot({ Action: "GetHospitalSlotByDate", hospital_code, date });
const schedule = (listed.data.result as ScheduleRow[])[0];
if (!schedule) throw new Error("no schedule is open");
const booked = await center.api.postApiAppointmentAppointmentSlot(
  { Action: "ConfirmAppointmentSlot" },
  {
    hospital: { hospital_code },
    person: { cid, prefix: "นาย", first_name: "ทดสอบ", last_name: "ระบบ", gender: 1 },
    appointment: { hospital_code, schedule_id: schedule.schedule_id },
  },
);
const { hospital_appointment_slot_id } = booked.data.result as SlotId;
const held = await center.api.getApiAppointmentAppointment({ cid });
await slot({ Action: "CancelAppointmentSlot", hospital_code, cid, hospital_appointment_slot_id });
const left = await center.api.getApiAppointmentAppointment({ cid });
console.log(
  JSON.stringify({
    schedule,
    booked: hospital_appointment_slot_id,
    held: held.data.result.appointments.map((appointment) => appointment.hospital_appointment_slot_id),
    left: left.data.result.appointments.length,
  }),
);
