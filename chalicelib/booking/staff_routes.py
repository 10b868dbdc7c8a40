"""Booking desk of the dashboard (manual 2.5), and the Welcome page (manual 2)."""

from datetime import date
from typing import Annotated

import msgspec

from chalicelib import errors, shown_people
from chalicelib.audit.model import AuditEntry
from chalicelib.booking import reason_rules, staff_actions
from chalicelib.booking.staff_schemas import (
    APPOINTMENTS,
    PLACE,
    PlaceParams,
    Reason,
    ReasonInEnglish,
    StaffAppointment,
    VersionBody,
    staff_appointment,
)
from chalicelib.caller import (
    ACCOUNT_ADMIN,
    APPOINTMENT_DASHBOARD,
    IMMUNIZATION_DASHBOARD,
    IMMUNIZATION_SLOT,
    IMMUNIZATION_SLOT_MANAGER,
    Caller,
)
from chalicelib.edit_conflicts import edit_conflict_response
from chalicelib.endpoint import BY_ID_AT_WORK, OWN_PEOPLE, endpoint
from chalicelib.fields import Cid, Day, Id, text
from chalicelib.schedules.model import day_of

STAFF = (
    APPOINTMENT_DASHBOARD,
    IMMUNIZATION_SLOT,
    IMMUNIZATION_SLOT_MANAGER,
    IMMUNIZATION_DASHBOARD,
    ACCOUNT_ADMIN,
)
CHANGES = (
    errors.AppointmentNotFound,
    errors.AppointmentCancelled,
    errors.AppointmentPostponed,
    errors.EditConflict,
)


class TodayFigures(msgspec.Struct):
    date: date
    places: int
    booked: int
    accepted: int


class WelcomePage(msgspec.Struct):
    login: str
    name: str
    hospital_code: str
    hospital_name: str
    roles: list[str]
    must_change_password: bool
    today: TodayFigures


@endpoint(
    "GET",
    "/api/dashboard/Welcome",
    roles=STAFF,
    section="2",
    thai="หน้า Welcome: หน่วยบริการ สิทธิ์ และตัวเลขของวันนี้",
    first_password=True,
)
def welcome(caller: Caller) -> WelcomePage:
    """Who is signed in, with which roles, and the hospital's figures of today."""
    return WelcomePage(
        login=caller.login,
        name=caller.name,
        hospital_code=caller.hospital_code,
        hospital_name=caller.hospital_name,
        roles=sorted(f"{role}:{level}" for role, level in caller.roles.items()),
        must_change_password=caller.must_change_password,
        today=TodayFigures(*staff_actions.figures(caller)),
    )


class DayQuery(msgspec.Struct):
    date: Day
    schedule_id: Id | None = None


@endpoint(
    "GET",
    APPOINTMENTS,
    roles=(APPOINTMENT_DASHBOARD,),
    section="2.5",
    thai="รายการนัดหมายของวัน หรือของตารางเวลาเดียว",
    shows=OWN_PEOPLE,
)
def list_appointments(caller: Caller, params: DayQuery) -> list[StaffAppointment]:
    """Active appointments of a day or one of its schedules, by time, room and place."""
    return [staff_appointment(each) for each in staff_actions.day_list(caller, params.date, params.schedule_id)]


class BookingResponse(StaffAppointment, omit_defaults=True):
    """The booked appointment.

    repeated: only if the person held it already, so that nothing has changed.
    """

    repeated: bool = False


class BookBody(msgspec.Struct):
    cid: Cid
    schedule_id: Id
    comment: Annotated[str, text(1000, "anything worth knowing", lines=True)] = ""


@endpoint(
    "POST",
    APPOINTMENTS,
    roles=(APPOINTMENT_DASHBOARD,),
    section="2.5",
    thai="จองนัดหมายให้ผู้รับบริการ",
    errors=(
        errors.PersonNotFound,
        errors.ScheduleNotFound,
        errors.SlotsFull,
        errors.AlreadyBooked,
        errors.ScheduleClosed,
        errors.PeriodEnded,
    ),
    shows=BY_ID_AT_WORK,
)
def book_at_the_desk(caller: Caller, body: BookBody) -> BookingResponse:
    """Book a place in any open schedule of the hospital, open online or not."""
    appointment, repeated = staff_actions.book(caller, body.schedule_id, body.cid, body.comment)
    return BookingResponse(**msgspec.structs.asdict(staff_appointment(appointment)), repeated=repeated)


@endpoint(
    "POST",
    f"{PLACE}/accept",
    roles=(APPOINTMENT_DASHBOARD,),
    section="2.5",
    thai="Accept: รับนัด",
    errors=CHANGES,
    shows=OWN_PEOPLE,
)
def accept_appointment(caller: Caller, params: PlaceParams, body: VersionBody) -> StaffAppointment:
    """Accept the appointment ("รับนัด")."""
    with edit_conflict_response(body, staff_appointment):
        return staff_appointment(staff_actions.accept(caller, params.schedule_id, params.place, body.version))


@endpoint(
    "POST",
    f"{PLACE}/reject",
    roles=(APPOINTMENT_DASHBOARD,),
    section="2.5",
    thai="Reject: ยกเลิกการรับนัด",
    errors=CHANGES,
    shows=OWN_PEOPLE,
)
def reject_appointment(caller: Caller, params: PlaceParams, body: VersionBody) -> StaffAppointment:
    """Take an Accept back."""
    with edit_conflict_response(body, staff_appointment):
        return staff_appointment(staff_actions.reject(caller, params.schedule_id, params.place, body.version))


class CancelBody(VersionBody):
    reason: Reason = ""
    reason_en: ReasonInEnglish = ""


@endpoint(
    "POST",
    f"{PLACE}/cancel",
    roles=(APPOINTMENT_DASHBOARD,),
    section="2.5",
    thai="ยกเลิกนัด",
    errors=(*CHANGES, errors.PeriodEnded),
    shows=OWN_PEOPLE,
)
def cancel_appointment(caller: Caller, params: PlaceParams, body: CancelBody) -> StaffAppointment:
    """Cancel the appointment; its place is free again."""
    reason = reason_rules.stored(body.reason, body.reason_en)
    with edit_conflict_response(body, staff_appointment):
        return staff_appointment(staff_actions.cancel(caller, params.schedule_id, params.place, body.version, reason))


class PostponeBody(msgspec.Struct):
    to_schedule_id: Id
    version: Id
    reason: Reason = ""
    reason_en: ReasonInEnglish = ""


@endpoint(
    "POST",
    f"{PLACE}/postpone",
    roles=(APPOINTMENT_DASHBOARD,),
    section="2.5",
    thai="เลื่อนนัด",
    errors=(
        *CHANGES,
        errors.ScheduleNotFound,
        errors.SlotsFull,
        errors.AlreadyBooked,
        errors.ScheduleClosed,
        errors.PeriodEnded,
    ),
    shows=OWN_PEOPLE,
)
def postpone_appointment(caller: Caller, params: PlaceParams, body: PostponeBody) -> StaffAppointment:
    """Move the appointment to another schedule; answers with the new appointment."""
    with edit_conflict_response(body, staff_appointment):
        to, reason = body.to_schedule_id, reason_rules.stored(body.reason, body.reason_en)
        return staff_appointment(
            staff_actions.postpone(caller, params.schedule_id, params.place, body.version, to, reason)
        )


class RevealedId(msgspec.Struct):
    cid: str


@endpoint(
    "POST",
    f"{PLACE}/reveal",
    roles=(APPOINTMENT_DASHBOARD,),
    section="2.5",
    thai="แสดงเลขที่บัตรประชาชน (บันทึกการเข้าดู)",
    errors=(errors.AppointmentNotFound,),
    shows=OWN_PEOPLE,
)
def reveal_cid(caller: Caller, params: PlaceParams) -> RevealedId:
    """The person's national id in full; the history names the login that asked."""
    cid = staff_actions.reveal(caller, params.schedule_id, params.place)
    shown_people.note(cid)
    return RevealedId(cid)


class HistoryRow(msgspec.Struct):
    """One action at a place.

    at: yyyy-mm-ddTHH:MM:SS, Thai local time. action: book, accept, reject, confirm, cancel, postpone, reveal; on
    the day arrive, call, skip, send_on, serve, absent; note_call after telephoning. to_date: the day it was moved to,
    "" if it was not moved. reason, reason_en: the hospital's reason for it, as in StaffAppointment.
    """

    at: str
    login: str
    action: str
    queue_no: str = ""
    booked_by_hospital_code: str = ""
    to_schedule_id: int = 0
    to_date: str = ""
    reason: str = ""
    reason_en: str = ""


@endpoint(
    "GET",
    f"{PLACE}/history",
    roles=(APPOINTMENT_DASHBOARD,),
    section="2.5",
    thai="ประวัติของคิว: ใครทำอะไร เมื่อใด",
)
def appointment_history(caller: Caller, params: PlaceParams) -> list[HistoryRow]:
    """Who did what here and when, oldest first; a moment behind the last action."""
    return [_history_row(entry) for entry in staff_actions.history(caller, params.schedule_id, params.place)]


def _history_row(entry: AuditEntry) -> HistoryRow:
    to = entry.changes.get("to_schedule_id", 0)
    reason, reason_en = reason_rules.sent(entry.changes["reason"])
    return HistoryRow(
        at=entry.when[:19],
        login=entry.actor,
        action=entry.action,
        queue_no=entry.changes.get("queue_no", ""),
        booked_by_hospital_code=entry.changes.get("booked_by", ""),
        to_schedule_id=to,
        to_date=day_of(to).isoformat() if to else "",
        reason=reason,
        reason_en=reason_en,
    )


class SlipParams(msgspec.Struct):
    slip_code: Annotated[str, text(40, "the code on the slip", shortest=1, example="00000-0ABCD-EFGHJ-KMNPQ")]


@endpoint(
    "GET",
    "/api/dashboard/slips/{slip_code}",
    roles=(APPOINTMENT_DASHBOARD,),
    section="2.5",
    thai="ค้นหานัดหมายจากรหัสบนใบนัด",
    errors=(errors.AppointmentNotFound,),
    shows=OWN_PEOPLE,
)
def appointment_of_slip(caller: Caller, params: SlipParams) -> StaffAppointment:
    """The appointment that a slip was printed for."""
    return staff_appointment(staff_actions.of_slip(caller, params.slip_code))
