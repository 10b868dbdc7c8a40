"""The phone on the day of the visit.

The code for the kiosk, how many people are before the person, and where they are called.
"""

import uuid
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.client import Client, in_days, new_cid, until_answered
from tests.hospitals import Hospital
from tests.manual.visit_client import KIOSK, POINTS, at_counter, schedule_of_today, staff_appointment
from tests.system.dashboard_page import DashboardPage
from tests.system.handset import Handset
from tests.system.test_phone import NewHandset, violations_of, width_of
from tests.waiting import eventually


@pytest.fixture(scope="module")
def kiosk(hospital: Hospital) -> Client:
    return hospital.clerk("QUEUE_KIOSK:1")


@pytest.fixture(scope="module")
def schedule(staff: Client) -> int:
    return schedule_of_today(staff)


@pytest.fixture(scope="module")
def point(staff: Client, schedule: int) -> int:
    body = {"point_name": "ห้องตรวจอายุรกรรม", "point_name_en": "Examination", "rooms": [1]}
    made: int = staff.call("POST", POINTS, body=body).result["point_id"]
    return made


def booked(his: Client, staff: Client, schedule: int) -> tuple[str, Any]:
    """A new person's national id, and the desk's row of their appointment of today."""
    cid = new_cid()
    answer = until_answered(lambda: his.book(schedule, cid))
    return cid, staff_appointment(staff, schedule, answer.result["hospital_appointment_slot_id"])


def arrive(kiosk: Client, code: str) -> None:
    assert kiosk.call("POST", f"{KIOSK}/arrivals", body={"code": code}).status == 200


def shown(handset: Handset) -> Locator:
    """What the card says of today, after a new request.

    As after 20 seconds, or when the phone is taken out.
    """
    handset.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    return handset.page.get_by_role("article").locator(".today")


def call(staff: Client, point: int, counter: int) -> str:
    call_id = str(uuid.uuid4())
    assert at_counter(staff, point, "call", call_id, counter).status == 200
    return call_id


def test_a_person_follows_their_queue_from_the_slip_code_to_the_end(
    his: Client, staff: Client, kiosk: Client, schedule: int, point: int, new_handset: NewHandset
) -> None:
    before = [booked(his, staff, schedule)[1]["slip_code"] for _ in range(2)]
    cid, row = booked(his, staff, schedule)
    handset = new_handset(width=320, height=640).enter(cid)
    expect(shown(handset)).to_contain_text(row["slip_code"])
    expect(shown(handset).get_by_role("img")).to_be_visible()
    assert (violations_of(handset), width_of(handset)) == ([], 320)
    handset.shot("today-code")

    for code in before:
        arrive(kiosk, code)
    arrive(kiosk, shown(handset).locator(".slip-code").inner_text())
    expect(shown(handset)).to_contain_text("อีก 2 คิว")
    expect(shown(handset)).to_contain_text("รอที่ ห้องตรวจอายุรกรรม")
    handset.press("English")
    expect(shown(handset)).to_contain_text("2 before you")
    expect(shown(handset)).to_contain_text("Wait at Examination")
    assert (violations_of(handset), width_of(handset)) == ([], 320)
    handset.press("ไทย")
    handset.shot("today-waiting")

    handset.context.set_offline(True)
    expect(shown(handset)).to_contain_text("ข้อมูลเมื่อ")
    expect(shown(handset)).to_contain_text("อีก 2 คิว")
    handset.context.set_offline(False)
    expect(shown(handset)).not_to_contain_text("ข้อมูลเมื่อ")

    for counter in (1, 2):
        call(staff, point, counter)
    expect(shown(handset)).to_contain_text("คิวถัดไป")
    call_id = call(staff, point, 3)
    expect(shown(handset)).to_contain_text("เชิญที่ช่อง 3")
    expect(shown(handset)).to_contain_text("ห้องตรวจอายุรกรรม")
    assert violations_of(handset) == []
    handset.shot("today-called")
    at_counter(staff, point, "serve", call_id, 3)
    expect(shown(handset)).to_contain_text("รับบริการเสร็จแล้ว")


def test_who_is_absent_is_told_whom_to_ask(
    his: Client, staff: Client, kiosk: Client, schedule: int, point: int, new_handset: NewHandset
) -> None:
    cid, row = booked(his, staff, schedule)
    arrive(kiosk, row["slip_code"])
    handset = new_handset().enter(cid)
    at_counter(staff, point, "absent", call(staff, point, 9), 9)
    expect(shown(handset)).to_contain_text("เรียกแล้วไม่พบท่าน")
    expect(shown(handset)).to_contain_text("จุดประชาสัมพันธ์")


def test_the_figures_of_the_month_show_who_came(
    his: Client, staff: Client, kiosk: Client, schedule: int, point: int, desk: DashboardPage
) -> None:
    _, row = booked(his, staff, schedule)
    arrive(kiosk, row["slip_code"])
    month = {"year": in_days(0).year, "month": in_days(0).month}

    def arrived() -> int:
        departments = staff.call("GET", "/api/dashboard/figures", month).result["departments"]
        return sum(each["arrived"] for each in departments)

    eventually(arrived, "the arrival is counted")
    desk.go("figures")
    visits = desk.page.get_by_role("table", name="วันรับบริการ")
    expect(visits.get_by_role("columnheader", name="มาถึง")).to_be_visible()
    expect(visits.get_by_role("row", name="อายุรกรรม")).to_be_visible()
    desk.shot("figures-visits")
