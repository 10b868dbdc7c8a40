"""The phone shows what each department has free, not what the hospital has."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.client import in_days
from tests.hospitals import Hospital
from tests.manual import desk_client
from tests.system.dashboard_page import LANGUAGES
from tests.system.handset import Handset
from tests.waiting import eventually

# Two days of one month, so that one answer counts both.
SOON = next(in_days(n) for n in range(31, 36) if in_days(n).month == in_days(n + 2).month)
LATER = SOON + timedelta(days=2)


@pytest.fixture(scope="module")
def departments(hospital: Hospital) -> tuple[str, str]:
    """The names of two departments with free places.

    The first has 2 places on LATER, the second 4 on SOON and 3 on LATER.
    """
    staff, his = hospital.clerk(), hospital.client("his.demo")
    desk_client.open_lines(staff, SOON, desk_client.line(1, 2, 4))
    desk_client.open_lines(staff, LATER, desk_client.line(1, 1, 2), desk_client.line(1, 2, 3))
    added = staff.call("POST", "/api/dashboard/departments", body={"department_name": "กายภาพบำบัด"})
    assert added.status == 200

    def are_counted() -> bool:
        days = {"date_start": SOON.isoformat(), "date_finish": LATER.isoformat()}
        rows = his.slots("GetHospitalDepartment", hospital_code=hospital.code, **days).result
        return [row.get("available_slot") for row in rows] == [2, 7, 0]

    eventually(are_counted, "the places are counted")
    return "อายุรกรรม", "ฉีดวัคซีน"


def cell(handset: Handset, day: date) -> Locator:
    """Brings the month of a day onto the screen; the day's cell."""
    found = handset.page.locator(f"[data-date='{day.isoformat()}']")
    while not found.count():
        handset.page.get_by_role("button", name="เดือนถัดไป").click()
    return found


def lines(found: Locator) -> list[str]:
    return found.inner_text().splitlines()


@pytest.mark.parametrize("language", LANGUAGES)
def test_departments_say_their_first_free_day_and_those_without_places_are_last_and_marked(
    new_handset: Callable[..., Handset], known_person: Callable[[], str], departments: tuple[str, str], language: str
) -> None:
    medicine, vaccination = departments
    handset = new_handset(width=320, height=640).enter(known_person())
    handset.press(language)
    handset.page.evaluate("address => (location.hash = address)", f"#/find?hospital={handset.hospital.code}")
    links = handset.page.locator(".list a")

    expect(links.locator("b")).to_have_text([vaccination, medicine, "กายภาพบำบัด"])
    expect(links.nth(0)).to_contain_text({"ไทย": "ว่าง 7 ที่", "English": "7 free"}[language])
    expect(links.nth(2)).to_contain_text({"ไทย": "ไม่มีที่ว่างในแอป", "English": "none free in the app"}[language])
    expect(links.nth(2)).to_contain_text({"ไทย": "ใน 60 วันข้างหน้าไม่มีที่ว่าง", "English": "Nothing free"}[language])
    handset.shot(f"departments-320-{language}")
    assert handset.page.evaluate("document.scrollingElement.scrollWidth") <= 320


def test_a_department_shows_its_own_places_of_a_day_and_leads_to_its_earliest(
    new_handset: Callable[..., Handset], known_person: Callable[[], str], departments: tuple[str, str]
) -> None:
    handset = new_handset(width=320, height=640).enter(known_person())
    find = f"#/find?hospital={handset.hospital.code}"
    handset.page.evaluate("address => (location.hash = address)", f"{find}&department=1")
    handset.heading("เลือกวัน")

    later = cell(handset, LATER)
    eventually(lambda: "2" in lines(later), "the counts are there")
    handset.shot("department-days-320")
    assert "4" not in lines(cell(handset, SOON)), "the other department's places"

    handset.page.get_by_role("button", name="ว่างเร็วที่สุด").click()
    handset.heading("เลือกเวลา")
    expect(handset.page.get_by_role("button", name="08:00–08:59")).to_contain_text("ว่าง 2 ที่")
