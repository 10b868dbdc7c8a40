"""Appointments that await a confirmation, or whose place was released.

Queries, and the marks of a run.
"""

from collections.abc import Sequence
from datetime import date

from chalicelib import storage
from chalicelib.booking.model import BOOKED, CANCELLED, WILL_COME, Appointment
from chalicelib.booking.rows import APPOINTMENTS, key_columns
from chalicelib.schedules.catalogue_model import BookingRules
from chalicelib.schedules.model import OPEN
from chalicelib.schedules.rows import BOOKING_RULES, HOSPITAL, SCHEDULES, hospital_day
from chalicelib.tables import AppointmentItem, CatalogueItem, ScheduleItem


def unconfirmed_on(hospital_code: str, day: date) -> list[Appointment]:
    """Unconfirmed appointments of a hospital's day about which a run may act.

    The person was not asked yet, or was told that the place is released otherwise. DynamoDB filters them in an index,
    which is a moment behind. So it takes little time to find out that nothing is left to do for a day.
    """
    to_do = AppointmentItem.confirm_by.does_not_exist() | AppointmentItem.release_by.exists()
    waiting = (AppointmentItem.state == BOOKED) & AppointmentItem.confirmed_at.does_not_exist() & to_do
    rows = AppointmentItem.by_hospital_day.query(hospital_day(hospital_code, day), filter_condition=waiting)
    return [APPOINTMENTS.read(row) for row in rows]


def read_again(
    hospital_code: str, listed: Sequence[Appointment]
) -> tuple[list[Appointment], frozenset[int], BookingRules]:
    """Read listed appointments again, with their schedules and the rules.

    At most 40 of a hospital, in one request. Returns the appointments without those that are gone, the ids of their
    open schedules, and the hospital's rules.
    """
    held = list(dict.fromkeys((each.cid, key_columns(each)["appointment"]) for each in listed))
    schedules = {each.schedule.schedule_id: hospital_day(hospital_code, each.schedule.day) for each in listed}
    hospital, *rows = storage.batch_get(
        [
            (CatalogueItem, hospital_code, HOSPITAL),
            *((AppointmentItem, *key) for key in held),
            *((ScheduleItem, partition, schedule_id) for schedule_id, partition in schedules.items()),
        ]
    )
    appointments = [APPOINTMENTS.read(row) for row in rows[: len(held)] if row is not None]
    stored = [SCHEDULES.read(row) for row in rows[len(held) :] if row is not None]
    is_open = frozenset(each.info.schedule_id for each in stored if each.state == OPEN)
    return appointments, is_open, BOOKING_RULES.read(hospital) if hospital else BookingRules()


def released_on(hospital_code: str, day: date) -> list[Appointment]:
    """Appointments of a hospital's day whose place the system has released.

    They are ordered by schedule and place. DynamoDB filters them in an index, which is a moment behind.
    """
    gone = (AppointmentItem.state == CANCELLED) & AppointmentItem.released_at.exists()
    rows = AppointmentItem.by_hospital_day.query(hospital_day(hospital_code, day), filter_condition=gone)
    return [APPOINTMENTS.read(row) for row in rows]


def mark_requested(requested: Appointment) -> bool:
    """Write until when the person was asked to confirm; the version stays.

    False, and nothing is written, if the appointment has ended or the person has booked the schedule again. The same if
    the person was told that the place is released, and the staff have just accepted the appointment or noted that the
    person will come.
    """
    same = (AppointmentItem.state == BOOKED) & (AppointmentItem.check_code == requested.check_code)
    actions = [AppointmentItem.confirm_by.set(requested.confirm_by)]
    if requested.release_by:
        actions.append(AppointmentItem.release_by.set(requested.release_by))
        outcome = AppointmentItem.call_outcome
        same &= AppointmentItem.accepted_at.does_not_exist() & (outcome.does_not_exist() | (outcome != WILL_COME))
    return storage.write(storage.update(APPOINTMENTS.key(requested), actions, same))


def keep(appointment: Appointment) -> None:
    """Write that the system never releases the place; the version stays.

    No-op if the person has booked the schedule again.
    """
    same = AppointmentItem.check_code == appointment.check_code
    actions = [AppointmentItem.release_by.remove()]
    storage.write(storage.update(APPOINTMENTS.key(appointment), actions, same))
