"""Manual 2.4: the day to which a closing proposes to move people.

Also what speaks against a day.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.client import Client, in_days
from tests.hospitals import Hospital, Hospitals
from tests.manual.desk_client import line, open_lines
from tests.manual.test_2_4_closures import close, fill
from tests.waiting import eventually


def target(staff: Client, day: date, **more: Any) -> Any:
    return staff.call("GET", "/api/dashboard/closures/target", {"date": day.isoformat(), **more}).result


@pytest.fixture
def workdays(hospitals: Hospitals) -> tuple[Client, list[date]]:
    """A clerk, and five days, of which the first has two people in room 1.

    One free place on the second; the third is closed by the hospital's own holiday; three places at another time on the
    fourth; three at the same times on the fifth.
    """
    hospital: Hospital = hospitals.new()
    staff, first = hospital.clerk(), hospital.new_day()
    days = [first + timedelta(days=n) for n in range(5)]
    (row,) = open_lines(staff, days[0], line(2))
    fill(staff, row, 2)
    for day, opened in zip(days[1:], (line(2, 1, 1), line(2), line(4), line(2)), strict=True):
        open_lines(staff, day, opened)
        workday = {"date": day.isoformat(), "name": "วันทำการ", "closed": day == days[2]}
        assert staff.call("POST", "/api/dashboard/holidays", body=workday).status == 200

    def are_counted() -> bool:
        counted = []
        for year, month in sorted({(day.year, day.month) for day in days}):
            counted += staff.call("GET", "/api/dashboard/calendar", {"year": year, "month": month}).result
        return [each["available"] for each in counted] == [1, 1, 3, 3, 3]

    eventually(are_counted, "the days are counted")
    return staff, days


def test_a_closing_proposes_the_next_working_day_with_room_for_everybody(
    workdays: tuple[Client, list[date]],
) -> None:
    staff, days = workdays

    proposed = target(staff, days[0])

    assert (proposed["to_date"], proposed["state"]) == (days[3].isoformat(), "open")
    assert [proposed[name] for name in ("needed", "free", "fits", "same_time")] == [2, 3, 2, 0]


def test_a_chosen_day_says_what_it_has_room_for_and_what_speaks_against_it(workdays: tuple[Client, list[date]]) -> None:
    staff, days = workdays
    close(staff, days[4], "close")
    nothing = days[4] + timedelta(days=1)

    tight, holiday, closed, unopened = (
        target(staff, days[0], to_date=day.isoformat()) for day in (days[1], days[2], days[4], nothing)
    )

    assert [tight[name] for name in ("needed", "fits", "same_time", "state")] == [2, 1, 1, "open"]
    assert (holiday["is_holiday"], holiday["holiday"], holiday["fits"]) == (True, "วันทำการ", 2)
    assert (closed["state"], closed["fits"], unopened["state"]) == ("closed", 0, "unopened")


def test_without_a_day_that_takes_anybody_none_is_proposed(hospitals: Hospitals) -> None:
    staff = hospitals.new().clerk()
    day = in_days(200)
    (row,) = open_lines(staff, day, line(1))
    fill(staff, row, 1)

    proposed = target(staff, day)

    assert "to_date" not in proposed
    assert (proposed["needed"], proposed["fits"]) == (1, 0)
