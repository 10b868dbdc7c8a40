"""Target days of a closing: propose one, and count whom it can take (manual 2.4)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib import clock
from chalicelib.caller import Caller
from chalicelib.schedules import actions as schedules
from chalicelib.schedules import schedule_edits
from chalicelib.schedules.catalogue_model import Holiday
from chalicelib.schedules.model import CLOSED, OPEN, Schedule

DAYS_AHEAD = 62
UNOPENED = "unopened"


@dataclass(frozen=True)
class Target:
    """A day to which people could be moved, into the same room.

    day: None if none can be proposed. needed: people who hold a place in the schedules to close. free: free places of
    their rooms on this day. fits: people for whom there is one of them; same_time: people for whom it is at the same
    time of day. state: OPEN, CLOSED (every schedule of the rooms is closed or over) or UNOPENED (there is none).
    holiday: the holiday or own day of the hospital on this day, if there is one.
    """

    day: date | None
    needed: int
    free: int
    fits: int
    same_time: int
    state: str
    holiday: Holiday | None


def propose(caller: Caller, affected: list[Schedule], day: date) -> date | None:
    """The first working day after `day` with a place in the same room for everybody.

    affected: the schedules whose people are moved. If no day within DAYS_AHEAD has places for everybody, it is the
    first of those that take the most people; None if none takes anybody. The counts are a moment behind.
    """
    needed = Counter({each.info.room_id: 0 for each in affected})
    for schedule in affected:
        needed[schedule.info.room_id] += len(schedule.held)
    best, most = None, 0
    first = day + timedelta(days=1)
    for counted, holiday in schedule_edits.days_between(caller.hospital_code, first, day + timedelta(days=DAYS_AHEAD)):
        if (holiday is not None and holiday.closed) or not needed.keys() & counted.rooms.keys():
            continue
        free = {room: counted.rooms[room][2] if room in counted.rooms else 0 for room in needed}
        fits = sum(min(people, free[room]) for room, people in needed.items())
        if fits == needed.total():
            return counted.day
        if fits > most:
            best, most = counted.day, fits
    return best


def no_day(affected: list[Schedule]) -> Target:
    """A target without a day: only how many people hold a place in the schedules."""
    return Target(None, sum(len(schedule.held) for schedule in affected), 0, 0, 0, "", None)


def of_day(caller: Caller, affected: list[Schedule], to_day: date) -> Target:
    """Count how many people a day can take, as its schedules are now.

    affected: the schedules to close.
    """
    closing = {schedule.info.schedule_id for schedule in affected}
    rooms = {schedule.info.room_id for schedule in affected}
    there = [
        schedule
        for schedule in schedules.schedules_of(caller.hospital_code, to_day)
        if schedule.info.room_id in rooms and schedule.info.schedule_id not in closing
    ]
    now = clock.now()
    usable = [schedule for schedule in there if schedule.state == OPEN and not schedule.info.is_over(now)]
    needed, free = Counter[int](), Counter[int]()
    needed_at, free_at = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    for schedule in affected:
        needed[schedule.info.room_id] += len(schedule.held)
        needed_at[(schedule.info.room_id, schedule.info.time_start)] += len(schedule.held)
    for schedule in usable:
        free[schedule.info.room_id] += schedule.available_count
        free_at[(schedule.info.room_id, schedule.info.time_start)] += schedule.available_count
    return Target(
        day=to_day,
        needed=needed.total(),
        free=free.total(),
        fits=(needed & free).total(),
        same_time=(needed_at & free_at).total(),
        state=OPEN if usable else CLOSED if there else UNOPENED,
        holiday=schedule_edits.holiday_on(caller.hospital_code, to_day),
    )
