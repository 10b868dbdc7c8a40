"""The calendar of five weeks from today, by keyboard.

It goes over the end of the month; past days and days that are not open look different.
"""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, expect

from chalicelib import clock
from tests.client import Client, in_days
from tests.hospitals import Hospital
from tests.system.dashboard_page import DashboardPage
from tests.system.test_accessibility_and_size import settle, violations


@pytest.fixture(scope="module", autouse=True)
def open_days(hospital: Hospital, staff: Client) -> None:
    """Two days of the coming weeks, the second of which is in another week."""
    hospital.open_days((1, 10))


def cell(desk: DashboardPage, day: date) -> Locator:
    return desk.page.locator(f"[data-date='{day.isoformat()}']")


def test_five_weeks_from_this_one_on_are_shown_with_what_each_day_is_like(desk: DashboardPage) -> None:
    desk.menu("ตารางปฏิทินการนัดหมาย")
    expect(desk.page.get_by_role("heading", name="5 สัปดาห์จากวันนี้")).to_be_visible()
    today = clock.today()
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    days = desk.page.locator("[data-date]")
    expect(days).to_have_count(35)
    expect(days.first).to_have_attribute("data-date", sunday.isoformat())
    for day in (in_days(1), in_days(10)):
        expect(cell(desk, day)).to_contain_text("ว่าง 320 จาก 320", timeout=180_000)
    expect(cell(desk, in_days(2))).to_contain_text("ไม่เปิด")
    settle(desk)
    desk.shot("five-weeks")
    assert violations(desk) == []


def test_the_arrow_keys_cross_the_end_of_a_month_and_enter_opens_the_day(desk: DashboardPage) -> None:
    desk.menu("ตารางปฏิทินการนัดหมาย")
    day = cell(desk, in_days(10))
    expect(day).to_contain_text("ว่าง", timeout=180_000)
    cell(desk, clock.today()).focus()
    for _ in range(10):
        desk.page.keyboard.press("ArrowRight")
    expect(day).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.row("08:00–08:59").first).to_be_visible()
    expect(desk.page.get_by_role("heading", name="5 สัปดาห์จากวันนี้")).to_be_visible()


def test_a_month_leads_back_to_the_five_weeks_in_english_too(desk: DashboardPage) -> None:
    desk.go("calendar?month=2027-03")
    desk.press("English")
    expect(desk.page.get_by_role("heading", name="March 2027")).to_be_visible()
    desk.press("Five weeks from today")
    expect(desk.page.get_by_role("heading", name="Five weeks from today")).to_be_visible()
    expect(cell(desk, in_days(2))).to_contain_text("not open")
