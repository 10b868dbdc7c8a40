"""The queues table, and the transactions of arrivals, calls and outcomes.

A visitor who waits has one entry in the queue of one service point, and their appointment or ticket says so. Both
change in one DynamoDB transaction (docs/concurrency.md). Each function tries once.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib import storage
from chalicelib.booking.model import BOOKED, Appointment
from chalicelib.booking.rows import APPOINTMENTS, key_columns, schedule_place
from chalicelib.clock import BANGKOK
from chalicelib.row_mapper import Mapper
from chalicelib.schedules.model import Schedule, day_of
from chalicelib.schedules.rows import SCHEDULES, hospital_and_day, hospital_day, point_item, schedule_key, waiting_item
from chalicelib.settings import settings
from chalicelib.storage import RawItem, Write
from chalicelib.tables import AppointmentItem, CatalogueItem, QueueItem, ScheduleItem
from chalicelib.visits import rules
from chalicelib.visits.model import Counter, QueueEntry, Subject, Ticket, Visitor

_POINTS, _TICKETS = "point#", "tickets"


def _expires_at(day: date) -> datetime:
    """When the queues of a day are deleted."""
    return datetime.combine(day, time(), BANGKOK) + timedelta(days=1 + settings().queues_kept_days)


def _common(value: QueueEntry | Counter | Ticket) -> dict[str, Any]:
    return {"hospital_day": hospital_day(value.hospital_code, value.day), "expires_at": _expires_at(value.day)}


def _counter_item(point_id: int, counter: int) -> str:
    return f"{_POINTS}{point_id:05d}#counter#{counter:02d}"


def _ticket_item(ticket: str) -> str:
    return f"ticket#{ticket}"


def _point_and_day(row: Any) -> dict[str, Any]:
    return {**hospital_and_day(row), "point_id": int(row.item.split("#")[1])}


ENTRIES = Mapper(
    QueueItem,
    QueueEntry,
    keys=lambda entry: {**_common(entry), "item": waiting_item(entry.point_id) + rules.order(entry)},
    from_keys=_point_and_day,
)
COUNTERS = Mapper(
    QueueItem,
    Counter,
    keys=lambda counter: {**_common(counter), "item": _counter_item(counter.point_id, counter.counter)},
    from_keys=lambda row: {**_point_and_day(row), "counter": int(row.item.split("#")[3])},
)
TICKETS = Mapper(
    QueueItem,
    Ticket,
    keys=lambda ticket: {**_common(ticket), "item": _ticket_item(ticket.ticket)},
    from_keys=lambda row: {**hospital_and_day(row), "ticket": row.item.split("#")[1]},
)


# ---- reads ----


def at_place(hospital_code: str, schedule_id: int, place: int, check_code: str) -> Appointment | None:
    """The appointment of a slip. From an index: a moment behind."""
    rows = AppointmentItem.by_hospital_day.query(
        hospital_day(hospital_code, day_of(schedule_id)),
        AppointmentItem.schedule_place == schedule_place(schedule_id, place),
    )
    appointments = (APPOINTMENTS.read(row) for row in rows)
    return next((each for each in appointments if each.check_code == check_code), None)


def held_from(cid: str, first: date) -> list[Appointment]:
    """Everything that a person holds or held from a day on."""
    rows = AppointmentItem.query(cid, AppointmentItem.appointment >= first.isoformat(), consistent_read=True)
    return [APPOINTMENTS.read(row) for row in rows]


def now_of(subject: Subject) -> Subject | None:
    """The same appointment or ticket at this moment; None if it is gone."""
    if isinstance(subject, Ticket):
        return ticket(subject.hospital_code, subject.day, subject.ticket)
    row = storage.get(AppointmentItem, subject.cid, key_columns(subject)["appointment"])
    return APPOINTMENTS.read(row) if row else None


def subject_of(hospital_code: str, day: date, visitor: Visitor) -> Subject | None:
    """The appointment or ticket of a visitor; None if it is not there.

    An appointment is read from an index, which is a moment behind.
    """
    if visitor.ticket:
        return ticket(hospital_code, day, visitor.ticket)
    if visitor.schedule_id is None or visitor.place is None:
        raise LookupError("a visitor has an appointment or a ticket")
    return at_place(hospital_code, visitor.schedule_id, visitor.place, visitor.check_code)


def ticket(hospital_code: str, day: date, ticket_id: str) -> Ticket | None:
    row = storage.get(QueueItem, hospital_day(hospital_code, day), _ticket_item(ticket_id))
    return TICKETS.read(row) if row else None


def first_waiting(
    hospital_code: str, day: date, point_id: int, most: int, behind: QueueEntry | None = None
) -> list[QueueEntry]:
    """The first entries of a point's queue, in order.

    most: how many at most. behind: only entries behind this one, which may be gone.
    """
    partition = hospital_day(hospital_code, day)
    begin = {"hospital_day": {"S": partition}, "item": {"S": ENTRIES.key(behind).item}} if behind else None
    rows = QueueItem.query(
        partition,
        QueueItem.item.startswith(waiting_item(point_id)),
        consistent_read=True,
        last_evaluated_key=begin,
        limit=most,
        page_size=most,
    )
    return [ENTRIES.read(row) for row in rows]


def count_before(hospital_code: str, day: date, point_id: int, order: str) -> int:
    """How many entries of a point's queue come before this order. A moment behind."""
    queue = waiting_item(point_id)
    up_to = QueueItem.item.between(queue, queue + order)
    counted = QueueItem.count(hospital_day(hospital_code, day), up_to)
    return max(0, counted - 1)  # the entry itself is among them


def held_now(listed: Iterable[Appointment]) -> list[Appointment]:
    """Read at most 100 appointments again, in one request.

    Those that are gone are left out.
    """
    keys = dict.fromkeys((each.cid, key_columns(each)["appointment"]) for each in listed)
    rows = storage.batch_get([(AppointmentItem, *key) for key in keys])
    return [APPOINTMENTS.read(row) for row in rows if row is not None]


def schedules_of(listed: Iterable[Appointment]) -> list[Schedule]:
    """Read the schedules of at most 100 appointments, in one request."""
    keys = dict.fromkeys(
        (hospital_day(each.schedule.hospital_code, each.schedule.day), each.schedule.schedule_id) for each in listed
    )
    rows = storage.batch_get([(ScheduleItem, *key) for key in keys])
    return [SCHEDULES.read(row) for row in rows if row is not None]


def read_image(image: RawItem | None) -> Appointment | None:
    """The appointment in a record of its table's stream; None if the record has none."""
    return APPOINTMENTS.read_item(image)


def removed_entry(old: RawItem | None, new: RawItem | None) -> QueueEntry | None:
    """The entry that a record of the queues table's stream has removed.

    None if the record is of another kind.
    """
    is_entry = old is not None and "#waiting#" in old["item"]["S"]
    return ENTRIES.read_item(old) if is_entry and not new else None


def counter_of(hospital_code: str, day: date, point_id: int, counter: int) -> Counter | None:
    """What a counter shows; None if it has called nobody on this day."""
    row = storage.get(QueueItem, hospital_day(hospital_code, day), _counter_item(point_id, counter))
    return COUNTERS.read(row) if row else None


def counter_and_point(
    hospital_code: str, day: date, point_id: int, counter: int, other_point: int
) -> tuple[Counter | None, bool]:
    """What a counter shows, and whether another service point exists; one request."""
    row, point = storage.batch_get(
        [
            (QueueItem, hospital_day(hospital_code, day), _counter_item(point_id, counter)),
            (CatalogueItem, hospital_code, point_item(other_point)),
        ]
    )
    return COUNTERS.read(row) if row else None, point is not None


def queues_on(
    hospital_code: str, day: date, point_id: int | None = None, *, consistent: bool = False
) -> tuple[list[Counter], list[QueueEntry]]:
    """The counters and the entries of a hospital's day in order: one Query.

    point_id: only those of this point.
    """
    part = _POINTS if point_id is None else f"{_POINTS}{point_id:05d}#"
    counters, entries = [], []
    its = QueueItem.item.startswith(part)
    for row in QueueItem.query(hospital_day(hospital_code, day), its, consistent_read=consistent):
        if "#counter#" in row.item:
            counters.append(COUNTERS.read(row))
        else:
            entries.append(ENTRIES.read(row))
    return counters, entries


# ---- writes ----


def arrive(before: Appointment, after: Appointment, entry: QueueEntry | None) -> Appointment | None:
    """Write an arrival, and its entry if the person begins to wait in our queue.

    Returns None if it is done; the appointment as it is now if it has changed since `before`. Raises LookupError if it
    is gone.
    """
    writes = [_change(before, after)]
    if entry is not None:
        writes.append(storage.put(ENTRIES.row(entry), QueueItem.item.does_not_exist()))
    failed = storage.transact(writes)
    if failed is None:
        return None
    appointment = APPOINTMENTS.read_item(failed[0])
    if appointment is None:
        raise LookupError("the appointment is gone")
    return appointment


def next_ticket(hospital_code: str, day: date) -> int:
    """Take the day's next ticket number.

    A number that is not used only leaves a gap.
    """
    row = QueueItem(hospital_day(hospital_code, day), _TICKETS)
    storage.write(storage.update(row, [QueueItem.last_ticket.add(1), QueueItem.expires_at.set(_expires_at(day))]))
    return int(row.last_ticket)


def draw(new: Ticket, entry: QueueEntry) -> Ticket | None:
    """Put a ticket and its entry.

    Returns None if it is done; else the ticket that has this id already.
    """
    unused = QueueItem.item.does_not_exist()
    failed = storage.transact([storage.put(TICKETS.row(new), unused), storage.put(ENTRIES.row(entry), unused)])
    return None if failed is None else TICKETS.read_item(failed[0])


def call(entry: QueueEntry, before: Subject, after: Subject, counter: Counter) -> tuple[bool, Counter | None]:
    """Take an entry out of its queue for a counter, which must serve nobody.

    Returns whether it is done. If not, the second value is the counter if it serves somebody or has made this call;
    None if the entry is gone, or the appointment or ticket has changed.
    """
    out_of_queue = storage.delete(ENTRIES.key(entry), QueueItem.item.exists())
    failed = storage.transact([out_of_queue, _change(before, after), _show(counter)])
    return failed is None, COUNTERS.read_item(failed[2]) if failed else None


def end_call(
    counter: Counter, outcome: str, change: tuple[Subject, Subject] | None, entry: QueueEntry | None = None
) -> tuple[bool, Subject | None] | None:
    """Write what became of a counter's call. None if it is done.

    change: the appointment or ticket before and after; None if it has ended otherwise. entry: with which the visitor
    waits again. Returns whether the call has ended already, and the appointment or ticket as it is now if it has
    changed.
    """
    shown = (QueueItem.call_id == counter.call_id) & QueueItem.outcome.does_not_exist()
    writes = [storage.update(COUNTERS.key(counter), [QueueItem.outcome.set(outcome)], shown)]
    if change is not None:
        writes.append(_change(*change))
    if entry is not None:
        writes.append(storage.put(ENTRIES.row(entry), QueueItem.item.does_not_exist()))
    failed = storage.transact(writes)
    if failed is None:
        return None
    return failed[0] is not None, _read(change[0], failed[1]) if change is not None else None


def recall(hospital_code: str, day: date, point_id: int, counter: int, call_id: str) -> Counter | None:
    """Count that a counter calls its visitor again.

    Returns None if it does not serve the visitor of this call any more.
    """
    row = QueueItem(hospital_day(hospital_code, day), _counter_item(point_id, counter))
    shown = (QueueItem.call_id == call_id) & QueueItem.outcome.does_not_exist()
    done = storage.write(storage.update(row, [QueueItem.recalls.add(1)], shown))
    return COUNTERS.read(row) if done else None


def mark_notified(entry: QueueEntry) -> bool:
    """Note on an entry that its visitor got the notice; False if it is gone."""
    return storage.write(storage.update(ENTRIES.key(entry), [QueueItem.notified.set(True)], QueueItem.item.exists()))


def mark_visits(schedule: Schedule, visits: frozenset[int]) -> bool:
    """Replace the marks of the visits in a schedule.

    Returns False if they have changed since the schedule was read.
    """
    actions = SCHEDULES.changes(schedule, replace(schedule, visits=visits))
    column = ScheduleItem.visits
    unchanged = column == set(schedule.visits) if schedule.visits else column.does_not_exist()
    exists = ScheduleItem.schedule_id.exists()
    return storage.write(storage.update(schedule_key(schedule.info), actions, exists & unchanged))


def record_outcome(before: Appointment, after: Appointment) -> bool:
    """Write the outcome of a visit; the person does not wait any more.

    The outcome comes from a person or the hospital's system. Returns False if the appointment has changed since
    `before`.
    """
    writes = [_change(before, after)]
    visit = before.day_of_visit
    if visit.queue_order and visit.point_id is not None:
        schedule = before.schedule
        key = QueueItem(
            hospital_day(schedule.hospital_code, schedule.day), waiting_item(visit.point_id) + visit.queue_order
        )
        writes.append(storage.delete(key))
    return storage.transact(writes) is None


def remove(entry: QueueEntry) -> None:
    """Remove an entry from its queue, because its appointment has ended."""
    storage.write(storage.delete(ENTRIES.key(entry), QueueItem.item.exists()))


def _change(before: Subject, after: Subject) -> Write:
    """Write the visit of an appointment or ticket, if it is as it was read."""
    if isinstance(before, Ticket) and isinstance(after, Ticket):
        return storage.update(TICKETS.key(before), TICKETS.changes(before, after), QueueItem.version == before.version)
    if isinstance(before, Appointment) and isinstance(after, Appointment):
        unchanged = (AppointmentItem.state == BOOKED) & (AppointmentItem.version == before.version)
        return storage.update(APPOINTMENTS.key(before), APPOINTMENTS.changes(before, after), unchanged)
    raise TypeError("an appointment stays an appointment, and a ticket a ticket")


def _read(before: Subject, item: RawItem | None) -> Subject | None:
    """The appointment or ticket in the item of a failed condition.

    None if the condition held, or the item is gone.
    """
    return TICKETS.read_item(item) if isinstance(before, Ticket) else APPOINTMENTS.read_item(item)


def _show(counter: Counter) -> Write:
    """Write a new call to a counter.

    Conditions: the counter serves nobody, and has not made this call before.
    """
    nobody = Counter(counter.hospital_code, counter.day, counter.point_id, counter.counter)
    shown = COUNTERS.values(counter)
    actions: Iterable[Any] = [
        QueueItem.calls.add(counter.calls),
        QueueItem.waited_seconds.add(counter.waited_seconds),
        QueueItem.recalls.set(0),
        QueueItem.expires_at.set(_expires_at(counter.day)),
        *(
            getattr(QueueItem, name).set(shown[name]) if name in shown else getattr(QueueItem, name).remove()
            for name in _SHOWN_OF_A_CALL
        ),
    ]
    idle = QueueItem.call_id.does_not_exist() | QueueItem.outcome.exists()
    other_call = QueueItem.call_id.does_not_exist() | (QueueItem.call_id != counter.call_id)
    return storage.update(COUNTERS.key(nobody), list(actions), idle & other_call)


# Columns of a counter that a call replaces.
_SHOWN_OF_A_CALL = (
    *("call_id", "called_at", "outcome"),
    *(column.name for column in COUNTERS.columns if column.path[0] == "visitor"),
)
