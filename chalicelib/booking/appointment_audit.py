"""Audit entries of changes to appointments."""

from collections.abc import Iterable
from typing import Any

from chalicelib.audit import actions as audit
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rules import place_subject
from chalicelib.booking import store
from chalicelib.booking.model import ABSENT, ARRIVED, BOOKED, CALLED, CANCELLED, POSTPONED, SERVED, Appointment, Visit


def record(changes: Iterable[tuple[Any, Any]]) -> None:
    """Append audit entries for records of the appointments stream.

    changes: (row before, row after). A repeat has no effect.
    """
    entries = (entry_of_change(store.read_image(old), store.read_image(new)) for old, new in changes)
    audit.append_batch(entry for entry in entries if entry is not None)


def entry_of_change(before: Appointment | None, after: Appointment | None) -> AuditEntry | None:
    """The audit entry of a change; None if nobody acted.

    Pure: it depends on the appointment alone, so that a repeat gives the same entry.
    """
    action = _action(before, after)
    if after is None or action is None:
        return None
    changes: dict[str, Any] = {"queue_no": after.queue_no, "version": after.version}
    if action == "book":
        changes |= {"booked_by": after.booked_by, "system": after.booked_system}
    if action == "postpone":
        changes["to_schedule_id"] = after.moved_to_schedule_id
    return AuditEntry(
        subject=place_subject(after.schedule.hospital_code, after.schedule.schedule_id, after.place),
        at=f"{after.changed_at}#{after.version:010d}-{after.check_code}",
        actor=after.changed_login,
        action=action,
        changes=changes,
    )


def _action(before: Appointment | None, after: Appointment | None) -> str | None:
    if after is None:
        return None
    if after.state == BOOKED and (before is None or before.check_code != after.check_code):
        return "book"
    if before is not None and after.state == BOOKED and before.state != BOOKED:
        return "restore"
    if before is None or before.state != after.state:
        return {CANCELLED: "release" if after.released_at else "cancel", POSTPONED: "postpone"}.get(after.state)
    if before.accepted_at != after.accepted_at:
        return "accept" if after.accepted_at else "reject"
    if before.confirmed_at != after.confirmed_at:
        return "confirm" if after.confirmed_at else None
    if before.call_outcome_at != after.call_outcome_at:
        return "note_call"
    return _visit_action(before.day_of_visit, after.day_of_visit)


def _visit_action(before: Visit, after: Visit) -> str | None:
    if before.visit == after.visit:
        return None
    if after.visit == ARRIVED and before.visit == CALLED:
        return "skip" if before.point_id == after.point_id else "send_on"
    return {ARRIVED: "arrive", CALLED: "call", SERVED: "serve", ABSENT: "absent"}.get(after.visit)
