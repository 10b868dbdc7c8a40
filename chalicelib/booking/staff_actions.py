"""Booking desk: day list, book, accept, reject, cancel, postpone, slips.

Manual 2.5. An appointment is addressed by its place (schedule and number), never by the person, so that no national id
is in a URL. The screen sends the version it shows. If the appointment has changed since, EditConflict has what is
stored. If the same request is sent again because its answer was lost, it gets the same answer, whoever holds the place
by then.
"""

from dataclasses import replace
from datetime import date

from chalicelib import clock
from chalicelib.audit import actions as audit
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rules import place_subject
from chalicelib.booking import actions, list_store, rules, slip_codes, store, transition_rules
from chalicelib.booking.model import BOOKED, CANCELLED, POSTPONED, Appointment, BookingRequest, Sender
from chalicelib.caller import Caller
from chalicelib.errors import AppointmentNotFound, AppointmentPostponed, EditConflict, TryAgain
from chalicelib.people import actions as people
from chalicelib.schedules import figures as figures_of_schedules

SYSTEM = "Appointment Dashboard"
# What the hospital gave the reason for, by the state of the appointment that has it.
_REASON_OF = {BOOKED: "book", CANCELLED: "cancel", POSTPONED: "postpone"}


def figures(caller: Caller) -> tuple[date, int, int, int]:
    """Today's figures of the caller's hospital.

    Returns the date, and how many places, appointments and accepted appointments there are. They may be a moment
    behind.
    """
    today = clock.today()
    counts = figures_of_schedules.totals_of(caller.hospital_code, today)
    return today, counts.places, counts.booked, counts.accepted


def day_list(caller: Caller, day: date, schedule_id: int | None) -> list[Appointment]:
    """Active appointments of the caller's hospital on a day, by time, room and place.

    schedule_id: only those of this schedule.
    """
    return actions.day_list(caller.hospital_code, day, schedule_id)


def book(caller: Caller, schedule_id: int, cid: str, comment: str) -> tuple[Appointment, bool]:
    """Book a place for a person in the registry or on the hospital's white list.

    Any open schedule, also if it is not open online. Returns the appointment, and whether the person held it already.
    Raises PersonNotFound, ScheduleNotFound, ScheduleClosed, PeriodEnded, SlotsFull, AlreadyBooked, TryAgain.
    """
    person = people.known(caller.hospital_code, cid).person
    sender = Sender(caller.hospital_code, SYSTEM, caller.login)
    request = BookingRequest(caller.hospital_code, schedule_id, person, sender, comment, online=False)
    return actions.book_or_find(caller, request)


def find(caller: Caller, schedule_id: int, place: int, version: int | None = None) -> Appointment:
    """The appointment of a place's holder, or of its last holder if it is free.

    The place is one of the caller's hospital. version: what the screen shows; if exactly that appointment has ended, it
    is returned. Raises AppointmentNotFound; TryAgain if the place has just been taken and the index does not have the
    appointment yet.
    """
    schedule, held = store.at_place(caller.hospital_code, schedule_id, place)
    for appointment in held:
        if version is not None and not appointment.is_active and appointment.version in (version, version + 1):
            return appointment
    if held and held[0].is_active:
        return held[0]
    if schedule is not None and schedule.has_place(place) and place not in schedule.free:
        raise TryAgain()
    if not held:
        raise AppointmentNotFound()
    return held[0]


def accept(caller: Caller, schedule_id: int, place: int, version: int) -> Appointment:
    """Accept the appointment for the hospital ("รับนัด")."""
    return _decide(caller, "accept", schedule_id, place, version)


def reject(caller: Caller, schedule_id: int, place: int, version: int) -> Appointment:
    """Undo the staff's Accept."""
    return _decide(caller, "reject", schedule_id, place, version)


def _decide(caller: Caller, event: str, schedule_id: int, place: int, version: int) -> Appointment:
    appointment = find(caller, schedule_id, place, version)
    if transition_rules.is_repeat(appointment, event, version, caller.login):
        return appointment
    rules.check_transition(event, appointment)
    rules.check_version(appointment, version)
    changed = transition_rules.apply_decision(
        appointment, event, caller.login, caller.name or caller.login, clock.now()
    )
    if changed is appointment or store.replace(appointment, changed):
        return changed
    return _after_conflict(caller, event, schedule_id, place, version)


def _after_conflict(caller: Caller, event: str, schedule_id: int, place: int, version: int) -> Appointment:
    """The answer if the appointment changed between the read and the write.

    A copy of this request may have changed it. Raises EditConflict if it did not.
    """
    theirs = find(caller, schedule_id, place, version)
    if transition_rules.is_repeat(theirs, event, version, caller.login):
        return theirs
    raise EditConflict(details={"theirs": theirs})


def note_call(caller: Caller, schedule_id: int, place: int, version: int, outcome: str) -> Appointment:
    """Record the outcome of a telephone call to the person.

    The same request again changes nothing. Raises AppointmentNotFound, AppointmentCancelled, AppointmentPostponed,
    EditConflict.
    """
    appointment = find(caller, schedule_id, place, version)
    rules.check_transition("note_call", appointment)
    by_name = caller.name or caller.login
    if _is_noted(appointment, version, outcome, by_name):
        return appointment
    rules.check_version(appointment, version)
    noted = transition_rules.with_call_outcome(appointment, outcome, caller.login, by_name, clock.now())
    if store.replace(appointment, noted):
        return noted
    theirs = find(caller, schedule_id, place, version)
    if _is_noted(theirs, version, outcome, by_name):
        return theirs
    raise EditConflict(details={"theirs": theirs})


def _is_noted(appointment: Appointment, version: int, outcome: str, by_name: str) -> bool:
    """Whether this very request has been carried out already."""
    noted = (appointment.version, appointment.call_outcome, appointment.call_outcome_by)
    return noted == (version + 1, outcome, by_name)


def cancel(caller: Caller, schedule_id: int, place: int, version: int, reason: str = "") -> Appointment:
    """Cancel the appointment and give its place back, until the period ends.

    reason: told to the person.
    """
    appointment = find(caller, schedule_id, place, version)
    if transition_rules.is_repeat(appointment, "cancel", version, caller.login):
        return appointment
    rules.check_transition("cancel", appointment)
    rules.check_version(appointment, version)
    try:
        return cancel_appointment(caller, appointment, reason=reason)
    except EditConflict:
        return _after_conflict(caller, "cancel", schedule_id, place, version)


def cancel_appointment(caller: Caller, appointment: Appointment, closing: str = "", reason: str = "") -> Appointment:
    """Cancel an appointment that has been read, as `cancel` does.

    closing: the id of the closing that cancels it. Raises PeriodEnded, EditConflict.
    """
    now = clock.now()
    rules.check_not_over(appointment, now, by_person=False)
    ended = transition_rules.end_appointment(
        appointment, "cancel", caller.login, now, by_person=False, closing=closing, reason=reason
    )
    if not store.give_back_place(appointment, ended):
        theirs = find(caller, appointment.schedule.schedule_id, appointment.place)
        raise EditConflict(details={"theirs": theirs})
    return ended


def postpone(
    caller: Caller, schedule_id: int, place: int, version: int, to_schedule_id: int, reason: str = ""
) -> Appointment:
    """Move the appointment to another schedule of the hospital; return the new one.

    The schedule may be open online or not. reason: told to the person.
    """
    appointment = find(caller, schedule_id, place, version)
    moved = _moved_before(caller, appointment, version, to_schedule_id)
    if moved is not None:
        return moved
    rules.check_transition("postpone", appointment)
    rules.check_version(appointment, version)
    try:
        return actions.move(caller, appointment, to_schedule_id, online=False, version=version, reason=reason)
    except (AppointmentPostponed, EditConflict):
        moved = _moved_before(caller, find(caller, schedule_id, place, version), version, to_schedule_id)
        if moved is None:
            raise
        return moved


def _moved_before(caller: Caller, appointment: Appointment, version: int, to_schedule_id: int) -> Appointment | None:
    """The new appointment, if a copy of this request has made the move; else None."""
    is_repeat = transition_rules.is_repeat(appointment, "postpone", version, caller.login)
    if not is_repeat or appointment.moved_to_schedule_id != to_schedule_id:
        return None
    held = store.held_in(caller.hospital_code, to_schedule_id, appointment.cid)
    return held if held and held.is_active else None


def reveal(caller: Caller, schedule_id: int, place: int) -> str:
    """The person's national id; an audit entry of the caller is written first."""
    appointment = find(caller, schedule_id, place)
    subject = place_subject(caller.hospital_code, schedule_id, place)
    audit.append(audit.new_entry(subject, caller.actor, "reveal"))
    return appointment.cid


def history(caller: Caller, schedule_id: int, place: int) -> list[AuditEntry]:
    """What happened at a place of the caller's hospital, oldest first.

    The hospital's reason for a cancellation or a move is added to the changes as `reason`. It is read from the
    appointment, which has the last one alone: it is known as long as that is kept, until the change is undone or the
    person books the schedule again.
    """
    newest_first = audit.newest(place_subject(caller.hospital_code, schedule_id, place))
    reasons = {
        (check_code, _REASON_OF[state]): reason
        for check_code, state, reason in list_store.reasons_at(caller.hospital_code, schedule_id, place)
    }
    # An entry's `at` ends with the appointment's check code (`appointment_audit.py`). A cancellation of the same
    # appointment may have been undone before: the reason is the newest entry's.
    entries = [
        replace(entry, changes=entry.changes | {"reason": reasons.pop((entry.at[-8:], entry.action), "")})
        for entry in newest_first
    ]
    return entries[::-1]


def of_slip(caller: Caller, code: str) -> Appointment:
    """The appointment that a slip was printed for.

    Raises AppointmentNotFound if it is another hospital's, or somebody else has booked the place since.
    """
    named = slip_codes.read(code)
    if named is None or named[0] != caller.hospital_code:
        raise AppointmentNotFound()
    _, schedule_id, place, check_code = named
    _, held = store.at_place(caller.hospital_code, schedule_id, place)
    for appointment in held:
        if appointment.check_code == check_code:
            return appointment
    raise AppointmentNotFound()
