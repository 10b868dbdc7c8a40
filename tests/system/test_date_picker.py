"""A month beside each date field: by keyboard, with holidays and free places."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, expect

from chalicelib import clock
from tests.client import Client, new_cid
from tests.hospitals import Hospital
from tests.manual.desk_client import line, open_lines
from tests.system.dashboard_page import LANGUAGES, DashboardPage, thai_date
from tests.system.test_accessibility_and_size import settle, violations
from tests.waiting import eventually


def shown(day: date, language: str) -> str:
    return thai_date(day) if language == "ไทย" else f"{day:%d/%m/%Y}"


def opener(area: Locator, language: str) -> Locator:
    return area.get_by_role("button", name="เลือกจากปฏิทิน" if language == "ไทย" else "Choose from a month")


def picker(desk: DashboardPage) -> Locator:
    return desk.page.locator("dialog.date-picker")


def day_of(desk: DashboardPage, day: date) -> Locator:
    return picker(desk).locator(f"[data-date='{day.isoformat()}']")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_date_is_chosen_from_a_month_by_keyboard_and_escape_changes_nothing(
    desk: DashboardPage, staff: Client, hospital: Hospital, language: str
) -> None:
    day = hospital.new_day()
    later = day + timedelta(days=8)
    named = {"date": later.isoformat(), "name": "ปิดปรับปรุง", "closed": True}
    assert staff.call("POST", "/api/dashboard/holidays", body=named).status == 200
    desk.press(language)
    desk.go(f"schedules?date={day.isoformat()}")
    field = desk.page.get_by_label("วันที่" if language == "ไทย" else "Date")
    expect(field).to_have_value(shown(day, language))
    field.press("Tab")
    button = opener(desk.page.locator("main"), language)
    expect(button).to_be_focused()

    desk.page.keyboard.press("Enter")
    expect(day_of(desk, day)).to_be_focused()
    expect(picker(desk)).to_have_accessible_name("เลือก วันที่" if language == "ไทย" else "Choose: Date")
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("Escape")
    expect(picker(desk)).to_have_count(0)
    expect(button).to_be_focused()
    expect(field).to_have_value(shown(day, language))

    desk.page.keyboard.press("Enter")
    expect(day_of(desk, day)).to_be_focused()
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("ArrowRight")
    expect(day_of(desk, later)).to_be_focused()
    expect(day_of(desk, later)).to_contain_text("ปิดปรับปรุง")
    settle(desk)
    desk.shot(f"date-picker-{language}")
    assert violations(desk) == []
    desk.page.keyboard.press("Enter")
    expect(picker(desk)).to_have_count(0)
    expect(button).to_be_focused()
    expect(field).to_have_value(shown(later, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_day_to_move_people_to_is_chosen_by_its_free_places(
    desk: DashboardPage, staff: Client, his: Client, hospital: Hospital, language: str
) -> None:
    day = hospital.new_day()
    there = day + timedelta(days=2)
    (row,) = open_lines(staff, day, line(1, capacity=5))
    open_lines(staff, there, line(1, capacity=7))
    assert his.book(row["schedule_id"], new_cid()).status == 200
    free = {"year": there.year, "month": there.month, "room_id": 1}
    eventually(
        lambda: (
            {"date": there.isoformat(), "places": 7, "available": 7, "closed_held": 0}
            in staff.call("GET", "/api/dashboard/calendar", free).result
        ),
        "the day is counted",
    )
    desk.press(language)
    desk.go(f"schedules?date={day.isoformat()}")
    desk.press("ปิดทั้งวันหรือทั้งห้อง" if language == "ไทย" else "Close the day or a room")
    window = desk.page.get_by_role("dialog")
    field = window.get_by_label("เลื่อนไปวันที่" if language == "ไทย" else "Move to")
    expect(field).to_have_value(shown(there, language))
    field.press("Alt+ArrowDown")

    expect(day_of(desk, there)).to_be_focused()
    expect(day_of(desk, there)).to_contain_text("ว่าง 7" if language == "ไทย" else "7 free")
    yesterday = clock.today() - timedelta(days=1)
    pages = (there.year - yesterday.year) * 12 + there.month - yesterday.month
    for _ in range(pages):
        desk.page.keyboard.press("PageUp")
    expect(day_of(desk, yesterday)).to_have_attribute("aria-disabled", "true")
    settle(desk)
    desk.shot(f"date-picker-free-{language}")
    assert violations(desk) == []
    desk.page.keyboard.press("Escape")
    expect(picker(desk)).to_have_count(0)
    expect(window).to_be_visible()  # Escape closes the month alone
    expect(opener(window, language)).to_be_focused()


def test_a_date_of_birth_is_found_by_its_year_and_never_lies_in_the_future(desk: DashboardPage) -> None:
    desk.go("white-list")
    desk.press("เพิ่ม")
    window = desk.window("เพิ่มรายชื่อ (White list)")
    opener(window, "ไทย").press("Enter")
    tomorrow = clock.today() + timedelta(days=1)
    if tomorrow.month != clock.today().month:
        desk.page.keyboard.press("PageDown")
    expect(day_of(desk, tomorrow)).to_have_attribute("aria-disabled", "true")
    picker(desk).get_by_label("ปี").select_option("2528")
    born = date(1985, tomorrow.month, 13)
    day_of(desk, born).press("Enter")

    expect(picker(desk)).to_have_count(0)
    expect(window.get_by_label("วันเกิด")).to_have_value(thai_date(born))


def test_the_month_fits_into_a_small_window(new_desk: Callable[..., DashboardPage]) -> None:
    """At 320 px in dark colours, and at 1366 px zoomed to 200 % in forced colours."""
    desk = new_desk(width=320, height=640).signed_in()
    desk.page.emulate_media(color_scheme="dark")
    month_fits(desk, 320, 640)
    desk.page.keyboard.press("Escape")
    desk.page.set_viewport_size({"width": 683, "height": 384})
    desk.page.emulate_media(forced_colors="active")
    month_fits(desk, 683, 384)


def month_fits(desk: DashboardPage, width: int, height: int) -> None:
    desk.go("schedules?date=2026-12-10")
    opener(desk.page.locator("main"), "ไทย").press("Enter")
    expect(day_of(desk, date(2026, 12, 10))).to_be_focused()
    expect(picker(desk)).to_contain_text("10 ธ.ค. วันรัฐธรรมนูญ")
    desk.shot(f"date-picker-{width}px")

    box = picker(desk).bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= height
    assert violations(desk) == []
    assert desk.page.evaluate("document.scrollingElement.scrollWidth") <= width
