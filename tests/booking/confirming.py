"""A hospital in memory that asks people to confirm by 16:00 of the day before.

The appointment is on Tuesday, 1 December 2026.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.booking import store
from chalicelib.booking.model import Appointment
from chalicelib.caller import Caller
from chalicelib.clock import BANGKOK
from chalicelib.messages import notice_delivery
from chalicelib.messages.jobs import DeliverNotices
from chalicelib.schedules import hospital_settings, schedule_edits
from chalicelib.schedules import store as schedule_store
from chalicelib.schedules.catalogue_model import BookingRules
from chalicelib.tables import MessageItem, ScheduleItem
from tests.booking.hospital_in_memory import before_send
from tests.messages.test_delivery import Provider

CLERK = Caller("staff.demo", "00000", name="เจ้าหน้าที่ สาธิต")
ASKS = BookingRules(confirm_time="16:00", confirm_days_before=1)
RELEASES = replace(ASKS, release_departments=frozenset({1}))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BANGKOK)


ASKED_FROM, DEADLINE = at("11-29T09:00"), at("11-30T16:00")
AFTER = DEADLINE + timedelta(minutes=5)


def set_rules(rules: BookingRules) -> None:
    hospital_settings.change_booking_rules(
        CLERK, replace(rules, version=hospital_settings.booking_rules(CLERK).version)
    )


def now_of(held: Appointment) -> Appointment:
    stored = store.held_in("00000", held.schedule.schedule_id, held.cid)
    assert stored is not None
    return stored


def kinds() -> list[str]:
    """Of every notice made so far, in no order."""
    return sorted(row.kind for row in MessageItem.query("00000") if row.title)


def deliver(*unknown: str, channel: str = "app") -> None:
    """Hand every notice to the channel's provider, which does not know these ids."""
    for row in [row for row in MessageItem.query("00000") if row.title]:
        provider = Provider([frozenset({row.cid}.intersection(unknown))])
        notice_delivery.deliver(channel, provider, DeliverNotices((("00000", row.message_id),)), "m1", 1)


def close(held: Appointment) -> None:
    schedule = schedule_store.schedule("00000", held.schedule.schedule_id)
    assert schedule is not None
    assert schedule_edits.close(CLERK, schedule, "c1")


@contextmanager
def requests(operation: str) -> Iterator[list[str]]:
    """The requests of an operation that are made meanwhile."""
    made: list[str] = []
    with before_send(operation, lambda **_: made.append(operation)):
        yield made


def free_places(held: Appointment) -> int:
    key = f"00000#{held.schedule.day}", held.schedule.schedule_id
    return int(ScheduleItem.get(*key).available_count)
