"""Open closed schedules again, and undo a closing (manual 2.4).

Opening makes schedules bookable again. People who kept an appointment keep it and get no notice. Undoing a closing also
restores the appointments that it moved or cancelled, except of people who have acted since; each person gets a notice.

One call does a bounded part and says how many people remain. All that it needs is stored in the schedules and the
appointments, so a call that was interrupted can be repeated.
"""

import time
from dataclasses import dataclass, field
from datetime import date

from chalicelib import clock
from chalicelib.booking import actions, list_store, store, transition_rules
from chalicelib.booking.model import Appointment
from chalicelib.caller import Caller
from chalicelib.errors import Conflict, Invalid, ScheduleNotFound, TryAgain
from chalicelib.retry import RetryBudget
from chalicelib.schedules import actions as schedules
from chalicelib.schedules import schedule_edits
from chalicelib.schedules.model import CLOSED, Schedule

PEOPLE_PER_CALL = 50
SECONDS_PER_CALL = 12  # the gateway gives up at 29, and a step may have to wait for the storage
_READ_AT_ONCE = 100


@dataclass
class Reopening:
    """What one call did, or would do if it is a preview.

    schedules: closed ones, as they were read; if a closing is undone, also those of its schedules that are open again.
    obstacles: schedule_id -> why it stays closed (`schedules.rules.obstacles`). reopened: number of schedules that were
    opened. restored: number of people who have their appointment again. answered: appointments of people who were moved
    or cancelled and have acted since; they keep what they have. left: appointments that cannot be restored, because
    their schedule stays closed, is full or over. remaining: people whom this call has not reached; call again until it
    is 0.
    """

    schedules: list[Schedule] = field(default_factory=list)
    obstacles: dict[int, str] = field(default_factory=dict)
    reopened: int = 0
    restored: int = 0
    answered: list[Appointment] = field(default_factory=list)
    left: list[Appointment] = field(default_factory=list)
    remaining: int = 0

    @property
    def done(self) -> int:
        """How much this call has done.

        If it is not 0, the call returns it instead of an error, which would hide it.
        """
        return self.reopened + self.restored


def run(
    caller: Caller,
    day: date,
    room_id: int | None,
    schedule_id: int | None,
    closing: str | None,
    people: int,
    preview: bool,
) -> Reopening:
    """Open a closed schedule, else those of a room's day, else those of a day.

    closing: take only what this closing closed, and undo it. people: how many people it moved and cancelled, as far as
    the caller knows; the index may not show them at once. preview: only say what would happen. Raises Invalid,
    ScheduleNotFound, TryAgain.
    """
    if day < clock.today():
        raise Invalid(fields={"date": "this day is over"})
    affected = [
        schedule
        for schedule in schedules.schedules_of(caller.hospital_code, day)
        if room_id in (None, schedule.info.room_id)
        and schedule_id in (None, schedule.info.schedule_id)
        and (schedule.closing == closing if closing else schedule.state == CLOSED)
    ]
    if schedule_id is not None and not affected:
        raise ScheduleNotFound(fields={"schedule_id": "no such closed schedule on this day"})
    wanted = frozenset(schedule.info.schedule_id for schedule in affected)
    reopening = Reopening(affected)
    if preview:
        reopening.obstacles = {
            number: why for number, why in schedule_edits.obstacles(caller.hospital_code, day, wanted).items() if why
        }
    else:
        reopening.reopened, reopening.obstacles = schedule_edits.reopen(caller, day, wanted)
    if not closing:
        return reopening
    try:
        reopening.remaining = people
        ended = _ended_by(caller, day, closing, wanted, people)
        # Not `people`: a person who has booked the same schedule again is never in `ended`, so it would never become 0.
        reopening.remaining = len(ended)
        _restore(caller, ended, reopening, preview)
    except TryAgain:
        if not reopening.done:
            raise  # else the answer says what is done, and `remaining` makes the screen call again
    return reopening


def _ended_by(caller: Caller, day: date, closing: str, wanted: frozenset[int], people: int) -> list[Appointment]:
    """The appointments that the closing moved or cancelled.

    wanted: ids of the schedules. Reads the index of the day's list again until it shows `people` appointments, as long
    as the retry budget lasts.
    """
    budget = RetryBudget()
    while True:
        ended = [
            each
            for each in list_store.appointments_on(caller.hospital_code, day)
            if each.closing == closing and not each.is_active and each.schedule.schedule_id in wanted
        ]
        if len(ended) >= people:
            return ended
        try:
            budget.pause()
        except TryAgain:
            return ended


def _restore(caller: Caller, ended: list[Appointment], reopening: Reopening, preview: bool) -> None:
    deadline, tried = time.monotonic() + SECONDS_PER_CALL, 0
    for start in range(0, len(ended), _READ_AT_ONCE):
        listed = ended[start : start + _READ_AT_ONCE]
        for appointment, new in zip(listed, list_store.moved_to(listed), strict=True):
            if time.monotonic() > deadline:
                return
            if appointment.schedule.schedule_id in reopening.obstacles:
                reopening.left.append(appointment)
            elif transition_rules.has_answered(appointment, new, actions.held_since(appointment)):
                reopening.answered.append(appointment)
            elif preview:
                reopening.restored += 1
            elif tried >= PEOPLE_PER_CALL:
                continue
            else:
                tried += 1
                _restore_one(caller, appointment, reopening)
            reopening.remaining -= 1


def _restore_one(caller: Caller, appointment: Appointment, reopening: Reopening) -> None:
    if _is_back(appointment):
        return  # the index does not show yet that another desk has just restored it
    try:
        active = actions.restore(caller, appointment)
    except Conflict:
        reopening.left.append(appointment)  # the schedule is full, over, or closed once more
        return
    if active is not None:
        reopening.restored += 1
    elif not _is_back(appointment):
        reopening.answered.append(appointment)


def _is_back(ended: Appointment) -> bool:
    """Whether the appointment is active again, as it is stored now."""
    held = store.held_in(ended.schedule.hospital_code, ended.schedule.schedule_id, ended.cid)
    return held is not None and held.is_active and held.check_code == ended.check_code
