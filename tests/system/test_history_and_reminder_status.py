"""Who did what at a place, and the status of the reminders."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.client import Client
from tests.system.dashboard_page import DashboardPage
from tests.system.test_accessibility_and_size import settle, violations
from tests.waiting import eventually

Opener = Callable[..., dict[str, Any]]


@pytest.fixture
def moved(staff: Client, open_schedule: Opener, known_person: Callable[[], str]) -> dict[str, Any]:
    """A schedule whose first place was moved away from, and whose second is booked.

    The first had been booked and accepted.
    """
    schedule, there = open_schedule(capacity=3), open_schedule(capacity=3, period_id=2)
    book = {"cid": known_person(), "schedule_id": schedule["schedule_id"]}
    row = staff.call("POST", "/api/dashboard/appointments", body=book).result
    book["cid"] = known_person()
    staff.call("POST", "/api/dashboard/appointments", body=book).result  # noqa: B018
    path = f"/api/dashboard/appointments/{schedule['schedule_id']}/{row['place']}"
    row = staff.call("POST", f"{path}/accept", body={"version": row["version"]}).result
    body = {"version": row["version"], "to_schedule_id": there["schedule_id"]}
    assert staff.call("POST", f"{path}/postpone", body=body).status == 200
    # The stream brings the lines a moment later, and the window looks again after ten seconds only.
    eventually(lambda: len(staff.call("GET", f"{path}/history").result) == 3, "the history of the place")
    return schedule | {"left": row["place"]}


def test_who_did_what_at_a_place_is_seen_by_keyboard_also_when_it_is_free_again(
    desk: DashboardPage, free_day: date, moved: dict[str, Any]
) -> None:
    desk.open_bookings(free_day, moved["schedule_id"])
    desk.page.keyboard.press("Tab")
    expect(desk.page.get_by_role("button", name="ประวัติของคิว")).to_be_focused()
    desk.page.keyboard.press("Enter")
    window = desk.window("ประวัติของคิว")
    place = window.get_by_label("ลำดับที่ใน Slot")
    expect(place).to_be_focused()
    place.select_option(str(moved["left"]))

    lines = window.locator("tbody tr")
    expect(lines).to_have_count(3)
    for line, what in enumerate(("จอง", "รับนัด (Accept)", "เลื่อนนัด ไปวันที่")):
        expect(lines.nth(line)).to_contain_text(what)
        expect(lines.nth(line)).to_contain_text("staff.demo")
    expect(lines.nth(2)).to_contain_text(str(free_day.year + 543))
    expect(window.locator("caption")).to_contain_text("คิว A001")
    desk.shot("place-history")
    assert violations(desk) == []
    window.get_by_role("link", name="ไปวันที่").press("Enter")
    expect(window).to_have_count(0)
    expect(desk.page.get_by_role("button", name=re.compile("09:00–09:59"), pressed=True)).to_be_visible()
    expect(desk.row("A004")).to_be_visible()
    desk.shot("bookings-with-history")


def test_the_days_list_opens_the_history_of_each_booking_in_english_too(
    desk: DashboardPage, free_day: date, moved: dict[str, Any]
) -> None:
    desk.press("English")
    desk.go(f"day?date={free_day.isoformat()}")
    desk.row("A002").get_by_role("button", name="History").press("Enter")
    window = desk.window("History of a place")
    expect(window.locator("tbody tr").first).to_contain_text("booked")
    desk.shot("place-history-english")
    assert violations(desk) == []
    desk.page.keyboard.press("Escape")

    expect(desk.row("A002").get_by_role("button", name="History")).to_be_focused()
    desk.go(f"day?date={free_day.isoformat()}&schedule={moved['schedule_id']}")
    desk.page.get_by_role("button", name="A002 History").press("Enter")
    expect(window.locator("caption")).to_have_text("Queue A002: who did what, and when")


def test_the_history_and_the_reminders_fit_on_320_px(
    new_desk: Callable[..., DashboardPage], free_day: date, moved: dict[str, Any]
) -> None:
    desk = new_desk(width=320, height=640).signed_in()
    desk.open_bookings(free_day, moved["schedule_id"])
    desk.press("ประวัติของคิว")
    expect(desk.window("ประวัติของคิว").locator("tbody tr").first).to_contain_text("จอง")
    desk.shot("320px-place-history")
    assert desk.page.evaluate("document.querySelector('dialog').scrollWidth") <= 320
    desk.page.keyboard.press("Escape")
    desk.go("reminders")
    settle(desk)
    desk.shot("320px-reminders")
    assert desk.page.evaluate("document.scrollingElement.scrollWidth") <= 320


REMINDERS = [
    ("ไทย", "การเตือนนัด", (5, 3, False), "รอส่ง 2 ข้อความในรอบถัดไปภายใน 15 นาที"),
    ("ไทย", "การเตือนนัด", (5, 3, True), "นอกเวลาส่ง 2 ข้อความรอส่งตั้งแต่ 07:00 น."),
    ("ไทย", "การเตือนนัด", (5, 5, False), "ส่งครบแล้ว"),
    ("English", "Reminders", (0, 0, False), "No appointment is due for a reminder yet"),
    ("English", "Reminders", (5, 3, False), "Waiting for the next round, within 15 minutes: 2."),
]


def answer_with(due: int, sent: int, quiet: bool) -> Callable[[Route], None]:
    def handle(route: Route) -> None:
        answer = route.fetch()
        envelope = answer.json()
        envelope["result"] |= {"hour_start": 7, "hour_finish": 21}
        envelope["result"] |= {"due": due, "sent": sent, "unsent": due - sent, "quiet": quiet}
        envelope["result"]["days"][1] |= {"due": due, "sent": sent, "unsent": due - sent}
        route.fulfill(response=answer, json=envelope)

    return handle


def test_the_reminders_screen_says_what_waits_and_what_to_do(desk: DashboardPage) -> None:
    for language, heading, figures, says in REMINDERS:
        due, sent, quiet = figures
        desk.page.route("**/api/dashboard/Reminders", answer_with(due, sent, quiet))
        desk.press(language)
        desk.go("reminders")
        expect(desk.heading(heading)).to_be_visible()
        expect(desk.page.get_by_role("main").get_by_role("status")).to_contain_text(says)
        settle(desk)
        desk.shot(f"reminders-{due}-{sent}-{'quiet' if quiet else heading.encode().isascii()}")
        assert violations(desk) == []
        desk.go("holidays")
        expect(desk.heading(heading)).to_have_count(0)


def test_the_reminders_lead_to_the_bookings_of_the_day(desk: DashboardPage) -> None:
    desk.menu("การเตือนนัด")
    tomorrow = desk.page.get_by_role("link", name="ดูรายการจอง").nth(1)
    address = tomorrow.get_attribute("href") or ""
    tomorrow.press("Enter")

    expect(desk.heading("จองนัดหมาย")).to_be_visible()
    assert "date=" in address
    assert desk.page.url.endswith(address)
