"""A hospital's bookings as the targets of an announcement, on tables in memory."""

from datetime import timedelta

import pytest

from chalicelib.booking import actions, announcement_targets
from chalicelib.messages.source_model import BOOKING_STATES, BOOKINGS, TargetSource
from infra.local import demo
from tests.booking.hospital_in_memory import APP, DAY, FakeClock, booked, opened


def source(states: tuple[str, ...] = BOOKING_STATES, after: str = "") -> TargetSource:
    return TargetSource(BOOKINGS, DAY, DAY + timedelta(days=2), None, frozenset(states), after)


def test_reading_goes_on_after_any_row_and_misses_and_repeats_nobody(fake_clock: FakeClock) -> None:
    for days_later in (0, 1, 2, 3):
        schedule = opened(days_later)
        for person in demo.PEOPLE[: 3 if days_later != 1 else 0]:
            booked(schedule, person)
    everything = list(announcement_targets.read("00000", source()))

    assert [row.days_done for row in everything] == [0, 0, 0, 2, 2, 2]  # the fourth day is not chosen
    assert sorted(row.cid for row in everything) == sorted(person.cid for person in demo.PEOPLE[:3] * 2)
    for number, row in enumerate(everything, 1):
        assert list(announcement_targets.read("00000", source(after=row.position))) == everything[number:]
    assert list(announcement_targets.read("00001", source())) == []


def test_an_appointment_that_is_not_chosen_is_a_row_without_an_id(fake_clock: FakeClock) -> None:
    schedule = opened()
    confirmed, waits = (booked(schedule, person) for person in demo.PEOPLE[:2])
    actions.confirm(APP, "00000", confirmed.cid, confirmed.appointment_id)
    rows = list(announcement_targets.read("00000", source(("confirmed",))))
    assert [row.cid for row in rows if row.cid] == [confirmed.cid]
    assert len(rows) == 2
    assert waits.cid in {row.cid for row in announcement_targets.read("00000", source(("booked",)))}


def test_a_source_without_days_is_a_fault_of_ours(fake_clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="has days"):
        next(iter(announcement_targets.read("00000", TargetSource(BOOKINGS))))
