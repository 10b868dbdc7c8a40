"""Notify people once, when at most three others are called before them.

The stream of the queues table reports each entry that leaves a queue. A notice has a name made of the appointment, by
which `notices.send` recognises a repeat, so it is sent once. After the notice was queued, this is noted on the entry,
so the next record leaves the person out. A person who was called in between gets no notice: it is withdrawn at once,
and again when the record arrives that their entry is gone, if nothing was noted on it.
"""

from collections.abc import Iterable
from typing import Any

from chalicelib import clock
from chalicelib.booking import notice_texts, notices, slip_codes
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
    removed = [entry for old, new in changes if (entry := store.removed_entry(old, new)) is not None]
    today = clock.today()
    queues = {(entry.hospital_code, entry.day, entry.point_id) for entry in removed if entry.day == today}
    called_next = [store.first_waiting(*queue, NEAR + 1) for queue in sorted(queues)]
    _withdraw(removed, [entry for entries in called_next for entry in entries])
    for entries in called_next:
        _tell(entries)


def _withdraw(removed: list[QueueEntry], waiting: list[QueueEntry]) -> None:
    """Withdraw the notices of removed entries that are not marked as notified.

    waiting: who is called next; their notices stay. They may be among the removed, if they were skipped or the records
    come again.
    """
    again = {_name(entry) for entry in waiting if not entry.visitor.ticket}
    for entry in removed:
        if not entry.visitor.notified and not entry.visitor.ticket and _name(entry) not in again:
            withdraw(entry.hospital_code, _name(entry))


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
    notices.send([(notice_texts.NEAR, appointment, _name(entry)) for entry, appointment in near.items()])
    for entry in near:
        if not store.mark_notified(entry):
            withdraw(entry.hospital_code, _name(entry))  # called at the same moment


def _holder(entry: QueueEntry) -> Appointment | None:
    """The appointment of an entry; None for a ticket, whose holder nobody knows."""
    subject = None if entry.visitor.ticket else store.subject_of(entry.hospital_code, entry.day, entry.visitor)
    return subject if isinstance(subject, Appointment) else None


def _name(entry: QueueEntry) -> str:
    """The notice's own name; the entry must be one of an appointment."""
    visitor = entry.visitor
    if visitor.schedule_id is None or visitor.place is None:
        raise LookupError("a ticket gets no notice")
    slip = slip_codes.code(entry.hospital_code, visitor.schedule_id, visitor.place, visitor.check_code)
    return f"{notice_texts.NEAR}-{slip}"
