"""Undoing a closing: concurrent changes, notices and audit.

On tables in memory, so one thread.
"""

from typing import Any

import pytest

from chalicelib.audit import actions as audit
from chalicelib.audit.rules import hospital_subject
from chalicelib.booking import actions, appointment_audit, closures, notices, reopenings, staff_actions
from chalicelib.messages import inbox, notice_delivery
from chalicelib.messages.jobs import DeliverNotices
from chalicelib.schedules.model import CLOSED, OPEN, Schedule
from chalicelib.tables import MessageItem
from infra.local import demo
from tests.booking.hospital_in_memory import APP, DAY, FakeClock, before_send, booked, opened
from tests.booking.test_figures import STAFF, Stream, stored
from tests.messages.test_delivery import Provider

CLOSING = "0123456789abcdef"


def close(action: str, later: Schedule) -> closures.Closure:
    return closures.run(STAFF, DAY, None, None, action, later.info.day, CLOSING)


def undo(people: int) -> reopenings.Reopening:
    return reopenings.run(STAFF, DAY, None, None, CLOSING, people, preview=False)


@pytest.mark.parametrize("action", [closures.CANCEL, closures.POSTPONE])
def test_a_closing_that_another_desk_undoes_while_it_runs_ends_no_further_appointment(
    fake_clock: FakeClock, action: str
) -> None:
    schedule, later = opened(), opened(days_later=1)
    people = [booked(schedule, person) for person in demo.PEOPLE[:3]]
    sent: list[int] = []

    def undo_before_the_second(*_: Any, **__: Any) -> None:
        sent.append(len(sent))
        if len(sent) == 2:
            assert undo(1).restored == 1

    with before_send("TransactWriteItems", undo_before_the_second):
        closure = close(action, later)

    assert [each.place for each in people] == sorted(stored(schedule).held)
    assert (stored(schedule).state, stored(later).held, closure.remaining) == (OPEN, frozenset(), 0)
    for each in people:
        (held,) = actions.current(APP, each.cid)[1]
        assert (held.schedule.schedule_id, held.check_code) == (schedule.info.schedule_id, each.check_code)
    # One ended, the opening, one restored, and at most one attempt for each of the two others.
    assert len(sent) <= 5


def test_who_has_booked_the_same_schedule_again_does_not_remain_for_ever(fake_clock: FakeClock) -> None:
    schedule, later = opened(), opened(days_later=1)
    first, second = (booked(schedule, person) for person in demo.PEOPLE[:2])
    close(closures.CANCEL, later)
    reopenings.run(STAFF, DAY, None, schedule.info.schedule_id, None, 0, preview=False)
    again = booked(schedule, demo.PEOPLE[0])

    undone = undo(2)

    assert (undone.restored, undone.remaining) == (1, 0)
    assert [each.check_code for each in actions.current(APP, first.cid)[1]] == [again.check_code]
    assert [each.check_code for each in actions.current(APP, second.cid)[1]] == [second.check_code]


@pytest.mark.parametrize("action", [closures.CANCEL, closures.POSTPONE])
def test_who_gets_an_appointment_back_is_told_once_however_often_the_records_come(
    fake_clock: FakeClock, action: str
) -> None:
    schedule, later = opened(), opened(days_later=1)
    held = staff_actions.accept(STAFF, schedule.info.schedule_id, 1, booked(schedule).version)
    stream = Stream()
    close(action, later)
    changes = stream.take()
    undo(1)
    changes += stream.take()

    for _ in range(2):
        notices.tell(changes)
        for change in changes[::-1]:
            notices.tell([change])

    for row in MessageItem.query("00000"):
        if row.title:
            notice_delivery.deliver("app", Provider(), DeliverNotices((("00000", row.message_id),)), "m1", 1)
    shown = [message.kind for message, _ in inbox.page(held.cid, "", notices=True).messages]
    assert sorted(shown) == sorted(["restored", "cancelled" if action == closures.CANCEL else "moved"])


def test_the_hospitals_history_says_who_opened_which_schedules_again(fake_clock: FakeClock) -> None:
    schedule, later = opened(), opened(days_later=1)
    close(closures.CLOSE, later)
    assert stored(schedule).state == CLOSED

    for _ in range(2):
        undo(0)

    (entry,) = audit.newest(hospital_subject("00000"))
    assert (entry.actor, entry.action) == (STAFF.actor, "reopen_schedules")
    assert entry.changes == {"day": ["", DAY.isoformat()], "schedules": ["", str(schedule.info.schedule_id)]}


def test_the_history_gives_the_reason_of_a_second_cancellation_to_that_alone(fake_clock: FakeClock) -> None:
    schedule = opened()
    held = booked(schedule)
    stream = Stream()

    def record() -> None:
        appointment_audit.record(stream.take())

    closures.run(STAFF, DAY, None, None, closures.CANCEL, None, CLOSING, "doctor_away")
    record()
    undo(1)
    record()
    again = staff_actions.find(STAFF, schedule.info.schedule_id, held.place)
    staff_actions.cancel(STAFF, schedule.info.schedule_id, held.place, again.version, "asked")
    record()

    entries = staff_actions.history(STAFF, schedule.info.schedule_id, held.place)
    reasons = [(entry.action, entry.changes["reason"]) for entry in entries]
    assert reasons == [("cancel", ""), ("restore", ""), ("cancel", "asked")]
