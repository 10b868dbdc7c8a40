"""Appointments that await a confirmation, or whose place was released.

Queries, and the mark of a request.
"""

from datetime import date

from chalicelib import storage
from chalicelib.booking.model import BOOKED, CANCELLED, Appointment
from chalicelib.booking.rows import APPOINTMENTS
from chalicelib.schedules.rows import hospital_day
from chalicelib.tables import AppointmentItem


def unconfirmed_on(hospital_code: str, day: date) -> list[Appointment]:
    """Unconfirmed appointments of a hospital's day about which a run may act.

    The person was not asked yet, or was told that the place is released otherwise. DynamoDB filters them in an index,
    which is a moment behind. So it takes little time to find out that nothing is left to do for a day.
    """
    to_do = AppointmentItem.confirm_by.does_not_exist() | AppointmentItem.release_by.exists()
    waiting = (AppointmentItem.state == BOOKED) & AppointmentItem.confirmed_at.does_not_exist() & to_do
    rows = AppointmentItem.by_hospital_day.query(hospital_day(hospital_code, day), filter_condition=waiting)
    return [APPOINTMENTS.read(row) for row in rows]


def released_on(hospital_code: str, day: date) -> list[Appointment]:
    """Appointments of a hospital's day whose place the system has released.

    They are ordered by schedule and place. DynamoDB filters them in an index, which is a moment behind.
    """
    gone = (AppointmentItem.state == CANCELLED) & AppointmentItem.released_at.exists()
    rows = AppointmentItem.by_hospital_day.query(hospital_day(hospital_code, day), filter_condition=gone)
    return [APPOINTMENTS.read(row) for row in rows]


def mark_requested(requested: Appointment) -> bool:
    """Write until when the person was asked to confirm; the version stays.

    False, and nothing is written, if the appointment has ended or the person has booked the schedule again.
    """
    same = (AppointmentItem.state == BOOKED) & (AppointmentItem.check_code == requested.check_code)
    actions = [AppointmentItem.confirm_by.set(requested.confirm_by)]
    if requested.release_by:
        actions.append(AppointmentItem.release_by.set(requested.release_by))
    return storage.write(storage.update(APPOINTMENTS.key(requested), actions, same))
