/** Calls of the app's back end (infra/local/mor_prom.py), which passes most of them on to the system.
 *
 * Its own names stand in for the system's Actions, so the paths of the OpenAPI document do not describe them. What goes
 * along and comes back is the system's, so each call takes and gives the records of the document; the national id (cid)
 * is added by the back end. Dates and times are ISO, Asia/Bangkok. */
import type { components } from "../api/schema";

type Schemas = components["schemas"];
type WithoutId<T> = Omit<T, "cid">;
type Nothing = Record<string, never>;

export type Appointment = Schemas["AppointmentRow"];
export type Schedule = Schemas["ScheduleRow"];
export type Department = Schemas["DepartmentRow"];
export type Message = Schemas["InboxMessage"];
export type Announcements = Schemas["AnnouncementPage"];
export type Position = Schemas["PositionResponse"];
export type Access = Schemas["AccessRow"];

/** The person of the session. */
export interface Me {
  name: string;
  cid_masked: string;
  /** There is a name to book under. */
  known: boolean;
}

interface Gets {
  people: [Nothing, { demo: number; name: string }[]];
  session: [Nothing, Me];
  hospitals: [Schemas["ProvinceQuery"], Schemas["HospitalSlots"][]];
  departments: [Schemas["DepartmentQuery"], Schemas["DepartmentRow"][]];
  month: [Schemas["MonthQuery"], Schemas["DaySlots"][]];
  day: [Schemas["DateQuery"], Schedule[]];
  appointments: [Nothing, Appointment[]];
  position: [WithoutId<Schemas["SlotQuery"]>, Position];
  inbox: [Nothing, Message[]];
  notices: [WithoutId<Schemas["InboxPageQuery"]>, Schemas["InboxPage"]];
  announcements: [WithoutId<Schemas["InboxPageQuery"]>, Announcements];
  accesses: [{ after: string }, Schemas["AccessLog"]];
}

interface Posts {
  session: [{ demo: number } | { cid: string }, Me];
  person: [Pick<Schemas["SentPerson"], "prefix" | "first_name" | "last_name" | "gender">, Me];
  book: [Schemas["WantedPlace"], Schemas["SlotId"]];
  postpone: [WithoutId<Schemas["PostponeQuery"]>, Schemas["SlotId"]];
  confirm: [WithoutId<Schemas["SlotQuery"]>, Schemas["SlotId"]];
  cancel: [WithoutId<Schemas["SlotQuery"]>, Schemas["SlotId"]];
  read: [WithoutId<Schemas["Reading"]>, Schemas["ReadingResult"]];
  announcements: [WithoutId<Schemas["AnnouncementsBody"]>, Schemas["AnnouncementsChoice"]];
  language: [WithoutId<Schemas["LanguageBody"]>, Schemas["Language"]];
}

type Arguments<T> = T extends Nothing ? [] : [values: T];

export interface PhoneApi {
  get: <N extends keyof Gets>(name: N, ...query: Arguments<Gets[N][0]>) => Promise<Gets[N][1]>;
  post: <N extends keyof Posts>(name: N, body: Posts[N][0]) => Promise<Posts[N][1]>;
}
