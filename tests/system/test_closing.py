"""Closing with a preview of where people go; closed days are found and undone."""

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.client import Client, new_cid
from tests.hospitals import Hospital
from tests.manual.desk_client import line, open_lines
from tests.system.dashboard_page import LANGUAGES, DashboardPage, thai_date
from tests.system.test_accessibility_and_size import settle, violations
from tests.waiting import eventually


@pytest.fixture
def booked_day(staff: Client, his: Client, hospital: Hospital) -> date:
    """A day with a schedule of room 1, 8 o'clock, in which two people are booked."""
    day = hospital.new_day()
    (row,) = open_lines(staff, day, line(1, capacity=5))
    for _ in range(2):
        assert his.book(row["schedule_id"], new_cid()).status == 200
    eventually(lambda: counted(staff, day) == (5, 3, 0), "the day is counted")
    return day


def counted(staff: Client, day: date) -> tuple[int, int, int] | None:
    """The calendar's places, free places and people in closed schedules of a day."""
    days = staff.call("GET", "/api/dashboard/calendar", {"year": day.year, "month": day.month}).result
    row = next((each for each in days if each["date"] == day.isoformat()), None)
    return row and (row["places"], row["available"], row["closed_held"])


def close(staff: Client, day: date, action: str, **more: Any) -> None:
    body = {"date": day.isoformat(), "action": action, **more}
    assert staff.call("POST", "/api/dashboard/closures", body=body).status == 200


def booked_on(staff: Client, day: date) -> int:
    return len(staff.call("GET", "/api/dashboard/appointments", {"date": day.isoformat()}).result)


def cell(desk: DashboardPage, day: date) -> Locator:
    return desk.page.locator(f"[data-date='{day.isoformat()}']")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_closed_day_says_how_many_people_are_in_it_and_shows_them_and_opens_again(
    desk: DashboardPage, staff: Client, booked_day: date, language: str
) -> None:
    close(staff, booked_day, "close")
    eventually(lambda: counted(staff, booked_day) == (0, 0, 2), "the closed day is counted")
    english = language == "English"
    desk.press(language)
    desk.go(f"calendar?month={booked_day:%Y-%m}")

    expect(cell(desk, booked_day)).to_contain_text("closed · 2 booked" if english else "ปิด · 2 คน")
    cell(desk, booked_day).press("Enter")
    who = desk.page.get_by_role("region", name="Still booked" if english else "ผู้ที่ยังมีนัด")
    expect(who.locator("tbody tr")).to_have_count(2)
    desk.shot(f"closed-day-{language}")
    assert violations(desk) == []
    desk.page.get_by_role("button", name="Open again" if english else "เปิดรับนัดอีกครั้ง").press("Enter")
    window = desk.window("Open again" if english else "เปิดรับนัดอีกครั้ง")
    expect(window).to_contain_text("2 who kept" if english else "ผู้ที่คงนัดไว้ 2 คน")
    desk.shot(f"reopen-{language}")
    assert violations(desk) == []
    window.locator("form").get_by_role("button", name="Open again" if english else "เปิดอีกครั้ง").press("Enter")

    expect(window).to_have_count(0)
    expect(cell(desk, booked_day)).to_contain_text("3/5")
    assert booked_on(staff, booked_day) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_closed_day_with_nobody_says_so_and_an_unopened_one_is_told_apart_without_colour(
    desk: DashboardPage, staff: Client, hospital: Hospital, language: str
) -> None:
    day = hospital.new_day()
    open_lines(staff, day, line(1, capacity=5))
    close(staff, day, "close")
    eventually(lambda: counted(staff, day) == (0, 0, 0), "the closed day is counted")
    english = language == "English"
    desk.press(language)
    desk.go(f"calendar?month={day:%Y-%m}")

    expect(cell(desk, day)).to_contain_text("closed" if english else "ปิด")
    expect(cell(desk, day)).not_to_contain_text("no places" if english else "ไม่มี Slot")
    settle(desk)
    assert violations(desk) == []
    cell(desk, day).press("Enter")
    expect(desk.page.get_by_role("button", name="Open again" if english else "เปิดรับนัดอีกครั้ง")).to_be_visible()
    expect(cell(desk, day)).to_contain_text("closed" if english else "ปิด")
    assert violations(desk) == []


def test_the_people_of_a_closed_schedule_are_moved_from_the_schedule_table(
    desk: DashboardPage, staff: Client, booked_day: date
) -> None:
    there = booked_day + timedelta(days=1)
    open_lines(staff, there, line(1, capacity=5))
    eventually(lambda: counted(staff, there) == (5, 5, 0), "the other day is counted")
    close(staff, booked_day, "close")
    desk.go(f"schedules?date={booked_day.isoformat()}")
    desk.press("เลื่อนหรือยกเลิกผู้จอง 08:00–08:59 น. ห้องตรวจ อายุรกรรม 1", exact=False)
    window = desk.window("ผู้ที่จองไว้ในตารางที่ปิดแล้ว")
    expect(window.get_by_text("ว่าง 2/2 คน")).to_be_visible()
    window.get_by_role("button", name="ดำเนินการ").click()
    desk.press("เลื่อน 2 คน")

    expect(window).to_have_count(0)
    assert (booked_on(staff, booked_day), booked_on(staff, there)) == (0, 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_closing_proposes_the_next_working_day_with_room_and_says_what_will_happen_and_is_undone(
    desk: DashboardPage, staff: Client, booked_day: date, language: str
) -> None:
    tight, holiday, there = (booked_day + timedelta(days=n) for n in (1, 2, 3))
    for day, places in ((tight, 1), (holiday, 5), (there, 5)):
        open_lines(staff, day, line(1, capacity=places))
        named = {"date": day.isoformat(), "name": "ปิดปรับปรุง", "closed": day == holiday}
        assert staff.call("POST", "/api/dashboard/holidays", body=named).status == 200
        eventually(lambda day=day, n=places: counted(staff, day) == (n, n, 0), "the day is counted")
    english = language == "English"
    desk.press(language)
    desk.go(f"schedules?date={booked_day.isoformat()}")
    desk.press("Close the day or a room" if english else "ปิดทั้งวันหรือทั้งห้อง")
    window = desk.window("Close schedules" if english else "ปิดการนัดหมาย")
    field = window.get_by_label("Move to" if english else "เลื่อนไปวันที่")
    expect(field).to_have_value(f"{there:%d/%m/%Y}" if english else thai_date(there))
    expect(window.get_by_text("Room for 2 of 2" if english else "ว่าง 2/2 คน")).to_be_visible()

    for day, warning, warned in (
        (tight, "ที่ว่างไม่พอ 1 คน", "Too little room: 1"),
        (holiday, "วันนี้เป็นวันหยุด: ปิดปรับปรุง", "The hospital is closed on this day: ปิดปรับปรุง"),
        (booked_day + timedelta(days=4), "วันนี้ยังไม่ได้เปิดตาราง", "has no schedule on this day"),
        (there, "", ""),
    ):
        field.fill(f"{day:%d/%m/%Y}")
        if warning:
            expect(window.get_by_text(warned if english else warning)).to_be_visible()
            desk.shot(f"close-warns-{language}")
    expect(window.get_by_text("Room for 2 of 2" if english else "ว่าง 2/2 คน")).to_be_visible()
    desk.shot(f"close-proposes-{language}")
    assert violations(desk) == []

    window.locator("form").get_by_role("button", name="Close them" if english else "ปิดการนัดหมาย").click()
    question = desk.page.get_by_role("dialog").last
    expect(question).to_contain_text("2 of 2 people are moved" if english else "เลื่อน 2 จาก 2 คน")
    desk.shot(f"close-asks-{language}")
    question.get_by_role("button", name="Move 2" if english else "เลื่อน 2 คน").click()
    expect(window).to_have_count(0)
    assert (booked_on(staff, booked_day), booked_on(staff, there)) == (0, 2)

    desk.shot(f"close-undo-{language}")
    desk.press("Undo" if english else "เลิกทำ")
    expect(desk.page.get_by_text("2 have their appointments back" if english else "คืนนัดเดิม 2 คน")).to_be_visible()
    eventually(lambda: (booked_on(staff, booked_day), booked_on(staff, there)) == (2, 0))


def test_who_says_no_to_the_question_closes_nothing(desk: DashboardPage, staff: Client, booked_day: date) -> None:
    desk.go(f"schedules?date={booked_day.isoformat()}")
    desk.press("ปิดทั้งวันหรือทั้งห้อง")
    window = desk.window("ปิดการนัดหมาย")
    window.get_by_label("ยกเลิกนัด และแจ้งทุกคน").check()
    window.locator("form").get_by_role("button", name="ปิดการนัดหมาย").click()
    expect(desk.page.get_by_role("dialog").last).to_contain_text("ยกเลิกนัด 2 คน")
    desk.page.keyboard.press("Escape")

    expect(window).to_be_visible()
    assert booked_on(staff, booked_day) == 2
    assert counted(staff, booked_day) == (5, 3, 0)


def test_a_closing_is_undone_later_from_the_schedule_table_until_somebody_has_answered(
    desk: DashboardPage, staff: Client, booked_day: date
) -> None:
    there = booked_day + timedelta(days=1)
    (row,) = open_lines(staff, there, line(1, capacity=5))
    close(staff, booked_day, "postpone", to_date=there.isoformat())
    desk.go(f"schedules?date={booked_day.isoformat()}")
    desk.press("เปิดที่ปิดไว้อีกครั้ง")
    window = desk.window("เปิดรับนัดอีกครั้ง")
    expect(window.get_by_label("คืนนัดเดิมให้ 2 คน")).to_be_checked()
    desk.shot("reopen-undo")
    assert violations(desk) == []
    desk.page.keyboard.press("Escape")
    moved = staff.call("GET", "/api/dashboard/appointments", {"date": there.isoformat()}).result[0]
    path = f"/api/dashboard/appointments/{row['schedule_id']}/{moved['place']}/accept"
    assert staff.call("POST", path, body={"version": moved["version"]}).status == 200

    desk.press("เปิดที่ปิดไว้อีกครั้ง")
    expect(window).to_contain_text("เลิกทำการปิดไม่ได้แล้ว เพราะ 1 คน")
    window.locator("form").get_by_role("button", name="เปิดอีกครั้ง").click()
    expect(desk.page.get_by_text("เปิดรับนัดอีกครั้ง 1 ช่วงเวลาแล้ว")).to_be_visible()
    assert (booked_on(staff, booked_day), booked_on(staff, there)) == (0, 2)
