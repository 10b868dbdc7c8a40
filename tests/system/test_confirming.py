"""The rule until when people confirm, on the staff's screens and the phone."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import expect

from chalicelib.clock import BANGKOK
from tests import maker
from tests.client import Client, new_cid
from tests.hospitals import Hospital
from tests.manual import desk_client
from tests.system.dashboard_page import DashboardPage, thai_date
from tests.system.handset import Handset
from tests.system.queue_page import QueuePage

pytestmark = pytest.mark.system


def test_the_rule_is_set_and_a_released_place_given_back_by_keyboard(
    desk: DashboardPage, hospital: Hospital, staff: Client, app_client: Client
) -> None:
    day, cid, page = hospital.new_day(), new_cid(), desk.page
    desk.menu("กติกาการจอง")
    page.get_by_label("ให้ยืนยันภายในเวลา").focus()
    page.keyboard.type("16")
    release = page.get_by_role("group", name="แผนกที่ให้ระบบยกเลิกนัดที่ไม่ยืนยัน").get_by_label("อายุรกรรม")
    release.focus()
    page.keyboard.press("Space")
    rules = page.locator("form").filter(has=page.get_by_label("ให้ยืนยันภายในเวลา"))
    rules.get_by_role("button", name="บันทึก", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("บันทึกกติกาแล้ว")).to_be_visible()
    saved = staff.call("GET", "/api/dashboard/settings").result
    assert (saved["confirm_time"], saved["confirm_days_before"], saved["release_departments"]) == ("16:00", 1, [1])

    (opened,) = desk_client.open_lines(staff, day, desk_client.line(room_id=1))
    assert app_client.book(opened["schedule_id"], cid).status == 200
    deadline = datetime.combine(day - timedelta(days=1), time(16), BANGKOK)
    hospital.hospitals.run(maker.run_confirmations, deadline - timedelta(days=1))
    hospital.hospitals.run(maker.requests_reached, hospital.code)
    hospital.hospitals.run(maker.run_confirmations, deadline)

    counter = QueuePage(desk).opened()
    counter.screen("โทรยืนยัน")
    page.get_by_label("วันที่นัด").fill(thai_date(day))
    page.keyboard.press("Tab")
    give_back = page.get_by_role("button", name="คืนนัด A001")
    give_back.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("คืนนัด A001 ให้")).to_be_visible()
    expect(give_back).to_be_hidden()
    expect(counter.waits("A001")).to_contain_text("ให้ยืนยันภายใน")
    (held,) = app_client.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
    assert held["queue_no"] == "A001"


def test_the_phone_shows_until_when_to_confirm_and_no_longer_after_it(
    new_handset: Callable[..., Handset],
    known_person: Callable[[], str],
    hospital: Hospital,
    staff: Client,
    app_client: Client,
) -> None:
    day, cid = hospital.new_day(), known_person()
    now = staff.call("GET", "/api/dashboard/settings").result
    rules = {**now, "confirm_time": "16:00", "confirm_days_before": 1, "release_departments": [1]}
    assert staff.call("PUT", "/api/dashboard/settings", body=rules).status == 200
    (opened,) = desk_client.open_lines(staff, day, desk_client.line(room_id=1))
    assert app_client.book(opened["schedule_id"], cid).status == 200
    hospital.hospitals.run(maker.run_confirmations, datetime.combine(day - timedelta(days=2), time(10), BANGKOK))

    handset = new_handset().enter(cid)
    by = handset.page.get_by_text("กรุณายืนยันภายใน").first
    expect(by).to_contain_text("16:00")
    expect(handset.page.get_by_text("มิฉะนั้นนัดจะถูกยกเลิกและให้คิวแก่ผู้อื่น")).to_be_visible()
    handset.press("ยืนยันว่าจะไป")
    expect(handset.page.get_by_text("ท่านยืนยันแล้วว่าจะไป")).to_be_visible()
    expect(by).to_be_hidden()
