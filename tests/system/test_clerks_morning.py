"""What a clerk does all morning."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.client import Client
from tests.system.dashboard_page import DashboardPage, thai_date

Opener = Callable[..., dict[str, Any]]


def test_ten_people_are_booked_by_keyboard_alone(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    cids = [known_person() for _ in range(10)]
    desk.open_bookings(free_day, open_schedule()["schedule_id"])
    desk.page.keyboard.press("Enter")
    for cid in cids:
        desk.book(cid)
    desk.shot("ten-bookings")
    expect(desk.window("ระบุเลขที่บัตรประชาชน")).to_contain_text("จองในหน้าต่างนี้แล้ว 10 คน")
    desk.page.keyboard.press("Escape")

    expect(desk.page.get_by_role("button", name="จอง", exact=True)).to_be_focused()
    expect(desk.page.get_by_role("cell").get_by_role("button", name="Accept")).to_have_count(10)


def test_the_calendar_is_walked_and_a_schedule_chosen_by_keyboard_alone(
    desk: DashboardPage, free_day: date, open_schedule: Opener
) -> None:
    open_schedule()
    desk.go(f"calendar?month={free_day:%Y-%m}")
    stop = desk.page.locator("[data-date][tabindex='0']")
    expect(desk.page.locator(f"[data-date='{free_day.isoformat()}']")).to_contain_text("ว่าง", timeout=180_000)
    stop.focus()
    desk.page.keyboard.press("Home")
    for _ in range(free_day.day - 1):
        desk.page.keyboard.press("ArrowRight")
    expect(desk.page.locator(f"[data-date='{free_day.isoformat()}']")).to_be_focused()
    desk.page.keyboard.press("Enter")
    choose = desk.row("08:00–08:59").get_by_role("link", name="เลือก")
    choose.focus()
    desk.page.keyboard.press("Enter")

    expect(desk.page.get_by_role("button", name="จอง", exact=True)).to_be_focused()


def test_an_accept_is_undone_from_the_message(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    desk.open_bookings(free_day, open_schedule()["schedule_id"])
    desk.page.keyboard.press("Enter")
    desk.book(known_person())
    desk.page.keyboard.press("Escape")
    desk.row("A001").get_by_role("button", name="Accept").click()
    desk.press("เลิกทำ")

    expect(desk.row("A001").get_by_role("button", name="Accept")).to_be_visible()
    expect(desk.row("A001").locator(".tick")).to_have_count(0)


def test_an_appointment_is_moved_to_another_time_and_then_cancelled(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    first = open_schedule()
    open_schedule(period_id=2)
    cid = known_person()
    desk.open_bookings(free_day, first["schedule_id"])
    desk.page.keyboard.press("Enter")
    desk.book(cid)
    desk.page.keyboard.press("Escape")
    desk.row("A001").get_by_role("button", name="เลื่อน").click()
    window = desk.window("เลื่อนนัด")
    window.locator(f"[data-date='{free_day.isoformat()}']").click()
    window.get_by_label("09:00–09:59").check()
    desk.shot("move-to")
    window.get_by_role("button", name="เลื่อนนัด").click()
    expect(desk.row(f"คนที่ {cid[-4:]}")).to_have_count(0)

    desk.page.get_by_role("button", name="09:00–09:59").click()
    row = desk.row(f"คนที่ {cid[-4:]}")
    row.get_by_role("button", name="ยกเลิก").click()
    desk.press("ยกเลิกนัด")
    expect(row).to_have_count(0)


def test_a_national_id_is_masked_until_it_is_asked_for(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    cid = known_person()
    desk.open_bookings(free_day, open_schedule()["schedule_id"])
    desk.page.keyboard.press("Enter")
    desk.book(cid)
    desk.page.keyboard.press("Escape")
    expect(desk.row("A001")).to_be_visible()
    assert cid not in desk.page.content()

    desk.row("A001").get_by_role("button", name="แสดงเลข").click()
    expect(desk.row("A001")).to_contain_text(cid)
    storage = desk.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert cid not in storage
    assert cid not in desk.page.url


def test_the_slip_shows_queue_date_and_a_code_that_is_not_the_national_id(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    cid = known_person()
    desk.open_bookings(free_day, open_schedule()["schedule_id"])
    desk.page.keyboard.press("Enter")
    desk.book(cid)
    desk.page.keyboard.press("Escape")
    desk.row("A001").get_by_role("button", name="ใบนัด").click()
    slip = desk.window("ใบนัด")
    expect(slip).to_contain_text("A001")
    expect(slip).to_contain_text(str(free_day.year + 543))
    expect(slip.get_by_role("img", name="คิวอาร์โค้ด")).to_be_visible()
    assert cid not in slip.inner_text()
    desk.shot("slip-80mm")
    for name, paper, width in (("ม้วน 80 มม.", "80mm", 227), ("A5", "a5", 420)):
        slip.get_by_label(name).check()
        printed = desk.page.pdf(prefer_css_page_size=True)
        assert _page_sizes(printed)[0] == width, paper
        assert len(_page_sizes(printed)) == 1, f"{paper} is one page"


def test_a_slips_code_leads_back_to_its_appointment(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
) -> None:
    body = {"cid": known_person(), "schedule_id": open_schedule()["schedule_id"]}
    booked = staff.call("POST", "/api/dashboard/appointments", body=body).result
    desk.menu("ตารางปฏิทินการนัดหมาย")
    desk.page.get_by_label("ค้นหาจากใบนัด").fill(booked["slip_code"].lower())
    desk.page.keyboard.press("Enter")

    expect(desk.page.locator("tr.found")).to_contain_text("A001")


def test_everybody_who_waits_is_accepted_at_once(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
) -> None:
    schedule = open_schedule()
    for _ in range(3):
        body = {"cid": known_person(), "schedule_id": schedule["schedule_id"]}
        assert staff.call("POST", "/api/dashboard/appointments", body=body).status == 200
    desk.open_bookings(free_day, schedule["schedule_id"])
    desk.press("Accept ทั้งหมด (3)")

    expect(desk.page.locator("td .tick")).to_have_count(3)


def test_the_days_list_is_saved_as_a_csv_that_excel_opens_in_thai(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    cid = known_person()
    desk.open_bookings(free_day, open_schedule()["schedule_id"])
    desk.page.keyboard.press("Enter")
    desk.book(cid)
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("tab", name="รายการทั้งวัน").click()
    expect(desk.row("A001")).to_be_visible()
    with desk.page.expect_download() as download:
        desk.press("บันทึกเป็น CSV")
    text = Path(download.value.path()).read_bytes()

    assert text.startswith(b"\xef\xbb\xbf")
    lines = text.decode("utf-8-sig").split("\r\n")
    assert thai_date(free_day) in lines[1]
    assert f"คนที่ {cid[-4:]}" in lines[1]
    assert cid not in lines[1]


def test_a_day_is_closed_and_those_who_booked_are_named_first(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
) -> None:
    schedule, cid = open_schedule(), known_person()
    body = {"cid": cid, "schedule_id": schedule["schedule_id"]}
    assert staff.call("POST", "/api/dashboard/appointments", body=body).status == 200
    desk.go(f"schedules?date={free_day.isoformat()}")
    expect(desk.row("08:00–08:59")).to_be_visible()
    desk.press("ปิดทั้งวันหรือทั้งห้อง")
    window = desk.window("ปิดการนัดหมาย")
    expect(window).to_contain_text(f"คนที่ {cid[-4:]}")
    window.get_by_label("ยกเลิกนัด และแจ้งทุกคน").check()
    desk.shot("close-day")
    window.locator("form").get_by_role("button", name="ปิด").click()
    desk.press("ยกเลิก 1 นัด")

    expect(window).to_have_count(0)
    expect(desk.row("08:00–08:59")).to_contain_text("ปิดแล้ว")


def test_who_cancels_by_keyboard_goes_on_in_the_row_that_has_come_to_its_place(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
) -> None:
    schedule_id = open_schedule()["schedule_id"]
    for _ in range(3):
        body = {"cid": known_person(), "schedule_id": schedule_id}
        assert staff.call("POST", "/api/dashboard/appointments", body=body).status == 200
    desk.open_bookings(free_day, schedule_id)
    for queue, then in (("A002", "A003"), ("A003", "A001")):
        desk.row(queue).get_by_role("button", name="ยกเลิก").press("Enter")
        desk.page.get_by_role("button", name="ยกเลิกนัด").press("Enter")
        expect(desk.row(queue)).to_have_count(0)
        expect(desk.page.get_by_role("button", name=f"{then} ประวัติ")).to_be_focused()
    desk.row("A001").get_by_role("button", name="ยกเลิก").press("Enter")
    desk.page.get_by_role("button", name="ยกเลิกนัด").press("Enter")
    expect(desk.page.get_by_role("region", name="รายการจอง")).to_be_focused()


def _page_sizes(pdf: bytes) -> list[int]:
    """Widths of a PDF's pages, in points."""
    return [round(float(width)) for width in re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ", pdf)]
