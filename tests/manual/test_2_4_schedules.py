"""Manual 2.4: ระบบจัดตารางนัดหมาย."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib import clock
from infra.local.local_stack import LocalStack
from tests.client import Client, Reply, in_days, until_answered
from tests.hospitals import Hospital, Hospitals
from tests.invariants import rows_of, violations
from tests.manual import desk_client
from tests.manual.desk_client import line, new_day, open_lines, table

PATH = "/api/dashboard/schedules"


def change(staff: Client, row: Any, **to: Any) -> Reply:
    body = {"capacity": row["capacity"], "online": row["online"], "version": row["version"], **to}
    return staff.call("PUT", f"{PATH}/{row['schedule_id']}", body=body)


def add(staff: Client, day: date, *lines: dict[str, Any]) -> Reply:
    return staff.call("POST", PATH, body={"date": day.isoformat(), "lines": list(lines)})


def queue_numbers(staff: Client, schedule_id: int, count: int) -> list[str]:
    return [desk_client.booked(staff, schedule_id)[1]["queue_no"] for _ in range(count)]


@pytest.fixture(scope="module", autouse=True)
def _(local_stack: LocalStack) -> Iterator[None]:
    """Whatever these tests did, no invariant is broken at the end."""
    yield
    assert violations(rows_of(local_stack.endpoint)) == []


# Adding


def test_a_date_several_lines_and_each_has_its_period_room_places_and_tick(staff: Client) -> None:
    day = new_day()

    made = open_lines(staff, day, line(1, 1, 5), line(2, 1, 7, online=False), line(1, 2, 9))

    listed = table(staff, day)
    assert sorted(made, key=lambda row: row["schedule_id"]) == sorted(listed, key=lambda row: row["schedule_id"])
    assert [(row["time_start"], row["room_id"], row["capacity"], row["online"]) for row in listed] == [
        ("08:00:00", 1, 5, True),
        ("08:00:00", 2, 9, True),
        ("09:00:00", 1, 7, False),
    ]
    assert all(row["available_count"] == row["capacity"] and row["state"] == "open" for row in listed)


def test_only_lines_open_online_are_shown_to_information_systems_but_staff_book_all(staff: Client, his: Client) -> None:
    day = new_day()
    closed_online = open_lines(staff, day, line(1), line(2, online=False))[1]

    assert [one["time_start"] for one in his.schedules(day)] == ["08:00:00"]
    assert desk_client.booked(staff, closed_online["schedule_id"])[1]["queue_no"] == "A004"


def test_queue_numbers_go_on_through_the_day_of_a_room(staff: Client) -> None:
    day = new_day()
    first, second = open_lines(staff, day, line(1, capacity=2), line(2, capacity=2))

    assert queue_numbers(staff, first["schedule_id"], 2) == ["A001", "A002"]
    assert queue_numbers(staff, second["schedule_id"], 2) == ["A003", "A004"]


def test_a_room_has_one_schedule_for_a_period_and_all_lines_are_made_or_none(staff: Client) -> None:
    day = new_day()
    open_lines(staff, day, line(1))

    answer = add(staff, day, line(2), line(1))

    assert (answer.status, answer.code) == (409, "ScheduleExists")
    assert set(answer.json["Error"]["fields"]) == {"lines[1]"}
    assert len(table(staff, day)) == 1


def test_two_clerks_adding_the_same_lines_at_once_make_them_once(staff: Client) -> None:
    day = new_day()
    lines = [line(period, room) for period in (1, 2, 3) for room in (1, 2)]
    answers: list[str] = []

    def press() -> None:
        answers.append(until_answered(partial(add, staff, day, *lines)).code)

    clerks = [threading.Thread(target=press) for _ in range(4)]

    for one in clerks:
        one.start()
    for one in clerks:
        one.join()

    assert sorted(answers) == ["OK", "ScheduleExists", "ScheduleExists", "ScheduleExists"]
    assert len(table(staff, day)) == 6


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (line(period_id=99), "lines[0].period_id"),
        (line(room_id=99), "lines[0].room_id"),
        ({**line(), "department_id": 2}, "lines[0].department_id"),
        (line(capacity=0), "lines[0].capacity"),
        (line(capacity=1000), "lines[0].capacity"),
    ],
)
def test_only_what_the_hospital_has_and_1_to_999_places_are_taken(
    staff: Client, wrong: dict[str, Any], field: str
) -> None:
    answer = add(staff, new_day(), wrong)

    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {field})


@pytest.mark.parametrize("day", [clock.today() - timedelta(days=1), date(2078, 10, 17), date(2126, 11, 24)])
def test_nothing_is_opened_on_a_day_that_is_over_or_too_far_for_its_ids(staff: Client, day: date) -> None:
    answer = add(staff, day, line())

    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {"date"})


# Changing


def test_the_tick_is_changed_later(staff: Client, his: Client) -> None:
    day = new_day()
    (row,) = open_lines(staff, day, line())

    changed = change(staff, row, online=False).result

    assert (changed["online"], changed["version"], changed["capacity"]) == (False, 2, 3)
    assert his.schedules(day) == []


def test_more_places_get_numbers_that_nobody_has(staff: Client) -> None:
    day = new_day()
    row, other = open_lines(staff, day, line(1, capacity=2), line(2, capacity=2))

    grown = change(staff, row, capacity=4).result

    assert (grown["capacity"], grown["available_count"]) == (4, 4)
    numbers = queue_numbers(staff, row["schedule_id"], 4) + queue_numbers(staff, other["schedule_id"], 2)
    assert sorted(numbers) == [f"A{n:03d}" for n in range(1, 7)]


def test_fewer_places_are_never_fewer_than_are_booked(staff: Client) -> None:
    (row,) = open_lines(staff, new_day(), line(capacity=5))
    for _ in range(3):
        desk_client.booked(staff, row["schedule_id"])

    refused = change(staff, row, capacity=2)
    shrunk = change(staff, row, capacity=3).result

    assert (refused.status, refused.code) == (409, "BelowBooked")
    assert (shrunk["capacity"], shrunk["available_count"]) == (3, 0)


def test_a_schedule_that_was_shrunk_to_what_is_booked_can_be_booked_again_after_a_cancellation(staff: Client) -> None:
    (row,) = open_lines(staff, new_day(), line(capacity=3))
    _, held = desk_client.booked(staff, row["schedule_id"])
    change(staff, row, capacity=1)
    desk_client.act(staff, held, "cancel")

    assert desk_client.booked(staff, row["schedule_id"])[1]["queue_no"] == held["queue_no"]


def test_shrinking_and_growing_again_and_again_never_gives_a_number_twice(staff: Client) -> None:
    (row,) = open_lines(staff, new_day(), line(capacity=3))
    numbers = queue_numbers(staff, row["schedule_id"], 1)
    for capacity in (1, 3, 2, 4):
        row = change(staff, row, capacity=capacity).result

    numbers += queue_numbers(staff, row["schedule_id"], 3)

    assert len(set(numbers)) == 4
    assert change(staff, row, capacity=3).code == "BelowBooked"


def test_of_two_people_changing_a_schedule_the_second_is_shown_both_versions(staff: Client) -> None:
    (row,) = open_lines(staff, new_day(), line())
    change(staff, row, capacity=8)

    answer = change(staff, row, capacity=9)

    assert (answer.status, answer.code) == (409, "EditConflict")
    assert answer.json["Error"]["yours"] == {"capacity": 9, "online": True, "version": 1}
    assert (answer.json["Error"]["theirs"]["capacity"], answer.json["Error"]["theirs"]["version"]) == (8, 2)


def test_a_booking_does_not_get_in_the_way_of_an_edit(staff: Client) -> None:
    (row,) = open_lines(staff, new_day(), line())
    desk_client.booked(staff, row["schedule_id"])

    assert change(staff, row, capacity=4).result["available_count"] == 3


def test_while_places_are_booked_and_given_back_capacity_changes_lose_none(staff: Client) -> None:
    (row,) = open_lines(staff, new_day(), line(capacity=40))
    held: list[Any] = []
    people = [
        threading.Thread(target=lambda: held.append(desk_client.booked(staff, row["schedule_id"]))) for _ in range(12)
    ]

    for one in people:
        one.start()
    for capacity in (30, 35, 20, 25):
        row = until_answered(partial(change, staff, row, capacity=capacity)).result
    for one in people:
        one.join()

    after = next(one for one in table(staff, date.fromisoformat(row["date"])))
    assert after["capacity"] == 25
    assert after["available_count"] == 25 - 12
    assert len({one["queue_no"] for _, one in held}) == 12


def test_another_hospitals_schedule_is_not_there(hospitals: Hospitals, staff: Client) -> None:
    (row,) = open_lines(staff, new_day(), line())
    stranger = hospitals.new().clerk()

    assert change(stranger, row, capacity=4).code == "ScheduleNotFound"


def test_who_sees_the_slot_tables_may_not_change_them(hospital: Hospital) -> None:
    viewer = hospital.clerk("IMMUNIZATION_SLOT:1 APPOINTMENT_DASHBOARD:1")

    assert viewer.call("GET", PATH, {"date": in_days(1).isoformat()}).status == 200
    assert add(viewer, new_day(), line()).status == 403
