"""Rules of the day of the visit: entries, queue order, calls and outcomes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib import errors
from chalicelib.booking.model import ABSENT, ARRIVED, CALLED, CANCELLED, SERVED, Appointment, Visit
from chalicelib.schedules.catalogue_model import HospitalCatalogue, Period, ServicePoint, VisitRules
from chalicelib.schedules.figures_model import VisitMark
from chalicelib.schedules.model import ScheduleInfo
from chalicelib.visits.arrival_rules import english_date, thai_date
from chalicelib.visits.model import URGENT, Counter, PointStatus, QueueEntry, Subject, Ticket, Visitor

# event -> (allowed values of `Visit.visit`, value afterwards). Everything else is refused. The last two events are
# reported by the staff or the hospital's information system, whatever the state of the queue.
TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "arrive": (frozenset({"", ABSENT}), ARRIVED),
    "call": (frozenset({ARRIVED}), CALLED),
    "skip": (frozenset({CALLED}), ARRIVED),
    "send_on": (frozenset({CALLED}), ARRIVED),
    "serve": (frozenset({CALLED}), SERVED),
    "mark_absent": (frozenset({CALLED}), ABSENT),
    "note_served": (frozenset({"", ARRIVED, CALLED, ABSENT}), SERVED),
    "note_absent": (frozenset({"", ARRIVED, CALLED, SERVED}), ABSENT),
}
# An entry whose appointment cannot be found is kept for this time, because an index may be behind.
INDEX_MAY_BE_BEHIND = timedelta(minutes=10)
# The call has found the appointment in the index. If it is not there a moment later, another copy of the index may be
# behind. After this time the person has cancelled it and booked again, and the counter must not stay busy.
COPIES_MAY_DIFFER = timedelta(minutes=1)
_CLASSES = {URGENT: 1, "": 5}
_PRIORITY_CLASS, _SKIPPED_CLASS = 3, 9


def next_visit(event: str, visit: Visit) -> str:
    """The value of `Visit.visit` after an event.

    Raises ValueError if the event may not happen now.
    """
    before, after = TRANSITIONS[event]
    if visit.visit not in before:
        raise ValueError(f"{event} may not happen to somebody who is {visit.visit or 'not here yet'}")
    return after


# ---- entries of a queue ----


def first_point(hospital: HospitalCatalogue, schedule: ScheduleInfo) -> ServicePoint | None:
    """The service point where the people of a schedule wait first.

    It serves the room or its department, and no other such point sends people to it. A point for the room comes before
    one for the department. None if the hospital's own system manages their queue. Raises NoServicePoint.
    """
    if schedule.department_id in hospital.visit_rules.his_departments:
        return None
    serving = [
        point
        for point in hospital.points.values()
        if schedule.room_id in point.rooms or schedule.department_id in point.departments
    ]
    later = {point.next_point for point in serving}
    first = [point for point in serving if point.point_id not in later] or serving
    if not first:
        raise errors.NoServicePoint()
    return min(first, key=lambda point: (schedule.room_id not in point.rooms, point.point_id))


def entry_of(
    appointment: Appointment, point: ServicePoint, limits: VisitRules, priority: str, now: datetime
) -> QueueEntry:
    """The entry of a person who arrives now.

    A person who is late waits behind everybody whose period has started, and before all others.
    """
    schedule = appointment.schedule
    is_late = now >= schedule.start(now) + timedelta(minutes=limits.late_minutes)
    return QueueEntry(
        hospital_code=schedule.hospital_code,
        day=schedule.day,
        point_id=point.point_id,
        since=_precise(now),
        visitor=Visitor(
            number=appointment.queue_no,
            schedule_id=schedule.schedule_id,
            place=appointment.place,
            check_code=appointment.check_code,
            period=_time(now) if is_late else schedule.time_start,
            priority=priority,
            arrived_at=_iso(now),
        ),
    )


def entry_of_ticket(
    hospital: HospitalCatalogue, point: ServicePoint, ticket: str, number: str, priority: str, now: datetime
) -> QueueEntry:
    """The entry of a person who draws a ticket now.

    They wait with the people of the running period.
    """
    visitor = Visitor(
        number=number,
        ticket=ticket,
        period=running_period(hospital.periods.values(), now),
        priority=priority,
        arrived_at=_iso(now),
    )
    return QueueEntry(hospital.hospital_code, now.date(), point.point_id, _precise(now), visitor)


def running_period(periods: Iterable[Period], now: datetime) -> str:
    """The start of the last period that has started, as HH:MM:SS.

    Before the first period it is the start of that one; if there are no periods it is the time now.
    """
    starts = sorted(period.time_start for period in periods)
    started = [start for start in starts if start <= _time(now)]
    return started[-1] if started else starts[0] if starts else _time(now)


def ticket_number(limits: VisitRules, number: int) -> str:
    return f"{limits.ticket_code}{number:03d}"


# ---- the queue ----


def order(entry: QueueEntry) -> str:
    """Sort key of a point's queue: period, priority class, start of the wait.

    The last part makes it unique. A visitor who was skipped waits behind everybody of their period, whatever their
    priority.
    """
    visitor = entry.visitor
    own = visitor.ticket or f"{visitor.schedule_id}-{visitor.place}"
    since = entry.since[11:23].replace(":", "").replace(".", "")
    priority_class = _SKIPPED_CLASS if visitor.skips else _CLASSES.get(visitor.priority, _PRIORITY_CLASS)
    return f"{visitor.period.replace(':', '')}#{priority_class}#{since}#{own}"


def is_waiting(subject: Subject | None, entry: QueueEntry) -> bool:
    """Whether the appointment or ticket waits with this entry now.

    subject: None if there is none.
    """
    if subject is None or not is_of(subject, entry.visitor):
        return False
    visit = subject.day_of_visit
    return (visit.visit, visit.point_id, visit.queue_order) == (ARRIVED, entry.point_id, order(entry))


def is_of(subject: Subject, visitor: Visitor) -> bool:
    """Whether the appointment or ticket is the visitor's.

    An appointment that has ended is nobody's.
    """
    if isinstance(subject, Ticket):
        return subject.ticket == visitor.ticket
    return subject.is_active and subject.check_code == visitor.check_code


def is_lost(entry: QueueEntry, now: datetime) -> bool:
    """Whether an entry without an appointment in the index may be removed.

    The index may be a moment behind, so the entry is kept for INDEX_MAY_BE_BEHIND. After that its appointment has
    ended.
    """
    return now - datetime.fromisoformat(entry.since) > INDEX_MAY_BE_BEHIND


def called(entry: QueueEntry, counter: int, call_id: str, now: datetime) -> Counter:
    """The row of a counter after it has called this entry.

    calls, waited_seconds: what this call adds to the counts of the day.
    """
    waited = now - datetime.fromisoformat(entry.since)
    return Counter(
        hospital_code=entry.hospital_code,
        day=entry.day,
        point_id=entry.point_id,
        counter=counter,
        call_id=call_id,
        called_at=_precise(now),
        calls=1,
        waited_seconds=max(0, round(waited.total_seconds())),
        visitor=entry.visitor,
    )


def was_just_called(counter: Counter, now: datetime) -> bool:
    """Whether the counter's call is younger than COPIES_MAY_DIFFER.

    Until then, copies of the index may differ about its appointment.
    """
    return now - datetime.fromisoformat(counter.called_at) < COPIES_MAY_DIFFER


def is_served_by(subject: Subject | None, counter: Counter) -> bool:
    """Whether the appointment or ticket is still where the counter's call has put it."""
    if subject is None or not is_of(subject, counter.visitor):
        return False
    visit = subject.day_of_visit
    shown = (CALLED, counter.point_id, counter.counter, counter.called_at)
    return (visit.visit, visit.point_id, visit.counter, visit.called_at) == shown


def check_waits_again(counter: Counter, event: str, today: date) -> None:
    """Raise Invalid if somebody who was called on an earlier day is to wait again.

    Their appointment or ticket is of that day: nobody calls its queues, and they cannot wait in a queue of today.
    """
    if event in ("skip", "send_on") and counter.day != today:
        raise errors.Invalid(
            "This call is of yesterday, whose queues are closed. Say that the person was served, or that they are"
            " absent.",
            "การเรียกคิวนี้เป็นของเมื่อวาน ซึ่งปิดคิวแล้ว จึงข้ามหรือส่งต่อไม่ได้ กรุณาบันทึกว่า “เสร็จแล้ว” หรือ “ไม่มา”",
            fields={"call_id": "a call of the day before can only be served or absent"},
        )


def entry_after_skip(counter: Counter, now: datetime) -> QueueEntry:
    """The entry of a person who was called and did not come.

    They wait behind everybody whose period has started. If they were called before their period, they wait behind
    everybody of that period.
    """
    period = max(counter.visitor.period, _time(now))
    visitor = replace(counter.visitor, period=period, skips=counter.visitor.skips + 1)
    return QueueEntry(counter.hospital_code, counter.day, counter.point_id, _precise(now), visitor)


def entry_at_next_point(counter: Counter, point_id: int, now: datetime) -> QueueEntry:
    """The entry of a person who is sent on to another point.

    They keep their period and their priority. The wait starts now, and earlier skips do not count.
    """
    visitor = replace(counter.visitor, skips=0)
    return QueueEntry(counter.hospital_code, counter.day, point_id, _precise(now), visitor)


# ---- what happened to somebody ----


def arrived(visit: Visit, entry: QueueEntry | None, visit_number: str, now: datetime) -> Visit:
    """The visit of a person who arrives now.

    entry: None if the hospital's own system manages the queue. Raises ValueError if they cannot arrive now
    (`next_visit`).
    """
    visit = replace(
        visit,
        visit=next_visit("arrive", visit),
        arrived_at=_iso(now),
        visit_number=visit_number or visit.visit_number,
        wait_minutes=None,
    )
    return visit if entry is None else _queued(visit, entry)


def waiting_again(visit: Visit, event: str, entry: QueueEntry) -> Visit:
    """The visit of a person who waits with this entry after `skip` or `send_on`."""
    return _queued(replace(visit, visit=next_visit(event, visit)), entry)


def _queued(visit: Visit, entry: QueueEntry) -> Visit:
    return replace(visit, point_id=entry.point_id, queue_order=order(entry))


def being_served(visit: Visit, counter: Counter) -> Visit:
    """The visit of a person whom the counter has called.

    The first call ends the wait, also if the person goes on to other points. The wait is counted in whole minutes from
    the arrival.
    """
    wait = visit.wait_minutes
    if wait is None:
        waited = datetime.fromisoformat(counter.called_at) - datetime.fromisoformat(visit.arrived_at)
        wait = max(0, int(waited.total_seconds()) // 60)
    return replace(
        visit,
        visit=next_visit("call", visit),
        queue_order="",
        point_id=counter.point_id,
        counter=counter.counter,
        called_at=counter.called_at,
        wait_minutes=wait,
    )


def ended(visit: Visit, event: str, now: datetime) -> Visit:
    """The visit after `serve`, `mark_absent`, `note_served` or `note_absent`."""
    outcome = next_visit(event, visit)
    return replace(visit, visit=outcome, queue_order="", served_at=_iso(now) if outcome == SERVED else "")


def check_outcome(appointment: Appointment, now: datetime) -> None:
    """Check that the outcome of an appointment can be recorded.

    appointment: one that was not moved. Raises AppointmentCancelled; WrongDay if its day is still to come.
    """
    if appointment.state == CANCELLED:
        raise errors.AppointmentCancelled()
    if appointment.schedule.day > now.date():
        raise errors.WrongDay(
            f"This appointment is on {english_date(appointment.schedule.day)}. Say afterwards what became of it.",
            f"นัดหมายนี้คือวันที่ {thai_date(appointment.schedule.day)} กรุณาบันทึกผลหลังถึงวันนัด",
            details={"date": appointment.schedule.day.isoformat()},
        )


def with_visit(subject: Subject, visit: Visit, login: str, now: datetime) -> Subject:
    """The appointment or ticket with another visit, as its next version."""
    if isinstance(subject, Ticket):
        return replace(subject, version=subject.version + 1, day_of_visit=visit)
    return appointment_with(subject, visit, login, now)


def appointment_with(appointment: Appointment, visit: Visit, login: str, now: datetime) -> Appointment:
    """The appointment with another visit, as its next version.

    The entry of the person's calendar stays as it is.
    """
    return replace(
        appointment,
        version=appointment.version + 1,
        changed_login=login,
        changed_at=now.isoformat(timespec="milliseconds"),
        day_of_visit=visit,
    )


def not_known(booked: Iterable[Appointment]) -> list[Appointment]:
    """The appointments of a day whose visit has no outcome, SERVED or ABSENT.

    Ordered by time, room and queue number.
    """
    open_ends = [a for a in booked if a.day_of_visit.visit not in (SERVED, ABSENT)]
    return sorted(open_ends, key=lambda a: (a.schedule.time_start, a.schedule.room_id, a.queue_no))


# ---- figures ----


def mark_of(appointment: Appointment) -> VisitMark | None:
    """The mark of an appointment's visit for the figures of its schedule.

    None if the appointment has ended, or nothing is recorded of its visit.
    """
    visit = appointment.day_of_visit
    if not appointment.is_active or not visit.visit:
        return None
    return VisitMark(
        check_code=int(appointment.check_code, 16),
        came=bool(visit.arrived_at) or visit.visit == SERVED,
        outcome=visit.visit if visit.visit in (SERVED, ABSENT) else "",
        wait_minutes=visit.wait_minutes,
    )


def with_marks(stored: frozenset[int], check_codes: Iterable[int], marks: Iterable[VisitMark | None]) -> frozenset[int]:
    """Replace the marks of these check codes in a schedule's marks.

    stored, and the result: marks as numbers (`VisitMark.number`). marks: None for an appointment without a mark.
    """
    replaced = set(check_codes)
    others = {number for number in stored if VisitMark.of(number).check_code not in replaced}
    return frozenset(others | {mark.number for mark in marks if mark is not None})


def status(point: ServicePoint, waiting_count: int, counters: Sequence[Counter]) -> PointStatus:
    """Status of a service point at this moment.

    waiting_count: how many wait there. counters: those of the point that have called somebody on this day.
    """
    calls = sum(counter.calls for counter in counters)
    waited = sum(counter.waited_seconds for counter in counters)
    serving = [counter for counter in counters if counter.is_serving]
    return PointStatus(point, waiting_count, serving, round(waited / calls / 60) if calls else None)


def _time(now: datetime) -> str:
    return now.strftime("%H:%M:%S")


def _iso(now: datetime) -> str:
    return now.isoformat(timespec="seconds")


def _precise(now: datetime) -> str:
    return now.isoformat(timespec="milliseconds")
