"""Calls of the people who wait at a service point, and how they end.

See docs/concurrency.md, The day of the visit. Each action reads, checks the rules and makes one transaction. If a
condition failed, it looks at what the tables hold now and either answers with the reason or tries again, within the
request's retry budget.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib import clock
from chalicelib.booking.model import ABSENT, SERVED, Appointment
from chalicelib.caller import Caller
from chalicelib.errors import CallEnded, CounterBusy, Invalid, NobodyWaiting, PointNotFound
from chalicelib.retry import RetryBudget
from chalicelib.visits import rules, store
from chalicelib.visits.model import SENT_ON, SKIPPED, Call, Counter, QueueEntry, Subject

# How many entries a call reads at once: if many counters call, the first ones are gone a moment later.
_CANDIDATES = 10
# Event that ends a call -> outcome that the counter shows afterwards.
_OUTCOMES = {"serve": SERVED, "mark_absent": ABSENT, "skip": SKIPPED, "send_on": SENT_ON}


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
        store.remove(entry)  # cancelled, moved or ended since
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
