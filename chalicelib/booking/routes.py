"""API of appointments.

Manual 4.3.1, 4.3.3-4.3.5; docs/wire-contract.md, Appointment and AppointmentSlot.
"""

from typing import Annotated

import msgspec

from chalicelib import errors, shown_people
from chalicelib.booking import actions, rules
from chalicelib.booking.calendar_files import calendar_file
from chalicelib.booking.model import Appointment, BookingRequest, Sender
from chalicelib.booking.schemas import AppointmentRow, BookedRow, HeldSlot, appointment_response
from chalicelib.caller import APPOINTMENT_API, COUNTRY, IMMUNIZATION_DASHBOARD, Caller
from chalicelib.endpoint import BY_ID, OWN_PEOPLE, endpoint
from chalicelib.fields import Cid, Day, HospitalCode, Id, text
from chalicelib.people.routes import PersonRow, SendingHospital, SentPerson, person_row

PATH = "/api/appointment/AppointmentSlot"


class CidQuery(msgspec.Struct):
    cid: Cid


class CurrentAppointments(msgspec.Struct):
    person: PersonRow
    appointments: list[AppointmentRow]


@endpoint(
    "GET",
    "/api/appointment/Appointment",
    roles=(APPOINTMENT_API,),
    section="4.3.1",
    thai="ตรวจสอบข้อมูลการนัดหมายปัจจุบัน",
    shows=BY_ID,
)
def appointment(caller: Caller, params: CidQuery) -> CurrentAppointments:
    """A person's appointments from today on, soonest first."""
    person, held = actions.current(caller, params.cid)
    rows = [_appointment_row(caller, each) for each in held]
    return CurrentAppointments(person_row(params.cid, person), rows)


def _appointment_row(caller: Caller, appointment: Appointment) -> AppointmentRow:
    """The row, with the slip code only if the caller may see the appointment.

    The slip code opens the appointment at the desk.
    """
    row = appointment_response(AppointmentRow, appointment)
    return row if rules.may_see(caller, appointment) else msgspec.structs.replace(row, slip_code="")


class TargetResult(msgspec.Struct):
    person: PersonRow
    confirm_appointment_slot_count: int
    confirm_appointment_slot: list[HeldSlot]


@endpoint(
    "GET",
    "/api/ImmunizationTarget",
    roles=(APPOINTMENT_API, IMMUNIZATION_DASHBOARD),
    section="ImmunizationTarget",
    thai="ตรวจสอบข้อมูลบุคคลและการนัดหมายปัจจุบัน",
    shows=BY_ID,
)
def immunization_target(caller: Caller, params: CidQuery) -> TargetResult:
    """A person and the places they hold from today on."""
    person, held = actions.current(caller, params.cid)
    slots = [appointment_response(HeldSlot, each) for each in held]
    return TargetResult(person_row(params.cid, person), len(slots), slots)


class WantedPlace(msgspec.Struct):
    hospital_code: HospitalCode
    schedule_id: Id
    comment: Annotated[str, text(1000, "anything the hospital should know", example="ทดสอบ", lines=True)] = ""


class ConfirmBody(msgspec.Struct):
    hospital: SendingHospital
    person: SentPerson
    appointment: WantedPlace


class SlotId(msgspec.Struct):
    hospital_appointment_slot_id: int


@endpoint(
    "POST",
    PATH,
    action="ConfirmAppointmentSlot",
    roles=(APPOINTMENT_API,),
    section="4.3.3",
    thai="จองตารางนัดหมาย",
    errors=(
        errors.ScheduleNotFound,
        errors.SlotsFull,
        errors.AlreadyBooked,
        errors.ScheduleClosed,
        errors.ScheduleNotOnline,
        errors.PeriodEnded,
        errors.LimitReached,
        errors.OutsideNotAllowed,
        errors.OutsideShareReached,
    ),
)
def confirm_appointment_slot(caller: Caller, body: ConfirmBody) -> SlotId:
    """Book a place; the same booking by the same hospital gets the same answer."""
    system = body.hospital.system_identifier or body.hospital.his_identifier
    request = BookingRequest(
        hospital_code=body.appointment.hospital_code,
        schedule_id=body.appointment.schedule_id,
        person=body.person.to_person(),
        sender=Sender(body.hospital.hospital_code, system, caller.login, caller.is_country),
        comment=body.appointment.comment,
    )
    booked = actions.book(caller, request)
    return SlotId(booked.appointment_id)


class SlotQuery(msgspec.Struct):
    hospital_code: HospitalCode
    cid: Cid
    hospital_appointment_slot_id: Id


@endpoint(
    "GET",
    PATH,
    action="CancelAppointmentSlot",
    roles=(APPOINTMENT_API,),
    section="4.3.4",
    thai="ยกเลิกการจองตารางนัดหมาย",
    errors=(errors.AppointmentNotFound, errors.AppointmentPostponed, errors.PeriodEnded, errors.TooLate),
)
def cancel_appointment_slot(caller: Caller, params: SlotQuery) -> SlotId:
    """Cancel an appointment and give its place back; a repeat gets the same answer."""
    actions.cancel(caller, params.hospital_code, params.cid, params.hospital_appointment_slot_id)
    return SlotId(params.hospital_appointment_slot_id)


class PostponeQuery(msgspec.Struct):
    hospital_code: HospitalCode
    cid: Cid
    hospital_appointment_slot_id: Id
    schedule_id: Id


@endpoint(
    "GET",
    PATH,
    action="PostponeAppointmentSlot",
    roles=(APPOINTMENT_API,),
    section="4.3.5",
    thai="เลื่อนการจองตารางนัดหมาย",
    errors=(
        errors.AppointmentNotFound,
        errors.ScheduleNotFound,
        errors.SlotsFull,
        errors.AlreadyBooked,
        errors.ScheduleClosed,
        errors.ScheduleNotOnline,
        errors.PeriodEnded,
        errors.TooLate,
        errors.LimitReached,
        errors.OutsideNotAllowed,
        errors.OutsideShareReached,
        errors.AppointmentCancelled,
        errors.AppointmentPostponed,
    ),
)
def postpone_appointment_slot(caller: Caller, params: PostponeQuery) -> SlotId:
    """Move an appointment to a schedule, all or nothing; a repeat gets the same id.

    The id is that of the new appointment.
    """
    new = actions.postpone(
        caller, params.hospital_code, params.cid, params.hospital_appointment_slot_id, params.schedule_id
    )
    return SlotId(new.appointment_id)


@endpoint(
    "POST",
    PATH,
    action="AcknowledgeAppointmentSlot",
    roles=(APPOINTMENT_API,),
    level=COUNTRY,
    section="New here",
    thai="ผู้รับบริการยืนยันว่าจะมาตามนัด",
    errors=(
        errors.AppointmentNotFound,
        errors.AppointmentCancelled,
        errors.AppointmentPostponed,
        errors.PeriodEnded,
    ),
    params_anywhere=True,
)
def acknowledge_appointment_slot(caller: Caller, params: SlotQuery) -> SlotId:
    """Store that the person confirms to come; fields in the query or a JSON body."""
    actions.confirm(caller, params.hospital_code, params.cid, params.hospital_appointment_slot_id)
    return SlotId(params.hospital_appointment_slot_id)


@endpoint(
    "POST",
    PATH,
    action="GetAppointmentCalendar",
    roles=(APPOINTMENT_API,),
    section="New here",
    thai="ไฟล์ปฏิทิน (iCalendar) ของการนัดหมาย",
    errors=(errors.AppointmentNotFound,),
    plain=True,
    shows=BY_ID,
)
def get_appointment_calendar(caller: Caller, body: SlotQuery) -> str:
    """The appointment, or the one it moved to, as an iCalendar file (text/calendar).

    It has an alarm a day before, and is in the person's language.
    """
    shown_people.note(body.cid)
    return calendar_file(
        actions.calendar_entry(caller, body.hospital_code, body.cid, body.hospital_appointment_slot_id),
        actions.language_of(body.cid),
    )


class DayListQuery(msgspec.Struct):
    hospital_code: HospitalCode
    date: Day


@endpoint(
    "GET",
    PATH,
    action="GetHospitalSlotConfirmByDate",
    roles=(APPOINTMENT_API,),
    section="AppointmentSlot",
    thai="รายชื่อผู้จองของวันที่ระบุ เฉพาะหน่วยบริการของตนเอง",
    shows=OWN_PEOPLE,
)
def get_hospital_slot_confirm_by_date(caller: Caller, params: DayListQuery) -> list[BookedRow]:
    """The booked people of a day, of the caller's own hospital."""
    appointments = actions.own_day_list(caller, params.hospital_code, params.date)
    return [appointment_response(BookedRow, each) for each in appointments]
