"""Long work shows its progress, continues after a failure, and names what failed."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.client import Client
from tests.system.dashboard_page import DashboardPage, thai_date
from tests.system.delayed_answers import DelayedAnswers
from tests.system.test_accessibility_and_size import violations

Opener = Callable[..., dict[str, Any]]


@pytest.fixture
def ministry(new_desk: Callable[..., DashboardPage], country: Client) -> DashboardPage:
    """A window at which the country-level administrator has signed in."""
    return new_desk().with_token(country.token)


def test_hospitals_are_imported_in_parts_on_after_a_failure_and_bad_rows_are_told(
    ministry: DashboardPage,
) -> None:
    lines = [f"{70000 + n},รพ.สต.ทดสอบ {n},นนทบุรี,,1" for n in range(210)]
    lines[204], lines[207] = "7020,รหัสสั้น,นนทบุรี,,1", "70207,จังหวัดผิด,เมืองทอง,,1"
    file = {"name": "hospitals.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    desk = ministry
    desk.go("hospitals")
    desk.press("นำเข้าจากไฟล์")
    window = desk.window("นำเข้าหน่วยบริการ")
    window.get_by_label("ไฟล์ CSV").set_input_files(file)  # type: ignore[arg-type]
    held = DelayedAnswers(desk.page, "**/api/accounts/hospital-import", only=2)
    window.get_by_role("button", name="นำเข้า", exact=True).click()
    expect(window.get_by_text("กำลังนำเข้า บรรทัด 200 จาก 210")).to_be_visible()
    expect(window.get_by_role("progressbar")).to_have_attribute("value", "200")
    desk.page.keyboard.press("Escape")
    expect(window).to_be_visible()  # while it works it does not close
    desk.shot("import-at-work")
    held.first().abort()
    expect(window.get_by_role("alert")).to_contain_text("ติดต่อระบบไม่ได้")
    expect(window.get_by_text("หยุดอยู่ที่บรรทัด 200 จาก 210")).to_be_visible()
    desk.shot("import-stopped")
    window.get_by_role("button", name="นำเข้าต่อ").click()

    expect(window.get_by_text("เพิ่ม 208 แก้ไข 0 เหมือนเดิม 0 แห่ง อ่านไม่ได้ 2 บรรทัด")).to_be_visible()
    bad = window.get_by_role("region", name="บรรทัดที่ไม่ได้นำเข้า").locator("tbody tr")
    expect(bad).to_have_count(2)
    expect(bad.nth(0)).to_contain_text("205")
    expect(bad.nth(1)).to_contain_text("208")
    desk.shot("import-bad-rows")
    assert violations(desk) == []


def test_a_file_that_is_empty_is_told_at_the_field(ministry: DashboardPage) -> None:
    desk = ministry
    desk.press("English")
    desk.go("hospitals")
    desk.press("Import a file")
    window = desk.window("Import hospitals")
    for content in (b"", b"\r\n\r\n", "\ufeff".encode(), "\ufeff \n".encode("utf-16-le")):
        file = {"name": "x.csv", "mimeType": "text/csv", "buffer": content}
        window.get_by_label("CSV file").set_input_files(file)  # type: ignore[arg-type]
        expect(window.locator(".error")).to_contain_text("This file is empty")
        expect(window.get_by_role("button", name="Import", exact=True)).to_be_disabled()
    desk.shot("import-empty-english")


def test_a_range_is_copied_with_real_progress_and_goes_on_at_the_day_that_failed(
    desk: DashboardPage, free_day: date, open_schedule: Opener, staff: Client
) -> None:
    open_schedule()
    desk.go(f"schedules?date={free_day.isoformat()}")
    expect(desk.row("08:00–08:59")).to_be_visible()
    desk.press("คัดลอกตาราง")
    window = desk.window("คัดลอกตาราง")
    # Far away, where no other test of this file works.
    first = free_day + timedelta(days=400)
    window.get_by_label("ตั้งแต่วันที่").fill(thai_date(first))
    window.get_by_label("ถึงวันที่").fill(thai_date(first + timedelta(days=19)))
    for weekday in ("เสาร์", "อาทิตย์"):
        window.get_by_label(weekday).check()
    window.get_by_label("เว้นวันหยุดราชการ").uncheck()
    window.get_by_role("button", name="ดูตัวอย่างก่อน").click()
    make = window.get_by_role("button", name="สร้าง")
    expect(make).to_have_text("สร้าง 20 รายการ")
    held = DelayedAnswers(desk.page, "**/api/dashboard/schedules/copy", only=2)
    make.click()
    expect(window.get_by_text("กำลังสร้าง วันที่ 7 จาก 20")).to_be_visible()
    expect(window.get_by_role("progressbar")).to_have_attribute("value", "7")
    desk.shot("copy-at-work")
    held.first().abort()
    expect(window.get_by_text("ทำไปแล้ว 7 จาก 20 วัน")).to_be_visible()
    expect(window.get_by_role("alert")).to_contain_text("ติดต่อระบบไม่ได้")
    desk.shot("copy-stopped")
    assert violations(desk) == []
    expect(make).to_have_text("สร้าง 13 รายการ")
    make.click()

    expect(window).to_have_count(0)
    expect(desk.page.get_by_text("สร้างแล้ว 20 รายการ")).to_be_visible()
    for n in (0, 7, 19):
        day = (first + timedelta(days=n)).isoformat()
        assert len(staff.call("GET", "/api/dashboard/schedules", {"date": day}).result) == 1


@pytest.fixture
def full_morning(staff: Client, open_schedule: Opener, known_person: Callable[[], str]) -> list[str]:
    """Three people booked on the free day; gives their national ids."""
    schedule = open_schedule(capacity=3)
    cids = [known_person() for _ in range(3)]
    for cid in cids:
        body = {"cid": cid, "schedule_id": schedule["schedule_id"]}
        assert staff.call("POST", "/api/dashboard/appointments", body=body).status == 200
    return cids


def open_on(staff: Client, day: date, capacity: int) -> None:
    line = {"period_id": 1, "department_id": 1, "room_id": 1, "capacity": capacity, "online": True}
    body = {"date": day.isoformat(), "lines": [line]}
    assert staff.call("POST", "/api/dashboard/schedules", body=body).status == 200


def test_a_day_is_closed_by_moving_its_people_to_a_day_that_has_room(
    desk: DashboardPage, free_day: date, full_morning: list[str], staff: Client
) -> None:
    there = free_day + timedelta(days=1)
    open_on(staff, there, capacity=5)
    desk.go(f"schedules?date={free_day.isoformat()}")
    desk.press("ปิดทั้งวันหรือทั้งห้อง")
    window = desk.window("ปิดการนัดหมาย")
    expect(window.get_by_role("region", name="ผู้ที่จองไว้ 3 คน").locator("tbody tr")).to_have_count(3)
    expect(window.get_by_label("เลื่อนไปวันอื่นห้องเดิม")).to_be_checked()
    window.get_by_label("เลื่อนไปวันที่").fill(thai_date(there))
    window.get_by_label("เลื่อนไปวันที่").press("Tab")
    desk.shot("close-by-moving")
    assert violations(desk) == []
    expect(window.get_by_text("ว่าง 3/3 คน")).to_be_visible()
    window.get_by_role("button", name="ปิดการนัดหมาย").press("Enter")
    question = desk.page.get_by_role("dialog", name="หรือไม่")
    expect(question).to_contain_text("เลื่อน 3 จาก 3 คน")
    question.get_by_role("button", name="เลื่อน 3 คน").press("Enter")

    expect(window).to_have_count(0)
    expect(desk.page.get_by_text("ปิดแล้ว เลื่อน 3 ยกเลิก 0 คน")).to_be_visible()
    expect(desk.row("08:00–08:59")).to_contain_text("ปิดแล้ว")
    moved = staff.call("GET", "/api/dashboard/appointments", {"date": there.isoformat()}).result
    assert {one["cid_masked"][-4:] for one in moved} == {f"{cid[-3:-1]}-{cid[-1]}" for cid in full_morning}


def test_who_finds_no_room_on_the_other_day_stays_and_the_window_says_what_to_do(
    desk: DashboardPage, free_day: date, full_morning: list[str], staff: Client
) -> None:
    there = free_day + timedelta(days=1)
    open_on(staff, there, capacity=2)
    desk.press("English")
    desk.go(f"schedules?date={free_day.isoformat()}")
    desk.press("Close the day or a room")
    window = desk.window("Close schedules")
    window.get_by_label("Move to").fill(f"{there:%d/%m/%Y}")
    window.get_by_role("button", name="Close them").click()
    expect(desk.page.get_by_role("dialog").last).to_contain_text("1 find no place")
    desk.press("Move 2")

    expect(window.get_by_role("alert")).to_contain_text("1 could not be moved")
    expect(window.get_by_role("region", name="Booked: 1").locator("tbody tr")).to_have_count(1)
    desk.shot("close-one-left-english")
    window.get_by_label("are cancelled").check()
    window.get_by_role("button", name="Close them").click()
    desk.press("Cancel 1")
    expect(window).to_have_count(0)
    assert staff.call("GET", "/api/dashboard/appointments", {"date": free_day.isoformat()}).result == []


def test_the_booking_rules_are_changed_and_of_two_who_save_the_second_sees_both(
    new_desk: Callable[..., DashboardPage],
) -> None:
    first, second = new_desk().signed_in(), new_desk().signed_in()
    for desk in (first, second):
        desk.menu("กติกาการจอง")
        expect(desk.page.get_by_label("ยกเลิกหรือเลื่อนเองได้ก่อนเวลานัด")).to_have_value("0")
    hours = first.page.get_by_label("ยกเลิกหรือเลื่อนเองได้ก่อนเวลานัด")
    hours.fill("169")
    first.press("บันทึก")
    expect(first.page.locator(".field.wrong")).to_contain_text("ตัวเลข 0 ถึง 168")
    first.shot("booking-rules-wrong")
    first.page.get_by_label("หน่วย", exact=True).select_option(label="วัน")
    expect(first.page.locator(".field.wrong")).to_contain_text("ตัวเลข 0 ถึง 7")
    hours.fill("2")
    hours.press("Enter")
    expect(first.page.get_by_text("บันทึกกติกาแล้ว")).to_be_visible()
    settings = first.hospital.client("staff.demo").call("GET", "/api/dashboard/settings").result
    assert settings["cancel_minutes_before"] == 2 * 24 * 60

    second.page.get_by_label("จำนวนนัดที่มีได้").fill("5")
    second.press("บันทึก")
    expect(second.page.get_by_role("alert")).to_contain_text("2 วัน")
    second.shot("booking-rules-conflict")
    assert violations(second) == []
    second.press("ใช้ค่าที่บันทึกไว้")
    expect(second.page.get_by_label("ยกเลิกหรือเลื่อนเองได้ก่อนเวลานัด")).to_have_value("2")

    first.page.get_by_label("ยกเลิกหรือเลื่อนเองได้ก่อนเวลานัด").fill("0")
    first.press("บันทึก")
    expect(first.page.get_by_text("บันทึกกติกาแล้ว").last).to_be_visible()
