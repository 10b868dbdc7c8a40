"""Closing a schedule, a room's day or a whole day, and what becomes of those who have booked (manual 2.4).

One call does a bounded part and says how many are left; calling again goes on where it ended, so that a screen can show
progress and nothing is done twice.
"""

import time
from dataclasses import dataclass, field
from datetime import date

from chalicelib import clock
from chalicelib.booking import actions, staff_actions, store
from chalicelib.booking.rules import Appointment
from chalicelib.caller import Caller
from chalicelib.errors import (
    AlreadyBooked,
    AppointmentCancelled,
    AppointmentPostponed,
    Conflict,
    Invalid,
    PeriodEnded,
    ScheduleClosed,
    ScheduleNotFound,
    SlotsFull,
    TryAgain,
)
from chalicelib.schedules import actions as schedules
from chalicelib.schedules import planning
from chalicelib.schedules.rules import OPEN, Schedule

PEOPLE_PER_CALL = 50
SECONDS_PER_CALL = 12  # the gateway gives up at 29, and a step may have to wait for the storage
PREVIEW, CLOSE, CANCEL, POSTPONE = "preview", "close", "cancel", "postpone"
ACTIONS = (PREVIEW, CLOSE, CANCEL, POSTPONE)


@dataclass
class Closure:
    """people: who was affected when the call began. left: those for whom the other day has no place. remaining: booked
    people that this call has not come to; call again until it is 0."""

    people: list[Appointment]
    closed: int = 0
    cancelled: int = 0
    postponed: int = 0
    left: list[Appointment] = field(default_factory=list)
    remaining: int = 0

    @property
    def done(self) -> int:
        """What this call has done, and would not be told of if it ended in a refusal."""
        return self.closed + self.cancelled + self.postponed


def run(
    caller: Caller, day: date, room_id: int | None, schedule_id: int | None, action: str, to_day: date | None
) -> Closure:
    """Previews, or closes and then leaves, cancels or postpones the appointments; to_day: the day that people are moved
    to, into the same room, at the same time of day where there is a place, else at the nearest.

    Raises Invalid, ScheduleNotFound.
    """
    today = clock.today()
    if day < today:
        raise Invalid(fields={"date": "this day is over"})
    if action == POSTPONE and (to_day is None or to_day < today):
        raise Invalid(fields={"to_date": "the day to move people to, today or later"})
    affected = _affected(caller, day, room_id, schedule_id)
    ids = {one.schedule_id for one in affected}
    closure = Closure([one for one in actions.day_list(caller.hospital_code, day) if one.schedule_id in ids])
    if action == PREVIEW:
        return closure
    closure.closed = sum(planning.close(one) for one in affected if one.state == OPEN)
    try:
        if action == CANCEL:
            _cancel(caller, closure)
        if action == POSTPONE and to_day is not None:
            _postpone(caller, closure, to_day)
    except TryAgain:
        if not closure.done:
            raise  # else what is done is told, and `remaining` brings the next call
    if action != CLOSE:
        # From the schedules themselves: the list of people may not know the very last booking yet, nor who has gone.
        held = {(one.schedule_id, place) for one in _affected(caller, day, room_id, schedule_id) for place in one.held}
        closure.left = [one for one in closure.left if (one.schedule_id, one.place) in held]
        closure.remaining = len(held) - len(closure.left)
    return closure


def _affected(caller: Caller, day: date, room_id: int | None, schedule_id: int | None) -> list[Schedule]:
    now = clock.now()
    found = [
        one
        for one in schedules.schedules_of(caller.hospital_code, day)
        if room_id in (None, one.room_id) and schedule_id in (None, one.schedule_id) and not one.is_over(now)
    ]
    if schedule_id is not None and not found:
        raise ScheduleNotFound(fields={"schedule_id": "no such schedule on this day, or its period is over"})
    return found


def _cancel(caller: Caller, closure: Closure) -> None:
    enough = time.monotonic() + SECONDS_PER_CALL
    for listed in closure.people[:PEOPLE_PER_CALL]:
        if time.monotonic() > enough:
            break
        found = _still_there(listed)
        if found is None:
            continue
        try:
            staff_actions.end(caller, found)
        except Conflict:
            continue  # somebody else has just touched it; `remaining` tells
        closure.cancelled += 1


def _postpone(caller: Caller, closure: Closure, to_day: date) -> None:
    now, enough = clock.now(), time.monotonic() + SECONDS_PER_CALL
    targets = [
        one
        for one in schedules.schedules_of(caller.hospital_code, to_day)
        if one.state == OPEN and not one.is_over(now) and one.available_count > 0
    ]
    free = {one.schedule_id: one.available_count for one in targets}
    moved = 0
    for listed in closure.people:
        same_room = [one for one in targets if one.room_id == listed.room_id and free[one.schedule_id] > 0]
        if not same_room:
            closure.left.append(listed)
            continue
        if moved >= PEOPLE_PER_CALL or time.monotonic() > enough:
            continue
        found = _still_there(listed)
        if found is None:
            continue
        moved += 1
        try:
            new = _move_to_nearest(caller, found, same_room, free)
        except (AppointmentCancelled, AppointmentPostponed):
            continue  # the person, or another desk, was faster
        if new is None:
            closure.left.append(found)
        elif new.is_active:  # else another desk has moved them there
            closure.postponed += 1


def _move_to_nearest(
    caller: Caller, found: Appointment, targets: list[Schedule], free: dict[int, int]
) -> Appointment | None:
    for target in sorted(targets, key=lambda one: abs(_minutes(one.time_start) - _minutes(found.time_start))):
        try:
            moved = actions.move(caller, found, target.schedule_id, online=False)
        except (AlreadyBooked, PeriodEnded):
            continue  # this person holds a place there already, or it is over; the next time of day may do
        except (SlotsFull, ScheduleClosed):
            free[target.schedule_id] = 0
            continue
        free[target.schedule_id] -= 1
        return moved
    return None


def _still_there(listed: Appointment) -> Appointment | None:
    """The appointment as the table has it, where it is still the one of the list."""
    found = store.held_in(listed.hospital_code, listed.schedule_id, listed.cid)
    return found if found and found.is_active and found.place == listed.place else None


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:5])
