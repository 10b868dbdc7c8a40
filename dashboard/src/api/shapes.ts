/** What the staff's API answers with. Dates and times are ISO, Asia/Bangkok. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Schedule = Schemas["ScheduleTableRow"];
export type CalendarDay = Schemas["CalendarDay"];
export type Booking = Schemas["DeskRow"];
export type Person = Schemas["PersonRow"];
export type Welcome = Schemas["WelcomePage"];
export type Department = Schemas["DepartmentResponse"];
export type Room = Schemas["RoomResponse"];
export type Period = Schemas["PeriodResponse"];
export type Settings = Schemas["SettingsResponse"];
export type Copied = Schemas["CopyResult"];
export type Closure = Schemas["ClosureResult"];
export type Holiday = Schemas["HolidayRow"];
export type Hospital = Schemas["HospitalRow"];
export type HospitalPage = Schemas["HospitalPage"];
export type Province = Schemas["ProvinceRow"];
export type RoleAtLevel = Schemas["RoleRow"];
export type AccountPage = Schemas["AccountPage"];
export type AccountShown = Schemas["AccountShown"];
export type Group = Schemas["GroupRow"];
export type PlaceEvent = Schemas["HistoryRow"];
export type Reminders = Schemas["ReminderFigures"];
export type HistoryResponse = Schemas["HistoryResponse"];

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
  /** Who pressed what, oldest first; not in the list of announcements. */
  history?: { at: string; login: string; action: "send" | "stop" | "resume" }[];
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
