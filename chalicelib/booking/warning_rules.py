"""Warnings that the staff get before they book. Pure."""

from collections.abc import Iterable

from chalicelib.booking.model import Appointment
from chalicelib.schedules.model import ScheduleInfo, overlap

# They may book all the same.
ALREADY_BOOKED, SAME_DEPARTMENT = "already_booked", "same_department"
SAME_HOUR, SAME_HOUR_ELSEWHERE = "same_hour", "same_hour_elsewhere"


def booking_warnings(wanted: ScheduleInfo, held: Iterable[Appointment]) -> list[str]:
    """Warnings for the staff before they book the schedule for a person.

    held: the person's appointments; ended ones are ignored. The only thing that a warning reveals about an appointment
    at another hospital is that it is at the same hour.
    """
    warnings: list[str] = []
    for appointment in held:
        warning = _warning(wanted, appointment.schedule) if appointment.is_active else ""
        if warning and warning not in warnings:
            warnings.append(warning)
    return warnings


def _warning(wanted: ScheduleInfo, other: ScheduleInfo) -> str:
    is_here = other.hospital_code == wanted.hospital_code
    if is_here and other.schedule_id == wanted.schedule_id:
        return ALREADY_BOOKED
    if other.day != wanted.day:
        return ""
    if overlap(wanted, other):
        return SAME_HOUR if is_here else SAME_HOUR_ELSEWHERE
    return SAME_DEPARTMENT if is_here and other.department_id == wanted.department_id else ""
