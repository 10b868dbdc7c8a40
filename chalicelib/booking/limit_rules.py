"""Limits of a booking: share of other hospitals, appointments of a person. Pure."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib import errors
from chalicelib.booking.model import Appointment, BookingRequest, BookingSnapshot, OutsideShare
from chalicelib.caller import Caller
from chalicelib.people.model import has_national_id
from chalicelib.schedules.catalogue_model import LISTED, NOBODY, BookingRules
from chalicelib.schedules.model import Schedule, ScheduleInfo


def is_outside(caller: Caller, hospital_code: str) -> bool:
    """Whether the caller is the system of another hospital than this one.

    The app is not: it acts for the person.
    """
    return caller.hospital_code != hospital_code and not caller.is_country


def outside_share(request: BookingRequest, snapshot: BookingSnapshot) -> OutsideShare | None:
    """The places of the schedule that systems of other hospitals may hold.

    None if this limit does not apply to the request.
    """
    if not request.sender.is_outside:
        return None
    limits, capacity = snapshot.limits, snapshot.schedule.capacity
    without_id = None if has_national_id(request.person.cid) else limits.outside_places_without_id(capacity)
    return OutsideShare(capacity, limits.outside_places(capacity), without_id)


def check_outside(request: BookingRequest, limits: BookingRules, schedule: Schedule) -> None:
    """Raise a Conflict if another hospital's system may not take one more place.

    It is OutsideNotAllowed or OutsideShareReached.
    """
    booked_by = request.sender.hospital_code
    listed = limits.outside_booking == LISTED and booked_by not in limits.outside_hospitals
    if limits.outside_booking == NOBODY or listed:
        raise errors.OutsideNotAllowed()
    most = limits.outside_places(schedule.capacity)
    if schedule.outside_count >= most:
        raise errors.OutsideShareReached()
    most = limits.outside_places_without_id(schedule.capacity)
    if not has_national_id(request.person.cid) and schedule.outside_without_id_count >= most:
        raise errors.OutsideShareReached(
            f"Other hospitals may hold {most} place(s) of this schedule for people without a national id, and they do."
            " Choose another schedule, or ask the hospital to book.",
            f"หน่วยบริการนี้ให้หน่วยบริการอื่นจองให้ผู้ที่ไม่มีเลขประจำตัวประชาชนได้ {most} ที่ในช่วงเวลานี้ และเต็มแล้ว"
            " กรุณาเลือกช่วงเวลาอื่น หรือติดต่อหน่วยบริการให้จองให้",
        )


def is_limited(request: BookingRequest, snapshot: BookingSnapshot) -> bool:
    """Whether the limit of appointments per person applies to the request.

    It applies if a person acts by themselves at a hospital that has set a limit.
    """
    return request.sender.is_person and snapshot.limits.max_active_per_department > 0


def adds_to_department(request: BookingRequest, snapshot: BookingSnapshot) -> bool:
    """Whether the person would hold one more appointment in the department.

    A move inside the department adds none.
    """
    return request.moving is None or request.moving.schedule.department_id != snapshot.schedule.info.department_id


def check_limit(limits: BookingRules, held: Iterable[Appointment], wanted: ScheduleInfo, now: datetime) -> None:
    """Raise LimitReached if the person may hold no more in the department.

    held: the person's appointments. wanted: the schedule to book.
    """
    most = limits.max_active_per_department
    department = (wanted.hospital_code, wanted.department_id)
    active = [
        appointment
        for appointment in held
        if appointment.is_active
        and (appointment.schedule.hospital_code, appointment.schedule.department_id) == department
        and not appointment.schedule.is_over(now)
    ]
    if most and len(active) >= most:
        raise errors.LimitReached(
            f"The hospital lets a person hold {most} appointment(s) in this department at a time.",
            f"หน่วยบริการกำหนดให้มีนัดหมายในแผนกนี้ได้ไม่เกิน {most} นัดในเวลาเดียวกัน หากต้องการเปลี่ยนให้เลื่อนหรือยกเลิกนัดเดิม",
        )
