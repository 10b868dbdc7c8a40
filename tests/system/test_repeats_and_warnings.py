"""An unchanged value is not reported as done, and likely mistakes are warned of.

The warning comes before the clerk decides.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from playwright.sync_api import Locator, expect

from tests.client import Client, new_cid
from tests.hospitals import Hospital, Hospitals
from tests.manual.desk_client import line, open_lines
from tests.system.dashboard_page import DashboardPage

Opener = Callable[..., dict[str, Any]]
APPOINTMENTS = "/api/dashboard/appointments"


def typed(desk: DashboardPage, cid: str) -> Locator:
    """The booking window with the person of this id."""
    window = desk.window("ระบุเลขที่บัตรประชาชน")
    expect(window.get_by_label("เลขที่บัตรประชาชน")).to_be_focused()
    desk.page.keyboard.type(cid)
    desk.page.keyboard.press("Enter")
    expect(window.get_by_text("ชื่อไม่ตรงกับบัตร")).to_be_visible()
    return window


def booked(staff: Client, schedule_id: int, cid: str) -> None:
    assert staff.call("POST", APPOINTMENTS, body={"cid": cid, "schedule_id": schedule_id}).status == 200


def test_who_is_booked_already_is_said_to_be_so_and_the_next_id_is_typed_at_once(
    desk: DashboardPage, staff: Client, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    schedule, cid = open_schedule(), known_person()
    booked(staff, schedule["schedule_id"], cid)
    desk.open_bookings(free_day, schedule["schedule_id"])
    desk.page.keyboard.press("Enter")
    window = typed(desk, cid)

    expect(window.get_by_role("alert").filter(has_text="จองช่วงเวลานี้ไว้แล้ว คิว A001")).to_be_visible()
    expect(window.locator(".good")).to_have_count(0)
    expect(window.get_by_role("button", name="บันทึก", exact=True)).to_have_count(0)
    desk.shot("booked-already")
    desk.book(known_person())
    expect(window.get_by_text("จองแล้ว คิว A002")).to_be_visible()


def test_a_booking_that_another_desk_was_faster_with_is_amber_and_not_green(
    desk: DashboardPage, staff: Client, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    schedule, cid = open_schedule(), known_person()
    desk.open_bookings(free_day, schedule["schedule_id"])
    desk.page.keyboard.press("Enter")
    window = typed(desk, cid)
    save = window.get_by_role("button", name="บันทึก", exact=True)
    expect(save).to_be_focused()
    booked(staff, schedule["schedule_id"], cid)
    save.press("Enter")

    expect(window.locator(".marked").filter(has_text="จองไว้แล้ว คิว A001")).to_be_visible()
    expect(window.locator(".good")).to_have_count(0)
    desk.shot("booked-by-another-desk")


def test_an_appointment_at_another_hospital_at_the_same_hour_is_said_without_its_name_and_the_clerk_decides(
    desk: DashboardPage,
    staff: Client,
    hospitals: Hospitals,
    free_day: date,
    open_schedule: Opener,
    known_person: Callable[[], str],
) -> None:
    schedule, cid = open_schedule(), known_person()
    other = hospitals.new()
    there = other.client("staff.demo")
    body = {"cid": cid, "first_name": "ทดสอบ", "gender": 1}
    assert there.call("POST", "/api/dashboard/people", body=body).status == 200
    booked(there, open_lines(there, free_day, line(period_id=1))[0]["schedule_id"], cid)
    desk.open_bookings(free_day, schedule["schedule_id"])
    desk.page.keyboard.press("Enter")
    window = typed(desk, cid)

    expect(window.get_by_role("alert").filter(has_text="มีนัดที่หน่วยบริการอื่นในเวลาเดียวกัน")).to_be_focused()
    assert other.name not in window.inner_text()
    desk.shot("same-hour-elsewhere")
    desk.page.keyboard.press("Enter")  # a second Enter out of habit books nobody
    expect(window.get_by_label("เลขที่บัตรประชาชน")).to_have_value(cid)
    window.get_by_role("button", name="จองแม้มีข้อเตือน").press("Enter")
    expect(window.locator(".good").filter(has_text="จองแล้ว คิว A001")).to_be_visible()


def test_the_persons_appointments_here_stand_in_the_booking_window_and_the_same_department_is_said(
    desk: DashboardPage, staff: Client, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    first, second, cid = open_schedule(), open_schedule(period_id=2), known_person()
    booked(staff, first["schedule_id"], cid)
    desk.open_bookings(free_day, second["schedule_id"])
    desk.page.keyboard.press("Enter")
    window = typed(desk, cid)

    expect(window.get_by_role("alert").filter(has_text="มีนัดแผนกนี้ในวันเดียวกันแล้ว")).to_be_visible()
    held = window.get_by_role("region", name="นัดของผู้นี้ที่หน่วยบริการนี้")
    expect(held).to_contain_text("08:00–08:59")
    expect(held).to_contain_text("จองแล้ว รอรับนัด")
    desk.shot("same-department")


def test_a_check_that_fails_is_said_and_hinders_no_booking(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    desk.page.route("**/api/dashboard/appointments/check", lambda route: route.fulfill(status=500, json={}))
    desk.open_bookings(free_day, open_schedule()["schedule_id"])
    desk.page.keyboard.press("Enter")
    window = typed(desk, known_person())

    expect(window.get_by_text("ตรวจนัดที่มีอยู่ไม่สำเร็จ")).to_be_visible()
    expect(window.get_by_role("button", name="บันทึก", exact=True)).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(window.locator(".good").filter(has_text="จองแล้ว คิว A001")).to_be_visible()
    desk.complaints = [said for said in desk.complaints if "status of 500" not in said]


def test_who_is_on_the_white_list_already_is_not_said_to_be_added(
    desk: DashboardPage, known_person: Callable[[], str]
) -> None:
    cid = known_person()
    desk.go("white-list")
    desk.press("เพิ่ม")
    window = desk.window("เพิ่มรายชื่อ (White list)")
    window.get_by_label("เลขที่บัตรประชาชน").fill(cid)
    window.get_by_label("ชื่อ", exact=True).fill("ทดสอบ")
    desk.press("บันทึก")

    expect(desk.page.locator(".notice.mark").filter(has_text="อยู่ใน White list อยู่แล้ว")).to_be_visible()
    desk.shot("white-listed-already")


def test_a_correction_that_changes_nothing_is_not_said_to_be_one(
    new_desk: Callable[..., DashboardPage], known_person: Callable[[], str]
) -> None:
    desk = new_desk().signed_in("admin.demo")
    desk.go("registry")
    desk.page.get_by_label("เลขที่บัตรประชาชน").fill(known_person())
    desk.press("ค้นหา")
    desk.page.get_by_label("เหตุผลที่แก้ไข").fill("ตรวจจากบัตรแล้ว")
    desk.press("บันทึกการแก้ไข")

    expect(desk.page.locator(".notice.mark").filter(has_text="ไม่มีอะไรเปลี่ยน")).to_be_visible()


def test_the_same_file_again_is_said_to_have_changed_nothing(desk: DashboardPage) -> None:
    lines = f"{new_cid()},นาย,นำเข้า,สองครั้ง,ชาย,,\n{new_cid()},นาง,นำเข้า,สองครั้ง,หญิง,,"
    file: Any = {"name": "people.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    desk.go("white-list")
    for said in ("นำเข้า 2 คน ไม่ได้นำเข้า 0 บรรทัด", "เพิ่มใหม่ 0 แก้ไข 0 มีอยู่แล้วเหมือนเดิม 2 คน"):
        desk.press("นำเข้าจากไฟล์")
        window = desk.window("นำเข้า White list")
        window.get_by_label("ไฟล์ CSV").set_input_files(file)
        desk.press("นำเข้า")
        expect(window.get_by_role("status").filter(has_text=said)).to_be_visible()
        desk.page.keyboard.press("Escape")


def test_a_target_file_with_semicolons_and_names_finds_its_people(
    desk: DashboardPage, staff: Client, hospital: Hospital, known_person: Callable[[], str]
) -> None:
    draft = {"title": "ทดสอบ", "content": "<p>ทดสอบ</p>", "app": True, "line": False}
    number = staff.call("POST", "/api/messages", body=draft).result["message_id"]
    lines = "\r\n".join(f"{n};{known_person()};นายสมชาย ใจดี;บ้านเลขที่ {n}" for n in (1, 2))
    desk.go(f"message?id={number}&tab=targets")
    desk.press("Upload กลุ่มเป้าหมาย")
    window = desk.window("Upload กลุ่มเป้าหมาย")
    expect(window).to_contain_text("CSV ก็ได้")
    desk.press("OK")
    file: Any = {"name": "targets.csv", "mimeType": "text/csv", "buffer": lines.encode("cp874")}
    window.get_by_label("ไฟล์กลุ่มเป้าหมาย").set_input_files(file)
    desk.press("Upload")

    expect(window.get_by_role("status").filter(has_text="ตรงกับ White list 2 คน")).to_be_visible()
