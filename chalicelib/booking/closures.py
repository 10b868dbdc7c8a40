"""Close a schedule, a room's day or a day, and handle appointments (manual 2.4).

One call does a bounded part and says how many people remain. The next call continues, so that a screen can show
progress and nothing is done twice.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from chalicelib import clock
from chalicelib.booking import actions, closure_targets, staff_actions, store
from chalicelib.booking.closure_targets import Target
from chalicelib.booking.model import Appointment
from chalicelib.caller import Caller
from chalicelib.errors import (
    AlreadyBooked,
    AppointmentCancelled,
    AppointmentPostponed,
    Conflict,
    EditConflict,
    Invalid,
    PeriodEnded,
    ScheduleClosed,
    ScheduleNotFound,
    SlotsFull,
    TryAgain,
)
from chalicelib.retry import RetryBudget
from chalicelib.schedules import actions as schedules
from chalicelib.schedules import schedule_edits
from chalicelib.schedules.model import OPEN, Schedule

PEOPLE_PER_CALL = 50
SECONDS_PER_CALL = 12  # the gateway gives up at 29, and a step may have to wait for the storage
PREVIEW, CLOSE, CANCEL, POSTPONE = "preview", "close", "cancel", "postpone"
ACTIONS = (PREVIEW, CLOSE, CANCEL, POSTPONE)


@dataclass
class Closure:
    """What one call did.

    closing: the id of the closing; its next calls send it, and so does the call that undoes it (reopenings.py). people:
    those who held a place when the schedules were closed, also if the preview did not show them. left: those for whom
    the other day has no place. remaining: booked people whom this call has not reached or cannot list yet; call again
    until it is 0. reason: told to those whom it cancels or moves.
    """

    closing: str
    people: list[Appointment] = field(default_factory=list)
    closed: int = 0
    cancelled: int = 0
    postponed: int = 0
    left: list[Appointment] = field(default_factory=list)
    remaining: int = 0
    reason: str = ""

    @property
    def done(self) -> int:
        """The number of changes that this call has made.

        If it is not 0, the call returns it instead of an error, which would hide it.
        """
        return self.closed + self.cancelled + self.postponed


def run(
    caller: Caller,
    day: date,
    room_id: int | None,
    schedule_id: int | None,
    action: str,
    to_day: date | None,
    closing: str | None = None,
    reason: str = "",
) -> Closure:
    """Preview, or close and then leave, cancel or postpone the appointments.

    to_day: the day to which people are moved, into the same room, at the same time of day if there is a place, else at
    the nearest. closing: the id that an earlier call of this closing had; what was opened again since stays open.
    reason: told to those who are cancelled or moved. Raises Invalid, ScheduleNotFound, TryAgain.
    """
    closing = closing or secrets.token_hex(8)
    today = clock.today()
    if day < today:
        raise Invalid(fields={"date": "this day is over"})
    if action == POSTPONE and (to_day is None or to_day < today):
        raise Invalid(fields={"to_date": "the day to move people to, today or later"})

    def read() -> list[Schedule]:
        affected = _affected(caller, day, room_id, schedule_id)
        return [each for each in affected if each.state != OPEN or each.closing != closing]

    affected = read()
    if action == PREVIEW:
        return Closure(closing, _listed(caller, day, affected))
    closed = [schedule_edits.close(caller, each, closing) if each.state == OPEN else None for each in affected]
    closure = Closure(closing, reason=reason, closed=sum(schedule is not None for schedule in closed))
    schedules_closed = [after or before for after, before in zip(closed, affected, strict=True)]
    closure.remaining = len(_held(schedules_closed))
    try:
        # Listed after closing. Nobody can book any more, so nobody is left out, also if the preview did not show them.
        closure.people, closure.remaining = _people_in(caller, day, schedules_closed, read)
        if action == CANCEL:
            _cancel(caller, closure)
        if action == POSTPONE and to_day is not None:
            _postpone(caller, closure, to_day)
    except TryAgain:
        if not closure.done:
            raise  # else the answer says what is done, and `remaining` makes the screen call again
    if action != CLOSE:
        # From the schedules themselves: the list of people may still contain people who have left.
        held = _held(read())
        closure.left = [each for each in closure.left if _place(each) in held]
        closure.remaining = len(held) - len(closure.left)
    return closure


def target(caller: Caller, day: date, room_id: int | None, schedule_id: int | None, to_day: date | None) -> Target:
    """Count how many people the day `to_day` can take, if these schedules are closed.

    Without `to_day`, a day is proposed. Raises Invalid, ScheduleNotFound.
    """
    if day < clock.today():
        raise Invalid(fields={"date": "this day is over"})
    affected = _affected(caller, day, room_id, schedule_id)
    to_day = to_day or closure_targets.propose(caller, affected, day)
    return closure_targets.of_day(caller, affected, to_day) if to_day else closure_targets.no_day(affected)


def _listed(caller: Caller, day: date, affected: list[Schedule]) -> list[Appointment]:
    """People in the schedules, from the index of the day's list: a moment behind."""
    ids = {schedule.info.schedule_id for schedule in affected}
    return [each for each in actions.day_list(caller.hospital_code, day) if each.schedule.schedule_id in ids]


def _people_in(
    caller: Caller, day: date, closed: list[Schedule], read: Callable[[], list[Schedule]]
) -> tuple[list[Appointment], int]:
    """The people in closed schedules, and how many more are not in the index yet.

    read: reads the closed schedules again. Reads both until nobody is missing, as long as the retry budget lasts.
    """
    budget = RetryBudget()
    while True:
        people = _listed(caller, day, closed)
        missing = len(_held(closed) - {_place(appointment) for appointment in people})
        if not missing:
            return people, 0
        try:
            budget.pause()
        except TryAgain:
            return people, missing  # the response says how many it does not list
        closed = read()


def _held(affected: list[Schedule]) -> set[tuple[int, int]]:
    return {(schedule.info.schedule_id, place) for schedule in affected for place in schedule.held}


def _place(appointment: Appointment) -> tuple[int, int]:
    return appointment.schedule.schedule_id, appointment.place


def _affected(caller: Caller, day: date, room_id: int | None, schedule_id: int | None) -> list[Schedule]:
    now = clock.now()
    affected = [
        schedule
        for schedule in schedules.schedules_of(caller.hospital_code, day)
        if room_id in (None, schedule.info.room_id)
        and schedule_id in (None, schedule.info.schedule_id)
        and not schedule.info.is_over(now)
    ]
    if schedule_id is not None and not affected:
        raise ScheduleNotFound(fields={"schedule_id": "no such schedule on this day, or its period is over"})
    return affected


def _cancel(caller: Caller, closure: Closure) -> None:
    deadline = time.monotonic() + SECONDS_PER_CALL
    for listed in closure.people[:PEOPLE_PER_CALL]:
        if time.monotonic() > deadline:
            break
        appointment = _still_held(listed)
        if appointment is None:
            continue
        try:
            staff_actions.cancel_appointment(caller, appointment, closure.closing, closure.reason)
        except Conflict:
            continue  # somebody else has just changed it; `remaining` shows it
        closure.cancelled += 1


def _postpone(caller: Caller, closure: Closure, to_day: date) -> None:
    now, deadline = clock.now(), time.monotonic() + SECONDS_PER_CALL
    targets = [
        schedule
        for schedule in schedules.schedules_of(caller.hospital_code, to_day)
        if schedule.state == OPEN and not schedule.info.is_over(now) and schedule.available_count > 0
    ]
    free = {schedule.info.schedule_id: schedule.available_count for schedule in targets}
    moved = 0
    for listed in closure.people:
        room_id = listed.schedule.room_id
        same_room = [each for each in targets if each.info.room_id == room_id and free[each.info.schedule_id] > 0]
        if not same_room:
            closure.left.append(listed)
            continue
        if moved >= PEOPLE_PER_CALL or time.monotonic() > deadline:
            continue
        appointment = _still_held(listed)
        if appointment is None:
            continue
        moved += 1
        try:
            new = _move_to_nearest(caller, appointment, same_room, free, closure)
        except (AppointmentCancelled, AppointmentPostponed, EditConflict):
            continue  # the person or a clerk has just changed it, or another clerk has undone this closing
        if new is None:
            closure.left.append(appointment)
        elif new.is_active:  # else another desk has moved them there
            closure.postponed += 1


def _move_to_nearest(
    caller: Caller, appointment: Appointment, targets: list[Schedule], free: dict[int, int], closure: Closure
) -> Appointment | None:
    start = _minutes(appointment.schedule.time_start)
    for target in sorted(targets, key=lambda schedule: abs(_minutes(schedule.info.time_start) - start)):
        try:
            to, closing, reason = target.info.schedule_id, closure.closing, closure.reason
            moved = actions.move(caller, appointment, to, online=False, closing=closing, reason=reason)
        except (AlreadyBooked, PeriodEnded):
            continue  # this person holds a place there already, or it is over; try the next time of day
        except (SlotsFull, ScheduleClosed):
            free[target.info.schedule_id] = 0
            continue
        free[target.info.schedule_id] -= 1
        return moved
    return None


def _still_held(listed: Appointment) -> Appointment | None:
    """Read a listed appointment again; None if it has ended or has another place."""
    held = store.held_in(listed.schedule.hospital_code, listed.schedule.schedule_id, listed.cid)
    return held if held and held.is_active and held.place == listed.place else None


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:5])
