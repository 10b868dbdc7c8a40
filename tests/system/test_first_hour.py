"""The first hour of a new hospital, by keyboard alone.

Its first clerk, departments, rooms, periods and schedules.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.client import Client, in_days
from tests.hospitals import Hospitals
from tests.manual import desk_client
from tests.system.dashboard_page import DashboardPage
from tests.system.test_accessibility_and_size import settle, violations
from tests.system.test_today_and_figures import focus_by_tab
from tests.waiting import eventually

STEPS = ("เปิดแผนก", "เพิ่มห้องตรวจของแต่ละแผนก", "ตั้งช่วงเวลา", "เปิดตารางนัดหมาย", "จองทดสอบหนึ่งคิว")


@pytest.fixture
def new_hospital(hospitals: Hospitals) -> Client:
    """The clerk of a hospital that has nothing yet."""
    return hospitals.new(with_catalogue=False).clerk()


def test_a_new_hospital_is_led_from_the_first_department_to_the_first_booking(
    new_desk: Callable[..., DashboardPage], new_hospital: Client
) -> None:
    desk = new_desk().with_token(new_hospital.token)
    steps = desk.page.get_by_role("region", name="เริ่มใช้งาน").get_by_role("listitem")
    expect(steps).to_have_text([re.compile(step) for step in STEPS])
    expect(steps.first).to_contain_text("ขั้นต่อไป")
    expect(desk.page.get_by_text("เสร็จแล้ว")).to_have_count(0)
    desk.shot("first-hour")
    focus_by_tab(desk, steps.first.get_by_role("link"))
    desk.page.keyboard.press("Enter")
    expect(desk.heading("รายการแผนกที่เปิด")).to_be_visible()

    added = new_hospital.call("POST", "/api/dashboard/departments", body={"department_name": "อายุรกรรม"}).result
    room = {"room_name": "ห้อง 1", "department_id": added["department_id"], "queue_code": "A", "queue_length": 3}
    assert new_hospital.call("POST", "/api/dashboard/rooms", body={**room, "phone_number": ""}).status == 200
    desk.go("")
    expect(steps.nth(1)).to_contain_text("เสร็จแล้ว")
    expect(steps.nth(2)).to_contain_text("ขั้นต่อไป")


def test_the_ticks_follow_what_is_done_in_another_tab(
    new_desk: Callable[..., DashboardPage], new_hospital: Client
) -> None:
    desk = new_desk().with_token(new_hospital.token)
    steps = desk.page.get_by_role("region", name="เริ่มใช้งาน").get_by_role("listitem")
    expect(steps.first).to_contain_text("ขั้นต่อไป")
    new_hospital.call("POST", "/api/dashboard/departments", body={"department_name": "อายุรกรรม"})
    desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when one comes back to the tab
    expect(steps.first).to_contain_text("เสร็จแล้ว")
    expect(steps.nth(1)).to_contain_text("ขั้นต่อไป")


def test_a_hospital_in_which_nobody_is_booked_any_more_is_not_led_through_its_first_hour_again(
    new_desk: Callable[..., DashboardPage], hospitals: Hospitals
) -> None:
    clerk = hospitals.new((1,)).clerk()
    _, row = desk_client.booked(clerk, desk_client.table(clerk, in_days(1))[0]["schedule_id"])
    assert desk_client.act(clerk, row, "cancel").status == 200

    def has_counted() -> Any:
        days = clerk.call("GET", "/api/dashboard/today").result["days"]
        month = {"year": in_days(1).year, "month": in_days(1).month}
        figures = clerk.call("GET", "/api/dashboard/figures", month).result["departments"]
        return not any(day["booked"] for day in days) and any(row["cancelled"] for row in figures)

    eventually(has_counted, "the cancellation is counted")
    desk = new_desk()
    with desk.page.expect_response(re.compile("/api/dashboard/figures")):
        desk.with_token(clerk.token)
    expect(desk.page.get_by_role("region", name="14 วันข้างหน้า")).to_be_visible()
    settle(desk)
    expect(desk.page.get_by_role("region", name="เริ่มใช้งาน")).to_have_count(0)


def test_the_eight_standard_periods_are_added_by_one_press(
    new_desk: Callable[..., DashboardPage], new_hospital: Client
) -> None:
    desk = new_desk().with_token(new_hospital.token)
    desk.go("periods")
    standard = desk.page.get_by_role("button", name="เพิ่มช่วงมาตรฐาน")
    focus_by_tab(desk, standard)
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_text("เพิ่ม 8 รายการแล้ว")).to_be_visible()
    expect(standard).to_have_count(0)  # nothing is missing any more
    expect(desk.page.get_by_role("button", name="เพิ่ม", exact=True)).to_be_focused()

    periods = new_hospital.call("GET", "/api/dashboard/periods").result
    times = [(period["time_start"], period["time_finish"]) for period in periods]
    assert times == [(f"{hour:02}:00:00", f"{hour:02}:59:59") for hour in range(8, 16)]


def test_the_standard_periods_are_not_offered_beside_other_ones(
    new_desk: Callable[..., DashboardPage], new_hospital: Client
) -> None:
    body = {"period_name": "เช้า", "time_start": "08:30:00", "time_finish": "11:59:59"}
    assert new_hospital.call("POST", "/api/dashboard/periods", body=body).status == 200
    desk = new_desk().with_token(new_hospital.token)
    desk.go("periods")
    expect(desk.row("เช้า")).to_be_visible()
    expect(desk.page.get_by_role("button", name="เพิ่มช่วงมาตรฐาน")).to_have_count(0)


def test_the_first_clerk_gets_several_roles_and_a_made_password_at_once(
    new_desk: Callable[..., DashboardPage], hospitals: Hospitals
) -> None:
    hospital = hospitals.new(with_catalogue=False)
    desk = new_desk().with_token(hospital.client("admin.demo").token)
    focus_by_tab(desk, desk.page.get_by_role("link", name="เพิ่มเจ้าหน้าที่คนแรก"))
    keyboard = desk.page.keyboard
    keyboard.press("Enter")
    window = desk.window("ข้อมูล เจ้าหน้าที่")
    expect(window.get_by_label("รหัส Login")).to_be_focused()
    keyboard.type("counter1")
    keyboard.press("Tab")
    keyboard.type("เจ้าหน้าที่ ห้องบัตร")
    focus_by_tab(desk, window.get_by_role("button", name="สร้างรหัสผ่านให้"))
    keyboard.press("Enter")
    password = window.get_by_label("รหัสผ่านครั้งแรก").input_value()
    assert re.fullmatch(r"([a-z]{3}\d-?){3}", password)
    for role in ("APPOINTMENT_DASHBOARD", "IMMUNIZATION_SLOT_MANAGER"):
        focus_by_tab(desk, window.get_by_role("checkbox", name=role))
        keyboard.press("Space")
    desk.shot("first-clerk")
    assert violations(desk) == []
    focus_by_tab(desk, window.get_by_role("button", name="บันทึก", exact=True))
    keyboard.press("Enter")
    expect(desk.page.get_by_text("เพิ่มเจ้าหน้าที่ counter1 พร้อม 2 Role แล้ว")).to_be_visible()
    expect(desk.row("APPOINTMENT_DASHBOARD").first).to_be_visible()

    clerk = new_desk()
    clerk.hospital = hospital
    clerk.sign_in("counter1", password)
    expect(clerk.page.get_by_text("ครั้งแรกที่เข้าใช้")).to_be_visible()


def test_the_first_steps_in_english_have_no_axe_violation(
    new_desk: Callable[..., DashboardPage], new_hospital: Client
) -> None:
    desk = new_desk().with_token(new_hospital.token)
    desk.press("English")
    expect(desk.page.get_by_role("region", name="First steps")).to_be_visible()
    settle(desk)
    assert violations(desk) == []
