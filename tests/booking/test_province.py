"""A province's hospitals in 14 days: complete, two storage requests a page."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.caller import ACCOUNT_ADMIN, APPOINTMENT_DASHBOARD, PROVINCE, Caller
from chalicelib.errors import Invalid
from chalicelib.schedules import figures_routes
from chalicelib.tables import CatalogueItem, DayItem
from tests.booking.hospital_in_memory import FakeClock, before_send

STAFF = Caller("province.demo", "00000", roles={APPOINTMENT_DASHBOARD: PROVINCE})
HOSPITALS, DAYS = 40, 14


def counted(code: str, in_days: int, places: int, booked: int, province_code: str = "84", in_closed: int = 0) -> None:
    """Store the count of a hospital's day, with two departments.

    in_closed: how many people hold a place of a closed schedule besides.
    """
    day = (clock.today() + timedelta(in_days)).isoformat()
    DayItem(
        code,
        day,
        province_code=province_code,
        day_hospital=f"{day}#{code}",
        hospital_name=f"รพ. {code}",
        online_free={},
        rooms={},
        closed_rooms={"1": [1, in_closed]},
        departments={"1": [places - 1 + in_closed, booked + in_closed, 0], "2": [1, 0, 0]},
        counted_at=day,
    ).save()


def pages() -> tuple[list[Any], list[list[str]]]:
    """Every page, and the storage operations of each."""
    listed: list[Any] = []
    requests: list[list[str]] = []
    after = ""
    figures_routes.cursors.seal(STAFF, "warm", "up")  # the key of cursors is read once a process

    def note(event_name: str, **_: Any) -> None:
        requests[-1].append(event_name.split(".")[-1])

    with before_send("*", note):
        while after or not listed:
            requests.append([])
            page = figures_routes.province_figures(STAFF, figures_routes.ProvincePageQuery(after))
            listed.append(page)
            after = page.next
    return listed, requests


def test_a_large_province_comes_complete_in_pages_of_two_requests(fake_clock: FakeClock) -> None:
    for number in range(HOSPITALS):
        for day in range(1, DAYS + 1):
            counted(f"1{number:04d}", day, places=number + 2, booked=number)
    listed, requests = pages()

    assert len(listed) == 3
    assert all(sorted(each) == ["GetItem", "Query"] for each in requests), requests
    places, booked = Counter[str](), Counter[str]()
    for page in listed:
        for row in page.hospitals:
            places[row.hospital_code] += row.places
            booked[row.hospital_code] += row.booked
    places, booked = +places, +booked
    expected = {f"1{number:04d}": (DAYS * (number + 2), DAYS * number) for number in range(HOSPITALS)}
    assert {code: (places[code], booked[code]) for code in places} == expected
    assert "รพ. 10003" in json.dumps([row.hospital_name for row in listed[0].hospitals], ensure_ascii=False)


def test_today_the_fifteenth_day_and_other_provinces_are_left_out(fake_clock: FakeClock) -> None:
    counted("10000", 0, 5, 1)
    counted("10000", 15, 5, 1)
    counted("10001", 1, 5, 1, province_code="21")
    page = pages()[0][0]
    assert page.hospitals == []
    assert (page.date_start, page.date_finish) == (clock.today() + timedelta(1), clock.today() + timedelta(14))


def test_people_who_kept_a_place_of_a_closed_schedule_do_not_make_a_hospital_full(fake_clock: FakeClock) -> None:
    counted("10000", 1, 1, 0, in_closed=1)
    counted("10000", 2, 9, 3)
    page = pages()[0][0]
    assert [(row.places, row.booked) for row in page.hospitals] == [(10, 3)]


def test_hospitals_that_have_opened_nothing_come_last_from_the_register_and_each_once(
    fake_clock: FakeClock,
) -> None:
    counted("20003", 1, 9, 3)
    registered = [f"2{number:04d}" for number in range(301)]
    with CatalogueItem.batch_write() as batch:
        for code, province in [*((code, "84") for code in registered), ("30000", "21")]:
            batch.save(CatalogueItem(code, "#", name=f"รพ. {code}", province_code=province))
    listed, requests = pages()

    rows = [[(row.hospital_code, row.hospital_name, row.places) for row in page.hospitals] for page in listed]
    first, *register = rows
    assert first == [("20003", "รพ. 20003", 9)]
    assert len(register) == 2
    assert [row for page in register for row in page] == [(code, f"รพ. {code}", 0) for code in registered]
    assert all(sorted(each) == ["GetItem", "Query"] for each in requests), requests


@pytest.mark.parametrize("in_days", [0, 15])
def test_a_page_after_a_day_that_is_not_shown_any_more_is_refused(fake_clock: FakeClock, in_days: int) -> None:
    day = clock.today() + timedelta(in_days)
    cursor = figures_routes.cursors.seal(STAFF, "province", f"{day.isoformat()}#10000")
    with pytest.raises(Invalid) as refused:
        figures_routes.province_figures(STAFF, figures_routes.ProvincePageQuery(cursor))
    assert list(refused.value.fields) == ["after"]


def test_a_cursor_of_another_hospital_is_refused(fake_clock: FakeClock) -> None:
    cursor = figures_routes.cursors.seal(STAFF, "province", "2026-12-01#10000")
    stranger = Caller("province.demo", "00001", roles={ACCOUNT_ADMIN: PROVINCE})
    with pytest.raises(Invalid):
        figures_routes.province_figures(stranger, figures_routes.ProvincePageQuery(cursor))
