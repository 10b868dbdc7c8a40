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

export interface Announcement {
  message_id: number;
  title: string;
  content: string;
  app: boolean;
  line: boolean;
  state: "draft" | "sending" | "stopped" | "sent";
  version: number;
  created_by: string;
  created_at: string;
  sent_at: string;
  targets: number;
  read: number;
  counts: Record<string, { queued: number; sent: number; failed: number }>;
  upload: {
    state: string;
    bytes_done: number;
    bytes_total: number;
    portions: number;
    matched: number;
  };
}

export interface Delivery {
  state: "queued" | "sent" | "failed" | "read";
  reason: "" | "not_linked" | "unknown_to_provider" | "refused_by_provider" | "outcome_unknown";
}

export interface Recipient {
  batch: number;
  place: number;
  cid: string;
  name: string;
  deliveries: Record<string, Delivery>;
  read_at: string;
  read_in: string;
}

export interface RecipientPage {
  recipients: Recipient[];
  next_batch: number;
  next_place: number;
}
