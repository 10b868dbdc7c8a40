"""Pure decisions about appointments: who may do what, and the result."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib import errors
from chalicelib.booking import limit_rules, slip_codes
from chalicelib.booking.model import (
    BOOKED,
    CANCELLED,
    POSTPONED,
    TRANSITIONS,
    Appointment,
    BookingRequest,
    BookingSnapshot,
    Sender,
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
    return slip_codes.code(schedule.hospital_code, schedule.schedule_id, appointment.place, appointment.check_code)


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
