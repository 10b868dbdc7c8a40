"""Public holidays, other special days, and the days that a hospital sets itself."""

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.schedules.thai_holidays import FIRST_YEAR, HOLIDAYS, LAST_YEAR
from tests.client import Client, Reply
from tests.hospitals import Hospital
from tests.manual.desk_client import line, new_day, open_lines
from tests.manual.test_2_4_copying import copy

PATH = "/api/dashboard/holidays"
YEAR = clock.today().year + 1


def of_year(by: Client, year: int) -> dict[str, Any]:
    return {row["date"]: row for row in by.call("GET", PATH, {"year": year}).result}


def set_day(by: Client, day: date | str, name: str, *, closed: bool) -> Reply:
    return by.call("POST", PATH, body={"date": str(day), "name": name, "closed": closed})


@pytest.mark.parametrize(
    ("day", "kind", "closed"),
    [
        ("2026-10-23", "government", True),  # วันปิยมหาราช
        ("2026-01-02", "government", True),  # an extra holiday by resolution of the cabinet
        ("2026-05-13", "government", True),  # พืชมงคล: not a bank holiday
        ("2026-12-07", "in_lieu", True),
        ("2025-04-16", "in_lieu", True),
        ("2026-05-01", "labour", False),
        ("2027-05-03", "labour", False),  # in lieu of 1 May, for banks alone
        ("2026-01-10", "observance", False),  # Children's Day
    ],
)
def test_a_holiday_of_the_cabinet_and_another_are_told_apart(staff: Client, day: str, kind: str, closed: bool) -> None:
    row = of_year(staff, int(day[:4]))[day]
    assert (row["kind"], row["closed"]) == (kind, closed)
    assert row["name"]
    assert row["name_en"]


def test_every_year_has_its_1_may_and_its_childrens_day_and_neither_is_a_government_holiday() -> None:
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        kinds = [kind for day, (kind, _, _) in HOLIDAYS.items() if day.startswith(f"{year}-")]
        assert HOLIDAYS[f"{year}-05-01"][0] == "labour"
        assert kinds.count("observance") == 1
        assert kinds.count("government") >= 17


def test_a_hospital_adds_a_day_of_its_own_and_removes_it_again(staff: Client, hospital: Hospital) -> None:
    day = f"{YEAR}-02-10"
    before = of_year(staff, YEAR)

    added = set_day(staff, day, "วันสถาปนาโรงพยาบาล", closed=True)

    own = {"date": day, "name": "วันสถาปนาโรงพยาบาล", "name_en": "วันสถาปนาโรงพยาบาล", "kind": "hospital", "closed": True}
    assert added.result == own
    assert of_year(staff, YEAR) == before | {day: own}
    assert list(of_year(staff, YEAR)) == sorted(of_year(staff, YEAR))
    assert staff.call("DELETE", f"{PATH}/{day}").result == {"date": day}
    assert of_year(staff, YEAR) == before
    assert staff.call("DELETE", f"{PATH}/{day}").code == "NotFound"


def test_the_same_day_twice_is_set_once_and_differently_it_is_refused(staff: Client) -> None:
    day = f"{YEAR}-02-11"
    first = set_day(staff, day, "ทำความสะอาดใหญ่", closed=True)
    assert set_day(staff, day, "ทำความสะอาดใหญ่", closed=True).result == first.result
    other = set_day(staff, day, "ทำความสะอาดใหญ่", closed=False)
    assert (other.status, other.code) == (409, "HolidayExists")
    assert "date" in other.json["Error"]["fields"]


def test_the_days_of_one_hospital_are_not_those_of_another(
    staff: Client, demo_staff: Client, hospital: Hospital
) -> None:
    set_day(staff, f"{YEAR}-02-12", "เฉพาะที่นี่", closed=True)
    assert f"{YEAR}-02-12" not in of_year(demo_staff, YEAR)


def test_only_who_keeps_the_catalogue_sets_days(hospital: Hospital) -> None:
    viewer = hospital.clerk("IMMUNIZATION_SLOT:1")
    assert of_year(viewer, YEAR)
    assert set_day(viewer, f"{YEAR}-02-13", "ไม่ได้", closed=True).status == 403
    assert viewer.call("DELETE", f"{PATH}/{YEAR}-02-13").status == 403


@pytest.mark.parametrize(
    ("day", "name", "field"),
    [("2199-01-01", "ไกลเกินไป", "date"), ("2027-02-30", "ไม่มีวันนี้", "date"), ("2027-02-14", "", "name")],
)
def test_a_day_that_cannot_be_set_is_refused_by_field(staff: Client, day: str, name: str, field: str) -> None:
    answer = set_day(staff, day, name, closed=True)
    assert answer.status == 400
    assert field in answer.json["Error"]["fields"]


def test_copying_leaves_out_closed_days_and_no_others(staff: Client) -> None:
    source = new_day()
    open_lines(staff, source, line(1))
    april, may = date(YEAR, 4, 12), date(YEAR, 5, 1)
    set_day(staff, april, "ปิดปรับปรุง", closed=True)
    set_day(staff, april + timedelta(days=1), "เปิดบริการวันสงกรานต์", closed=False)

    result = copy(staff, source, (april, april + timedelta(days=2)), skip_holidays=True, preview=True).result
    on_1_may = copy(staff, source, (may, may), skip_holidays=True, preview=True).result

    assert {row["date"]: row["reason"] for row in result["skipped"]} == {
        str(april): "ปิดปรับปรุง",
        str(april + timedelta(days=2)): "วันสงกรานต์",
    }
    assert [row["date"] for row in result["made"]] == [str(april + timedelta(days=1))]
    assert [row["date"] for row in on_1_may["made"]] == [str(may)]


def test_copying_with_the_box_cleared_leaves_out_nothing(staff: Client) -> None:
    source = new_day()
    open_lines(staff, source, line(1))
    songkran = date(YEAR, 4, 14)
    result = copy(staff, source, (songkran, songkran), skip_holidays=False, preview=True).result
    assert [row["date"] for row in result["made"]] == [str(songkran)]


def test_what_the_hospital_has_set_stays_out_of_its_departments_rooms_and_periods(staff: Client) -> None:
    lists = ("departments", "rooms", "periods")
    before = [staff.call("GET", f"/api/dashboard/{name}").result for name in lists]
    set_day(staff, f"{YEAR}-02-15", "วันหนึ่ง", closed=True)
    assert [staff.call("GET", f"/api/dashboard/{name}").result for name in lists] == before
