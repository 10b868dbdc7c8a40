"""Ask people to confirm, release unconfirmed places, and give them back.

See docs/adr/0031.

What a run does depends on the appointments and the time, not on its last run. A request is made once, as a reminder is
(docs/adr/0014): its notice has a name, and then `confirm_by` is noted on the appointment. A release is one transaction
on the version that was read. So a person who confirms at the same moment either keeps the place or is told that it is
gone.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib import clock, metrics
from chalicelib.booking import (
    actions,
    confirmation_rules,
    confirmation_store,
    notice_texts,
    rules,
    staff_actions,
    store,
    transition_rules,
)
from chalicelib.booking import notices as appointment_notices
from chalicelib.booking.model import Appointment
from chalicelib.caller import Caller
from chalicelib.errors import AlreadyBooked, AppointmentCancelled, EditConflict, TryAgain
from chalicelib.messages import notices
from chalicelib.retry import RetryBudget
from chalicelib.schedules import actions as schedules
from chalicelib.schedules.catalogue_model import BookingRules

# The function's time limit is 300 s, of which reminders may take 240 s (notices.RUN_SECONDS).
RUN_SECONDS = 45.0
# Releases of one hospital in a run; the rest waits for the next one.
MOST_RELEASES = 500


@dataclass(frozen=True)
class Confirmations:
    """Result of a run.

    requested: how many people it asked to confirm. released: how many places it released.
    """

    requested: int = 0
    released: int = 0

    def __add__(self, other: "Confirmations") -> "Confirmations":
        return Confirmations(self.requested + other.requested, self.released + other.released)


def run(seconds: float = RUN_SECONDS, most_releases: int = MOST_RELEASES) -> Confirmations:
    """Ask people to confirm, and release places, in hospitals whose rules say so.

    seconds: how long at most. most_releases: of each hospital. If the part of one hospital fails, those of the others
    are done first, then its error is raised.
    """
    deadline = time.monotonic() + seconds
    with ThreadPoolExecutor(appointment_notices.HOSPITALS_AT_ONCE) as threads:
        runs = [
            threads.submit(metrics.shared_context().run, _run, hospital_code, limits, deadline, most_releases)
            for hospital_code, limits in confirmation_rules.in_turn(schedules.hospitals_that_ask(), clock.now())
        ]
    errors = [error for each in runs if (error := each.exception())]
    total = sum((each.result() for each in runs if not each.exception()), Confirmations())
    metrics.count("confirmation_requests", total.requested)
    metrics.count("released_places", total.released)
    if errors:
        raise errors[0]
    return total


def _run(hospital_code: str, limits: BookingRules, deadline: float, most_releases: int) -> Confirmations:
    total = Confirmations()
    for days in confirmation_rules.days_to_look_at(limits):
        now = clock.now()
        if time.monotonic() >= deadline or not notice_texts.people_are_awake(now, appointment_notices.waking_hours()):
            break
        listed = confirmation_store.unconfirmed_on(hospital_code, now.date() + timedelta(days=days))
        open_requests = [each for each in listed if confirmation_rules.with_request(each, limits, now)]
        requested = sum(_request(hospital_code, each) for each in _chunks(open_requests, deadline))
        total += Confirmations(requested=requested)
        due = [each for each in listed if confirmation_rules.release_is_due(each, limits, now)]
        for chunk in _chunks(due, deadline):
            if total.released >= most_releases:
                break
            total += Confirmations(released=_release(hospital_code, chunk, most_releases - total.released))
    return total


def _chunks(listed: Sequence[Appointment], deadline: float) -> Iterator[Sequence[Appointment]]:
    """20 of the appointments at a time, until the time is up."""
    for start in range(0, len(listed), notices.AT_ONCE):
        if time.monotonic() >= deadline:
            return
        yield listed[start : start + notices.AT_ONCE]


def _request(hospital_code: str, listed: Sequence[Appointment]) -> int:
    """Ask people of appointments from a day's list to confirm; returns how many.

    Appointments, schedules and rules are read again, because the list may be a moment old.
    """
    now = clock.now()
    held, open_schedules, limits = confirmation_store.read_again(hospital_code, listed)
    bookable = [each for each in held if each.schedule.schedule_id in open_schedules]
    requested = [new for each in bookable if (new := confirmation_rules.with_request(each, limits, now))]
    names = [appointment_notices.request_name(each) for each in requested]
    appointment_notices.send([(notice_texts.CONFIRM, *each) for each in zip(requested, names, strict=True)])
    return sum(_note_request(each) for each in requested)


def _note_request(appointment: Appointment) -> bool:
    if confirmation_store.mark_requested(appointment):
        return True
    name = appointment_notices.request_name(appointment)
    notices.withdraw(appointment.schedule.hospital_code, name)  # cancelled at the same moment
    return False


def _release(hospital_code: str, listed: Sequence[Appointment], most: int) -> int:
    """Release at most `most` places from a day's list; returns how many.

    Appointments, schedules and rules are read again. Who was not reached in time keeps the place for good: the staff
    telephone them. So does everybody in a closed schedule, because nobody else could book the place.
    """
    now, released = clock.now(), 0
    held, open_schedules, limits = confirmation_store.read_again(hospital_code, listed)
    due = [each for each in held if confirmation_rules.release_is_due(each, limits, now)]
    reached = notices.reached(hospital_code, [appointment_notices.request_name(each) for each in due])
    for each in due:
        reached_at = reached.get(appointment_notices.request_name(each))
        is_open = each.schedule.schedule_id in open_schedules
        try:
            if not is_open or not confirmation_rules.was_reached_in_time(each, reached_at):
                confirmation_store.keep(each)
            elif released < most:
                released += store.give_back_place(each, confirmation_rules.released(each, now))
        except TryAgain:
            continue  # the storage is too busy; the next run does it
    return released


# ---- the staff ----


@dataclass(frozen=True)
class ReleasedPlace:
    """An appointment whose place the system has released.

    is_free: the place is still free.
    """

    appointment: Appointment
    is_free: bool


def released_on(caller: Caller, day: date) -> list[ReleasedPlace]:
    """The released appointments of the caller's hospital on a day.

    They are ordered by schedule and place, and may be a moment behind.
    """
    listed = confirmation_store.released_on(caller.hospital_code, day)
    if not listed:
        return []
    free = {each.info.schedule_id: each.free for each in schedules.schedules_of(caller.hospital_code, day)}
    return [ReleasedPlace(each, each.place in free.get(each.schedule.schedule_id, frozenset())) for each in listed]


def give_back(caller: Caller, schedule_id: int, place: int, version: int) -> Appointment:
    """Make a released appointment active again, while its own place is free.

    version: of the released appointment. The same request again gets the same answer. Raises AppointmentNotFound,
    PlaceTaken, AlreadyBooked (the person has booked again in the department), ScheduleClosed, PeriodEnded,
    AppointmentCancelled (the staff or the person cancelled it), EditConflict, TryAgain.
    """
    released = staff_actions.find(caller, schedule_id, place, version)
    budget = RetryBudget()
    while True:
        if released.is_active and released.version == version + 1:
            return released
        rules.check_version(released, version)
        if released.is_active:
            raise EditConflict(details={"theirs": released})
        if not released.released_at:
            raise AppointmentCancelled()
        if (active := _take_back(caller, released)) is not None:
            return active
        budget.check()
        released = store.held_in(caller.hospital_code, schedule_id, released.cid) or released


def _take_back(caller: Caller, released: Appointment) -> Appointment | None:
    """One attempt of `give_back`; None if something has changed meanwhile."""
    now, schedule = clock.now(), released.schedule
    snapshot = store.read_for_booking(schedule.hospital_code, schedule.schedule_id, released.cid)
    if snapshot is None or snapshot.held is None or snapshot.held.version != released.version:
        return None
    confirmation_rules.check_give_back(released, snapshot.schedule, now)
    if transition_rules.has_answered(released, None, actions.held_since(released)):
        raise AlreadyBooked(
            "The person has booked again in this department. Cancel that appointment before you give this one back.",
            "ผู้รับบริการจองนัดใหม่ในแผนกนี้แล้ว หากต้องการคืนนัดเดิม กรุณายกเลิกนัดใหม่ก่อน",
        )
    active = transition_rules.restored(released, None, snapshot.schedule, caller.login, now)
    # As for a booking: if the person books another day meanwhile, one of the two is refused or reads again.
    is_limited = snapshot.limits.max_active_per_department > 0 and snapshot.person is not None
    booking_version = snapshot.booking_version if is_limited else None
    return active if store.take_place(active, booking_version=booking_version) is None else None
