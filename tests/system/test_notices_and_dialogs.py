"""Short messages, questions and the menu: each says one thing and covers nothing."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from playwright.sync_api import expect

from tests.system.dashboard_page import DashboardPage


def test_in_forced_colours_only_the_open_screen_has_the_bar(desk: DashboardPage) -> None:
    desk.page.emulate_media(forced_colors="active")
    desk.menu("รายการห้องตรวจ")
    colour = "links => links.map((link) => getComputedStyle(link).borderLeftColor)"
    ground = desk.page.locator("#menu").evaluate("menu => getComputedStyle(menu).backgroundColor")
    desk.shot("forced-colours")

    assert set(desk.page.locator("#menu a:not([aria-current])").evaluate_all(colour)) == {ground}
    assert desk.page.locator("#menu a[aria-current]").evaluate_all(colour) != [ground]


def test_notices_cover_no_row_and_stay_on_their_screen(new_desk: Callable[..., DashboardPage]) -> None:
    desk = new_desk(width=1366, height=300).signed_in()
    desk.go("departments")
    for department in ("อายุรกรรม", "ฉีดวัคซีน", "อายุรกรรม"):  # none can be removed: each is in use
        desk.row(department).get_by_role("button", name="ลบ").click()
        desk.page.get_by_role("dialog").get_by_role("button", name="ลบ").click()
        expect(desk.page.get_by_role("dialog")).to_have_count(0)
    notices = desk.page.locator(".notice")
    expect(notices).to_have_count(3)
    desk.page.evaluate("scrollTo(0, document.scrollingElement.scrollHeight)")
    desk.shot("notices")
    row, notice = desk.page.get_by_role("row").last.bounding_box(), notices.first.bounding_box()
    assert row
    assert notice
    assert row["y"] + row["height"] <= notice["y"]

    desk.menu("รายการห้องตรวจ")
    expect(notices).to_have_count(0)


def test_discarding_is_not_the_button_that_looks_recommended(desk: DashboardPage) -> None:
    desk.go("departments")
    desk.press("เพิ่ม")
    desk.page.keyboard.type("ทันตกรรม")
    desk.page.keyboard.press("Escape")
    question = desk.window("ยังไม่ได้บันทึก")
    desk.shot("discard")
    expect(question.get_by_role("button", name="ทิ้งข้อมูลที่กรอก")).to_have_class("danger")
    expect(question.get_by_role("button", name="กลับไปกรอกต่อ")).to_be_focused()


def test_to_close_a_window_and_to_close_a_schedule_are_two_words(
    desk: DashboardPage, open_schedule: Callable[..., dict[str, Any]], free_day: date
) -> None:
    open_schedule()
    desk.go(f"schedules?date={free_day.isoformat()}")
    desk.page.get_by_role("row").get_by_role("button", name="ปิด").click()
    expect(desk.window("ปิดการนัดหมาย")).to_be_visible()
    expect(desk.page.get_by_role("button", name=re.compile("^ปิด( |$)"))).to_have_count(1)
