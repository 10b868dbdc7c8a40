"""Book, cancel, postpone, confirm (manual 2.5, 4.3.1, 4.3.3-4.3.5; docs/concurrency.md).

Each is: read, check the rules, one conditional write; where the write was refused, look at what the storage holds now
and either answer with the reason or try another place, within the request's retry budget.
"""

import random
import secrets
from datetime import date

from chalicelib import clock, metrics
from chalicelib.booking import rules, store
from chalicelib.booking.rules import Appointment, Sender
from chalicelib.caller import Caller
from chalicelib.errors import (
    AlreadyBooked,
    AppointmentNotFound,
    AppointmentPostponed,
    Conflict,
    Forbidden,
    ScheduleNotFound,
)
from chalicelib.people import actions as people
from chalicelib.people.model import Person
from chalicelib.retry import RetryBudget
from chalicelib.schedules.rules import BookingRules, Schedule


def book(
    caller: Caller,
    sender: Sender,
    hospital_code: str,
    schedule_id: int,
    person: Person,
    comment: str,
    *,
    online: bool = True,
) -> Appointment:
    """Books a place of the schedule for the person, the lowest free one.

    The registry's entry of the person is used where there is one; else `person` as sent, who is then registered. The
    same person in the same schedule again by the same sender is a repeat and gets the same appointment. online: False
    for staff, who may book what is not open online.

    Raises Forbidden (sender), ScheduleNotFound, ScheduleClosed, PeriodEnded, ScheduleNotOnline, SlotsFull,
    AlreadyBooked, LimitReached (a person in the app, where the hospital has set a limit), TryAgain.
    """
    rules.check_sender(caller, sender.hospital_code)
    now = clock.now()
    asked = store.read_for_booking(hospital_code, schedule_id, person.cid)
    schedule, known, held = asked.schedule, asked.person, asked.held
    if schedule is None:
        raise ScheduleNotFound(fields={"appointment.schedule_id": "this hospital has no such schedule"})
    limited = sender.is_person and asked.limits.max_active_per_department > 0
    unknown = None if known else person
    check_code = secrets.token_hex(4)
    budget = RetryBudget()
    first = True
    while True:
        if held and held.is_active:
            return _repeat(held, sender)
        try:
            rules.check_bookable(schedule, now, online=online)
            if limited:
                rules.check_limit(asked.limits, store.appointments_of(person.cid, now.date()), schedule, now)
        except Conflict:
            # The first copy of a repeated request may have taken the last place between the reads of the two items.
            held = store.held_in(hospital_code, schedule_id, person.cid)
            if held and held.is_active:
                return _repeat(held, sender)
            raise
        place = _choose(rules.places_to_try(schedule, held), first)
        name = (known or person).name
        minutes = asked.limits.cancel_minutes_before
        booked = rules.new_appointment(
            schedule, place, person.cid, name, sender, comment, now, check_code, held, minutes
        )
        refused = store.take_place(booked, unknown, asked.turn if limited else None)
        if refused is None:
            metrics.count("Bookings")
            return booked
        if limited:  # another booking of this person may have come first: what it took must be counted
            asked = store.read_for_booking(hospital_code, schedule_id, person.cid)
        if refused.person_known:
            unknown, known = None, people.registered(person.cid)
        held = refused.held or held
        schedule = refused.schedule or schedule
        first = False
        budget.check()


def cancel(caller: Caller, hospital_code: str, cid: str, appointment_id: int) -> Appointment:
    """Gives the place back. Cancelled already: the same answer again. Raises AppointmentNotFound, PeriodEnded, TooLate,
    AppointmentPostponed, TryAgain."""
    now = clock.now()
    budget = RetryBudget()
    while True:
        found = _find(caller, hospital_code, cid, appointment_id)
        if found.state == rules.CANCELLED or found.appointment_id != appointment_id:
            return found
        rules.check_transition("cancel", found)
        rules.check_not_over(found, now, by_person=caller.is_country)
        if (
            store.give_back_place(
                rules.end_appointment(found, "cancel", caller.login, now, by_person=caller.is_country)
            )
            is None
        ):
            return found
        budget.check()


def postpone(caller: Caller, hospital_code: str, cid: str, appointment_id: int, schedule_id: int) -> Appointment:
    """Moves the appointment to another schedule of the same hospital and returns the new one; all or nothing.

    Postponed already to that very schedule: the same answer again. Raises AppointmentNotFound, ScheduleNotFound,
    ScheduleClosed, ScheduleNotOnline, SlotsFull, AlreadyBooked, PeriodEnded, TooLate, LimitReached,
    AppointmentCancelled, AppointmentPostponed, TryAgain.
    """
    found = _find(caller, hospital_code, cid, appointment_id)
    if found.appointment_id == appointment_id:
        return move(caller, found, schedule_id, online=True)
    # An id that was given up before its person came back to the same schedule: at most a late repeat.
    held = store.held_in(hospital_code, schedule_id, cid)
    if held and held.is_active and held.schedule_id != found.schedule_id:
        return held
    raise AppointmentPostponed()


def move(
    caller: Caller, found: Appointment, schedule_id: int, *, online: bool, version: int | None = None
) -> Appointment:
    """`postpone` for an appointment that has been looked up; online: False for staff. version: only while it is at this
    version, and nobody else has moved it; else EditConflict, AppointmentCancelled or AppointmentPostponed."""
    now = clock.now()
    budget = RetryBudget()
    by_person = online and caller.is_country
    sender = Sender(found.booked_by, found.booked_system, caller.login, by_person)
    check_code = secrets.token_hex(4)
    schedule: Schedule | None = None
    held: Appointment | None = None
    limits, turn = BookingRules(), 0
    first = True
    while True:
        if found.is_active and found.schedule_id == schedule_id:
            return found
        if found.state == rules.POSTPONED and found.moved_to_schedule_id == schedule_id and version is None:
            return rules.successor(found)
        rules.check_transition("postpone", found)
        if version is not None:
            rules.check_version(found, version)
        rules.check_not_over(found, now, by_person=by_person)
        if schedule is None:
            asked = store.read_for_booking(found.hospital_code, schedule_id, found.cid)
            schedule, held, limits, turn = asked.schedule, asked.held, asked.limits, asked.turn
        limited = by_person and limits.max_active_per_department > 0
        try:
            if schedule is None:
                raise ScheduleNotFound(fields={"schedule_id": "this hospital has no such schedule"})
            if held and held.is_active:
                raise AlreadyBooked()
            rules.check_bookable(schedule, now, online=online)
            if limited and schedule.department_id != found.department_id:
                # Listed after the turn was read: whatever the list does not show yet has taken another turn.
                rules.check_limit(limits, store.appointments_of(found.cid, now.date()), schedule, now)
        except Conflict:
            # The first copy of a repeated request may have moved the appointment, to the last place even.
            latest = store.held_in(found.hospital_code, found.schedule_id, found.cid)
            if latest is None or latest.version == found.version:
                raise
            found, schedule = _same(found, latest), None
            budget.check()
            continue
        place = _choose(rules.places_to_try(schedule, held), first)
        minutes = limits.cancel_minutes_before
        new = rules.new_appointment(
            schedule, place, found.cid, found.person_name, sender, found.comment, now, check_code, held, minutes
        )
        new = rules.continue_calendar_entry(found, new)
        refused = store.move_place(rules.moved(found, new, caller.login, now), new, turn if limited else None)
        if refused is None:
            return new
        found = _same(found, refused.changed or found)
        held = refused.held or held
        # Where another booking of this person may have come first, everything is asked anew.
        schedule = None if limited else refused.schedule or schedule
        first = False
        budget.check()


def confirm(caller: Caller, hospital_code: str, cid: str, appointment_id: int) -> Appointment:
    """The person confirms to come. Confirmed already: unchanged. Raises AppointmentNotFound, PeriodEnded,
    AppointmentCancelled, AppointmentPostponed, TryAgain."""
    budget = RetryBudget()
    while True:
        found = _find(caller, hospital_code, cid, appointment_id)
        if found.appointment_id != appointment_id:
            raise AppointmentPostponed()
        rules.check_not_over(found, clock.now(), by_person=False)
        rules.check_transition("confirm", found)
        changed = rules.apply_decision(found, "confirm", caller.login, "", clock.now())
        if changed is found or store.replace(changed):
            return changed
        budget.check()


def current(cid: str) -> tuple[Person | None, list[Appointment]]:
    """The person as the registry knows them (None: nobody of that id) and their appointments from today on, soonest
    first, at whatever hospital."""
    now = clock.now()
    held = store.appointments_of(cid, now.date())
    return people.registered(cid), [one for one in held if one.is_current(now)]


def calendar_entry(caller: Caller, hospital_code: str, cid: str, appointment_id: int) -> Appointment:
    """What a calendar shall show for an appointment: itself, or where it was moved to. Raises AppointmentNotFound."""
    found = _find(caller, hospital_code, cid, appointment_id)
    seen = {found.schedule_id}
    while found.moved_to_schedule_id is not None and found.moved_to_schedule_id not in seen:
        seen.add(found.moved_to_schedule_id)
        later = store.held_in(hospital_code, found.moved_to_schedule_id, cid)
        if later is None or rules.calendar_id(later) != rules.calendar_id(found):
            break  # given up, and the period booked anew: another entry
        found = later
    return found


def day_list(hospital_code: str, day: date, schedule_id: int | None = None) -> list[Appointment]:
    """A hospital's active appointments of a day, of one schedule where it is given, by time, room and place. A moment
    behind the last booking."""
    active = [one for one in store.appointments_on(hospital_code, day, schedule_id) if one.is_active]
    return sorted(active, key=lambda a: (a.time_start, a.room_id, a.schedule_id, a.place))


def own_day_list(caller: Caller, hospital_code: str, day: date) -> list[Appointment]:
    """`day_list` of the caller's own hospital; Forbidden for any other, at every level: it names people."""
    if hospital_code != caller.hospital_code:
        raise Forbidden(
            "Only the hospital of this token may list its people.",
            "ดูรายชื่อได้เฉพาะหน่วยบริการของ token เท่านั้น",
            fields={"hospital_code": "must be the hospital that the token was issued to"},
        )
    return day_list(hospital_code, day)


def _find(caller: Caller, hospital_code: str, cid: str, appointment_id: int) -> Appointment:
    for one in store.appointments_of(cid):
        same = one.appointment_id == appointment_id or appointment_id in one.ended_ids
        if same and one.hospital_code == hospital_code and rules.may_see(caller, one):
            return one
    raise AppointmentNotFound(fields={"hospital_appointment_slot_id": "no such appointment of this person there"})


def _same(before: Appointment, after: Appointment) -> Appointment:
    """What became of an appointment. Raises AppointmentPostponed where its person gave it up and booked anew."""
    if after.appointment_id != before.appointment_id:
        raise AppointmentPostponed()
    return after


def _repeat(held: Appointment, sender: Sender) -> Appointment:
    if held.booked_by == sender.hospital_code:
        return held
    raise AlreadyBooked()


def _choose(places: list[int], first: bool) -> int:
    """The lowest place, so that queues fill from the front; a random one where somebody else was faster."""
    return places[0] if first else random.choice(places)
