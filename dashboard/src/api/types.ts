/** Short names for the records of the staff's API. Dates and times are ISO, Asia/Bangkok. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Schedule = Schemas["ScheduleTableRow"];
export type Booking = Schemas["DeskRow"];
export type Person = Schemas["DeskPerson"];
export type RegistryEntry = Schemas["RegistryEntryRow"];
export type SentPerson = Schemas["SentPerson"];
export type Department = Schemas["DepartmentResponse"];
export type DepartmentBody = Schemas["DepartmentBody"];
export type DepartmentChange = Schemas["DepartmentChange"];
export type Room = Schemas["RoomResponse"];
export type RoomBody = Schemas["RoomBody"];
export type RoomChange = Schemas["RoomChange"];
export type Period = Schemas["PeriodResponse"];
export type PeriodBody = Schemas["PeriodBody"];
export type PeriodChange = Schemas["PeriodChange"];
export type Holiday = Schemas["HolidayRow"];
export type Settings = Schemas["SettingsResponse"];
export type CopyResult = Schemas["CopyResult"];
export type Hospital = Schemas["HospitalRow"];
export type RoleAtLevel = Schemas["RoleRow"];
export type Account = Schemas["AccountShown"];
export type Group = Schemas["GroupRow"];
export type PlaceEvent = Schemas["HistoryRow"];
export type Reminders = Schemas["ReminderFigures"];
export type HistoryEntry = Schemas["HistoryResponse"];
export type LookUp = Schemas["LookUpRow"];
export type Announcement = Schemas["Announcement"];
export type AnnouncementShown = Schemas["AnnouncementShown"];
export type AnnouncementList = Schemas["AnnouncementList"];
export type Delivery = Schemas["DeliveryRow"];
export type Recipient = Schemas["RecipientRow"];
export type RecipientPage = Schemas["RecipientPage"];
export type UntakenLine = Schemas["UntakenLine"];
export type WhiteListPage = Schemas["WhiteListPage"];
export type WhiteListRow = Schemas["WhiteListRow"];
