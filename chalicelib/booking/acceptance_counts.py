"""Count the accepted appointments of schedules, from the appointments stream.

A schedule keeps the check codes of its accepted appointments as a set. If a record changes the acceptance, the
appointment is read again, and its code is added to the set or removed. So records that come twice, late or out of order
do no harm. The stream of the schedules then counts the day again (schedules/availability.py).
"""

from collections.abc import Iterable
from typing import Any

from chalicelib.booking import list_store, store
from chalicelib.booking.model import Appointment
from chalicelib.schedules.model import ScheduleInfo

_READ_AT_ONCE = 100


def count(changes: Iterable[tuple[Any, Any]]) -> None:
    """Update the sets of accepted check codes for these stream records.

    changes: (row before, row after). A row that was deleted because it expired stays counted: its day is over. Raises
    TryAgain.
    """
    # With the check code: a person may be accepted, cancel, book the same schedule again and be accepted again.
    changed: dict[tuple[str, str, int, str], Appointment] = {}
    for old, new in changes:
        before, after = store.read_image(old), store.read_image(new)
        if after is not None and _accepted(before) != _accepted(after):
            schedule = after.schedule
            changed[(after.cid, schedule.hospital_code, schedule.schedule_id, after.check_code)] = after
    listed = list(changed.values())
    for start in range(0, len(listed), _READ_AT_ONCE):
        _note(listed[start : start + _READ_AT_ONCE])


def _note(listed: list[Appointment]) -> None:
    now = {_accepted(appointment) for appointment in list_store.held_now(listed)}
    schedules: dict[tuple[str, int], tuple[ScheduleInfo, set[int], set[int]]] = {}
    for appointment in listed:
        schedule = appointment.schedule
        key = schedule.hospital_code, schedule.schedule_id
        _, accepted, others = schedules.setdefault(key, (schedule, set(), set()))
        (accepted if appointment.check_code in now else others).add(int(appointment.check_code, 16))
    for schedule, accepted, others in schedules.values():
        store.mark_accepted(schedule, accepted, others)


def _accepted(appointment: Appointment | None) -> str | None:
    """The check code of an accepted appointment that has not ended."""
    return appointment.check_code if appointment and appointment.is_active and appointment.accepted_at else None
