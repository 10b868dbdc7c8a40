"""An appointment after it was decided on, moved or ended. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.booking.model import (
    ARRIVED,
    BOOKED,
    CALLED,
    CANCELLED,
    POSTPONED,
    TRANSITIONS,
    WILL_COME,
    Appointment,
    Visit,
)
from chalicelib.booking.rules import calendar_id
from chalicelib.schedules.model import Schedule


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
