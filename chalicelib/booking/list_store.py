"""Lists of appointments: of a person, and of a hospital's day.

Lists of a day are read from an index, which is a moment behind.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from chalicelib import storage
from chalicelib.booking.model import BOOKED, Appointment, BookedPerson
from chalicelib.booking.rows import APPOINTMENTS, appointment_key, key_columns, schedule_place
from chalicelib.schedules.model import day_of
from chalicelib.schedules.rows import hospital_day
from chalicelib.tables import AppointmentItem


def held_now(listed: Sequence[Appointment]) -> list[Appointment]:
    """Read at most 100 listed appointments again, as stored now, in one request.

    Rows that no longer exist are left out. A person's appointments in one schedule share one row, which is returned
    once.
    """
    keys = dict.fromkeys((appointment.cid, key_columns(appointment)["appointment"]) for appointment in listed)
    rows = storage.batch_get([(AppointmentItem, *key) for key in keys])
    return [APPOINTMENTS.read(row) for row in rows if row is not None]


def moved_to(listed: Sequence[Appointment]) -> list[Appointment | None]:
    """The appointments to which at most 100 listed ones were moved, in one request.

    Each is what the person holds or held in the schedule that they were moved to, in the order of the list. None for
    an appointment that was not moved, or if the row is gone.
    """
    keys = [
        (each.cid, appointment_key(day_of(to), each.schedule.hospital_code, to))
        if (to := each.moved_to_schedule_id) is not None
        else None
        for each in listed
    ]
    wanted = list(dict.fromkeys(key for key in keys if key is not None))
    rows = storage.batch_get([(AppointmentItem, *key) for key in wanted]) if wanted else []
    appointments = {key: APPOINTMENTS.read(row) for key, row in zip(wanted, rows, strict=True) if row is not None}
    return [appointments.get(key) if key is not None else None for key in keys]


def appointments_of(cid: str, first: date | None = None) -> list[Appointment]:
    """A person's appointments, ended ones too, soonest first; from a day on if given."""
    return _appointments(cid, None if first is None else AppointmentItem.appointment >= first.isoformat())


def appointments_before(cid: str, day: date) -> list[Appointment]:
    """A person's appointments before a day, ended ones too, soonest first."""
    return _appointments(cid, AppointmentItem.appointment < day.isoformat())


def _appointments(cid: str, which: Any) -> list[Appointment]:
    rows = AppointmentItem.query(cid, which, consistent_read=True)
    return sorted(
        (APPOINTMENTS.read(row) for row in rows),
        key=lambda a: (a.schedule.day, a.schedule.time_start, a.appointment_id),
    )


def appointments_on(hospital_code: str, day: date, schedule_id: int | None = None) -> list[Appointment]:
    """A hospital's appointments of a day, ended ones included, by schedule and place.

    Of one schedule if given. Read from an index, which is a moment behind.
    """
    only = None if schedule_id is None else AppointmentItem.schedule_place.startswith(f"{schedule_id}#")
    rows = AppointmentItem.by_hospital_day.query(hospital_day(hospital_code, day), only)
    return [APPOINTMENTS.read(row) for row in rows]


def reasons_at(hospital_code: str, schedule_id: int, place: int) -> list[tuple[str, str, str]]:
    """The reasons given to the present and earlier holders of a place.

    Each is (check code, state, reason). Read from an index, which is a moment behind.
    """
    rows = AppointmentItem.by_hospital_day.query(
        hospital_day(hospital_code, day_of(schedule_id)),
        AppointmentItem.schedule_place == schedule_place(schedule_id, place),
        filter_condition=AppointmentItem.reason.exists(),
        attributes_to_get=["check_code", "state", "reason"],
    )
    return [(row.check_code, row.state, row.reason) for row in rows]


def position(appointment: Appointment) -> str:
    """Sort key of an appointment in its day: by schedule and place.

    It identifies one row of the index, so that a page can continue after it.
    """
    schedule_id = appointment.schedule.schedule_id
    return f"{schedule_place(schedule_id, appointment.place)}#{appointment.cid}"


def page_on(
    hospital_code: str, day: date, after: str, limit: int, ended: bool = False
) -> tuple[list[Appointment], str]:
    """A page of a hospital's active appointments of a day, by schedule and place.

    ended: of the ended ones instead. after: a `position`; "" for the first page. Returns at most `limit` appointments,
    and the `position` of the last one; "" if no more follow. Read from an index, which is a moment behind.
    """
    begin = None
    if after:
        schedule_id, place, cid = after.split("#")
        keys = {
            "hospital_day": hospital_day(hospital_code, day),
            "schedule_place": f"{schedule_id}#{place}",
            "cid": cid,
            "appointment": appointment_key(day, hospital_code, int(schedule_id)),
        }
        begin = {name: {"S": key} for name, key in keys.items()}
    rows = AppointmentItem.by_hospital_day.query(
        hospital_day(hospital_code, day),
        filter_condition=AppointmentItem.state != BOOKED if ended else AppointmentItem.state == BOOKED,
        limit=limit + 1,
        last_evaluated_key=begin,
    )
    listed = [APPOINTMENTS.read(row) for row in rows]
    return listed[:limit], position(listed[limit - 1]) if len(listed) > limit else ""


def people_on(hospital_code: str, day: date) -> list[BookedPerson]:
    """People who hold a place of a hospital's day, by schedule and place.

    Read from an index, which is a moment behind. DynamoDB filters the active appointments and sends only what a search
    needs, because a day has up to some hundred people.
    """
    rows = AppointmentItem.by_hospital_day.query(
        hospital_day(hospital_code, day),
        filter_condition=AppointmentItem.state == BOOKED,
        attributes_to_get=["cid", "person_name", "sent_name", "person_phone"],
    )
    return [BookedPerson(row.cid, row.person_name, row.sent_name or "", row.person_phone or "", day) for row in rows]


def booked_from_outside(hospital_code: str, day: date, booked_by: str) -> list[Appointment]:
    """Active appointments of a hospital's day that one other hospital's system booked.

    DynamoDB filters them in an index, which is a moment behind.
    """
    theirs = (AppointmentItem.booked_by == booked_by) & (AppointmentItem.outside == True)  # noqa: E712 an expression
    active = theirs & (AppointmentItem.state == BOOKED)
    rows = AppointmentItem.by_hospital_day.query(hospital_day(hospital_code, day), filter_condition=active)
    return [APPOINTMENTS.read(row) for row in rows]


def not_reminded_of(hospital_code: str, day: date) -> list[Appointment]:
    """Active appointments of a hospital's day that are not marked as reminded.

    DynamoDB filters them in an index, which is a moment behind. So it takes little time to find out that everybody of a
    day was reminded.
    """
    waiting = (AppointmentItem.state == BOOKED) & AppointmentItem.reminded_at.does_not_exist()
    rows = AppointmentItem.by_hospital_day.query(hospital_day(hospital_code, day), filter_condition=waiting)
    return [APPOINTMENTS.read(row) for row in rows]


def newest_first(appointments: Iterable[Appointment]) -> list[Appointment]:
    return sorted(appointments, key=lambda a: (a.is_active, a.changed_at), reverse=True)
