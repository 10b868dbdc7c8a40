"""What staff do at the desk (manual 2.5): a day's list, booking, accept and reject, cancel, postpone, slips.

An appointment is addressed by its place (schedule and number), never by the person, so that no national id is in a URL.
The screen sends the version it shows; where the appointment has changed since, EditConflict carries what is stored. The
same request again, because its answer was lost, gets the same answer, whoever holds the place by then.
"""

from datetime import date

from chalicelib import clock
from chalicelib.audit import actions as audit
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rules import place_subject
from chalicelib.booking import actions, rules, slips, store
from chalicelib.booking.rules import Appointment, Sender
from chalicelib.caller import Caller
from chalicelib.errors import AppointmentNotFound, AppointmentPostponed, EditConflict, TryAgain
from chalicelib.people import actions as people
from chalicelib.schedules import actions as schedules

SYSTEM = "Appointment Dashboard"


def figures(caller: Caller) -> tuple[date, int, int, int]:
    """Today at the caller's hospital: the date, places of open schedules, appointments, accepted ones."""
    today = clock.today()
    held = actions.day_list(caller.hospital_code, today)
    places = schedules.places_on(caller.hospital_code, today)
    return today, places, len(held), sum(1 for one in held if one.accepted_at)


def day_list(caller: Caller, day: date, schedule_id: int | None) -> list[Appointment]:
    """Active appointments of the caller's hospital on a day, of one schedule where it is given, by time and place."""
    return actions.day_list(caller.hospital_code, day, schedule_id)


def book(caller: Caller, schedule_id: int, cid: str, comment: str) -> Appointment:
    """Books a place for a person whom the registry or this hospital's white list knows, in any open schedule.

    Raises PersonNotFound, ScheduleNotFound, ScheduleClosed, PeriodEnded, SlotsFull, AlreadyBooked, TryAgain.
    """
    person = people.known(caller.hospital_code, cid)
    sender = Sender(caller.hospital_code, SYSTEM, caller.login)
    return actions.book(caller, sender, caller.hospital_code, schedule_id, person, comment, online=False)


def find(caller: Caller, schedule_id: int, place: int, version: int | None = None) -> Appointment:
    """Who holds the place at the caller's hospital, or who held it last; with the version that the screen shows, the
    appointment that it shows, where just that one has ended. Raises AppointmentNotFound; TryAgain where the place has
    just been taken and the list of the day does not say yet by whom."""
    schedule, held = store.at_place(caller.hospital_code, schedule_id, place)
    for one in held:
        if version is not None and not one.is_active and one.version in (version, version + 1):
            return one
    if held and held[0].is_active:
        return held[0]
    if schedule is not None and schedule.has_place(place) and place not in schedule.free:
        raise TryAgain()
    if not held:
        raise AppointmentNotFound()
    return held[0]


def accept(caller: Caller, schedule_id: int, place: int, version: int) -> Appointment:
    """The staff's Accept ("รับนัด")."""
    return _decide(caller, "accept", schedule_id, place, version)


def reject(caller: Caller, schedule_id: int, place: int, version: int) -> Appointment:
    """Takes the staff's Accept back."""
    return _decide(caller, "reject", schedule_id, place, version)


def _decide(caller: Caller, event: str, schedule_id: int, place: int, version: int) -> Appointment:
    found = find(caller, schedule_id, place, version)
    if rules.is_repeat(found, event, version, caller.login):
        return found
    rules.check_transition(event, found)
    rules.check_version(found, version)
    changed = rules.apply_decision(found, event, caller.login, caller.name or caller.login, clock.now())
    if changed is found or store.replace(changed):
        return changed
    return _overtaken(caller, event, schedule_id, place, version)


def _overtaken(caller: Caller, event: str, schedule_id: int, place: int, version: int) -> Appointment:
    """What to say of an appointment that changed between the look and the write: a copy of this very request may have
    done it. Raises EditConflict."""
    theirs = find(caller, schedule_id, place, version)
    if rules.is_repeat(theirs, event, version, caller.login):
        return theirs
    raise EditConflict(details={"theirs": theirs})


def cancel(caller: Caller, schedule_id: int, place: int, version: int) -> Appointment:
    """Gives the place back, until the period ends."""
    found = find(caller, schedule_id, place, version)
    if rules.is_repeat(found, "cancel", version, caller.login):
        return found
    rules.check_transition("cancel", found)
    rules.check_version(found, version)
    try:
        return end(caller, found)
    except EditConflict:
        return _overtaken(caller, "cancel", schedule_id, place, version)


def end(caller: Caller, found: Appointment) -> Appointment:
    """`cancel` for an appointment that has been looked up."""
    now = clock.now()
    rules.check_not_over(found, now, by_person=False)
    ended = rules.end_appointment(found, "cancel", caller.login, now, by_person=False)
    if store.give_back_place(ended) is not None:
        raise EditConflict(details={"theirs": find(caller, found.schedule_id, found.place)})
    return ended


def postpone(caller: Caller, schedule_id: int, place: int, version: int, to_schedule_id: int) -> Appointment:
    """Moves the appointment to another schedule of the hospital, open online or not; returns the new one."""
    found = find(caller, schedule_id, place, version)
    moved = _moved_already(caller, found, version, to_schedule_id)
    if moved is not None:
        return moved
    rules.check_transition("postpone", found)
    rules.check_version(found, version)
    try:
        return actions.move(caller, found, to_schedule_id, online=False, version=version)
    except (AppointmentPostponed, EditConflict):
        moved = _moved_already(caller, find(caller, schedule_id, place, version), version, to_schedule_id)
        if moved is None:
            raise
        return moved


def _moved_already(caller: Caller, found: Appointment, version: int, to_schedule_id: int) -> Appointment | None:
    """The new appointment, where a copy of this very request has moved it."""
    same = rules.is_repeat(found, "postpone", version, caller.login) and found.moved_to_schedule_id == to_schedule_id
    held = store.held_in(caller.hospital_code, to_schedule_id, found.cid) if same else None
    return held if held and held.is_active else None


def reveal(caller: Caller, schedule_id: int, place: int) -> str:
    """The person's national id; that it was asked for is written down first."""
    found = find(caller, schedule_id, place)
    subject = place_subject(caller.hospital_code, schedule_id, place)
    audit.append(audit.new_entry(subject, caller.actor, "reveal"))
    return found.cid


def history(caller: Caller, schedule_id: int, place: int) -> list[AuditEntry]:
    """What happened at a place of the caller's hospital, oldest first."""
    return audit.newest(place_subject(caller.hospital_code, schedule_id, place))[::-1]


def of_slip(caller: Caller, code: str) -> Appointment:
    """The appointment that a slip was printed for. Raises AppointmentNotFound where it is not this hospital's, or the
    place has passed to somebody else since."""
    named = slips.read(code)
    if named is None or named[0] != caller.hospital_code:
        raise AppointmentNotFound()
    _, schedule_id, place, check_code = named
    _, held = store.at_place(caller.hospital_code, schedule_id, place)
    for one in held:
        if one.check_code == check_code:
            return one
    raise AppointmentNotFound()
