"""The schedules of a day as a grid of rooms and periods, used by keyboard."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.client import Client
from tests.hospitals import Hospital
from tests.manual import desk_client
from tests.system.dashboard_page import DashboardPage
from tests.system.test_accessibility_and_size import settle, violations
from tests.system.test_today_and_figures import focus_by_tab
from tests.waiting import eventually


@pytest.fixture
def grid(desk: DashboardPage, staff: Client) -> Locator:
    """A day with a full, a half free, a closed and a missing schedule.

    Room 1 is full at 8, half free at 9, closed with one booked at 10, and open at no other time.
    """
    day = desk.hospital.new_day()
    full, _, closed = desk_client.open_lines(
        staff,
        day,
        desk_client.line(1, capacity=1),
        desk_client.line(2, capacity=2),
        desk_client.line(3, capacity=3),
    )
    for schedule in (full, closed):
        desk_client.booked(staff, schedule["schedule_id"])
    body = {"date": day.isoformat(), "action": "close", "schedule_id": closed["schedule_id"]}
    assert staff.call("POST", "/api/dashboard/closures", body=body).status == 200

    def has_counted() -> Any:
        rows = desk_client.table(staff, day)
        return [row["available_count"] for row in rows] == [0, 2, 2]

    eventually(has_counted, "the places are counted")
    desk.go(f"schedules?date={day.isoformat()}")
    focus_by_tab(desk, desk.page.get_by_role("button", name="ดูเป็นผัง"))
    desk.page.keyboard.press("Enter")
    return desk.page.get_by_role("region", name="ผังห้องตรวจและช่วงเวลา").get_by_role("table")


def test_each_cell_says_in_words_what_it_is_like(desk: DashboardPage, grid: Locator) -> None:
    row = grid.get_by_role("row").filter(has_text="ห้องตรวจ อายุรกรรม 1")
    for period, words in enumerate(["เต็ม 1", "ว่าง 2/2", "ปิด · 1 คน", "+"]):
        expect(row.get_by_role("cell").nth(period)).to_contain_text(words)
    settle(desk)
    desk.shot("schedule-grid")
    assert violations(desk) == []


def test_the_arrow_keys_walk_the_grid_and_enter_edits_closes_and_opens(desk: DashboardPage, grid: Locator) -> None:
    keyboard = desk.page.keyboard
    cells = grid.get_by_role("row").filter(has_text="ห้องตรวจ อายุรกรรม 1").get_by_role("cell")
    focus_by_tab(desk, cells.nth(0).get_by_role("button"))
    keyboard.press("ArrowRight")
    expect(cells.nth(1).get_by_role("button")).to_be_focused()
    keyboard.press("Enter")
    window = desk.window("แก้ไข Slot เวลา")
    expect(window).to_be_visible()
    keyboard.press("Escape")
    expect(cells.nth(1).get_by_role("button")).to_be_focused()

    keyboard.press("ArrowRight")
    keyboard.press("Enter")
    expect(desk.window("ผู้ที่จองไว้ในตารางที่ปิดแล้ว")).to_be_visible()
    keyboard.press("Escape")

    keyboard.press("ArrowRight")
    keyboard.press("Enter")
    window = desk.window("ข้อมูลตารางเวลา")
    focus_by_tab(desk, window.get_by_role("button", name="บันทึก", exact=True))
    keyboard.press("Enter")
    expect(cells.nth(3)).to_contain_text("ว่าง 20/20")


def test_in_english_too(desk: DashboardPage, grid: Locator) -> None:
    desk.press("English")
    english = desk.page.get_by_role("region", name="Rooms by period")
    expect(english.get_by_role("button", name="closed · 1 booked")).to_be_visible()
    expect(english.get_by_role("button", name="2/2 free")).to_be_visible()


def test_a_period_whose_schedule_is_closed_can_be_opened_anew(desk: DashboardPage, grid: Locator) -> None:
    cell = grid.get_by_role("row").filter(has_text="ห้องตรวจ อายุรกรรม 1").get_by_role("cell").nth(2)
    focus_by_tab(desk, grid.get_by_role("button").first)
    for key in ("ArrowRight", "ArrowRight", "Tab"):
        desk.page.keyboard.press(key)
    expect(cell.get_by_role("button", name="เพิ่ม")).to_be_focused()
    desk.page.keyboard.press("Enter")
    window = desk.window("ข้อมูลตารางเวลา")
    focus_by_tab(desk, window.get_by_role("button", name="บันทึก", exact=True))
    desk.page.keyboard.press("Enter")
    expect(cell.get_by_role("button")).to_have_text([re.compile("ปิด · 1 คน"), re.compile("ว่าง 20/20")])
    assert violations(desk) == []


@pytest.mark.parametrize("english", [False, True], ids=["th", "en"])
def test_who_may_not_edit_reads_what_a_schedule_is_like(
    new_desk: Callable[..., DashboardPage], staff: Client, hospital: Hospital, english: bool
) -> None:
    day = hospital.new_day()
    desk_client.open_lines(staff, day, desk_client.line(1, capacity=7))
    desk = new_desk().with_token(hospital.clerk("IMMUNIZATION_SLOT:1").token)
    if english:
        desk.press("English")
    desk.go(f"schedules?date={day.isoformat()}&view=grid")
    free = desk.page.get_by_role("button", name="7/7 free" if english else "ว่าง 7/7")
    focus_by_tab(desk, free)
    desk.page.keyboard.press("Enter")
    window = desk.window("Details" if english else "รายละเอียด")
    expect(window.get_by_role("definition").nth(3)).to_have_text("7")
    assert violations(desk) == []
    desk.page.keyboard.press("Escape")
    expect(free).to_be_focused()
