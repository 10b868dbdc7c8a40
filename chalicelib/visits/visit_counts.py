"""Count what became of the visits of a schedule's appointments, from the stream of the appointments table.

A schedule keeps a mark for each appointment whose person has come or is absent (figures_model.VisitMark). A record
makes the mark equal to what the appointment is now, as the table has it. So records that come twice, late or out of
order do no harm. The stream of the schedules then counts the day again (schedules/availability.py).
"""

from collections.abc import Iterable
from typing import Any

from chalicelib.booking.model import Appointment
from chalicelib.retry import RetryBudget
from chalicelib.schedules.model import ScheduleInfo
from chalicelib.visits import rules, store

_AT_ONCE = 50


def count(changes: Iterable[tuple[Any, Any]]) -> None:
    """Count what these records change. changes: (row before, row after). Raises TryAgain.

    A row that is gone (it has expired) was counted on a day that is over, and stays counted.
    """
    # With the check code: somebody may give up, and book and come to the same schedule again.
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
    """Write the marks of these appointments. The schedules are read before the appointments: so whoever reads an older
    state of one finds the schedule changed."""
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
    """Hospitals number their schedules alike, and a record of the stream may be of any hospital."""
    return schedule.hospital_code, schedule.schedule_id
