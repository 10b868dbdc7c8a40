"""What happens to a clerk in a hurry.

A double click, a full schedule, a code that is in use.
"""

import base64
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from chalicelib import clock
from tests.client import Client
from tests.system.dashboard_page import DashboardPage


def test_whoever_double_clicks_to_book_types_into_the_field(
    desk: DashboardPage, open_schedule: Callable[..., dict[str, Any]], free_day: date
) -> None:
    schedule = open_schedule()
    desk.open_bookings(free_day, schedule["schedule_id"])
    desk.page.get_by_role("button", name="จอง", exact=True).dblclick()
    desk.page.keyboard.type("1101")
    field = desk.window("ระบุเลขที่บัตรประชาชน").get_by_label("เลขที่บัตรประชาชน")
    expect(field).to_have_value("1101")


@pytest.mark.parametrize("screen", ["departments", "rooms", "periods"])
def test_whoever_double_clicks_to_add_types_into_the_field(desk: DashboardPage, screen: str) -> None:
    desk.go(screen)
    desk.page.get_by_role("button", name="เพิ่ม", exact=True).dblclick()
    desk.page.keyboard.type("ทันต")
    expect(desk.page.get_by_role("dialog").locator("input").first).to_have_value("ทันต")


def test_a_full_schedule_offers_no_booking(
    desk: DashboardPage, open_schedule: Callable[..., dict[str, Any]], staff: Client, known_person: Callable[[], str]
) -> None:
    schedule = open_schedule(capacity=1)
    body = {"cid": known_person(), "schedule_id": schedule["schedule_id"]}
    assert staff.call("POST", "/api/dashboard/appointments", body=body).status == 200
    desk.go(f"day?date={schedule['date']}&schedule={schedule['schedule_id']}")
    expect(desk.page.get_by_text("เต็มแล้ว", exact=True)).to_be_visible()
    expect(desk.page.get_by_role("button", name="จอง", exact=True)).to_be_disabled()


def test_a_new_room_gets_the_next_free_code_and_a_double_is_questioned(desk: DashboardPage) -> None:
    desk.go("rooms")
    expect(desk.row("ห้องตรวจ อายุรกรรม 1")).to_be_visible()
    desk.press("เพิ่ม")
    window = desk.window("ข้อมูลห้องตรวจ")
    expect(window.get_by_label("รหัสคิว")).to_have_value("B")  # the hospital has A and V

    window.get_by_label("ชื่อห้องตรวจ").fill("ห้องตรวจ อายุรกรรม 2")
    window.get_by_label("รหัสคิว").fill("a")
    desk.press("บันทึก")
    question = desk.page.get_by_role("dialog").filter(has_text="ใช้กับ “ห้องตรวจ อายุรกรรม 1” อยู่แล้ว")
    question.get_by_role("button", name="กลับ").click()
    expect(window.get_by_label("ชื่อห้องตรวจ")).to_have_value("ห้องตรวจ อายุรกรรม 2")
    desk.press("บันทึก")
    question.get_by_role("button", name="ใช้รหัสนี้").click()
    expect(desk.row("ห้องตรวจ อายุรกรรม 2")).to_be_visible()


def test_a_target_of_a_draft_is_not_said_to_wait_for_sending(
    desk: DashboardPage, staff: Client, known_person: Callable[[], str]
) -> None:
    draft = {"title": "ทดสอบ", "content": "<p>ทดสอบ</p>", "app": True, "line": False}
    number = staff.call("POST", "/api/messages", body=draft).result["message_id"]
    file = {"content_base64": base64.b64encode(known_person().encode()).decode()}
    assert staff.call("POST", f"/api/messages/{number}/targets", body=file).status == 200
    desk.go(f"message?id={number}&tab=targets")
    targets = desk.page.get_by_role("region", name="กลุ่มเป้าหมาย")
    expect(targets.get_by_text("ยังไม่ได้สั่งส่ง")).to_be_visible()
    expect(targets.get_by_text("รอส่ง")).to_have_count(0)


def test_the_list_of_sign_ins_is_called_so(new_desk: Callable[..., DashboardPage], staff: Client) -> None:
    desk = new_desk().signed_in("admin.demo")
    desk.go(f"account?code={desk.hospital.code}&login=staff.demo")
    desk.page.get_by_role("tab", name="การเข้าใช้").click()
    expect(desk.page.get_by_role("region", name="การเข้าใช้")).to_be_visible()
    expect(desk.page.get_by_role("region", name="ประวัติการเปลี่ยนแปลง")).to_have_count(0)


def test_the_first_screen_names_today_once(desk: DashboardPage) -> None:
    weekday = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")[clock.today().weekday()]
    expect(desk.page.get_by_role("heading", level=2, name=f"วันนี้ {weekday}ที่")).to_be_visible()
