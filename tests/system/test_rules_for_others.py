"""Bookings by other hospitals and wrong names in the registry, on the dashboard."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from chalicelib.schedules.model import day_of
from tests.client import Client, new_cid
from tests.hospitals import Hospital, Hospitals
from tests.manual import desk_client
from tests.system.dashboard_page import DashboardPage
from tests.waiting import eventually

WRONG = {"prefix": "นาย", "first_name": "ปลอม", "last_name": "ทั้งชื่อ", "gender": 1}


def test_a_clerk_stops_a_hospital_and_cancels_what_it_has_booked_after_typing_its_code_again(
    desk: DashboardPage, staff: Client, his2: Client, open_schedule: Callable[..., dict[str, Any]]
) -> None:
    schedule = open_schedule()["schedule_id"]
    for _ in range(2):
        assert his2.book(schedule, new_cid(), sender="00002").status == 200

    def counted() -> bool:
        body = {"hospital_code": "00002", "action": "preview"}
        return bool(staff.call("POST", "/api/dashboard/outside-bookings", body=body).result["days"])

    eventually(counted, "the day is counted")
    desk.menu("กติกาการจอง")
    desk.page.get_by_label("หน่วยบริการที่จองได้", exact=True).select_option(label="ไม่รับจองจากหน่วยบริการอื่น")
    desk.press("บันทึก")
    expect(desk.page.get_by_text("บันทึกกติกาแล้ว")).to_be_visible()
    assert his2.book(schedule, new_cid(), sender="00002").code == "OutsideNotAllowed"

    desk.page.get_by_label("รหัสหน่วยบริการที่จอง", exact=True).fill("00002")
    desk.press("นับนัด")
    expect(desk.page.get_by_text("นัดที่หน่วยบริการ 00002 จองไว้ 2 นัด")).to_be_visible()
    again = desk.page.get_by_label("พิมพ์รหัสหน่วยบริการอีกครั้งเพื่อยืนยัน")
    again.fill("00003")
    desk.press("ยกเลิกนัดทั้งหมด")
    expect(desk.page.get_by_text("ไม่ตรงกับรหัสที่นับไว้")).to_be_visible()
    again.fill("00002")
    desk.press("ยกเลิกนัดทั้งหมด")

    expect(desk.page.get_by_text("ยกเลิกนัดที่หน่วยบริการ 00002 จองไว้แล้ว 2 นัด")).to_be_visible()


def test_the_desk_enters_its_own_name_of_a_person_and_is_told_what_the_registry_says(
    desk: DashboardPage, hospitals: Hospitals, open_schedule: Callable[..., dict[str, Any]]
) -> None:
    cid, other = new_cid(), hospitals.new(with_catalogue=False)
    assert other.clerk().call("POST", "/api/dashboard/people", body={"cid": cid, **WRONG}).status == 200
    schedule = open_schedule()
    desk.open_bookings(day_of(schedule["schedule_id"]), schedule["schedule_id"])
    desk.press("จอง")
    window = desk.window("ระบุเลขที่บัตรประชาชน")
    window.get_by_label("เลขที่บัตรประชาชน").fill(cid)
    desk.press("ค้นหา")
    expect(window.get_by_text("นายปลอม ทั้งชื่อ")).to_be_visible()

    desk.press("ชื่อไม่ตรงกับบัตร บันทึกชื่อของหน่วยบริการนี้")
    window.get_by_label("ชื่อ", exact=True).fill("สมชาย")
    window.get_by_label("นามสกุล").fill("ตัวจริง")
    desk.press("บันทึกรายชื่อและจอง")

    expect(window.get_by_text("จองแล้ว คิว A001 นายสมชาย ตัวจริง")).to_be_visible()
    expect(window.get_by_label("เลขที่บัตรประชาชน")).to_have_value("")
    window.get_by_label("เลขที่บัตรประชาชน").fill(cid)
    desk.press("ค้นหา")
    expect(window.get_by_text(f"ทะเบียนกลางว่า นายปลอม ทั้งชื่อ (หน่วยบริการ {other.code} แจ้ง)")).to_be_visible()


def test_an_administrator_corrects_the_registry_with_a_reason_and_sees_it_in_the_history(
    new_desk: Callable[..., DashboardPage], staff: Client, hospital: Hospital
) -> None:
    cid = new_cid()
    assert staff.call("POST", "/api/dashboard/people", body={"cid": cid, **desk_client.PERSON, **WRONG}).status == 200
    admin = new_desk().signed_in("admin.demo")
    admin.menu("แก้ไขข้อมูลบุคคลในทะเบียน")
    admin.page.get_by_label("เลขที่บัตรประชาชน").fill(cid)
    admin.press("ค้นหา")
    expect(admin.page.get_by_text(f"แจ้งโดย staff.demo หน่วยบริการ {hospital.code}")).to_be_visible()

    admin.page.get_by_label("ชื่อ", exact=True).fill("สมศักดิ์")
    admin.press("บันทึกการแก้ไข")
    expect(admin.page.get_by_text("กรอกช่องนี้")).to_be_visible()
    admin.page.get_by_label("เหตุผลที่แก้ไข").fill("ตรวจจากบัตรแล้ว")
    admin.press("บันทึกการแก้ไข")

    expect(admin.row("แก้ไขข้อมูลบุคคลในทะเบียน")).to_contain_text("ปลอม → สมศักดิ์")
    expect(admin.row("แก้ไขข้อมูลบุคคลในทะเบียน")).to_contain_text("ตรวจจากบัตรแล้ว")
