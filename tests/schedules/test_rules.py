"""What a schedule is, without storage: lines, places that come and go, days that are counted."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock import BANGKOK
from chalicelib.errors import BelowBooked, Invalid
from chalicelib.schedules import rules
from chalicelib.schedules.rules import Block, Department, HospitalCatalogue, Period, Room, Schedule, ScheduleSpec

DAY = date(2026, 12, 1)


def schedule(**more: Any) -> Schedule:
    """Four places in the first room, all free."""
    values: dict[str, Any] = {
        "hospital_code": "00000",
        "schedule_id": rules.schedule_id(DAY, 1),
        "day": DAY,
        "hospital_name": "รพ.ทดสอบระบบ",
        "province_code": "84",
        "period_id": 1,
        "period_name": "เช้า",
        "time_start": "08:00:00",
        "time_finish": "08:59:59",
        "department_id": 1,
        "department_name": "อายุรกรรม",
        "room_id": 1,
        "room_name": "ห้องตรวจ 1",
        "room_phone_number": "",
        "queue_code": "A",
        "queue_length": 3,
        "capacity": 4,
        "available_count": 4,
        "free": frozenset({1, 2, 3, 4}),
        "blocks": (Block(1, 4, 101, 11),),
        "online": True,
        "state": rules.OPEN,
        "version": 1,
    }
    return Schedule(**{**values, **more})


def hospital() -> HospitalCatalogue:
    return HospitalCatalogue(
        "00000",
        "รพ.ทดสอบระบบ",
        "84",
        "สุราษฎร์ธานี",
        "",
        1,
        {1: Department(1, "อายุรกรรม"), 2: Department(2, "ฉีดวัคซีน")},
        {1: Room(1, "ห้องตรวจ 1", 1, "A", 3), 2: Room(2, "ห้องฉีด 1", 2, "V", 3)},
        {1: Period(1, "เช้า", "08:00:00", "08:59:59")},
    )


@pytest.mark.parametrize("day", [date(2020, 1, 1), DAY, rules.LAST_DAY])
def test_the_date_is_in_the_id_and_the_id_stays_below_what_a_typed_client_reads(day: date) -> None:
    for number in (1, 99_999):
        made = rules.schedule_id(day, number)
        assert rules.day_of(made) == day
        assert made < 2**31


@pytest.mark.parametrize(
    ("at", "over"),
    [("2026-11-30T23:59:59", False), ("2026-12-01T08:59:59", False), ("2026-12-01T09:00:00", True)],
)
def test_a_period_is_over_after_its_last_second(at: str, over: bool) -> None:
    assert schedule().is_over(datetime.fromisoformat(at).replace(tzinfo=BANGKOK)) is over


@pytest.mark.parametrize(("place", "number"), [(1, "A011"), (4, "A014")])
def test_a_place_has_its_queue_number_and_id_from_its_block(place: int, number: str) -> None:
    assert schedule().queue_no(place) == number
    assert schedule().appointment_id(place) == 100 + place


@pytest.mark.parametrize(("start", "finish"), [("08:00:00", "08:00:00"), ("09:00:00", "08:59:59")])
def test_a_period_ends_after_it_starts(start: str, finish: str) -> None:
    with pytest.raises(Invalid):
        rules.check_period(Period(0, "ผิด", start, finish))


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        ([], {"lines"}),
        ([ScheduleSpec(1, 1, 1, 5, True)] * rules.MAX_LINES + [ScheduleSpec(1, 2, 2, 5, True)], {"lines"}),
        ([ScheduleSpec(9, 1, 1, 5, True)], {"lines[0].period_id"}),
        ([ScheduleSpec(1, 1, 9, 5, True)], {"lines[0].room_id"}),
        ([ScheduleSpec(1, 2, 1, 5, True)], {"lines[0].department_id"}),
        ([ScheduleSpec(1, 1, 1, 5, True), ScheduleSpec(1, 1, 1, 6, False)], {"lines[1]"}),
    ],
)
def test_a_line_names_what_the_hospital_has_and_no_two_are_the_same(
    lines: list[ScheduleSpec], fields: set[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_lines(hospital(), lines)
    assert fields <= set(refused.value.fields)


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([], False),
        ([schedule()], True),
        ([schedule(state=rules.CLOSED)], False),
        ([schedule(room_id=2)], False),
        ([schedule(period_id=2)], False),
    ],
)
def test_a_line_clashes_with_an_open_schedule_of_its_room_and_period(there: list[Schedule], expected: bool) -> None:
    assert rules.clashes(there, ScheduleSpec(1, 1, 1, 5, True)) is expected


@pytest.mark.parametrize(
    ("free", "capacity", "removed"),
    [({1, 2, 3, 4}, 4, set()), ({1, 2, 3, 4}, 1, {2, 3, 4}), ({1, 3}, 3, {3}), ({2}, 3, {2}), (set(), 4, set())],
)
def test_the_highest_free_places_go_first(free: set[int], capacity: int, removed: set[int]) -> None:
    seen = schedule(free=frozenset(free), available_count=len(free))
    assert rules.places_to_remove(seen, capacity) == removed


@pytest.mark.parametrize(("free", "capacity"), [(set(), 3), ({1, 3}, 1)])
def test_there_are_never_fewer_places_than_are_booked(free: set[int], capacity: int) -> None:
    with pytest.raises(BelowBooked):
        rules.places_to_remove(schedule(free=frozenset(free), available_count=len(free)), capacity)


def numbers(blocks: tuple[Block, ...]) -> dict[int, tuple[int, int]]:
    """place -> (appointment id, queue number)."""
    return {
        block.first_place + n: (block.first_appointment_id + n, block.first_queue_number + n)
        for block in blocks
        for n in range(block.places)
    }


@given(st.sets(st.integers(1, 20)))
def test_whatever_places_go_the_others_keep_their_ids_and_queue_numbers(removed: set[int]) -> None:
    blocks = (Block(1, 8, 101, 11), Block(9, 12, 501, 40))
    before = numbers(blocks)

    after = numbers(rules.without_places(blocks, frozenset(removed)))

    assert after == {place: both for place, both in before.items() if place not in removed}


@given(st.lists(st.integers(1, 9), max_size=12))
def test_growing_and_shrinking_in_turn_never_gives_two_places_the_same_number(capacities: list[int]) -> None:
    seen = schedule()
    next_id, next_queue = 105, 15
    given_out = dict(numbers(seen.blocks))
    for capacity in capacities:
        if capacity > seen.capacity:
            more = capacity - seen.capacity
            block = rules.next_block(seen, more, next_id, next_queue)
            next_id, next_queue = next_id + more, next_queue + more
            free = seen.free | set(range(block.first_place, block.first_place + more))
            seen = schedule(blocks=(*seen.blocks, block), capacity=capacity, free=frozenset(free))
        else:
            removed = rules.places_to_remove(seen, capacity)
            blocks = rules.without_places(seen.blocks, removed)
            seen = schedule(blocks=blocks, capacity=capacity, free=seen.free - removed)
        assert set(numbers(seen.blocks)) == seen.free
        assert len(set(numbers(seen.blocks).values())) == seen.capacity
        given_out |= numbers(seen.blocks)


def test_a_day_counts_open_schedules_per_room_and_those_online_by_their_end() -> None:
    online_free, rooms = rules.count_day(
        [
            schedule(available_count=3),
            schedule(room_id=2, department_id=2, online=False, available_count=1),
            schedule(period_id=2, time_finish="09:59:59", available_count=0),
            schedule(period_id=3, state=rules.CLOSED),
        ]
    )

    assert online_free == {"08:59:59": 3, "09:59:59": 0}
    assert rooms == {1: (1, 8, 3), 2: (2, 4, 1)}
