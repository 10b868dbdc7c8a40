/** What the staff's API answers with. Dates and times are ISO, Asia/Bangkok. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Schedule = Schemas["TableRow"];
export type CalendarDay = Schemas["CalendarDay"];
export type Booking = Schemas["DeskRow"];
export type Person = Schemas["PersonRow"];
export type Welcome = Schemas["WelcomePage"];
export type Department = Schemas["DepartmentLine"];
export type Room = Schemas["RoomLine"];
export type Period = Schemas["PeriodLine"];
export type Settings = Schemas["SettingsLine"];
export type Copied = Schemas["CopyResult"];
export type Closure = Schemas["ClosureResult"];
export type Holiday = Schemas["HolidayRow"];

export interface Hospital {
  hospital_code: string;
  name: string;
  province_code: string;
  province_name: string;
  district: string;
  years: number;
  version: number;
}

export interface Province {
  province_code: string;
  province_name: string;
}

/** A role at a level; grantable: whether the caller gives and takes it. */
export interface RoleAtLevel {
  role: string;
  role_code: string;
  role_name: string;
  role_name_en: string;
  level: number;
  level_name: string;
  level_name_en: string;
  grantable: boolean;
}

export interface AccountLine {
  hospital_code: string;
  login: string;
  name: string;
  details: string;
  active: boolean;
  must_change_password: boolean;
  roles: string[];
  groups: number[];
  effective_roles: { role: string; direct: boolean; groups: number[] }[];
  version: number;
}

export interface AccountShown extends AccountLine {
  /** ISO time in Bangkok while the login is locked, else empty. */
  locked_until: string;
}

export interface Group {
  hospital_code: string;
  group_id: number;
  name: string;
  roles: string[];
  members: string[];
  version: number;
}

export interface HistoryLine {
  line_id: string;
  at: string;
  subject: string;
  actor: string;
  action: string;
  outcome: string;
  changes: { field: string; before: string; after: string }[];
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
