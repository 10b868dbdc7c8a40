"""Manual 2.4: a room is open once at any time.

Whatever its periods are called, and whenever they were changed.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from infra.local.local_stack import LocalStack
from tests.client import Client, Reply
from tests.invariants import rows_of, violations
from tests.manual.desk_client import line, new_day, open_lines, table

PATH = "/api/dashboard/schedules"
PERIODS = "/api/dashboard/periods"


@pytest.fixture(scope="module", autouse=True)
def _(local_stack: LocalStack) -> Iterator[None]:
    """Whatever these tests did, no invariant is broken at the end."""
    yield
    assert violations(rows_of(local_stack.endpoint)) == []


def period(staff: Client, name: str, start: str, finish: str) -> Any:
    body = {"period_name": name, "time_start": f"{start}:00", "time_finish": f"{finish}:59"}
    return staff.call("POST", PERIODS, body=body).result


def move(staff: Client, row: Any, start: str, finish: str) -> Any:
    body = {**row, "time_start": f"{start}:00", "time_finish": f"{finish}:59"}
    return staff.call("PUT", f"{PERIODS}/{row['period_id']}", body=body).result


def add(staff: Client, day: date, *lines: dict[str, Any]) -> Reply:
    return staff.call("POST", PATH, body={"date": day.isoformat(), "lines": list(lines)})


def copy(staff: Client, source: date, to: date, *, preview: bool) -> Any:
    body = {
        "date_start": source.isoformat(),
        "date_finish": source.isoformat(),
        "to_start": to.isoformat(),
        "to_finish": to.isoformat(),
        "weekdays": [1, 2, 3, 4, 5, 6, 7],
        "skip_holidays": False,
        "preview": preview,
    }
    return staff.call("POST", f"{PATH}/copy", body=body).result


def test_two_periods_of_the_same_hours_do_not_open_a_room_twice(staff: Client) -> None:
    day, double = new_day(), period(staff, "เช้าอีกชื่อ", "08:00", "08:59")
    open_lines(staff, day, line(1))

    answer = add(staff, day, line(2), line(double["period_id"]))

    assert (answer.status, answer.code) == (409, "ScheduleExists")
    assert set(answer.json["Error"]["fields"]) == {"lines[1]"}
    assert add(staff, day, line(double["period_id"], room_id=2)).status == 200


def test_periods_that_share_minutes_are_refused_and_periods_that_touch_are_taken(staff: Client) -> None:
    day, half_past = new_day(), period(staff, "แปดโมงครึ่ง", "08:30", "09:29")
    open_lines(staff, day, line(1))

    assert add(staff, day, line(half_past["period_id"])).code == "ScheduleExists"
    assert add(staff, day, line(2)).status == 200
    assert [row["time_start"] for row in table(staff, day)] == ["08:00:00", "09:00:00"]


def test_two_lines_of_one_request_that_overlap_are_refused(staff: Client) -> None:
    day, long = new_day(), period(staff, "ทั้งเช้า", "08:00", "11:59")

    answer = add(staff, day, line(1), line(long["period_id"]))

    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {"lines[1]"})
    assert table(staff, day) == []


def test_a_period_moved_to_the_afternoon_leaves_the_morning_free_and_its_own_schedules_where_they_are(
    staff: Client,
) -> None:
    day, moving = new_day(), period(staff, "ย้าย", "06:00", "06:59")
    before = period(staff, "เดิม", "06:00", "06:59")
    open_lines(staff, day, line(moving["period_id"]))
    moved = move(staff, moving, "16:00", "16:59")

    assert add(staff, day, line(before["period_id"])).code == "ScheduleExists"
    assert add(staff, day, line(moved["period_id"])).status == 200
    assert [row["time_start"] for row in table(staff, day)] == ["06:00:00", "16:00:00"]


def test_a_copy_leaves_out_what_overlaps_on_the_other_day_and_what_overlaps_within_itself(staff: Client) -> None:
    source, target = new_day(), new_day() + timedelta(days=400)
    early, late = period(staff, "ตีห้า", "05:00", "05:29"), period(staff, "ตีห้าครึ่ง", "05:30", "05:59")
    open_lines(staff, source, line(early["period_id"]), line(late["period_id"]), line(2), line(1, room_id=2))
    move(staff, late, "05:15", "05:59")
    open_lines(staff, target, line(period(staff, "เก้าโมงครึ่ง", "09:30", "09:59")["period_id"]))

    preview = copy(staff, source, target, preview=True)
    made = copy(staff, source, target, preview=False)

    for result in (preview, made):
        assert [(row["room_id"], row["period_id"]) for row in result["made"]] == [(1, early["period_id"]), (2, 1)]
        assert [row["period_id"] for row in result["clashes"]] == [late["period_id"], 2]
    assert len(table(staff, target)) == 3
