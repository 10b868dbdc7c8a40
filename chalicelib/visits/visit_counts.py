"""Count the outcomes of a schedule's visits, from the appointments stream.

A schedule keeps a mark for each appointment whose person has come or is absent (figures_model.VisitMark). For each
record, the appointment is read again and its mark is replaced. So records that come twice, late or out of order do no
harm. The stream of the schedules then counts the day again (schedules/availability.py).
"""

from collections.abc import Iterable
from typing import Any

from chalicelib.booking.model import Appointment
from chalicelib.retry import RetryBudget
from chalicelib.schedules.model import ScheduleInfo
from chalicelib.visits import rules, store

_AT_ONCE = 50


def count(changes: Iterable[tuple[Any, Any]]) -> None:
    """Update the marks of the appointments in these stream records.

    changes: (row before, row after). A row that was deleted because it expired stays counted: its day is over. Raises
    TryAgain.
    """
    # With the check code: a person may cancel, book the same schedule again, and come.
    changed: dict[tuple[str, str, int, str], Appointment] = {}
    for old, new in changes:
        before, after = store.read_image(old), store.read_image(new)
        if after is not None and (before and rules.mark_of(before)) != rules.mark_of(after):
            schedule = after.schedule
            changed[(after.cid, schedule.hospital_code, schedule.schedule_id, after.check_code)] = after
    listed = list(changed.values())
    for start in range(0, len(listed), _AT_ONCE):
        _mark(listed[start : start + _AT_ONCE])


def _mark(listed: list[Appointment]) -> None:
    """Write the marks of these appointments.

    The schedules are read before the appointments. So if another run reads an older state of an appointment, it finds
    the schedule changed, and its write fails.
    """
    budget = RetryBudget()
    while listed:
        schedules = store.schedules_of(listed)
        now = {each.check_code: each for each in store.held_now(listed)}
        left = []
        for schedule in schedules:
            own = [each for each in listed if _key(each.schedule) == _key(schedule.info)]
            marks = [rules.mark_of(now[each.check_code]) if each.check_code in now else None for each in own]
            wanted = rules.with_marks(schedule.visits, [int(each.check_code, 16) for each in own], marks)
            if wanted != schedule.visits and not store.mark_visits(schedule, wanted):
                left += own
        listed = left
        if listed:
            budget.pause()


def _key(schedule: ScheduleInfo) -> tuple[str, int]:
    """Key of a schedule: hospital code and schedule id.

    Hospitals use the same schedule ids, and a record of the stream may be of any hospital.
    """
    return schedule.hospital_code, schedule.schedule_id
