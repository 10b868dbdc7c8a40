"""The notice to those who are almost called: once a visit, and before the call."""

import re
from collections import Counter
from typing import Any

import pytest

from chalicelib.booking import actions as booking
from chalicelib.booking.model import CALLED, Appointment
from chalicelib.messages.model import STOPPED
from chalicelib.tables import MessageItem, QueueItem
from chalicelib.visits import queue_notices
from tests.booking.hospital_in_memory import before_send
from tests.visits.morning import HIS, PHARMACY, Morning, TableStream, visit_of

Change = tuple[Any, Any]


class Killed(BaseException):
    """The process ended here."""


@pytest.fixture
def waiting(morning: Morning) -> list[Appointment]:
    """Six people, who have arrived one after the other."""
    people = [morning.book() for _ in range(6)]
    for minute, each in enumerate(people):
        morning.at(8, minute)
        morning.arrive(each)
    return people


def tell(stream: TableStream) -> None:
    """Consume the records since the last time, without those of the consumer itself."""
    queue_notices.tell(stream.take())
    stream.take()


def notified() -> "Counter[str]":
    """Queue number -> how many notices say that it is almost called.

    Without those that were withdrawn.
    """
    rows = [row for row in MessageItem.scan() if row.kind == "near" and row.state != STOPPED]
    return Counter(re.findall(r"คิว ([A-Z]\d+)", "\n".join(row.content_text for row in rows)))


def numbers(people: list[Appointment]) -> "Counter[str]":
    return Counter(each.queue_no for each in people)


def test_when_somebody_is_called_those_with_at_most_three_before_them_are_told(
    morning: Morning, waiting: list[Appointment]
) -> None:
    stream = TableStream(QueueItem)
    morning.call()
    tell(stream)
    assert notified() == numbers(waiting[1:5])

    morning.call(counter=2)
    tell(stream)
    assert notified() == numbers(waiting[1:])


def test_records_that_come_twice_and_in_any_order_tell_nobody_twice(
    morning: Morning, waiting: list[Appointment]
) -> None:
    stream, changes = TableStream(QueueItem), list[Change]()
    for counter in (1, 2):
        morning.call(counter)
        changes += stream.take()
        for change in [*changes, *changes[::-1]]:
            queue_notices.tell([change])
        stream.take()
    assert notified() == numbers(waiting[1:])


def test_killed_before_it_notes_that_somebody_is_told_it_tells_nobody_twice(
    morning: Morning, waiting: list[Appointment]
) -> None:
    stream = TableStream(QueueItem)
    morning.call()
    changes = stream.take()

    def kill(request: Any, **_: Any) -> None:
        if b"queues" in request.body:
            raise Killed

    with before_send("UpdateItem", kill), pytest.raises(Killed):
        queue_notices.tell(changes)
    queue_notices.tell(changes)

    assert notified() == numbers(waiting[1:5])


def test_who_is_skipped_or_sent_on_is_not_told_again(morning: Morning, waiting: list[Appointment]) -> None:
    stream = TableStream(QueueItem)
    morning.call()
    tell(stream)
    second = morning.call(counter=2).counter
    morning.end(second, "skip")
    tell(stream)
    for counter in range(3, 8):
        morning.end(morning.call(counter).counter, "send_on", PHARMACY)
        tell(stream)
    morning.call(point_id=PHARMACY)
    tell(stream)

    assert notified() == numbers(waiting[1:])


def test_who_was_called_already_is_not_told(morning: Morning, waiting: list[Appointment]) -> None:
    stream = TableStream(QueueItem)
    for counter in range(1, 7):
        morning.call(counter)
    tell(stream)

    assert notified() == Counter()


def test_who_is_called_while_the_notice_is_made_gets_none(morning: Morning, waiting: list[Appointment]) -> None:
    stream = TableStream(QueueItem)
    morning.call()
    changes, left = stream.take(), [2]

    def call(request: Any, **_: Any) -> None:
        if b"queues" in request.body and left:  # as the first one is noted
            morning.call(left.pop())

    with before_send("UpdateItem", call):
        queue_notices.tell(changes)

    assert visit_of(waiting[1]).visit == CALLED
    assert notified() == numbers(waiting[2:5])


def test_a_notice_that_could_not_be_withdrawn_is_withdrawn_with_the_record_that_its_reader_has_left(
    morning: Morning, waiting: list[Appointment]
) -> None:
    stream = TableStream(QueueItem)
    morning.call()
    changes, left = stream.take(), [2]

    def call_and_fail(request: Any, **_: Any) -> None:
        if b"queues" in request.body and left:  # as the first one is noted
            morning.call(left.pop())
        elif b"messages" in request.body and not left:  # as their notice is withdrawn
            raise Killed

    with before_send("UpdateItem", call_and_fail), pytest.raises(Killed):
        queue_notices.tell(changes)
    queue_notices.tell(changes)
    for _ in range(2):
        tell(stream)

    assert visit_of(waiting[1]).visit == CALLED
    assert notified() == numbers(waiting[2:])


def test_the_cancelled_and_tickets_are_not_told_and_yesterdays_queue_tells_nobody(
    morning: Morning, waiting: list[Appointment]
) -> None:
    booking.cancel(HIS, "00000", waiting[2].cid, waiting[2].appointment_id)
    stream = TableStream(QueueItem)
    morning.ticket(priority="urgent")
    morning.call()
    morning.ticket(priority="urgent")
    changes = stream.take()
    morning.call(counter=2)
    changes += stream.take()
    morning.at(32)
    queue_notices.tell(changes)
    assert notified() == Counter()
    morning.at(8, 30)
    queue_notices.tell(changes)

    assert notified() == numbers([waiting[0], waiting[1], waiting[3]])


def test_in_line_the_notice_names_no_department(morning: Morning, waiting: list[Appointment]) -> None:
    stream = TableStream(QueueItem)
    morning.call()
    tell(stream)

    notice = next(row for row in MessageItem.scan() if row.kind == "near")
    assert notice.hidden_in_line == "อายุรกรรม ห้องตรวจ 1"
    assert notice.title == "ใกล้ถึงคิวของท่านแล้ว"
    assert "รพ.ทดสอบระบบ" in notice.content_text
