"""Book, cancel, postpone and confirm appointments.

Manual 2.5, 4.3.1, 4.3.3-4.3.5; docs/concurrency.md. Each action reads, checks the rules and makes one conditional
write. If a condition failed, it reads again and either answers with the reason or makes another attempt, within the
request's retry budget.
"""

import random
import secrets
from dataclasses import replace
from datetime import date, datetime

from chalicelib import clock, metrics
from chalicelib.booking import limit_rules, list_store, rules, store, transition_rules
from chalicelib.booking.model import CANCELLED, Appointment, BookingRequest, BookingSnapshot, Sender, WriteConflict
from chalicelib.caller import Caller
from chalicelib.errors import (
    AppointmentNotFound,
    AppointmentPostponed,
    Conflict,
    EditConflict,
    Forbidden,
    ScheduleNotFound,
)
from chalicelib.people import actions as people
from chalicelib.people.model import Person
from chalicelib.retry import RetryBudget


def book(caller: Caller, request: BookingRequest) -> Appointment:
    """Book the lowest free place of the schedule for the person.

    A person who is not in the registry is registered. If the same sender books the same schedule for the same person
    again, that is a repeat and gets the same appointment.

    Raises Forbidden (sender), ScheduleNotFound, ScheduleClosed, PeriodEnded, ScheduleNotOnline, SlotsFull,
    AlreadyBooked, LimitReached (a person in the app, if the hospital has set a limit), OutsideNotAllowed and
    OutsideShareReached (the system of another hospital), TryAgain.
    """
    return book_or_find(caller, request)[0]


def book_or_find(caller: Caller, request: BookingRequest) -> tuple[Appointment, bool]:
    """Book a place as `book` does.

    Returns the appointment, and whether the person held it already.
    """
    rules.check_sender(caller, request.sender.hospital_code)
    is_outside = limit_rules.is_outside(caller, request.hospital_code)
    return _book_or_move(replace(request, sender=replace(request.sender, is_outside=is_outside)))


def postpone(caller: Caller, hospital_code: str, cid: str, appointment_id: int, schedule_id: int) -> Appointment:
    """Move the appointment to another schedule of the same hospital; all or nothing.

    Returns the new appointment. If it has been postponed to this schedule before, the answer is the same again. Raises
    AppointmentNotFound, ScheduleNotFound, ScheduleClosed, ScheduleNotOnline, SlotsFull, AlreadyBooked, PeriodEnded,
    TooLate, LimitReached, OutsideNotAllowed, OutsideShareReached, AppointmentCancelled, AppointmentPostponed, TryAgain.
    """
    appointment = _find(caller, hospital_code, cid, appointment_id)
    if appointment.appointment_id == appointment_id:
        return move(caller, appointment, schedule_id, online=True)
    # The person gave this id up before they booked the same schedule again, so this is at most a late repeat.
    held = store.held_in(hospital_code, schedule_id, cid)
    if held and held.is_active and schedule_id != appointment.schedule.schedule_id:
        return held
    raise AppointmentPostponed()


def move(
    caller: Caller,
    appointment: Appointment,
    schedule_id: int,
    *,
    online: bool,
    version: int | None = None,
    closing: str = "",
    reason: str = "",
) -> Appointment:
    """Move an appointment that has been read, as `postpone` does.

    online: False for staff. closing: the id of the closing that moves it. reason: told to the person (Appointment).

    version: move it only if it has this version and nobody else has moved it; otherwise raise EditConflict,
    AppointmentCancelled or AppointmentPostponed.
    """
    hospital_code = appointment.schedule.hospital_code
    sender = Sender(
        appointment.booked_by,
        appointment.booked_system,
        caller.login,
        is_person=online and caller.is_country,
        is_outside=appointment.outside and limit_rules.is_outside(caller, hospital_code),
    )
    return _book_or_move(
        BookingRequest(
            hospital_code=hospital_code,
            schedule_id=schedule_id,
            person=Person(appointment.cid, first_name=appointment.person_name),  # the registry knows them by now
            sender=sender,
            comment=appointment.comment,
            online=online,
            moving=appointment,
            version=version,
            closing=closing,
            reason=reason,
        )
    )[0]


def _book_or_move(request: BookingRequest) -> tuple[Appointment, bool]:
    """Take a place for the request, in as many attempts as the retry budget allows.

    Returns the new appointment and False; or the appointment of an equal, earlier request and True.

    The first attempt takes the lowest free place, so that queues fill from the front. Later attempts take a random
    place, because another request was faster.
    """
    now, check_code, budget = clock.now(), secrets.token_hex(4), RetryBudget()
    snapshot: BookingSnapshot | None = None
    is_first = True
    while True:
        if request.moving is not None:
            if (moved := rules.moved_before(request, request.moving)) is not None:
                return moved, True
            rules.check_move(request, request.moving, now)
        snapshot = snapshot or _read(request)
        if request.moving is None and snapshot.held is not None and snapshot.held.is_active:
            return rules.booked_before(snapshot.held, request.sender), True
        try:
            _check(request, snapshot, now)
        except Conflict:
            # An earlier copy of this request may have succeeded between our two reads, even on the last place.
            changed = _look_again(request, snapshot)
            if changed is None:
                raise
            request, snapshot = changed
        else:
            places = rules.places_to_try(snapshot)
            place = places[0] if is_first else random.choice(places)
            new = rules.new_appointment(request, snapshot, place, check_code, now)
            conflict = _write(request, snapshot, new)
            if conflict is None:
                if request.moving is None:
                    metrics.count("Bookings")
                return new, False
            request, snapshot = _next_attempt(conflict, request, snapshot)
            is_first = False
        budget.check()


def _read(request: BookingRequest) -> BookingSnapshot:
    snapshot = store.read_for_booking(request.hospital_code, request.schedule_id, request.person.cid)
    if snapshot is None:
        field = "appointment.schedule_id" if request.moving is None else "schedule_id"
        raise ScheduleNotFound(fields={field: "this hospital has no such schedule"})
    return snapshot


def _check(request: BookingRequest, snapshot: BookingSnapshot, now: datetime) -> None:
    """Raise a Conflict if the rules refuse the request."""
    rules.check_request(request, snapshot, now)
    if limit_rules.is_limited(request, snapshot) and limit_rules.adds_to_department(request, snapshot):
        # Listed after booking_version was read, so a booking that the list does not have yet changes the version.
        held = list_store.appointments_of(request.person.cid, now.date())
        limit_rules.check_limit(snapshot.limits, held, snapshot.schedule.info, now)


def _look_again(
    request: BookingRequest, snapshot: BookingSnapshot
) -> tuple[BookingRequest, BookingSnapshot | None] | None:
    """Read again the appointment that a duplicate of this request may have changed.

    For a move, that is the appointment to be moved; for a booking, the one that the person holds in the schedule.
    Returns the request and snapshot of the next attempt, with a snapshot of None if it must be read again; or None if
    the appointment has not changed.
    """
    before = request.moving or snapshot.held
    schedule_id = request.moving.schedule.schedule_id if request.moving else request.schedule_id
    latest = store.held_in(request.hospital_code, schedule_id, request.person.cid)
    if latest is None or (before is not None and latest.version == before.version):
        return None
    if request.moving is None:
        return request, replace(snapshot, held=latest)
    return replace(request, moving=_require_same(request.moving, latest)), None


def _write(request: BookingRequest, snapshot: BookingSnapshot, new: Appointment) -> WriteConflict | None:
    moved = (request.moving, transition_rules.moved(request.moving, new, request.closing)) if request.moving else None
    new_person = rules.new_entry(request, new) if request.moving is None and snapshot.person is None else None
    # A person who is not in the registry has no booking_version. If they book, the condition that their entry is new
    # replaces it. If they move, their entry has expired, and this one move is not counted.
    counted = limit_rules.is_limited(request, snapshot) and snapshot.person is not None
    booking_version = snapshot.booking_version if counted else None
    return store.take_place(new, new_person, moved, booking_version, limit_rules.outside_share(request, snapshot))


def _next_attempt(
    conflict: WriteConflict, request: BookingRequest, snapshot: BookingSnapshot
) -> tuple[BookingRequest, BookingSnapshot | None]:
    """The request and snapshot of the next attempt after a failed write.

    The snapshot is None, to be read again, if another booking of this person may have come first: it counts towards the
    limit, and the registry now has the person. Raises EditConflict if a closing moves the person and was undone.
    """
    if conflict.closing_undone:
        raise EditConflict()
    if request.moving and conflict.moving:
        request = replace(request, moving=_require_same(request.moving, conflict.moving))
    if conflict.person_known or limit_rules.is_limited(request, snapshot):
        return request, None
    return request, snapshot.updated(conflict)


def _require_same(before: Appointment, after: Appointment) -> Appointment:
    """Return the appointment as it is now, if it is still the same one.

    Raises AppointmentPostponed if the person gave it up and booked the schedule again.
    """
    if after.appointment_id != before.appointment_id:
        raise AppointmentPostponed()
    return after


def cancel(caller: Caller, hospital_code: str, cid: str, appointment_id: int) -> Appointment:
    """Cancel an appointment and give its place back.

    If it is cancelled already, the answer is the same again. Raises AppointmentNotFound, PeriodEnded, TooLate,
    AppointmentPostponed, TryAgain.
    """
    now = clock.now()
    budget = RetryBudget()
    while True:
        appointment = _find(caller, hospital_code, cid, appointment_id)
        if appointment.state == CANCELLED or appointment.appointment_id != appointment_id:
            return appointment
        rules.check_transition("cancel", appointment)
        rules.check_not_over(appointment, now, by_person=caller.is_country)
        ended = transition_rules.end_appointment(appointment, "cancel", caller.login, now, by_person=caller.is_country)
        if store.give_back_place(appointment, ended):
            return ended
        budget.check()


def restore(caller: Caller, ended: Appointment) -> Appointment | None:
    """Reactivate an appointment that a closing moved or cancelled; all or nothing.

    If the person was moved, the new place is given back in the same transaction. Returns None if somebody has acted on
    it since, or another desk has restored it (`transition_rules.has_answered`). Raises ScheduleClosed, PeriodEnded,
    SlotsFull, TryAgain.
    """
    now, budget = clock.now(), RetryBudget()
    while True:
        snapshot = store.read_for_booking(ended.schedule.hospital_code, ended.schedule.schedule_id, ended.cid)
        if snapshot is None or snapshot.held is None or snapshot.held.version != ended.version:
            return None
        (new,) = list_store.moved_to([ended])
        if transition_rules.has_answered(ended, new, held_since(ended)):
            return None
        rules.check_bookable(snapshot.schedule, now, online=False)
        active = transition_rules.restored(ended, new, snapshot.schedule, caller.login, now)
        moved = (new, transition_rules.moved(new, active)) if new else None
        if store.take_place(active, moved=moved) is None:
            return active
        budget.check()


def held_since(ended: Appointment) -> list[Appointment]:
    """What the person holds now, for `transition_rules.has_answered`.

    Empty if the appointment was not cancelled but moved.
    """
    return list_store.appointments_of(ended.cid, clock.today()) if ended.state == CANCELLED else []


def confirm(caller: Caller, hospital_code: str, cid: str, appointment_id: int) -> Appointment:
    """Store that the person confirms to come.

    Nothing changes if they have confirmed already. Raises AppointmentNotFound, PeriodEnded, AppointmentCancelled,
    AppointmentPostponed, TryAgain.
    """
    budget = RetryBudget()
    while True:
        appointment = _find(caller, hospital_code, cid, appointment_id)
        if appointment.appointment_id != appointment_id:
            raise AppointmentPostponed()
        rules.check_not_over(appointment, clock.now(), by_person=False)
        rules.check_transition("confirm", appointment)
        changed = transition_rules.apply_decision(appointment, "confirm", caller.login, "", clock.now())
        if changed is appointment or store.replace(appointment, changed):
            return changed
        budget.check()


def current(caller: Caller, cid: str) -> tuple[Person | None, list[Appointment]]:
    """The person and their appointments from today on, soonest first.

    The person is as the caller's hospital knows them; None if nobody knows them. The appointments are those at every
    hospital.
    """
    now = clock.now()
    held = list_store.appointments_of(cid, now.date())
    return people.shown_to(caller, cid), [appointment for appointment in held if appointment.is_current(now)]


def calendar_entry(caller: Caller, hospital_code: str, cid: str, appointment_id: int) -> Appointment:
    """The appointment that a calendar shows: this one, or the one it was moved to.

    Raises AppointmentNotFound.
    """
    appointment = _find(caller, hospital_code, cid, appointment_id)
    visited = {appointment.schedule.schedule_id}
    while appointment.moved_to_schedule_id is not None and appointment.moved_to_schedule_id not in visited:
        visited.add(appointment.moved_to_schedule_id)
        later = store.held_in(hospital_code, appointment.moved_to_schedule_id, cid)
        if later is None or rules.calendar_id(later) != rules.calendar_id(appointment):
            break  # the person gave it up and booked the schedule again, which is another entry
        appointment = later
    return appointment


def language_of(cid: str) -> str:
    """The language in which the person wants to be written to: "th" or "en"."""
    return people.languages_of([cid])[cid]


def day_list(hospital_code: str, day: date, schedule_id: int | None = None) -> list[Appointment]:
    """A hospital's active appointments of a day, by time, room and place.

    schedule_id: only those of this schedule. The list may be a moment behind the last booking.
    """
    active = [each for each in list_store.appointments_on(hospital_code, day, schedule_id) if each.is_active]
    return sorted(active, key=_day_list_order)


def _day_list_order(appointment: Appointment) -> tuple[str, int, int, int]:
    schedule = appointment.schedule
    return schedule.time_start, schedule.room_id, schedule.schedule_id, appointment.place


def own_day_list(caller: Caller, hospital_code: str, day: date) -> list[Appointment]:
    """The day list of the caller's own hospital.

    Raises Forbidden for any other hospital, at every level of the caller, because the list names people.
    """
    if hospital_code != caller.hospital_code:
        raise Forbidden(
            "Only the hospital of this token may list its people.",
            "ดูรายชื่อได้เฉพาะหน่วยบริการของ token เท่านั้น",
            fields={"hospital_code": "must be the hospital that the token was issued to"},
        )
    return day_list(hospital_code, day)


def _find(caller: Caller, hospital_code: str, cid: str, appointment_id: int) -> Appointment:
    """Find the person's appointment of this id, if the caller may see it.

    Appointments that are over are read only if none from today on has the id. Raises AppointmentNotFound.
    """
    today = clock.today()
    for is_over in (False, True):
        for appointment in (
            list_store.appointments_before(cid, today) if is_over else list_store.appointments_of(cid, today)
        ):
            same_id = appointment_id == appointment.appointment_id or appointment_id in appointment.ended_ids
            same_hospital = appointment.schedule.hospital_code == hospital_code
            if same_id and same_hospital and rules.may_see(caller, appointment):
                return appointment
    raise AppointmentNotFound(fields={"hospital_appointment_slot_id": "no such appointment of this person there"})
