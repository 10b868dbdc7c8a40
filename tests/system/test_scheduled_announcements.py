"""Ours: an announcement is scheduled and taken back. In a browser, by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.client import Client, in_days
from tests.manual.announcements import list_demo_people
from tests.manual.test_new_scheduled_announcements import schedule, tomorrow
from tests.system.dashboard_page import LANGUAGES, DashboardPage
from tests.system.test_accessibility_and_size import violations
from tests.system.test_announcement_sending import ask, count_sends, open_targets, ready

WORDS = {
    "ไทย": ("ตั้งเวลาส่ง", "เวลาส่ง", "ตั้งเวลาส่งแล้ว", "ยกเลิกการตั้งเวลา", "ส่งเข้าระบบพร้อม"),
    "English": ("Send later", "Time", "scheduled", "Take back", "Send to Mor Prom"),
}


@pytest.fixture(scope="module", autouse=True)
def known_people(staff: Client) -> None:
    list_demo_people(staff)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_scheduled_and_taken_back_by_keyboard(
    new_desk: Callable[..., DashboardPage], staff: Client, language: str
) -> None:
    later, time, scheduled, take_back, send = WORDS[language]
    message_id = ready(staff, title=f"ตั้งเวลา {language}")
    desk = new_desk(width=320, height=640).signed_in()
    open_targets(desk, message_id, language)
    window, keyboard = ask(desk, language), desk.page.keyboard

    window.get_by_role("checkbox", name=later).focus()
    keyboard.press("Space")
    field = window.get_by_role("textbox", name=time, exact=True)
    button = window.get_by_role("button", name=later, exact=True)
    button.focus()
    keyboard.press("Enter")  # without a time
    expect(field).to_have_attribute("aria-invalid", "true")
    assert violations(desk) == []
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 320
    field.focus()
    keyboard.type("8.30")
    desk.shot(f"announcement-later-{language}")
    button.focus()
    keyboard.press("Enter")

    counts = desk.page.get_by_role("status").filter(has_text="08:30")
    expect(counts).to_contain_text(scheduled)
    message = staff.call("GET", f"/api/messages/{message_id}").result
    assert (message["state"], message["send_at"]) == ("scheduled", f"{in_days(1)}T08:30:00+07:00")
    expect(desk.page.get_by_role("button", name=send)).to_have_count(0)
    assert violations(desk) == []
    desk.shot(f"announcement-scheduled-{language}")

    desk.page.get_by_role("button", name=take_back, exact=True).focus()
    keyboard.press("Enter")
    expect(desk.page.get_by_role("button", name=send)).to_be_enabled()
    assert staff.call("GET", f"/api/messages/{message_id}").result["state"] == "draft"


def test_the_list_and_the_text_show_the_time_and_the_text_is_locked(desk: DashboardPage, staff: Client) -> None:
    message_id = ready(staff, title="รอเวลาส่ง")
    shown = staff.call("GET", f"/api/messages/{message_id}").result
    assert schedule(staff, shown, tomorrow(9)).status == 200
    desk.go("messages")
    row = desk.page.get_by_role("row").filter(has_text="รอเวลาส่ง")
    expect(row).to_contain_text("ตั้งเวลาส่งแล้ว")
    expect(row).to_contain_text("09:00")
    assert violations(desk) == []
    row.get_by_role("link").focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_text("ตั้งเวลาส่งแล้ว")).to_contain_text("09:00")
    expect(desk.page.get_by_role("textbox", name="เนื้อหา", exact=True)).not_to_be_editable()
    expect(desk.page.get_by_role("button", name="ลบ")).to_have_count(0)
    assert violations(desk) == []


def test_a_time_that_cannot_be_read_or_is_too_near_sends_nothing(desk: DashboardPage, staff: Client) -> None:
    message_id = ready(staff)
    open_targets(desk, message_id)
    window, sends = ask(desk), count_sends(desk)
    window.get_by_role("checkbox", name="ตั้งเวลาส่ง").check()
    field = window.get_by_role("textbox", name="เวลาส่ง", exact=True)
    button = window.get_by_role("button", name="ตั้งเวลาส่ง", exact=True)
    field.fill("25:99")
    button.click()
    expect(field).to_have_attribute("aria-invalid", "true")
    window.get_by_role("textbox", name="วันที่ส่ง").fill("1/1/2560")
    field.fill("00:00")
    button.click()
    expect(window.get_by_role("alert")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert sends == []
    assert staff.call("GET", f"/api/messages/{message_id}").result["state"] == "draft"


def test_whoever_looks_while_another_clerk_schedules_sees_the_time(desk: DashboardPage, staff: Client) -> None:
    message_id = ready(staff)
    open_targets(desk, message_id)
    window = ask(desk)
    shown = staff.call("GET", f"/api/messages/{message_id}").result
    assert schedule(staff, shown, tomorrow(9)).status == 200
    expect(window.get_by_role("alert")).to_contain_text("09:00")
    expect(window.get_by_role("button", name="ส่งเข้าระบบพร้อม")).to_have_count(0)
