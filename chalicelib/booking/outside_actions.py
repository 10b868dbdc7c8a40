"""Count or cancel the appointments that one other hospital's system has booked.

They are appointments at the caller's hospital. One call does a bounded part and says on which day the next call
continues. People get the same notice as for any cancellation.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from chalicelib import clock
from chalicelib.audit import actions as audit
from chalicelib.audit.rules import hospital_subject
from chalicelib.booking import list_store, staff_actions, store
from chalicelib.booking.model import Appointment
from chalicelib.caller import Caller
from chalicelib.errors import Conflict, Invalid
from chalicelib.people.model import has_national_id
from chalicelib.schedules import actions as schedules

DAYS_PER_CALL = 62
PEOPLE_PER_CALL = 50
SECONDS_PER_CALL = 12  # the gateway gives up at 29, and a step may have to wait for the storage


@dataclass(frozen=True)
class OutsideDay:
    """Counts of what the other hospital's system holds on a day.

    Periods that are over are left out. accepted: appointments that the staff have accepted. without_id: those for
    people without a national id.
    """

    day: date
    appointments: int
    accepted: int
    without_id: int


@dataclass
class OutsideBookings:
    """What one call counted or cancelled.

    next_day: the day on which the next call continues; None if nothing is left.
    """

    days: list[OutsideDay] = field(default_factory=list)
    cancelled: int = 0
    next_day: date | None = None


def preview(caller: Caller, booked_by: str, first: date | None) -> OutsideBookings:
    """Count what the other hospital's system holds, day by day.

    booked_by: code of the other hospital. first: the first day, today if it is None. Raises Invalid.
    """
    bookings = OutsideBookings()
    for day, held in _days(caller, booked_by, first):
        if held is None:
            bookings.next_day = day
            break
        if held:
            accepted = sum(bool(appointment.accepted_at) for appointment in held)
            without_id = sum(not has_national_id(appointment.cid) for appointment in held)
            bookings.days.append(OutsideDay(day, len(held), accepted, without_id))
    return bookings


def cancel(caller: Caller, booked_by: str, first: date | None) -> OutsideBookings:
    """Cancel what the other hospital's system holds, from the day `first` or today on.

    booked_by: code of the other hospital. First an audit entry says who requested this; each cancellation also has its
    own entry. An appointment that somebody changes at the same moment is left for the next call. Raises Invalid.
    """
    bookings, deadline = OutsideBookings(), time.monotonic() + SECONDS_PER_CALL
    _check(caller, booked_by)
    changes = {"hospital_code": ["", booked_by], "first_day": ["", (first or clock.today()).isoformat()]}
    audit.append(audit.new_entry(hospital_subject(caller.hospital_code), caller.actor, "cancel_outside", changes))
    for day, held in _days(caller, booked_by, first):
        if held is None:
            bookings.next_day = day
            break
        for listed in held:
            if bookings.cancelled >= PEOPLE_PER_CALL or time.monotonic() > deadline:
                bookings.next_day = day
                return bookings
            try:
                bookings.cancelled += _cancel(caller, listed)
            except Conflict:
                bookings.next_day = day  # somebody else has just changed it
        if bookings.next_day is not None:
            break
    return bookings


def _days(caller: Caller, booked_by: str, first: date | None) -> Iterator[tuple[date, list[Appointment] | None]]:
    """Yield each day with the other hospital's appointments, from the index.

    They are in periods that are not over. (day, None) is the first day that is too much for this call. Raises Invalid.
    """
    _check(caller, booked_by)
    now, today, deadline = clock.now(), clock.today(), time.monotonic() + SECONDS_PER_CALL
    days = [day for day in schedules.coming_days(caller.hospital_code) if day >= (first or today)]
    for number, day in enumerate(days):
        if number == DAYS_PER_CALL or (number and time.monotonic() > deadline):
            yield day, None
            return
        held = list_store.booked_from_outside(caller.hospital_code, day, booked_by)
        yield day, [appointment for appointment in held if not appointment.schedule.is_over(now)]


def _check(caller: Caller, booked_by: str) -> None:
    if booked_by == caller.hospital_code:
        raise Invalid(fields={"hospital_code": "another hospital than your own"})


def _cancel(caller: Caller, listed: Appointment) -> bool:
    """Cancel a listed appointment; False if it has ended or was booked anew since."""
    appointment = store.held_in(listed.schedule.hospital_code, listed.schedule.schedule_id, listed.cid)
    if appointment is None or not appointment.is_active or appointment.check_code != listed.check_code:
        return False
    staff_actions.cancel_appointment(caller, appointment)
    return True
