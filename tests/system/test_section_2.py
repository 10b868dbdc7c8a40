"""Manual 2: the appointment dashboard, figure by figure, in a real browser."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from chalicelib import clock
from tests.client import Client, in_days, new_cid
from tests.hospitals import Hospital
from tests.maker import PASSWORD
from tests.system.dashboard_page import DashboardPage, thai_date


def test_figure_6_staff_sign_in_with_hospital_code_user_and_password(
    new_desk: Callable[..., DashboardPage], hospital: Hospital, staff: Client
) -> None:
    desk = new_desk()
    desk.page.goto(desk.url)
    desk.page.get_by_label("รหัสหน่วยบริการ").fill(hospital.code)
    desk.page.get_by_label("ชื่อผู้ใช้").fill("staff.demo")
    desk.page.get_by_label("รหัสผ่าน", exact=True).fill("ผิดแน่นอน")
    desk.press("เข้าสู่ระบบ")
    expect(desk.page.get_by_role("alert")).to_be_visible()
    desk.shot("figure-06-refused")

    desk.page.get_by_label("รหัสผ่าน", exact=True).fill(PASSWORD)
    desk.shot("figure-06-sign-in")
    desk.press("เข้าสู่ระบบ")

    expect(desk.heading("Welcome")).to_be_visible()


def test_figure_6_the_plain_password_never_leaves_the_page(
    new_desk: Callable[..., DashboardPage], staff: Client
) -> None:
    desk = new_desk()
    sent: list[str] = []
    desk.page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    desk.sign_in()

    assert any("password_hash" in one for one in sent)
    assert not any(PASSWORD in one for one in sent)


def test_figure_7_welcome_shows_the_hospital_the_roles_and_todays_figures(desk: DashboardPage) -> None:
    page = desk.page
    expect(page.get_by_role("main")).to_contain_text(desk.hospital.name)
    expect(page.get_by_role("main")).to_contain_text("APPOINTMENT_DASHBOARD")
    figures = page.locator(".figures dd")
    expect(figures).to_have_count(3)
    expect(figures.first).not_to_have_text("…")
    desk.shot("figure-07-welcome")


def test_figures_8_and_9_a_department_is_added_and_stands_in_the_list(desk: DashboardPage) -> None:
    desk.menu("รายการแผนกที่เปิด")
    desk.press("เพิ่ม")
    desk.window("ข้อมูลแผนก").get_by_label("แผนก").fill("ทันตกรรม")
    desk.shot("figure-08-add-department")
    desk.press("บันทึก")

    expect(desk.row("ทันตกรรม")).to_be_visible()
    desk.shot("figure-09-departments")


def test_a_department_in_use_is_not_removed_and_the_refusal_says_by_what(desk: DashboardPage) -> None:
    desk.menu("รายการแผนกที่เปิด")
    desk.row("อายุรกรรม").get_by_role("button", name="ลบ").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="ลบ").click()

    expect(desk.page.get_by_role("status").filter(has_text="ห้องตรวจ อายุรกรรม 1")).to_be_visible()
    expect(desk.row("อายุรกรรม")).to_be_visible()
    desk.shot("department-in-use")


def test_two_people_edit_one_department_and_the_second_sees_both_values(new_desk: Callable[..., DashboardPage]) -> None:
    first, second = new_desk().signed_in(), new_desk().signed_in()
    first.menu("รายการแผนกที่เปิด")
    first.press("เพิ่ม")
    first.window("ข้อมูลแผนก").get_by_label("แผนก").fill("กุมาร")
    first.press("บันทึก")
    for desk in (first, second):
        desk.menu("รายการแผนกที่เปิด")
        desk.row("กุมาร").get_by_role("button", name="แก้ไข").click()
    first.window("ข้อมูลแผนก").get_by_label("แผนก").fill("กุมารเวชกรรม")
    first.press("บันทึก")
    expect(first.row("กุมารเวชกรรม")).to_be_visible()

    second.window("ข้อมูลแผนก").get_by_label("แผนก").fill("กุมารเวช")
    second.press("บันทึก")
    expect(second.window("ข้อมูลแผนก").get_by_role("alert")).to_contain_text("กุมารเวชกรรม")
    second.shot("edit-conflict")
    second.press("บันทึกทับด้วยข้อมูลของท่าน")

    expect(second.row("กุมารเวช")).to_be_visible()
    expect(second.row("กุมารเวชกรรม")).to_have_count(0)


def test_figures_10_and_11_a_room_is_added_with_its_queue_code_and_length(desk: DashboardPage) -> None:
    desk.menu("รายการห้องตรวจ")
    expect(desk.row("ห้องตรวจ อายุรกรรม 1")).to_be_visible()
    desk.press("เพิ่ม")
    window = desk.window("ข้อมูลห้องตรวจ")
    window.get_by_label("ชื่อห้องตรวจ").fill("ห้องตรวจ อายุรกรรม 9")
    window.get_by_label("แผนก").select_option("อายุรกรรม")
    window.get_by_label("รหัสคิว").fill("Z")
    window.get_by_label("ความยาวคิว").fill("4")
    expect(window).to_contain_text("Z0001")
    desk.shot("figure-10-add-room")
    desk.press("บันทึก")

    expect(desk.row("ห้องตรวจ อายุรกรรม 9")).to_contain_text("Z")
    desk.shot("figure-11-rooms")


def test_figures_12_and_13_a_period_is_added_and_its_end_is_inclusive(desk: DashboardPage) -> None:
    desk.menu("รายการช่วงเวลาที่ใช้งานในระบบนัดหมาย")
    desk.press("เพิ่ม")
    window = desk.window("ข้อมูลช่วงเวลาที่เปิดใช้งานในระบบนัดหมาย")
    window.get_by_label("ชื่อช่วงเวลา").fill("นอกเวลา")
    window.get_by_label("เวลาเริ่ม").fill("๑๖.๓๐")
    window.get_by_label("เวลาสิ้นสุด").fill("1800")
    desk.shot("figure-12-add-period")
    desk.press("บันทึก")

    expect(desk.row("นอกเวลา")).to_contain_text("16:30")
    expect(desk.row("นอกเวลา")).to_contain_text("17:59")
    desk.shot("figure-13-periods")


def test_figures_14_to_16_schedules_are_opened_several_at_once(desk: DashboardPage, free_day: date) -> None:
    desk.menu("ระบบจัดตารางนัดหมาย")
    desk.press("เพิ่ม")
    window = desk.window("ข้อมูลตารางเวลา")
    window.get_by_label("วันที่").fill(f"{free_day:%d%m}{free_day.year + 543}")
    desk.shot("figure-14-date")
    window.get_by_role("button", name="เพิ่ม").click()
    window.get_by_label("แผนก").select_option("อายุรกรรม")
    window.get_by_label("ห้องตรวจ").select_option("ห้องตรวจ อายุรกรรม 1")
    for period in ("08:00–08:59", "09:00–09:59"):
        window.get_by_label(period).check()
    window.get_by_label("จำนวน Slot").fill("15")
    window.get_by_label("เปิดให้จอง Online").check()
    expect(window).to_contain_text("2 รายการ รวม 30 Slot")
    desk.shot("figure-15-slots")
    window.get_by_role("button", name="บันทึก", exact=True).click()

    expect(window).to_have_count(0)
    expect(desk.page.get_by_label("วันที่")).to_have_value(thai_date(free_day))
    for period in ("08:00–08:59", "09:00–09:59"):
        expect(desk.row(period)).to_contain_text("15")
    desk.shot("figure-16-schedules")


def test_a_period_that_another_desk_opened_meanwhile_is_marked_and_the_rest_is_opened(
    desk: DashboardPage, free_day: date, open_schedule: Callable[..., dict[str, Any]]
) -> None:
    desk.go(f"schedules?date={free_day.isoformat()}")
    desk.press("เพิ่ม")
    window = desk.window("ข้อมูลตารางเวลา")
    for _ in range(2):
        window.get_by_role("button", name="เพิ่ม").click()
    first, second = (window.get_by_role("group", name=f"ชุดที่ {n}") for n in (1, 2))
    for name in ("08:00–08:59", "09:00–09:59"):
        first.get_by_label(name).check()
    expect(second.get_by_label("08:00–08:59")).to_be_disabled()
    expect(second).to_contain_text("เลือกไว้ในชุดก่อนหน้า")
    second.get_by_role("button", name="เอาชุดนี้ออก").click()

    open_schedule()
    window.get_by_role("button", name="บันทึก", exact=True).click()
    expect(window.get_by_role("alert")).to_contain_text("มีตารางที่เวลาซ้อนกับช่วงเวลานี้")
    expect(first.get_by_label("08:00–08:59")).to_be_disabled()
    expect(window).to_contain_text("1 รายการ รวม 20 Slot")
    desk.shot("opened-meanwhile")
    window.get_by_role("button", name="บันทึก", exact=True).click()
    expect(window).to_have_count(0)
    expect(desk.row("09:00–09:59")).to_be_visible()


def test_the_number_of_a_schedule_is_never_lowered_below_what_is_booked(
    desk: DashboardPage, open_schedule: Callable[..., dict[str, Any]], known_person: Callable[[], str], staff: Client
) -> None:
    schedule = open_schedule(capacity=3)
    for _ in range(2):
        body = {"cid": known_person(), "schedule_id": schedule["schedule_id"]}
        assert staff.call("POST", "/api/dashboard/appointments", body=body).status == 200
    desk.go(f"schedules?date={schedule['date']}")
    desk.row("08:00–08:59").get_by_role("button", name="แก้ไข").click()
    window = desk.window("แก้ไข Slot เวลา")
    window.get_by_label("จำนวน Slot").fill("1")
    expect(window).to_contain_text("ตัวเลข 2 ถึง 999")
    window.get_by_label("จำนวน Slot").fill("5")
    window.get_by_role("button", name="บันทึก", exact=True).click()

    expect(desk.row("08:00–08:59").get_by_role("cell").nth(4)).to_have_text("5")


def test_a_day_is_copied_after_a_preview_that_names_what_clashes(
    desk: DashboardPage, free_day: date, open_schedule: Callable[..., dict[str, Any]]
) -> None:
    open_schedule()
    desk.go(f"schedules?date={free_day.isoformat()}")
    expect(desk.row("08:00–08:59")).to_be_visible()
    desk.press("คัดลอกตาราง")
    window = desk.window("คัดลอกตาราง")
    window.get_by_label("ตั้งแต่วันที่").fill(thai_date(free_day))
    window.get_by_label("ถึงวันที่").fill(thai_date(date.fromordinal(free_day.toordinal() + 6)))
    for weekday in ("เสาร์", "อาทิตย์"):
        window.get_by_label(weekday).check()
    window.get_by_label("เว้นวันหยุดราชการ").uncheck()
    window.get_by_role("button", name="ดูตัวอย่างก่อน").click()
    expect(window.get_by_role("row").filter(has_text="ห้องเปิดเวลานี้อยู่แล้ว")).to_have_count(1)
    make = window.get_by_role("button", name="สร้าง")
    expect(make).to_be_visible()
    desk.shot("copy-preview")
    make.click()

    expect(window).to_have_count(0)
    desk.press("วันถัดไป")
    expect(desk.row("08:00–08:59")).to_be_visible()


def test_figure_17_department_room_refresh_a_day_and_a_schedule(
    desk: DashboardPage, free_day: date, open_schedule: Callable[..., dict[str, Any]]
) -> None:
    open_schedule(capacity=12)
    desk.menu("ตารางปฏิทินการนัดหมาย")
    desk.go(f"calendar?month={free_day:%Y-%m}")
    desk.page.get_by_label("แผนก").select_option("อายุรกรรม")
    desk.page.get_by_label("ห้องตรวจ").select_option("ห้องตรวจ อายุรกรรม 1")
    desk.press("Refresh")
    day = desk.page.locator(f"[data-date='{free_day.isoformat()}']")
    expect(day).to_contain_text("ว่าง 12 จาก 12", timeout=180_000)
    day.click()
    desk.shot("figure-17-calendar")
    desk.row("08:00–08:59").get_by_role("link", name="เลือก").click()

    expect(desk.page.get_by_role("tab", name="จองนัดหมาย")).to_be_visible()


def test_the_chosen_days_figure_is_never_behind_the_lines_beside_it(
    desk: DashboardPage, free_day: date, open_schedule: Callable[..., dict[str, Any]]
) -> None:
    open_schedule(capacity=12)

    def behind(route: Route) -> None:
        route.fulfill(json={"result": [{"date": free_day.isoformat(), "places": 12, "available": 5}]})

    desk.page.route("**/api/dashboard/calendar?*", behind)
    desk.go(f"calendar?date={free_day.isoformat()}&department=1&room=1")

    expect(desk.row("08:00–08:59")).to_contain_text("12/12")
    expect(desk.page.locator(f"[data-date='{free_day.isoformat()}']")).to_contain_text("ว่าง 12 จาก 12")


def test_the_demo_months_days_are_all_open(new_desk: Callable[..., DashboardPage], demo_staff: Client) -> None:
    desk = new_desk().with_token(demo_staff.token)
    tomorrow = in_days(1)
    desk.go(f"calendar?date={tomorrow.isoformat()}&department=1&room=1")
    expect(desk.page.locator(f"[data-date='{tomorrow.isoformat()}']")).to_contain_text("ว่าง")
    expect(desk.row("15:00–15:59")).to_be_visible()
    desk.shot("screen-calendar")


def test_figure_18_a_person_is_looked_up_by_national_id_and_booked(
    desk: DashboardPage, free_day: date, open_schedule: Callable[..., dict[str, Any]], known_person: Callable[[], str]
) -> None:
    schedule, cid = open_schedule(), known_person()
    desk.open_bookings(free_day, schedule["schedule_id"])
    desk.page.get_by_role("tab", name="จองนัดหมาย").click()
    desk.press("จอง")
    window = desk.window("ระบุเลขที่บัตรประชาชน")
    window.get_by_label("เลขที่บัตรประชาชน").fill(cid)
    desk.page.keyboard.press("Enter")
    expect(window).to_contain_text(f"คนที่ {cid[-4:]}")
    desk.shot("figure-18-book")
    window.get_by_role("button", name="บันทึก", exact=True).click()

    expect(window.get_by_role("status").filter(has_text="จองแล้ว")).to_contain_text("A001")
    desk.page.keyboard.press("Escape")
    expect(desk.row("A001")).to_contain_text(f"คนที่ {cid[-4:]}")
    assert cid not in desk.page.content()


def test_figure_18_somebody_unknown_is_put_on_the_white_list_there_and_then(
    desk: DashboardPage, free_day: date, open_schedule: Callable[..., dict[str, Any]]
) -> None:
    desk.open_bookings(free_day, open_schedule()["schedule_id"])
    desk.press("จอง")
    window = desk.window("ระบุเลขที่บัตรประชาชน")
    window.get_by_label("เลขที่บัตรประชาชน").fill(new_cid())
    desk.page.keyboard.press("Enter")
    expect(window).to_contain_text("White list")
    window.get_by_label("คำนำหน้า").select_option("นางสาว")
    window.get_by_label("ชื่อ", exact=True).fill("ใหม่")
    window.get_by_label("นามสกุล").fill("เพิ่งมา")
    window.get_by_label("วันเกิด").fill("13-4-28")
    desk.shot("figure-18-white-list")
    desk.page.keyboard.press("Enter")

    expect(window.get_by_role("status").filter(has_text="จองแล้ว")).to_contain_text("ใหม่ เพิ่งมา")


@pytest.mark.parametrize(
    ("prefix", "other", "first_name", "last_name", "shown"),
    [
        ("พระมหา", "", "สมชาย", "", "พระมหาสมชาย"),
        ("อื่น ๆ", "ร.ต.อ.หญิง", "สมศรี", "ใจดี", "ร.ต.อ.หญิงสมศรี ใจดี"),
        ("ไม่มี", "", "Aung", "", "Aung"),
        ("Mr.", "", "John", "Smith", "Mr. John Smith"),
    ],
)
def test_figure_18_somebody_without_a_surname_or_with_any_title_is_booked(
    desk: DashboardPage,
    open_schedule: Callable[..., dict[str, Any]],
    prefix: str,
    other: str,
    first_name: str,
    last_name: str,
    shown: str,
) -> None:
    schedule = open_schedule()
    desk.open_bookings(date.fromisoformat(schedule["date"]), schedule["schedule_id"])
    desk.press("จอง")
    window = desk.window("ระบุเลขที่บัตรประชาชน")
    window.get_by_label("เลขที่บัตรประชาชน").fill(new_cid())
    desk.page.keyboard.press("Enter")
    window.get_by_label("คำนำหน้า", exact=True).select_option(prefix)
    if other:
        window.get_by_label("คำนำหน้าอื่น").fill(other)
    window.get_by_label("ชื่อ", exact=True).fill(first_name)
    window.get_by_label("นามสกุล").fill(last_name)
    desk.page.keyboard.press("Enter")

    expect(window.get_by_role("status").filter(has_text="จองแล้ว")).to_contain_text(shown)
    desk.page.keyboard.press("Escape")
    expect(desk.row("A001")).to_contain_text(shown)


def test_figure_19_accept_puts_the_green_tick_and_reject_takes_it_away(
    desk: DashboardPage, free_day: date, open_schedule: Callable[..., dict[str, Any]], known_person: Callable[[], str]
) -> None:
    desk.open_bookings(free_day, open_schedule()["schedule_id"])
    desk.page.keyboard.press("Enter")
    desk.book(known_person())
    desk.page.keyboard.press("Escape")
    row = desk.row("A001")
    row.get_by_role("button", name="Accept").click()
    expect(row.locator(".tick")).to_have_count(1)
    expect(row.get_by_role("button", name="Reject")).to_be_visible()
    desk.shot("figure-19-accepted")

    row.get_by_role("button", name="Reject").click()
    expect(row.locator(".tick")).to_have_count(0)
    expect(row.get_by_role("button", name="Accept")).to_be_visible()


def test_a_hospital_sets_a_day_of_its_own_by_keyboard_and_the_calendar_names_it(desk: DashboardPage) -> None:
    year = clock.today().year + 1
    desk.menu("วันหยุด")
    desk.press("เพิ่ม")
    window = desk.window("กำหนดวันของหน่วยบริการ")
    window.get_by_label("วันที่").fill(f"๑๐ ก.พ. {year + 543}")
    window.get_by_label("ชื่อวัน").fill("วันสถาปนาโรงพยาบาล")
    desk.page.keyboard.press("Enter")
    expect(desk.row("วันสถาปนาโรงพยาบาล")).to_contain_text("หน่วยบริการหยุด")
    expect(desk.row("วันแรงงานแห่งชาติ").first).to_contain_text("ราชการเปิดทำการ")
    expect(desk.row("วันปิยมหาราช").first).to_contain_text("วันหยุดราชการ")
    desk.shot("holidays")

    desk.go(f"calendar?month={year}-02")
    day = desk.page.locator(f"[data-date='{year}-02-10']")
    expect(day).to_contain_text("หน่วยบริการหยุด วันสถาปนาโรงพยาบาล")
    expect(day.locator(".holiday")).to_be_visible()
    desk.shot("calendar-with-holidays")

    desk.go(f"holidays?year={year}")
    desk.press("English")
    desk.row("วันสถาปนาโรงพยาบาล").get_by_role("button", name="Remove").press("Enter")
    desk.page.get_by_role("dialog").get_by_role("button", name="Remove").press("Enter")
    expect(desk.row("วันสถาปนาโรงพยาบาล")).to_have_count(0)
    expect(desk.row("New Year's Day").first).to_contain_text("Government holiday")
    desk.press("ไทย")
