"""Pure decisions about appointments: who may do what, and the result."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib import errors
from chalicelib.booking import limit_rules, slips
from chalicelib.booking.model import (
    ARRIVED,
    BOOKED,
    CALLED,
    CANCELLED,
    POSTPONED,
    TRANSITIONS,
    WILL_COME,
    Appointment,
    BookingRequest,
    BookingSnapshot,
    Sender,
    Visit,
)
from chalicelib.caller import Caller
from chalicelib.people.model import PersonEntry
from chalicelib.people.rules import identity_differs
from chalicelib.schedules.model import OPEN, Schedule

# ---- who may do what ----


def check_sender(caller: Caller, sender_code: str) -> None:
    """Raise Forbidden if the sender is not the token's hospital.

    A country-level caller may send for any hospital.
    """
    if sender_code != caller.hospital_code and not caller.is_country:
        raise errors.Forbidden(
            "hospital.hospital_code is not the hospital of this token.",
            "รหัสหน่วยบริการผู้ส่งไม่ตรงกับหน่วยบริการของ token",
            fields={"hospital.hospital_code": "must be the hospital that the token was issued to"},
        )


def may_see(caller: Caller, appointment: Appointment) -> bool:
    """Whether the caller may see the appointment.

    That is a country-level caller, the hospital that is booked, and the hospital that booked.
    """
    return caller.is_country or caller.hospital_code in (appointment.schedule.hospital_code, appointment.booked_by)


def check_transition(event: str, appointment: Appointment) -> None:
    """Raise a Conflict if the event may not happen in the appointment's state.

    It is AppointmentCancelled or AppointmentPostponed.
    """
    if appointment.state in TRANSITIONS[event][0]:
        return
    if appointment.state == CANCELLED:
        raise errors.AppointmentCancelled()
    raise errors.AppointmentPostponed()


def check_not_over(appointment: Appointment, now: datetime, *, by_person: bool) -> None:
    """Raise PeriodEnded or TooLate if the place can no longer be given up.

    A hospital may give it up until the period ends. A person may do so until the period starts, or until as many
    minutes before as the hospital's rules said at the time of booking.
    """
    if appointment.schedule.is_over(now):
        raise errors.PeriodEnded("This appointment's period is over.", "การนัดหมายนี้ผ่านไปแล้ว ไม่สามารถแก้ไขได้")
    last_moment = appointment.schedule.start(now) - timedelta(minutes=appointment.cancel_minutes_before)
    if by_person and now >= last_moment:
        raise errors.TooLate()


def check_version(appointment: Appointment, version: int) -> None:
    """Raise EditConflict if the appointment's version is not the screen's version.

    Somebody changed the appointment since the screen was filled.
    """
    if appointment.version != version:
        raise errors.EditConflict(details={"theirs": appointment})


# ---- booking and moving ----


def check_request(request: BookingRequest, snapshot: BookingSnapshot, now: datetime) -> None:
    """Raise a Conflict if the request cannot have a place of the schedule.

    snapshot: the schedule as it was read.
    """
    if request.moving is not None and snapshot.held is not None and snapshot.held.is_active:
        raise errors.AlreadyBooked()
    check_bookable(snapshot.schedule, now, online=request.online)
    if request.sender.is_outside:
        limit_rules.check_outside(request, snapshot.limits, snapshot.schedule)


def check_bookable(schedule: Schedule, now: datetime, *, online: bool) -> None:
    """Raise a Conflict if no place of the schedule may be taken now.

    online: through the API or the app; False for staff, who may also book what is not open online.
    """
    if schedule.state != OPEN:
        raise errors.ScheduleClosed()
    if schedule.info.is_over(now):
        raise errors.PeriodEnded()
    if online and not schedule.online:
        raise errors.ScheduleNotOnline()
    if schedule.available_count <= 0 or not schedule.free:
        raise errors.SlotsFull()


def check_move(request: BookingRequest, moving: Appointment, now: datetime) -> None:
    """Raise a Conflict if the appointment may not be moved."""
    check_transition("postpone", moving)
    if request.version is not None:
        check_version(moving, request.version)
    check_not_over(moving, now, by_person=request.sender.is_person)


def moved_before(request: BookingRequest, moving: Appointment) -> Appointment | None:
    """The answer to a move that has already been made; None if it has not.

    Moves by staff have a version. Their repeats, after the appointment is postponed, are recognised by `is_repeat`.
    """
    if moving.is_active and moving.schedule.schedule_id == request.schedule_id:
        return moving
    if moving.state == POSTPONED and moving.moved_to_schedule_id == request.schedule_id and request.version is None:
        return successor(moving)
    return None


def booked_before(held: Appointment, sender: Sender) -> Appointment:
    """The answer to a booking by a person who holds a place already.

    Raises AlreadyBooked if another hospital booked it.
    """
    if held.booked_by == sender.hospital_code:
        return held
    raise errors.AlreadyBooked()


def places_to_try(snapshot: BookingSnapshot) -> list[int]:
    """The free places in order.

    If there is a choice, it leaves out the places whose ids this person gave up before, so that a late repeat of that
    cancellation cannot cancel the new appointment.
    """
    schedule, before = snapshot.schedule, snapshot.held
    free = sorted(schedule.free)
    if before is None:
        return free
    return [place for place in free if schedule.appointment_id(place) not in before.given_up_ids] or free


def new_appointment(
    request: BookingRequest, snapshot: BookingSnapshot, place: int, check_code: str, now: datetime
) -> Appointment:
    """The person's appointment at a place of the schedule.

    check_code: eight random hex digits, printed on the slip. If the person held a place of the schedule before, the new
    appointment continues its version, so that the two cannot be mistaken for each other, and remembers its ids.
    """
    schedule, before = snapshot.schedule, snapshot.held
    appointment_id = schedule.appointment_id(place)
    known = snapshot.own or snapshot.person or request.person
    if request.moving is not None:
        sent_name = request.moving.sent_name
    else:
        sent_name = request.person.name if identity_differs(request.person, known) else ""
    appointment = Appointment(
        schedule=schedule.info,
        cid=request.person.cid,
        place=place,
        appointment_id=appointment_id,
        queue_no=schedule.queue_no(place),
        person_name=known.name,
        sent_name=sent_name,
        person_phone=known.telephones[1],
        state=BOOKED,
        version=before.version + 1 if before else first_version(check_code),
        check_code=check_code,
        comment=request.comment,
        reason=request.reason,
        booked_by=request.sender.hospital_code,
        booked_system=request.sender.system,
        booked_login=request.sender.login,
        booked_at=now.isoformat(timespec="seconds"),
        changed_login=request.sender.login,
        changed_at=now.isoformat(timespec="milliseconds"),
        changed_by_person=request.sender.is_person,
        cancel_minutes_before=snapshot.limits.cancel_minutes_before,
        outside=request.moving.outside if request.moving else request.sender.is_outside,
        ended_ids=before.given_up_ids - {appointment_id} if before else frozenset(),
    )
    return appointment if request.moving is None else continue_calendar_entry(request.moving, appointment)


def new_entry(request: BookingRequest, new: Appointment) -> PersonEntry:
    """A new registry entry for the person, with what the sender says."""
    return PersonEntry(request.person, request.sender.hospital_code, request.sender.login, new.booked_at)


def first_version(check_code: str) -> int:
    """The version of a new appointment: any number below 2^30.

    Staff name an appointment by its place and version. With random first versions, a screen that still shows the last
    holder of a place does not name the next one.
    """
    return int(check_code, 16) // 4 + 1


def continue_calendar_entry(old: Appointment, new: Appointment) -> Appointment:
    """Make `new` the same entry in the person's calendar as `old`, which moves to it."""
    return replace(new, origin=calendar_id(old), sequence=old.sequence + 1)


def calendar_id(appointment: Appointment) -> str:
    """The id of the appointment's calendar entry.

    It is unique, and the same before and after a move.
    """
    return appointment.origin or slip_code(appointment)


def slip_code(appointment: Appointment) -> str:
    """The code on the appointment's slip; it contains nothing about the person."""
    schedule = appointment.schedule
    return slips.code(schedule.hospital_code, schedule.schedule_id, appointment.place, appointment.check_code)


# ---- changes ----


def end_appointment(
    appointment: Appointment,
    event: str,
    login: str,
    now: datetime,
    *,
    by_person: bool,
    closing: str = "",
    reason: str = "",
) -> Appointment:
    """The appointment after `cancel`, `release` or `postpone`.

    closing: the id of the closing that ends it.
    """
    ended = _changed(appointment, login, now, changed_by_person=by_person, state=TRANSITIONS[event][1])
    released_at = now.isoformat(timespec="seconds") if event == "release" else ""
    return replace(ended, closing=closing, reason=reason, released_at=released_at)


def ending(ended: Appointment) -> str:
    """The field of PlaceEvents that counts the end of the appointment.

    "moved", "cancelled", or "cancelled_late" if it was cancelled on the day of the schedule or after it.
    """
    if ended.state == POSTPONED:
        return "moved"
    return "cancelled_late" if ended.changed_at[:10] >= ended.schedule.day.isoformat() else "cancelled"


def moved(appointment: Appointment, new: Appointment, closing: str = "") -> Appointment:
    """The old appointment after it was postponed to `new`, with the new ids."""
    old = _changed(
        appointment,
        new.changed_login,
        datetime.fromisoformat(new.changed_at),
        changed_by_person=new.changed_by_person,
        state=POSTPONED,
    )
    to = new.schedule.schedule_id
    return replace(
        old,
        moved_to_schedule_id=to,
        moved_to_appointment_id=new.appointment_id,
        closing=closing,
        reason=new.reason,
    )


def has_answered(ended: Appointment, new: Appointment | None, held: Iterable[Appointment]) -> bool:
    """Whether anybody has acted since a closing ended the appointment.

    If so, undoing the closing leaves it ended. new: the appointment to which it was moved, as it is now. held: what the
    person holds, if it was cancelled. After a move, any change of the new appointment counts, also an acceptance by the
    staff. After a cancellation, it counts if the person holds an appointment in that department that was booked since.
    """
    if ended.state == POSTPONED:
        same = new is not None and new.is_active and new.appointment_id == ended.moved_to_appointment_id
        return not (same and new is not None and new.changed_at == ended.changed_at)
    department = (ended.schedule.hospital_code, ended.schedule.department_id)
    return any(
        other.is_active
        and (other.schedule.hospital_code, other.schedule.department_id) == department
        and other.booked_at >= ended.changed_at[:19]
        for other in held
    )


def restored(ended: Appointment, new: Appointment | None, schedule: Schedule, login: str, now: datetime) -> Appointment:
    """The appointment that a closing or a release ended, active again.

    It gets its own place if that is free, otherwise the lowest free one. It is the same appointment: the slip, the
    acceptance and the person's confirmation are valid again. A person who waited or was called has to arrive again,
    because their entry may have left its queue meanwhile. new: the appointment to which it was moved.
    """
    place = ended.place if ended.place in schedule.free else min(schedule.free)
    appointment_id = schedule.appointment_id(place)
    visit = ended.day_of_visit
    active = replace(
        ended,
        schedule=schedule.info,
        place=place,
        appointment_id=appointment_id,
        queue_no=schedule.queue_no(place),
        state=BOOKED,
        origin=ended.origin if place == ended.place else calendar_id(ended),
        sequence=new.sequence if new else ended.sequence,
        moved_to_schedule_id=None,
        moved_to_appointment_id=None,
        ended_ids=ended.given_up_ids - {appointment_id},
        closing="",
        reason="",
        release_by="",  # the system does not release it again: they could not confirm while it was cancelled
        released_at="",
        day_of_visit=Visit(visit_number=visit.visit_number) if visit.visit in (ARRIVED, CALLED) else visit,
    )
    return _changed(active, login, now, changed_by_person=False)


def successor(appointment: Appointment) -> Appointment:
    """The postponed appointment with the ids of its new appointment.

    It is the answer to a repeated request. Raises LookupError if the appointment was not postponed.
    """
    moved_id, schedule_id = appointment.moved_to_appointment_id, appointment.moved_to_schedule_id
    if moved_id is None or schedule_id is None:
        raise LookupError("the appointment was not postponed")
    return replace(
        appointment, appointment_id=moved_id, schedule=replace(appointment.schedule, schedule_id=schedule_id)
    )


def apply_decision(appointment: Appointment, event: str, login: str, staff_name: str, now: datetime) -> Appointment:
    """The appointment after accept, reject or confirm.

    The same object if nothing changes. After an acceptance the system never releases the place, also if the acceptance
    is taken back: the person was told that the hospital expects them.
    """
    at = now.isoformat(timespec="seconds")
    if event == "accept" and not appointment.accepted_at:
        accepted = replace(appointment, accepted_by=staff_name, accepted_at=at, release_by="")
        return _changed(accepted, login, now, changed_by_person=False)
    if event == "reject" and appointment.accepted_at:
        return _changed(appointment, login, now, changed_by_person=False, accepted_by="", accepted_at="")
    if event == "confirm" and not appointment.confirmed_at:
        return _changed(appointment, login, now, changed_by_person=True, confirmed_at=at)
    return appointment


def with_call_outcome(
    appointment: Appointment, outcome: str, login: str, staff_name: str, now: datetime
) -> Appointment:
    """The appointment after a telephone call, as its next version.

    The person's calendar entry stays as it is. If they will come, the system never releases the place, also if another
    call has another outcome.
    """
    return replace(
        appointment,
        release_by="" if outcome == WILL_COME else appointment.release_by,
        version=appointment.version + 1,
        changed_login=login,
        changed_at=now.isoformat(timespec="milliseconds"),
        call_outcome=outcome,
        call_outcome_by=staff_name,
        call_outcome_at=now.isoformat(timespec="seconds"),
    )


def _changed(appointment: Appointment, login: str, now: datetime, **changes: Any) -> Appointment:
    at = now.isoformat(timespec="milliseconds")
    version, sequence = appointment.version + 1, appointment.sequence + 1
    return replace(appointment, version=version, sequence=sequence, changed_login=login, changed_at=at, **changes)


def is_repeat(appointment: Appointment, event: str, version: int, login: str) -> bool:
    """Whether the same login has already made this change to this version.

    If so, the answer was lost and the client sent the request again.
    """
    effect = {
        "accept": bool(appointment.accepted_at),
        "reject": not appointment.accepted_at,
        "cancel": appointment.state == CANCELLED,
        "postpone": appointment.state == POSTPONED,
    }
    same = (appointment.version, appointment.changed_login) == (version + 1, login)
    return same and effect[event] and appointment.state == TRANSITIONS[event][1]
