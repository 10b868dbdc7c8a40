"""Giving released places back.

On tables in memory, with a clock that the tests set. The appointment is on Tuesday, 1 December 2026.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.booking import confirmations, staff_actions, store
from chalicelib.booking.confirmations import Confirmations
from chalicelib.booking.model import Appointment
from chalicelib.errors import AlreadyBooked, AppointmentCancelled, LimitReached, PlaceTaken
from chalicelib.schedules import store as schedule_store
from infra.local import demo
from tests.booking.confirming import (
    AFTER,
    CLERK,
    RELEASES,
    now_of,
    set_rules,
)
from tests.booking.hospital_in_memory import DAY, FakeClock, before_send, booked, opened


@pytest.fixture
def released(late: Appointment) -> Appointment:
    assert confirmations.run() == Confirmations(released=1)
    return now_of(late)


def give_back(released: Appointment) -> Appointment:
    return confirmations.give_back(CLERK, released.schedule.schedule_id, released.place, released.version)


def test_a_released_appointment_is_the_same_again_and_is_never_released_again(
    released: Appointment, fake_clock: FakeClock
) -> None:
    active = give_back(released)
    assert active == now_of(released)
    assert (active.place, active.queue_no, active.check_code) == (
        released.place,
        released.queue_no,
        released.check_code,
    )
    assert (active.is_active, active.released_at, active.changed_login) == (True, "", CLERK.login)
    for hours in (0, 1, 2):
        fake_clock.now = AFTER + timedelta(hours=hours)
        assert confirmations.run() == Confirmations()
    assert now_of(released).is_active


def test_a_repeat_gets_the_same_answer(released: Appointment) -> None:
    assert give_back(released) == give_back(released)


def test_a_place_that_somebody_else_has_taken_is_not_given_back(released: Appointment) -> None:
    (schedule,) = [each for each in [store.schedule_of("00000", released.schedule.schedule_id)] if each]
    assert booked(schedule, demo.PEOPLE[1]).place == released.place
    for _ in range(2):
        with pytest.raises(PlaceTaken):
            give_back(released)
    assert not now_of(released).is_active


def test_who_has_booked_again_in_the_department_gets_no_second_appointment(released: Appointment) -> None:
    booked(opened(days_later=1))
    with pytest.raises(AlreadyBooked):
        give_back(released)


def test_who_books_again_while_the_place_is_given_back_holds_one_appointment(
    fake_clock: FakeClock, late: Appointment
) -> None:
    set_rules(replace(RELEASES, max_active_per_department=1))
    confirmations.run()
    other, done = opened(days_later=1), list[Appointment]()

    def book_first(request: Any, **_: Any) -> None:
        if not done and b"booked_at" in request.body:
            done.append(now_of(late))
            done.append(booked(other))

    with before_send("TransactWriteItems", book_first), pytest.raises(AlreadyBooked):
        give_back(now_of(late))
    assert not now_of(late).is_active


def test_who_gets_the_place_back_while_they_book_again_holds_one_appointment(
    fake_clock: FakeClock, late: Appointment
) -> None:
    set_rules(replace(RELEASES, max_active_per_department=1))
    confirmations.run()
    other, done = opened(days_later=1), list[Appointment]()

    def give_back_first(request: Any, **_: Any) -> None:
        if not done:
            done.append(now_of(late))
            done.append(give_back(now_of(late)))

    with before_send("TransactWriteItems", give_back_first), pytest.raises(LimitReached):
        booked(other)
    assert now_of(late).is_active


def test_a_place_that_the_schedule_no_longer_has_is_refused_in_words(late: Appointment, fake_clock: FakeClock) -> None:
    confirmations.run()
    schedule = schedule_store.schedule("00000", late.schedule.schedule_id)
    assert schedule is not None
    assert schedule_store.shrink(schedule, frozenset({late.place}), online=True)
    with pytest.raises(PlaceTaken, match="no longer exists"):
        give_back(now_of(late))


def test_what_the_staff_have_cancelled_is_not_given_back(late: Appointment) -> None:
    ended = staff_actions.cancel(CLERK, late.schedule.schedule_id, late.place, late.version)
    with pytest.raises(AppointmentCancelled):
        give_back(ended)


def test_the_staff_see_what_was_released_and_whether_the_place_is_free(released: Appointment) -> None:
    assert confirmations.released_on(CLERK, DAY) == [confirmations.ReleasedPlace(released, True)]
    give_back(released)
    assert confirmations.released_on(CLERK, DAY) == []
