/** What the staff's API answers with. Dates and times are ISO, Asia/Bangkok. */
export interface Department {
  department_id: number;
  department_name: string;
  version: number;
}

export interface Room {
  room_id: number;
  room_name: string;
  department_id: number;
  department_name?: string;
  queue_code: string;
  queue_length: number;
  phone_number: string;
  version: number;
}

export interface Period {
  period_id: number;
  period_name: string;
  time_start: string;
  time_finish: string;
  version: number;
}

export interface Schedule {
  schedule_id: number;
  date: string;
  period_id: number;
  period_name: string;
  time_start: string;
  time_finish: string;
  department_id: number;
  department_name: string;
  room_id: number;
  room_name: string;
  capacity: number;
  available_count: number;
  online: boolean;
  state: string;
  version: number;
}

export interface CalendarDay {
  date: string;
  places: number;
  available: number;
}

export interface Booking {
  schedule_id: number;
  place: number;
  queue_no: string;
  person_name: string;
  cid_masked: string;
  state: string;
  hospital_confirm: boolean;
  hospital_confirm_staff: string;
  confirmed: boolean;
  version: number;
  slip_code: string;
}

export interface Person {
  cid: string;
  prefix: string;
  first_name: string;
  last_name: string;
  gender?: number;
  birth_date?: string;
  mobile_phone?: string;
}

export interface Welcome {
  login: string;
  name: string;
  hospital_code: string;
  hospital_name: string;
  roles: string[];
  must_change_password: boolean;
  today: { date: string; places: number; booked: number; accepted: number };
}
