"""Actions of the day of the visit: arrivals, tickets, calls and outcomes.

See docs/concurrency.md, The day of the visit. Each action reads, checks the rules and makes one transaction. If a
condition failed, it looks at what the tables hold now and either answers with the reason or tries again, within the
request's retry budget.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib import clock
from chalicelib.booking import actions as booking
from chalicelib.booking import slips
from chalicelib.booking.model import ABSENT, ARRIVED, CALLED, POSTPONED, SERVED, Appointment, Visit
from chalicelib.caller import Caller
from chalicelib.errors import (
    AppointmentNotFound,
    AppointmentPostponed,
    CallEnded,
    CounterBusy,
    Forbidden,
    Invalid,
    NobodyWaiting,
    OtherHospital,
    PointNotFound,
    UnreadableCode,
    WrongDay,
)
from chalicelib.fields import read_cid
from chalicelib.retry import RetryBudget
from chalicelib.schedules import actions as schedules
from chalicelib.schedules.model import HospitalCatalogue, ServicePoint
from chalicelib.visits import arrival_rules, rules, store
from chalicelib.visits.model import (
    SENT_ON,
    SKIPPED,
    Arrival,
    Call,
    Counter,
    PointStatus,
    Position,
    QueueEntry,
    Subject,
    Ticket,
)

# How many entries a call reads at once: if many counters call, the first ones are gone a moment later.
_CANDIDATES = 10
# Event that ends a call -> outcome that the counter shows afterwards.
_OUTCOMES = {"serve": SERVED, "mark_absent": ABSENT, "skip": SKIPPED, "send_on": SENT_ON}


# ---- arrival ----


def arrive_by_code(caller: Caller, code: str, priority: str = "") -> Arrival:
    """Record that a person arrives at the caller's hospital.

    code: the code of a slip, or a typed national id. A person who has arrived before gets the same answer again. Raises
    UnreadableCode, OtherHospital, AppointmentNotFound, AppointmentCancelled, AppointmentPostponed, WrongDay, TooEarly,
    VisitEnded, NoServicePoint, TryAgain.
    """
    slip = slips.read(code)
    if slip is None:
        return _arrive_by_cid(caller, code, priority)
    hospital_code, schedule_id, place, check_code = slip
    if hospital_code != caller.hospital_code:
        raise OtherHospital(details={"hospital_code": hospital_code})
    appointment = store.at_place(hospital_code, schedule_id, place, check_code)
    if appointment is None:
        raise AppointmentNotFound(
            "The appointment of this slip does not exist any more. Ask the staff at the information desk.",
            "ไม่พบนัดหมายของใบนัดนี้แล้ว กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์",
        )
    return _arrive(caller, schedules.hospital(hospital_code), appointment, priority=priority)


def _arrive_by_cid(caller: Caller, code: str, priority: str) -> Arrival:
    now, cid, hospital = clock.now(), typed_id(code), schedules.hospital(caller.hospital_code)
    held = store.held_from(cid, now.date())
    appointment = arrival_rules.appointment_of_today(held, caller.hospital_code, hospital.visit_rules, now)
    try:
        return _arrive(caller, hospital, appointment, priority=priority)
    except AppointmentPostponed:
        raise WrongDay() from None  # without the day, because it may be somebody else who typed the id


def typed_id(code: str) -> str:
    """The national id that was typed instead of the code of a slip.

    "" if `code` is the code of a slip. Raises UnreadableCode if it is neither.
    """
    if slips.read(code) is not None:
        return ""
    try:
        return read_cid(code)
    except ValueError:
        raise UnreadableCode(fields={"code": "send the code of a slip, or the 13 digits of a national id"}) from None


def confirm_arrival(
    caller: Caller, hospital_code: str, cid: str, appointment_id: int, visit_number: str, priority: str
) -> Arrival:
    """Record an arrival that the hospital's information system reports.

    visit_number: the number of the visit (VN). Raises what `arrive_by_code` raises, apart from UnreadableCode and
    OtherHospital.
    """
    appointment = _of_own_hospital(caller, hospital_code, cid, appointment_id)
    hospital = schedules.hospital(hospital_code)
    return _arrive(caller, hospital, appointment, priority=priority, visit_number=visit_number)


def _of_own_hospital(caller: Caller, hospital_code: str, cid: str, appointment_id: int) -> Appointment:
    """The appointment with this id that the person holds or held there.

    It is found on any day. Raises AppointmentNotFound, also if it is not the caller's hospital.
    """
    if hospital_code == caller.hospital_code:
        for appointment in store.held_from(cid, date.min):
            is_own = appointment.schedule.hospital_code == hospital_code
            if is_own and appointment.appointment_id == appointment_id:
                return appointment
    raise AppointmentNotFound(fields={"hospital_appointment_slot_id": "no such appointment of this person there"})


def _arrive(
    caller: Caller, hospital: HospitalCatalogue, appointment: Appointment, *, priority: str, visit_number: str = ""
) -> Arrival:
    budget = RetryBudget()
    while True:
        now = clock.now()
        _check_not_moved(appointment)
        arrival_rules.check_arrival(appointment, hospital.visit_rules, now)
        visit = appointment.day_of_visit
        entry: QueueEntry | None = None
        again = visit.visit in (ARRIVED, CALLED)
        if again:
            point = hospital.points.get(visit.point_id or 0)
            if visit_number in ("", visit.visit_number):
                return Arrival(appointment, point, again)
            visit = replace(visit, visit_number=visit_number)
        else:
            point = rules.first_point(hospital, appointment.schedule)
            if point is not None:
                entry = rules.entry_of(appointment, point, hospital.visit_rules, priority, now)
            visit = rules.arrived(visit, entry, visit_number, now)
        after = rules.appointment_with(appointment, visit, caller.login, now)
        changed = store.arrive(appointment, after, entry)
        if changed is None:
            return Arrival(after, point, again)
        appointment = _same(appointment, changed)
        budget.check()


def _check_not_moved(appointment: Appointment) -> None:
    """Raise AppointmentPostponed if the appointment was moved.

    The error has the day of the appointment that replaced it, if that one is still active.
    """
    if appointment.state == POSTPONED:
        raise arrival_rules.moved(appointment, store.held_from(appointment.cid, date.min))


def _same(before: Appointment, now: Appointment) -> Appointment:
    """The appointment as it is now, if it is still the same one.

    Raises AppointmentNotFound if its person has cancelled it and booked again.
    """
    if now.check_code != before.check_code:
        raise AppointmentNotFound()
    return now


def points(caller: Caller) -> list[ServicePoint]:
    """The service points of the caller's hospital, by number."""
    points_by_id = schedules.hospital(caller.hospital_code).points
    return [points_by_id[number] for number in sorted(points_by_id)]


def draw_ticket(caller: Caller, point_id: int, ticket_id: str, priority: str = "") -> tuple[Ticket, ServicePoint]:
    """Draw a ticket for a person without an appointment; they wait at the point.

    ticket_id: chosen by the client; the same id again gets the same ticket. Raises PointNotFound, TryAgain.
    """
    hospital, now = schedules.hospital(caller.hospital_code), clock.now()
    point = _point(hospital, point_id)
    day = now.date()
    number = rules.ticket_number(hospital.visit_rules, store.next_ticket(hospital.hospital_code, day))
    entry = rules.entry_of_ticket(hospital, point, ticket_id, number, priority, now)
    visit = rules.arrived(Visit(), entry, "", now)
    new = Ticket(hospital.hospital_code, day, ticket_id, number, 1, visit)
    drawn = store.draw(new, entry)
    if drawn is None:
        return new, point
    return drawn, hospital.points.get(drawn.day_of_visit.point_id or 0, point)


def _point(hospital: HospitalCatalogue, point_id: int) -> ServicePoint:
    if point_id not in hospital.points:
        raise PointNotFound(fields={"point_id": "this hospital has no such service point"})
    return hospital.points[point_id]


# ---- calling ----


def call_next(caller: Caller, point_id: int, counter: int, call_id: str) -> Call:
    """Call the first who waits at the point to a counter, which must serve nobody.

    call_id: chosen by the client. If its call was carried out and the answer was lost, a repeat gets the same answer.
    Raises NobodyWaiting, CounterBusy, TryAgain.
    """
    budget, today = RetryBudget(), clock.today()
    behind: QueueEntry | None = None
    while True:
        entries = store.first_waiting(caller.hospital_code, today, point_id, _CANDIDATES, behind)
        for entry in entries:
            subject = _subject_waiting_with(entry)
            if subject is not None:
                call = _call(caller, entry, subject, counter, call_id)
                if call is not None:
                    return call
                break
        else:
            # All have ended, or the index does not have them yet.
            if behind is None:
                shown = store.counter_of(caller.hospital_code, today, point_id, counter)
                if shown is not None and (shown.call_id == call_id or shown.is_serving):
                    return _call_shown(shown, call_id)
            if len(entries) < _CANDIDATES:
                raise NobodyWaiting()
            behind = entries[-1]
            budget.check()
            continue
        # Another counter was faster, or the appointment has changed.
        behind = None
        budget.pause()


def _subject_waiting_with(entry: QueueEntry) -> Subject | None:
    """The appointment or ticket that waits with this entry; None if there is none.

    Removes the entry if the appointment or ticket does not wait with it any more, or if it is lost (`rules.is_lost`).
    """
    subject = store.subject_of(entry.hospital_code, entry.day, entry.visitor)
    if subject is not None and not rules.is_waiting(subject, entry):
        subject = store.now_of(subject)  # the index is a moment behind
    if rules.is_waiting(subject, entry):
        return subject
    if subject is not None or rules.is_lost(entry, clock.now()):
        store.remove(entry)  # cancelled, moved or settled since
    return None


def _call(caller: Caller, entry: QueueEntry, subject: Subject, counter: int, call_id: str) -> Call | None:
    """Call the visitor of an entry.

    Returns None if another counter was faster, or the appointment or ticket has changed. Raises CounterBusy, TryAgain.
    """
    now = clock.now()
    shown = rules.called(entry, counter, call_id, now)
    after = rules.with_visit(subject, rules.being_served(subject.day_of_visit, shown), caller.login, now)
    done, other_call = store.call(entry, subject, after, shown)
    if done:
        return Call(shown, after if isinstance(after, Appointment) else None)
    return _call_shown(other_call, call_id) if other_call is not None else None


def _call_shown(shown: Counter, call_id: str) -> Call:
    """Repeat the answer to a call that was carried out before.

    Raises CounterBusy if the counter shows another call.
    """
    if shown.call_id != call_id:
        raise CounterBusy(details={"number": shown.visitor.number})
    subject = store.subject_of(shown.hospital_code, shown.day, shown.visitor)
    return Call(shown, subject if isinstance(subject, Appointment) else None)


def served_at(caller: Caller, point_id: int, counter: int) -> Call:
    """Return whom a counter serves, of those called today.

    Raises CallEnded if it serves nobody.
    """
    shown = store.counter_of(caller.hospital_code, clock.today(), point_id, counter)
    if shown is None or not shown.is_serving:
        raise CallEnded()
    return _call_shown(shown, shown.call_id)


def recall(caller: Caller, point_id: int, counter: int, call_id: str) -> Counter:
    """Call the same visitor once more. Raises CallEnded."""
    for day in _days_of_calls():
        shown = store.recall(caller.hospital_code, day, point_id, counter, call_id)
        if shown is not None:
            return shown
    raise CallEnded()


def _days_of_calls() -> tuple[date, date]:
    """The days on which an open call may have begun: today and yesterday.

    Yesterday, because a call may be open when the day changes.
    """
    today = clock.today()
    return today, today - timedelta(days=1)


def end_call(
    caller: Caller, point_id: int, counter: int, call_id: str, event: str, to_point: int | None = None
) -> Counter:
    """End a call of a counter.

    event: `serve`, `mark_absent`, `skip` or `send_on` (to another service point). to_point: for `send_on` alone, the
    point where the visitor waits next. If the appointment has ended, or somebody else has recorded its outcome, the
    counter is free and nothing else changes. A repeat gets the same answer. Raises CallEnded, PointNotFound, Invalid
    (the same point; to wait in a queue of the day before), TryAgain.
    """
    budget, outcome, target = RetryBudget(), _OUTCOMES[event], to_point or point_id
    for day in _days_of_calls():
        shown, target_exists = store.counter_and_point(caller.hospital_code, day, point_id, counter, target)
        if shown is not None and shown.call_id == call_id:
            break
    else:
        raise CallEnded()
    if shown.outcome:
        return _ended_before(shown, outcome)
    rules.check_waits_again(shown, event, clock.today())
    if to_point == point_id:
        raise Invalid(fields={"to_point": "the visitor is at this point; skip them instead"})
    if to_point is not None and not target_exists:
        raise PointNotFound(fields={"to_point": "this hospital has no such service point"})
    subject = _subject_called(shown, budget)
    while True:
        now = clock.now()
        if subject is not None and not rules.is_served_by(subject, shown):
            subject = store.now_of(subject)
        change, entry = _after_call(caller, shown, subject, event, target, now)
        conflict = store.end_call(shown, outcome, change, entry)
        if conflict is None:
            return replace(shown, outcome=outcome)
        has_ended, subject = conflict
        if has_ended:
            now_shown = store.counter_of(shown.hospital_code, shown.day, point_id, counter)
            if now_shown is None or now_shown.call_id != call_id:
                raise CallEnded()
            return _ended_before(now_shown, outcome)
        budget.check()


def _subject_called(shown: Counter, budget: RetryBudget) -> Subject | None:
    """The appointment or ticket of a counter's call; None if it is gone.

    Raises TryAgain if the index does not show the appointment, and the call was a moment ago.
    """
    while True:
        subject = store.subject_of(shown.hospital_code, shown.day, shown.visitor)
        if subject is not None or shown.visitor.ticket or not rules.was_just_called(shown, clock.now()):
            return subject
        budget.pause()


def _ended_before(shown: Counter, outcome: str) -> Counter:
    """Repeat the answer to a request that has ended the call before.

    Raises CallEnded if the call has ended with another outcome.
    """
    if shown.outcome != outcome:
        raise CallEnded(details={"outcome": shown.outcome})
    return shown


def _after_call(
    caller: Caller, shown: Counter, subject: Subject | None, event: str, target: int, now: datetime
) -> tuple[tuple[Subject, Subject] | None, QueueEntry | None]:
    """Compute what the end of a call changes.

    Returns the appointment or ticket before and after, and the entry in the next queue; None for what does not change.
    """
    if subject is None or not rules.is_served_by(subject, shown):
        return None, None
    entry = None
    if event == "skip":
        entry = rules.entry_after_skip(shown, now)
    elif event == "send_on":
        entry = rules.entry_at_next_point(shown, target, now)
    before = subject.day_of_visit
    visit = rules.ended(before, event, now) if entry is None else rules.waiting_again(before, event, entry)
    return (subject, rules.with_visit(subject, visit, caller.login, now)), entry


# ---- figures, and what is not known ----


def queue(caller: Caller, point_id: int) -> tuple[list[Counter], list[QueueEntry]]:
    """The counters of a point that have called somebody today, and its queue.

    The entries of the queue are in order.
    """
    return store.queues_on(caller.hospital_code, clock.today(), point_id)


def ahead_of(caller: Caller, point_id: int, number: str) -> int | None:
    """How many wait in front of a number at a point of the caller's hospital.

    None if the number does not wait there.
    """
    _, entries = store.queues_on(caller.hospital_code, clock.today(), point_id, consistent=True)
    return next((place for place, entry in enumerate(entries) if entry.visitor.number == number), None)


def status(caller: Caller, hospital_code: str) -> list[PointStatus]:
    """Status of every service point of the caller's own hospital, by number.

    Raises Forbidden for another hospital.
    """
    if hospital_code != caller.hospital_code:
        raise Forbidden(
            "Only the hospital of this token may see its queues.",
            "ดูคิวได้เฉพาะหน่วยบริการของ token เท่านั้น",
            fields={"hospital_code": "must be the hospital that the token was issued to"},
        )
    counters, entries = store.queues_on(hospital_code, clock.today())
    return [
        rules.status(
            point,
            sum(entry.point_id == point.point_id for entry in entries),
            [counter for counter in counters if counter.point_id == point.point_id],
        )
        for point in points(caller)
    ]


def position(caller: Caller, hospital_code: str, cid: str, appointment_id: int) -> Position:
    """Where a person is on the day of the visit, for the app.

    Raises AppointmentNotFound.
    """
    for appointment in store.held_from(cid, clock.today()):
        is_there = appointment.schedule.hospital_code == hospital_code
        if is_there and appointment.appointment_id == appointment_id and appointment.is_active:
            visit = appointment.day_of_visit
            point = schedules.hospital(hospital_code).points.get(visit.point_id) if visit.point_id else None
            ahead: int | None = 0
            if visit.visit == ARRIVED:
                ahead, day = None, appointment.schedule.day
                if visit.point_id is not None:
                    ahead = store.count_before(hospital_code, day, visit.point_id, visit.queue_order)
            return Position(appointment, point, ahead)
    raise AppointmentNotFound(fields={"hospital_appointment_slot_id": "no such appointment of this person there"})


def not_known(caller: Caller, day: date) -> list[Appointment]:
    """The appointments of a day whose visit has no outcome, served or absent."""
    return rules.not_known(booking.day_list(caller.hospital_code, day))


def settle(caller: Caller, slip_code: str, outcome: str) -> Appointment:
    """Record the outcome of an appointment of today or before, for the staff.

    outcome: SERVED or ABSENT. Raises AppointmentNotFound, AppointmentCancelled, AppointmentPostponed, WrongDay,
    TryAgain.
    """
    slip = slips.read(slip_code)
    appointment = store.at_place(*slip) if slip and slip[0] == caller.hospital_code else None
    if appointment is None:
        raise AppointmentNotFound()
    return _settle(caller, appointment, outcome)


def confirm_outcome(caller: Caller, hospital_code: str, cid: str, appointment_id: int, outcome: str) -> Appointment:
    """Record an outcome that the hospital's information system reports.

    outcome: SERVED or ABSENT. Raises what `settle` raises.
    """
    return _settle(caller, _of_own_hospital(caller, hospital_code, cid, appointment_id), outcome)


def _settle(caller: Caller, appointment: Appointment, outcome: str) -> Appointment:
    event, budget = {SERVED: "note_served", ABSENT: "note_absent"}[outcome], RetryBudget()
    while True:
        now = clock.now()
        _check_not_moved(appointment)
        rules.check_settles(appointment, now)
        visit = appointment.day_of_visit
        if visit.visit == outcome:
            return appointment
        after = rules.appointment_with(appointment, rules.ended(visit, event, now), caller.login, now)
        if store.settle(appointment, after):
            return after
        stored = store.now_of(appointment)
        if not isinstance(stored, Appointment):
            raise AppointmentNotFound()
        appointment = _same(appointment, stored)
        budget.check()
