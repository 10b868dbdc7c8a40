"""Notify people once, when at most three others are called before them.

The stream of the queues table reports each entry that leaves a queue. A notice has a name made of the appointment, by
which `notices.send` recognises a repeat, so it is sent once. After the notice was queued, this is noted on the entry,
so the next record leaves the person out. A person who was called in between gets no notice.
"""

from collections.abc import Iterable
from typing import Any

from chalicelib import clock
from chalicelib.booking import notice_texts, notices
from chalicelib.booking import rules as booking
from chalicelib.booking.model import Appointment
from chalicelib.messages.notices import withdraw
from chalicelib.visits import rules, store
from chalicelib.visits.model import QueueEntry

# A person with at most this number of people in front of them gets the notice.
NEAR = 3


def tell(changes: Iterable[tuple[Any, Any]]) -> None:
    """Notify the people who are next in the queues that an entry has left.

    changes: (row before, row after). Raises TryAgain.
    """
    entries = (store.removed_entry(old, new) for old, new in changes)
    queues = {(entry.hospital_code, entry.day, entry.point_id) for entry in entries if entry is not None}
    today = clock.today()
    for hospital_code, day, point_id in sorted(queues):
        if day == today:
            _tell(store.first_waiting(hospital_code, day, point_id, NEAR + 1))


def _tell(entries: list[QueueEntry]) -> None:
    """Queue notices to the people of these entries who have none yet.

    entries: those who are called next, in order.
    """
    waiting = {entry: holder for entry in entries if not entry.visitor.notified and (holder := _holder(entry))}
    now = {each.check_code: each for each in store.held_now(waiting.values())} if waiting else {}
    near = {
        entry: appointment
        for entry, holder in waiting.items()
        if (appointment := now.get(holder.check_code)) and rules.is_waiting(appointment, entry)
    }
    notices.send([(notice_texts.NEAR, appointment, _name(appointment)) for appointment in near.values()])
    for entry, appointment in near.items():
        if not store.mark_notified(entry):
            withdraw(entry.hospital_code, _name(appointment))  # called at the same moment


def _holder(entry: QueueEntry) -> Appointment | None:
    """The appointment of an entry; None for a ticket, whose holder nobody knows."""
    subject = None if entry.visitor.ticket else store.subject_of(entry.hospital_code, entry.day, entry.visitor)
    return subject if isinstance(subject, Appointment) else None


def _name(appointment: Appointment) -> str:
    return f"{notice_texts.NEAR}-{booking.slip_code(appointment)}"
