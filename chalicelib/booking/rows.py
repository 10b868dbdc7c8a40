"""Mapper and keys of appointment rows, which the visits package uses too."""

from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.booking.model import Appointment
from chalicelib.clock import BANGKOK
from chalicelib.row_mapper import Mapper
from chalicelib.schedules.rows import hospital_day
from chalicelib.settings import settings
from chalicelib.tables import AppointmentItem


def appointment_key(day: date, hospital_code: str, schedule_id: int) -> str:
    """Range key of an appointment, which sorts a person's appointments by date.

    There is one key for a person and schedule, so nobody can hold two places of a schedule.
    """
    return f"{day.isoformat()}#{hospital_code}#{schedule_id}"


def schedule_place(schedule_id: int, place: int) -> str:
    """Index key that sorts a hospital's day by schedule and place."""
    return f"{schedule_id}#{place:03d}"


def expires_at(day: date) -> datetime:
    """Time at which an appointment of this day is deleted, Bangkok."""
    return datetime.combine(day, time(), BANGKOK) + timedelta(days=1 + settings().appointments_kept_days)


def key_columns(appointment: Appointment) -> dict[str, Any]:
    """Columns of an appointment's row that are not fields of `Appointment`."""
    schedule = appointment.schedule
    return {
        "appointment": appointment_key(schedule.day, schedule.hospital_code, schedule.schedule_id),
        "hospital_day": hospital_day(schedule.hospital_code, schedule.day),
        "schedule_place": schedule_place(schedule.schedule_id, appointment.place),
        "expires_at": expires_at(schedule.day),
    }


APPOINTMENTS = Mapper(AppointmentItem, Appointment, keys=key_columns)
