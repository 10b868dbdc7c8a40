"""The function that shows present names may stop, repeat or be overtaken.

The result is the same each time.

On tables in memory; one day, so one thread.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from chalice.local import LambdaContext

import app
from chalicelib import retry
from chalicelib.booking import actions, list_store, name_updates
from chalicelib.schedules import availability
from chalicelib.schedules import catalogue_store as catalogue
from chalicelib.schedules import store as schedules
from chalicelib.schedules.model import Schedule
from chalicelib.tables import AppointmentItem, ScheduleItem
from infra.local import demo
from tests.booking.hospital_in_memory import APP, DAY, FakeClock, before_send, booked, opened


class Killed(BaseException):
    """The process ended here."""


def name_department(name: str) -> None:
    hospital = catalogue.hospital("00000")
    before = hospital.departments[1]
    assert catalogue.change(hospital, before, replace(before, name=name, version=before.version + 1), renamed=False)


def count() -> None:
    availability.recount({("00000", DAY)})


def show() -> None:
    name_updates.show({"00000"})


def shown() -> set[tuple[str, str]]:
    """(table, department's name) of everything on the day."""
    places = {("schedule", row.department_name) for row in ScheduleItem.scan() if row.schedule_id > 0}
    return places | {("appointment", row.department_name) for row in AppointmentItem.scan() if row.state == "booked"}


NEW = {("schedule", "ตา หู คอ จมูก"), ("appointment", "ตา หู คอ จมูก")}


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Allow more retries than a request has, for work in between on a busy machine."""
    before = retry.set_budget(60)
    yield
    retry.set_budget(before)


@pytest.fixture
def day(fake_clock: FakeClock) -> Schedule:
    """A day with three people in one schedule and one more schedule."""
    schedule = opened()
    for person in demo.PEOPLE[:3]:
        booked(schedule, person)
    count()
    return schedule


@pytest.mark.parametrize("writes", range(1, 5))
def test_killed_before_any_of_its_writes_and_repeated_it_ends_as_if_it_had_run_once(day: Schedule, writes: int) -> None:
    name_department("ตา หู คอ จมูก")
    left = iter([None] * (writes - 1))

    def kill(*_: Any, **__: Any) -> None:
        try:
            next(left)
        except StopIteration:
            raise Killed from None

    with before_send("UpdateItem", kill), pytest.raises(Killed):
        show()
    assert shown() != NEW
    show()
    assert shown() == NEW


def test_repeated_it_writes_nothing(day: Schedule) -> None:
    name_department("ตา หู คอ จมูก")
    show()

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a write")

    with before_send("UpdateItem", refuse):
        show()
    assert shown() == NEW


@pytest.mark.parametrize("request_of", ["Query", "UpdateItem"])
def test_a_name_that_changes_back_meanwhile_is_what_is_shown_at_the_end(day: Schedule, request_of: str) -> None:
    old = catalogue.hospital("00000").departments[1].name
    name_department("ตา หู คอ จมูก")
    overtaking = once(lambda: (name_department(old), show()), at=2)
    with before_send(request_of, overtaking):
        show()
    assert shown() == {("schedule", old), ("appointment", old)}


def test_somebody_who_has_read_the_old_name_and_books_afterwards_gets_the_new_one(day: Schedule) -> None:
    name_department("ตา หู คอ จมูก")
    with before_send("TransactWriteItems", once(show)):
        appointment = booked(day, demo.PEOPLE[3])
    assert appointment.schedule.department_name == "ตา หู คอ จมูก"
    assert shown() == NEW


@pytest.mark.parametrize("write", [1, 2])
def test_a_booking_and_a_cancellation_in_between_are_neither_lost_nor_left_out(day: Schedule, write: int) -> None:
    name_department("ตา หู คอ จมูก")
    held = list_store.appointments_of(demo.PEOPLE[0].cid)[0]

    def cancel_and_book() -> None:
        actions.cancel(APP, "00000", held.cid, held.appointment_id)
        booked(day, demo.PEOPLE[4])

    with before_send("UpdateItem", once(cancel_and_book, at=write)):
        show()
    states = {each.cid: each.state for each in list_store.appointments_on("00000", DAY)}
    assert states == {
        demo.PEOPLE[0].cid: "cancelled",
        **{demo.PEOPLE[n].cid: "booked" for n in (1, 2, 4)},
    }
    assert shown() == NEW


def test_a_schedule_that_was_being_opened_when_the_name_changed_gets_it_by_its_own_record(
    fake_clock: FakeClock,
) -> None:
    def rename_and_show() -> None:
        name_department("ตา หู คอ จมูก")
        show()

    with before_send("TransactWriteItems", once(rename_and_show)):
        schedule = opened()
    assert schedule.info.department_name == "อายุรกรรม"
    app.count_days(inserted(schedule), LambdaContext("count_days", 512, max_runtime_ms=60_000))
    assert shown() == {("schedule", "ตา หู คอ จมูก")}


def test_the_version_of_an_appointment_and_of_a_schedule_stays(day: Schedule) -> None:
    versions = {row.cid: row.version for row in AppointmentItem.scan()}
    name_department("ตา หู คอ จมูก")
    show()
    assert {row.cid: row.version for row in AppointmentItem.scan()} == versions
    renamed = schedules.schedule("00000", day.info.schedule_id)
    assert renamed is not None
    assert renamed.version == day.version


def test_only_what_is_shown_of_a_hospital_a_department_or_a_room_sets_it_off() -> None:
    def row(item: str, **columns: str) -> dict[str, Any]:
        return {"hospital_code": {"S": "00000"}, "item": {"S": item}} | {k: {"S": v} for k, v in columns.items()}

    changes = {
        "a name": (row("#", name="ก"), row("#", name="ข")),
        "a province": (row("#", province_code="10"), row("#", province_code="21")),
        "a telephone": (row("room#1"), row("room#1", phone_number="02")),
        "a department": (row("department#1", name="ก"), row("department#1", name="ข")),
    }
    others = {
        "a counter": (row("#", next_room_id="1"), row("#", next_room_id="2")),
        "a period": (row("period#1", name="ก"), row("period#1", name="ข")),
        "a new room": (None, row("room#1", name="ข")),
        "a removal": (row("room#1", name="ข"), None),
    }
    assert {what for what, change in changes.items() if name_updates.changed_hospitals([change])} == set(changes)
    assert {what for what, change in others.items() if name_updates.changed_hospitals([change])} == set()


def once(work: Callable[[], Any], at: int = 1) -> Callable[..., None]:
    """A handler that does the work before the request of this number only."""
    requests = iter(range(1, 1_000_000))

    def handler(*_: Any, **__: Any) -> None:
        if next(requests) == at:
            work()

    return handler


def inserted(schedule: Schedule) -> dict[str, Any]:
    """The record of the schedules' stream that tells of a new schedule."""
    keys = {
        "hospital_day": {"S": f"{schedule.info.hospital_code}#{schedule.info.day.isoformat()}"},
        "schedule_id": {"N": str(schedule.info.schedule_id)},
    }
    change = {"Keys": keys, "SequenceNumber": "1", "SizeBytes": 1, "StreamViewType": "KEYS_ONLY"}
    record = {
        "awsRegion": "ap-southeast-1",
        "eventID": "1",
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "eventVersion": "1.1",
        "eventSourceARN": "arn",
        "dynamodb": {"ApproximateCreationDateTime": time.time(), **change},
    }
    return {"Records": [record]}
