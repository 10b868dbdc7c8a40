/** What the app's back end answers with: the wire contract's own rows. Dates and times are ISO, Asia/Bangkok. */
export interface Me {
  name: string;
  cid_masked: string;
  known: boolean;
}

export interface Appointment {
  hospital_appointment_slot_id: number;
  hospital_code: string;
  hospital_name: string;
  hospital_department_name: string;
  hospital_room_name: string;
  hospital_room_phone_number: string;
  appointment_date: string;
  queue_no: string;
  time_start: string;
  time_finish: string;
  hospital_confirm: boolean;
  department_id: number;
  person_confirm: boolean;
  slip_code: string;
}

export interface HospitalSlots {
  hospital_code: string;
  hospital_name: string;
  available_slot: number;
}

export interface Department {
  department_id: number;
  department_name: string;
}

export interface DaySlots {
  date: string;
  available_slot: number;
}

export interface Schedule {
  schedule_id: number;
  department_name: string;
  room_name: string;
  time_start: string;
  time_finish: string;
  available_slot: number;
}

/** kind: "" for an announcement of the hospital, else what a notice is about. */
export interface Message {
  message_id: number;
  hospital_code: string;
  hospital_name: string;
  kind: string;
  message_title: string;
  message_content_text: string;
  sent_at: string;
  read_at: string;
}
