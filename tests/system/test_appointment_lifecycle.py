"""An appointment from start to end (docs/app-guide.md), as the dashboard shows it.

Staff open a schedule, a person books, staff accept, the person confirms, staff move the appointment, the person gets a
notice, postpones and cancels.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from playwright.sync_api import expect

from tests.client import Client
from tests.system.dashboard_page import DashboardPage
from tests.system.handset import Handset
from tests.waiting import eventually

OPEN_DAYS = (3,)  # the phone lists hospitals that can be booked within a month
EIGHT, NINE = "08:00–08:59", "09:00–09:59"


def open_slots(desk: DashboardPage, day: date) -> None:
    desk.menu("ระบบจัดตารางนัดหมาย")
    desk.press("เพิ่ม")
    window = desk.window("ข้อมูลตารางเวลา")
    window.get_by_label("วันที่").fill(f"{day:%d%m}{day.year + 543}")
    window.get_by_role("button", name="เพิ่ม").click()
    window.get_by_label("แผนก").select_option("อายุรกรรม")
    window.get_by_label("ห้องตรวจ").select_option("ห้องตรวจ อายุรกรรม 1")
    for period in (EIGHT, NINE):
        window.get_by_label(period).check()
    window.get_by_label("จำนวน Slot").fill("5")
    window.get_by_label("เปิดให้จอง Online").check()
    window.get_by_role("button", name="บันทึก", exact=True).click()
    expect(window).to_have_count(0)


def test_an_appointment_goes_round_between_hospital_and_person(
    desk: DashboardPage,
    new_handset: Callable[[], Handset],
    staff: Client,
    app_client: Client,
    free_day: date,
    known_person: Callable[[], str],
) -> None:
    open_slots(desk, free_day)
    day = {"date": free_day.isoformat(), "available_slot": 10}
    month = {"hospital_code": app_client.hospital_code, "year": free_day.year, "month": free_day.month}
    # The phone asks once, and what is opened is counted a moment later.
    eventually(lambda: day in app_client.slots("GetHospitalSlotByMonth", **month).result)
    day_sheet = staff.call("GET", "/api/dashboard/schedules", {"date": free_day.isoformat()}).result
    eight, nine = (one["schedule_id"] for one in sorted(day_sheet, key=lambda one: str(one["time_start"])))
    handset = new_handset().enter(known_person())
    visit = handset.page.get_by_role("article")

    # the person books
    handset.find_department()
    handset.choose(free_day, EIGHT)
    handset.heading("ตรวจดูก่อนจอง")
    handset.press("จองนัดนี้")
    expect(handset.page.get_by_role("status").filter(has_text="จองนัดเรียบร้อยแล้ว")).to_be_visible()
    expect(visit).to_contain_text("A001")
    expect(visit).to_contain_text("รอโรงพยาบาลรับนัด")
    expect(visit).to_contain_text(f"{free_day.year + 543}")
    handset.shot("booked")

    # staff see and accept it
    look(desk, free_day, eight)
    desk.page.get_by_role("button", name="Accept A001").click()
    expect(desk.page.get_by_role("button", name="Reject A001")).to_be_visible()

    # the person gets a notice, and confirms to come
    handset.expect_notice("โรงพยาบาลรับนัดของท่านแล้ว")
    handset.shot("notice")
    handset.tab("นัดของฉัน")
    expect(visit).to_contain_text("โรงพยาบาลรับนัดแล้ว")
    handset.press("ยืนยันว่าจะไป")
    expect(visit).to_contain_text("ท่านยืนยันแล้วว่าจะไป")

    # staff see that, and move the clinic
    look(desk, free_day, eight)
    expect(desk.row("A001").get_by_text("ผู้รับบริการยืนยันแล้ว")).to_be_attached()
    move_to_nine(desk, free_day)
    look(desk, free_day, nine)
    expect(desk.page.get_by_role("button", name="Accept A006")).to_be_visible()

    # the person gets a notice, and chooses another time
    handset.expect_notice("โรงพยาบาลเลื่อนนัดของท่าน")
    handset.tab("นัดของฉัน")
    expect(visit).to_contain_text(NINE)
    handset.more()
    handset.press("เลื่อนนัด")
    handset.choose(free_day, EIGHT)
    handset.press("เลื่อนมาเวลานี้")
    expect(handset.page.get_by_role("status").filter(has_text="เลื่อนนัดเรียบร้อยแล้ว")).to_be_visible()
    expect(visit).to_contain_text(EIGHT)
    look(desk, free_day, eight)
    expect(desk.page.get_by_role("button", name="Accept A002")).to_be_visible()

    # and gives it up
    handset.more()
    handset.press("ยกเลิกนัด")
    handset.page.get_by_role("dialog").get_by_role("button", name="ยกเลิกนัด", exact=True).click()
    expect(handset.page.get_by_role("heading", name="ยังไม่มีนัด")).to_be_visible()
    look(desk, free_day, eight)
    expect(desk.page.get_by_role("button", name="จอง", exact=True)).to_be_visible()
    expect(desk.page.get_by_role("button", name="Accept")).to_have_count(0)
    assert free_places(staff, free_day) == {eight: 5, nine: 5}

    # no notice of what the person did themselves, except that they have booked
    handset.tab("ข่าวสาร")
    expect(handset.page.locator(".messages li")).to_have_count(3)


def look(desk: DashboardPage, day: date, schedule_id: int) -> None:
    """The bookings of one schedule as they are now."""
    desk.go(f"day?date={day.isoformat()}&schedule={schedule_id}")
    desk.page.reload()


def move_to_nine(desk: DashboardPage, day: date) -> None:
    desk.page.get_by_role("button", name="เลื่อน A001").click()
    window = desk.page.get_by_role("dialog")
    window.locator(f"[data-date='{day.isoformat()}']").click()
    window.get_by_label(NINE).check()
    window.get_by_role("button", name="เลื่อนนัด").click()
    expect(window).to_have_count(0)


def free_places(staff: Client, day: date) -> dict[int, Any]:
    rows = staff.call("GET", "/api/dashboard/schedules", {"date": day.isoformat()}).result
    return {row["schedule_id"]: row["available_count"] for row in rows}
