"""Manual 2.4: ระบบจัดตารางนัดหมาย, copying days and weeks.

Public holidays may be left out.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib import clock
from infra.local.local_stack import LocalStack
from tests.client import Client, in_days
from tests.invariants import rows_of, violations
from tests.manual.desk_client import line, new_day, open_lines, table

PATH = "/api/dashboard/schedules"


@pytest.fixture(scope="module", autouse=True)
def _(local_stack: LocalStack) -> Iterator[None]:
    """Whatever these tests did, no invariant is broken at the end."""
    yield
    assert violations(rows_of(local_stack.endpoint)) == []


def copy(staff: Client, source: date, to: tuple[date, date], **more: Any) -> Any:
    body = {
        "date_start": source.isoformat(),
        "date_finish": source.isoformat(),
        "to_start": to[0].isoformat(),
        "to_finish": to[1].isoformat(),
        "weekdays": [1, 2, 3, 4, 5, 6, 7],
        "skip_holidays": False,
        "preview": False,
        **more,
    }
    return staff.call("POST", f"{PATH}/copy", body=body)


def monday(after_days: int) -> date:
    day = in_days(after_days)
    return day + timedelta(days=7 - day.weekday())


def test_a_preview_says_what_would_be_made_and_makes_nothing(staff: Client) -> None:
    source = new_day()
    open_lines(staff, source, line(1, 1, 4), line(2, 2, 6))
    target = monday(800)

    preview = copy(staff, source, (target, target), preview=True).result

    assert [(one["date"], one["room_id"], one["capacity"]) for one in preview["made"]] == [
        (target.isoformat(), 1, 4),
        (target.isoformat(), 2, 6),
    ]
    assert table(staff, target) == []


def test_a_day_is_copied_to_chosen_week_days_of_a_range(staff: Client) -> None:
    source, first = new_day(), monday(820)
    open_lines(staff, source, line(1, capacity=4, online=False))

    result = copy(staff, source, (first, first + timedelta(days=13)), weekdays=[1, 3]).result

    assert [one["date"] for one in result["made"]] == [(first + timedelta(days=n)).isoformat() for n in (0, 2, 7, 9)]
    (copied,) = table(staff, first)
    assert (copied["capacity"], copied["available_count"], copied["online"]) == (4, 4, False)
    assert table(staff, first + timedelta(days=1)) == []


def test_copying_again_makes_only_what_is_missing(staff: Client) -> None:
    source, target = new_day(), monday(840)
    open_lines(staff, source, line(1), line(2))
    copy(staff, source, (target, target))
    open_lines(staff, source, line(3))

    again = copy(staff, source, (target, target)).result

    assert [one["period_id"] for one in again["made"]] == [3]
    assert [one["period_id"] for one in again["clashes"]] == [1, 2]
    assert len(table(staff, target)) == 3


def test_a_week_is_copied_to_the_same_week_days(staff: Client) -> None:
    source, target = monday(860), monday(880)
    open_lines(staff, source, line(1))
    open_lines(staff, source + timedelta(days=2), line(2))

    copy(staff, source, (target, target + timedelta(days=6)), date_finish=(source + timedelta(days=6)).isoformat())

    assert [len(table(staff, target + timedelta(days=n))) for n in range(7)] == [1, 0, 1, 0, 0, 0, 0]
    assert table(staff, target + timedelta(days=2))[0]["period_id"] == 2


def test_public_holidays_are_left_out_and_named(staff: Client) -> None:
    source = new_day()
    open_lines(staff, source, line(1))
    year = clock.today().year + 2
    songkran = (date(year, 4, 12), date(year, 4, 16))

    result = copy(staff, source, songkran, skip_holidays=True, preview=True).result

    named = {one["date"]: one["reason"] for one in result["skipped"]}
    assert {f"{year}-04-13", f"{year}-04-14", f"{year}-04-15"} <= set(named)
    assert "สงกรานต์" in named[f"{year}-04-13"]
    assert not set(named) & {one["date"] for one in result["made"]}


def test_closed_lines_are_not_copied(staff: Client) -> None:
    source = new_day()
    row, _ = open_lines(staff, source, line(1), line(2))
    body = {"date": source.isoformat(), "schedule_id": row["schedule_id"], "action": "close"}
    staff.call("POST", "/api/dashboard/closures", body=body)
    target = monday(900)

    made = copy(staff, source, (target, target)).result["made"]

    assert [one["period_id"] for one in made] == [2]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"date_finish": in_days(90).isoformat()}, "date_finish"),
        ({"to_finish": in_days(400).isoformat()}, "to_finish"),
        ({"to_start": (clock.today() - timedelta(days=1)).isoformat()}, "to_start"),
        ({"weekdays": [0, 8]}, "weekdays[0]"),
    ],
)
def test_ranges_are_bounded(staff: Client, more: dict[str, Any], field: str) -> None:
    answer = copy(staff, in_days(1), (in_days(50), in_days(51)), **more)

    assert answer.status == 400
    assert field in answer.json["Error"]["fields"]


def test_the_holidays_of_a_year_have_thai_and_english_names(staff: Client) -> None:
    listed = staff.call("GET", "/api/dashboard/holidays", {"year": 2027}).result

    new_year = {"date": "2027-01-01", "name": "วันขึ้นปีใหม่", "name_en": "New Year's Day"}
    assert new_year | {"kind": "government", "closed": True} in listed
    assert staff.call("GET", "/api/dashboard/holidays", {"year": 2199}).status == 400
