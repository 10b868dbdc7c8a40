"""Schedules without storage: opening, adding and removing places, counting days."""

import dataclasses
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock import BANGKOK
from chalicelib.errors import BelowBooked, Invalid
from chalicelib.schedules import figures_rules, model, rules
from chalicelib.schedules.catalogue_model import Department, HospitalCatalogue, Period, Room
from chalicelib.schedules.model import DayCounter, PlaceBlock, Schedule, ScheduleInfo, ScheduleSpec

DAY = date(2026, 12, 1)


def schedule(**more: Any) -> Schedule:
    """Four places in the first room, all free.

    more: fields of Schedule or of ScheduleInfo.
    """
    made = Schedule(
        info=ScheduleInfo(
            hospital_code="00000",
            hospital_name="รพ.ทดสอบระบบ",
            schedule_id=model.schedule_id(DAY, 1),
            day=DAY,
            time_start="08:00:00",
            time_finish="08:59:59",
            department_id=1,
            department_name="อายุรกรรม",
            room_id=1,
            room_name="ห้องตรวจ 1",
            room_phone_number="",
        ),
        province_code="84",
        period_id=1,
        period_name="เช้า",
        queue_code="A",
        queue_length=3,
        capacity=4,
        available_count=4,
        free=frozenset({1, 2, 3, 4}),
        blocks=(PlaceBlock(1, 4, 101, 11),),
        online=True,
        state=model.OPEN,
        version=1,
    )
    return changed(made, "info", more)


def changed(value: Any, part: str, more: dict[str, Any]) -> Any:
    """The dataclass with other values, some of them in the dataclass `part` inside it."""
    inner = getattr(value, part)
    inside = {name: more[name] for name in more.keys() & vars(inner).keys()}
    own = {name: more[name] for name in more.keys() - inside.keys()}
    return dataclasses.replace(value, **own, **{part: dataclasses.replace(inner, **inside)})


def hospital() -> HospitalCatalogue:
    return HospitalCatalogue(
        "00000",
        "รพ.ทดสอบระบบ",
        "84",
        {1: Department(1, "อายุรกรรม"), 2: Department(2, "ฉีดวัคซีน")},
        {1: Room(1, "ห้องตรวจ 1", 1, "A", 3), 2: Room(2, "ห้องฉีด 1", 2, "V", 3)},
        {
            1: Period(1, "เช้า", "08:00:00", "08:59:59"),
            2: Period(2, "สาย", "09:00:00", "09:59:59"),
            3: Period(3, "แปดโมงครึ่ง", "08:30:00", "09:29:59"),
        },
    )


@pytest.mark.parametrize("day", [date(2020, 1, 1), DAY, model.LAST_DAY])
def test_a_schedule_id_contains_the_date_and_stays_below_two_to_the_31(day: date) -> None:
    for number in (1, 99_999):
        made = model.schedule_id(day, number)
        assert model.day_of(made) == day
        assert made < 2**31


@pytest.mark.parametrize(
    ("at", "over"),
    [("2026-11-30T23:59:59", False), ("2026-12-01T08:59:59", False), ("2026-12-01T09:00:00", True)],
)
def test_a_period_is_over_after_its_last_second(at: str, over: bool) -> None:
    assert schedule().info.is_over(datetime.fromisoformat(at).replace(tzinfo=BANGKOK)) is over


@pytest.mark.parametrize(("place", "number"), [(1, "A011"), (4, "A014")])
def test_a_place_has_its_queue_number_and_id_from_its_block(place: int, number: str) -> None:
    assert schedule().queue_no(place) == number
    assert schedule().appointment_id(place) == 100 + place


@pytest.mark.parametrize(("start", "finish"), [("08:00:00", "08:00:00"), ("09:00:00", "08:59:59")])
def test_a_period_ends_after_it_starts(start: str, finish: str) -> None:
    with pytest.raises(Invalid):
        rules.check_period(Period(0, "ผิด", start, finish))


@pytest.mark.parametrize(
    ("specs", "fields"),
    [
        ([], {"lines"}),
        ([ScheduleSpec(1, 1, 1, 5, True)] * model.MAX_LINES + [ScheduleSpec(1, 2, 2, 5, True)], {"lines"}),
        ([ScheduleSpec(9, 1, 1, 5, True)], {"lines[0].period_id"}),
        ([ScheduleSpec(1, 1, 9, 5, True)], {"lines[0].room_id"}),
        ([ScheduleSpec(1, 2, 1, 5, True)], {"lines[0].department_id"}),
        ([ScheduleSpec(1, 1, 1, 5, True), ScheduleSpec(1, 1, 1, 6, False)], {"lines[1]"}),
        (
            [ScheduleSpec(1, 1, 1, 5, True), ScheduleSpec(2, 1, 1, 5, True), ScheduleSpec(3, 1, 1, 5, True)],
            {"lines[2]"},
        ),
    ],
)
def test_specs_name_what_the_hospital_has_and_no_two_are_in_one_room_at_a_time(
    specs: list[ScheduleSpec], fields: set[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_specs(hospital(), specs)
    assert fields <= set(refused.value.fields)


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        ([], False),
        ([schedule()], True),
        ([schedule(state=model.CLOSED)], False),
        ([schedule(room_id=2)], False),
        ([schedule(period_id=2)], True),
        ([schedule(time_start="08:59:59", time_finish="09:59:59")], True),
        ([schedule(time_start="07:00:00", time_finish="08:00:00")], True),
        ([schedule(time_start="08:20:00", time_finish="08:29:59")], True),
        ([schedule(time_start="07:00:00", time_finish="11:59:59")], True),
        ([schedule(time_start="09:00:00", time_finish="09:59:59")], False),
        ([schedule(time_start="07:00:00", time_finish="07:59:59")], False),
        ([schedule(time_start="13:00:00", time_finish="13:59:59")], False),
    ],
)
def test_a_spec_clashes_with_an_open_schedule_of_its_room_at_an_overlapping_time(
    existing: list[Schedule], expected: bool
) -> None:
    assert rules.clashes(hospital(), existing, ScheduleSpec(1, 1, 1, 5, True)) is expected


def test_of_specs_that_overlap_each_other_in_one_room_the_first_is_opened() -> None:
    eight, nine, between = (ScheduleSpec(period, 1, 1, 5, True) for period in (1, 2, 3))
    elsewhere = ScheduleSpec(3, 2, 2, 5, True)

    assert rules.without_clashes(hospital(), [], [eight, between, elsewhere, nine]) == [eight, elsewhere, nine]
    assert rules.without_clashes(hospital(), [schedule()], [eight, between, nine]) == [nine]


@pytest.mark.parametrize(
    ("free", "capacity", "removed"),
    [({1, 2, 3, 4}, 4, set()), ({1, 2, 3, 4}, 1, {2, 3, 4}), ({1, 3}, 3, {3}), ({2}, 3, {2}), (set(), 4, set())],
)
def test_the_highest_free_places_are_removed_first(free: set[int], capacity: int, removed: set[int]) -> None:
    before = schedule(free=frozenset(free), available_count=len(free))
    assert rules.places_to_remove(before, capacity) == removed


@pytest.mark.parametrize(("free", "capacity"), [(set(), 3), ({1, 3}, 1)])
def test_there_are_never_fewer_places_than_are_booked(free: set[int], capacity: int) -> None:
    with pytest.raises(BelowBooked):
        rules.places_to_remove(schedule(free=frozenset(free), available_count=len(free)), capacity)


def numbers(blocks: tuple[PlaceBlock, ...]) -> dict[int, tuple[int, int]]:
    """place -> (appointment id, queue number)."""
    return {
        block.first_place + n: (block.first_appointment_id + n, block.first_queue_number + n)
        for block in blocks
        for n in range(block.places)
    }


@given(st.sets(st.integers(1, 20)))
def test_removing_places_keeps_the_ids_and_queue_numbers_of_the_others(removed: set[int]) -> None:
    blocks = (PlaceBlock(1, 8, 101, 11), PlaceBlock(9, 12, 501, 40))
    before = numbers(blocks)

    after = numbers(rules.without_places(blocks, frozenset(removed)))

    assert after == {place: both for place, both in before.items() if place not in removed}


@given(st.lists(st.integers(1, 9), max_size=12))
def test_growing_and_shrinking_in_turn_never_gives_two_places_the_same_number(capacities: list[int]) -> None:
    current, counter = schedule(), DayCounter("00000", DAY, 2, {1: 15}, version=1)
    next_id = 105
    ever_made: dict[int, tuple[int, int]] = numbers(current.blocks)
    for capacity in capacities:
        if capacity > current.capacity:
            more = capacity - current.capacity
            current, counter = rules.grown(current, more, True, counter, next_id)
            next_id += more
            block = current.blocks[-1]
            free = current.free | set(range(block.first_place, block.first_place + more))
            assert not set(numbers((block,)).values()) & set(ever_made.values())
        else:
            removed = rules.places_to_remove(current, capacity)
            current = rules.shrunk(current, removed, True)
            free = current.free - removed
        current = dataclasses.replace(current, free=frozenset(free))  # the store changes it by its places
        assert current.capacity == capacity
        assert set(numbers(current.blocks)) == current.free
        assert len(set(numbers(current.blocks).values())) == current.capacity
        ever_made |= numbers(current.blocks)


def test_a_day_counts_open_schedules_per_room_and_those_online_by_their_end() -> None:
    day = figures_rules.count_day(
        [
            schedule(available_count=3),
            schedule(room_id=2, department_id=2, online=False, available_count=1),
            schedule(period_id=2, time_finish="09:59:59", available_count=0),
            schedule(period_id=3, state=model.CLOSED),
            schedule(
                period_id=3, state=model.CLOSED, room_id=2, department_id=2, free=frozenset({1}), available_count=1
            ),
        ]
    )

    assert (day.hospital_code, day.province_code, day.day) == ("00000", "84", DAY)
    assert day.online_free == {"08:59:59": 3, "09:59:59": 0}
    assert day.rooms == {1: (1, 8, 3), 2: (2, 4, 1)}
    assert day.closed_rooms == {1: (1, 0), 2: (2, 3)}
    assert day.department_free == {1: "3,0"}


def test_a_day_counts_what_each_department_has_free_online_by_the_end_of_its_periods() -> None:
    day = figures_rules.count_day(
        [
            schedule(available_count=3),
            schedule(room_id=2, department_id=2, time_finish="09:59:59", available_count=1),
            schedule(room_id=3, department_id=2, time_finish="09:59:59", available_count=2),
            schedule(room_id=3, department_id=2, time_finish="11:59:59", available_count=0),
            schedule(room_id=4, department_id=3, online=False, available_count=4),
        ]
    )

    assert day.free_of_department(1) == {"08:59:59": 3}
    assert day.free_of_department(2) == {"09:59:59": 3, "11:59:59": 0}
    assert day.free_of_department(3) == {}
    at = {hour: datetime.combine(DAY, time(hour), BANGKOK) for hour in (8, 9, 11, 12)}
    assert {hour: day.available(now, 1) for hour, now in at.items()} == {8: 3, 9: None, 11: None, 12: None}
    assert {hour: day.available(now, 2) for hour, now in at.items()} == {8: 3, 9: 3, 11: 0, 12: None}
    assert day.available(at[8], 3) is None


def test_a_day_that_was_counted_without_departments_shows_each_the_hospitals_figure() -> None:
    counted = dataclasses.replace(figures_rules.count_day([schedule(available_count=3)]), department_free={})

    assert counted.available(datetime.combine(DAY, time(8), BANGKOK), 7) == 3


def test_new_schedules_continue_the_numbers_of_the_day_and_of_each_room() -> None:
    counter = DayCounter("00000", DAY, 3, {1: 9}, version=4)
    specs = [ScheduleSpec(1, 1, 1, 5, True), ScheduleSpec(1, 2, 2, 2, False)]

    made, after = rules.number_schedules(hospital(), DAY, specs, counter, 101)

    assert [each.info.schedule_id for each in made] == [model.schedule_id(DAY, 3), model.schedule_id(DAY, 4)]
    assert [each.blocks for each in made] == [(PlaceBlock(1, 5, 101, 9),), (PlaceBlock(1, 2, 106, 1),)]
    assert [(each.online, each.free) for each in made] == [(True, frozenset(range(1, 6))), (False, frozenset({1, 2}))]
    assert after == DayCounter("00000", DAY, 5, {1: 14, 2: 3}, version=5)
