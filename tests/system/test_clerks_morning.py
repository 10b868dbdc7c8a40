"""What a clerk does all morning, and what happens meanwhile."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Route, expect

from tests.client import Client, new_cid
from tests.system.desk import Desk, thai_date

Opener = Callable[..., dict[str, Any]]


def test_ten_people_are_booked_by_keyboard_alone(
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
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
    desk: Desk, free_day: date, open_schedule: Opener
) -> None:
    open_schedule()
    desk.go(f"calendar?month={free_day:%Y-%m}")
    stop = desk.page.locator("[data-date][tabindex='0']")
    expect(desk.page.locator(f"[data-date='{free_day.isoformat()}']")).to_contain_text("ว่าง", timeout=15_000)
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


def test_two_browsers_on_the_last_place_one_gets_it_and_the_other_keeps_the_form(
    new_desk: Callable[..., Desk], free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    last, other = open_schedule(capacity=1), open_schedule(capacity=5, period_id=2)
    desks, cids = [new_desk().signed_in(), new_desk().signed_in()], [known_person(), known_person()]
    for desk, cid in zip(desks, cids, strict=True):
        desk.open_bookings(free_day, last["schedule_id"])
        desk.press("จอง")
        desk.page.keyboard.type(cid)
        desk.page.keyboard.press("Enter")
        expect(desk.page.get_by_role("button", name="บันทึก", exact=True)).to_be_focused()
    desks[0].page.keyboard.press("Enter")
    expect(desks[0].window("ระบุเลขที่บัตรประชาชน").get_by_role("status").filter(has_text="A001")).to_be_visible()
    desks[1].page.keyboard.press("Enter")

    window = desks[1].window("ระบุเลขที่บัตรประชาชน")
    expect(window.get_by_role("alert")).to_contain_text("เพิ่งมีผู้จองไป")
    expect(window.get_by_label("เลขที่บัตรประชาชน")).to_have_value(cids[1])
    desks[1].shot("last-place-gone")
    window.get_by_label("จองในช่วงอื่นของวันนี้").select_option(str(other["schedule_id"]))
    window.get_by_role("button", name="บันทึก").click()
    expect(window.get_by_role("status").filter(has_text="จองแล้ว")).to_contain_text("09:00–09:59")


def test_another_persons_booking_appears_by_itself_without_stealing_the_cursor(
    desk: Desk, free_day: date, open_schedule: Opener, his: Client
) -> None:
    schedule = open_schedule()
    desk.open_bookings(free_day, schedule["schedule_id"])
    desk.press("จอง")
    field = desk.window("ระบุเลขที่บัตรประชาชน").get_by_label("เลขที่บัตรประชาชน")
    field.fill("11")
    assert his.book(schedule["schedule_id"], new_cid()).status == 200

    expect(desk.page.locator("tr", has_text="A001")).to_have_count(1, timeout=15_000)
    expect(field).to_be_focused()
    expect(field).to_have_value("11")


def test_an_accept_is_undone_from_the_message(
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
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
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
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
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
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
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
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
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
) -> None:
    body = {"cid": known_person(), "schedule_id": open_schedule()["schedule_id"]}
    booked = staff.call("POST", "/api/dashboard/appointments", body=body).result
    desk.menu("ตารางปฏิทินการนัดหมาย")
    desk.page.get_by_label("ค้นหาจากใบนัด").fill(booked["slip_code"].lower())
    desk.page.keyboard.press("Enter")

    expect(desk.page.locator("tr.found")).to_contain_text("A001")


def test_everybody_who_waits_is_accepted_at_once(
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
) -> None:
    schedule = open_schedule()
    for _ in range(3):
        body = {"cid": known_person(), "schedule_id": schedule["schedule_id"]}
        assert staff.call("POST", "/api/dashboard/appointments", body=body).status == 200
    desk.open_bookings(free_day, schedule["schedule_id"])
    desk.press("Accept ทั้งหมด (3)")

    expect(desk.page.locator("td .tick")).to_have_count(3)


def test_the_days_list_is_saved_as_a_csv_that_excel_opens_in_thai(
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
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
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
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

    expect(window).to_have_count(0)
    expect(desk.row("08:00–08:59")).to_contain_text("ปิดแล้ว")


def test_an_answer_about_the_last_id_is_not_taken_for_the_one_typed_since(
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    first, second = known_person(), known_person()
    desk.open_bookings(free_day, open_schedule()["schedule_id"])
    desk.page.keyboard.press("Enter")
    window = desk.window("ระบุเลขที่บัตรประชาชน")
    field = window.get_by_label("เลขที่บัตรประชาชน")
    held: list[Route] = []
    desk.page.route("**/api/dashboard/people/lookup", lambda route: held.append(route), times=1)
    field.fill(first)
    field.press("Enter")
    expect(window.get_by_role("button", name="กำลังค้นหา")).to_be_visible()
    field.fill(second)
    with desk.page.expect_response("**/api/dashboard/people/lookup"):
        held[0].continue_()
    expect(window.get_by_role("button", name="ค้นหา", exact=True)).to_be_visible()
    expect(window).not_to_contain_text(f"คนที่ {first[-4:]}")
    field.press("Enter")
    expect(window).to_contain_text(f"คนที่ {second[-4:]}")


def test_the_next_id_that_is_typed_while_one_is_saved_stays(
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    first, second = known_person(), known_person()
    desk.open_bookings(free_day, open_schedule()["schedule_id"])
    desk.page.keyboard.press("Enter")
    window = desk.window("ระบุเลขที่บัตรประชาชน")
    field = window.get_by_label("เลขที่บัตรประชาชน")
    field.fill(first)
    field.press("Enter")
    save = desk.page.get_by_role("button", name="บันทึก", exact=True)
    expect(save).to_be_focused()
    held: list[Route] = []

    def hold_the_booking(route: Route) -> None:
        if route.request.method == "POST":
            held.append(route)
        else:
            route.continue_()

    desk.page.route("**/api/dashboard/appointments", hold_the_booking)
    save.press("Enter")
    expect(desk.page.get_by_role("button", name="กำลังบันทึก…")).to_be_visible()
    field.fill(second)
    held[0].continue_()
    expect(window.get_by_role("status").filter(has_text="จองแล้ว")).to_contain_text(f"คนที่ {first[-4:]}")
    expect(field).to_have_value(second)
    assert len(held) == 1


def test_who_is_moved_after_another_desk_accepted_needs_a_second_press_and_no_more(
    new_desk: Callable[..., Desk],
    free_day: date,
    open_schedule: Opener,
    known_person: Callable[[], str],
    staff: Client,
) -> None:
    here = open_schedule()
    open_schedule(period_id=2)
    body = {"cid": known_person(), "schedule_id": here["schedule_id"]}
    row = staff.call("POST", "/api/dashboard/appointments", body=body).result
    desk = new_desk().signed_in()
    desk.open_bookings(free_day, here["schedule_id"])
    desk.row("A001").get_by_role("button", name="เลื่อน").click()
    path = f"/api/dashboard/appointments/{here['schedule_id']}/{row['place']}"
    assert staff.call("POST", f"{path}/accept", body={"version": row["version"]}).status == 200
    window = desk.window("เลื่อนนัด")
    window.locator(f"[data-date='{free_day.isoformat()}']").click()
    window.get_by_label("09:00–09:59").check()
    window.get_by_role("button", name="เลื่อนนัด").click()
    expect(window.get_by_role("alert")).to_contain_text("มีผู้อื่นแก้ไข")
    desk.shot("move-after-accept")
    expect(window.get_by_label("09:00–09:59")).to_be_checked()
    with desk.page.expect_response("**/postpone") as answer:
        window.get_by_role("button", name="เลื่อนนัด").click()

    assert answer.value.status == 200
    expect(window).to_have_count(0)


def test_a_revealed_national_id_is_never_shown_beside_the_next_holder(
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
) -> None:
    first, second = known_person(), known_person()
    schedule_id = open_schedule(capacity=1)["schedule_id"]
    row = staff.call("POST", "/api/dashboard/appointments", body={"cid": first, "schedule_id": schedule_id}).result
    desk.open_bookings(free_day, schedule_id)
    desk.row("A001").get_by_role("button", name="แสดงเลข").click()
    expect(desk.row("A001")).to_contain_text(first)
    path = f"/api/dashboard/appointments/{schedule_id}/{row['place']}"
    assert staff.call("POST", f"{path}/cancel", body={"version": row["version"]}).status == 200
    again = staff.call("POST", "/api/dashboard/appointments", body={"cid": second, "schedule_id": schedule_id})
    assert again.result["queue_no"] == "A001"

    expect(desk.row("A001")).to_contain_text(f"คนที่ {second[-4:]}", timeout=20_000)
    expect(desk.row("A001")).not_to_contain_text(first)


def test_a_cancellation_on_a_slow_line_shows_that_it_is_under_way_and_is_sent_once(
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
) -> None:
    schedule_id = open_schedule()["schedule_id"]
    body = {"cid": known_person(), "schedule_id": schedule_id}
    assert staff.call("POST", "/api/dashboard/appointments", body=body).status == 200
    desk.open_bookings(free_day, schedule_id)
    held: list[Route] = []
    desk.page.route("**/cancel", lambda route: held.append(route))
    desk.row("A001").get_by_role("button", name="ยกเลิก").click()
    desk.press("ยกเลิกนัด")
    under_way = desk.row("A001").get_by_role("button", name="กำลังยกเลิก…")
    expect(under_way).to_be_disabled()
    desk.shot("cancelling-on-a-slow-line")
    held[0].continue_()

    expect(desk.row("A001")).to_have_count(0)
    assert len(held) == 1


def test_who_cancels_by_keyboard_goes_on_in_the_row_that_has_come_to_its_place(
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
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


def test_a_reject_that_is_pressed_while_the_accept_is_on_its_way_is_done_after_it(
    desk: Desk, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
) -> None:
    schedule_id = open_schedule()["schedule_id"]
    body = {"cid": known_person(), "schedule_id": schedule_id}
    assert staff.call("POST", "/api/dashboard/appointments", body=body).status == 200
    desk.open_bookings(free_day, schedule_id)
    held: list[Route] = []
    desk.page.route("**/accept", lambda route: held.append(route))
    desk.row("A001").get_by_role("button", name="Accept").click()
    desk.row("A001").get_by_role("button", name="Reject").click()
    expect(desk.row("A001").get_by_role("button", name="Accept")).to_be_visible()
    with desk.page.expect_response("**/reject") as answer:
        held[0].continue_()

    assert answer.value.status == 200
    expect(desk.page.get_by_text("ยกเลิกการรับนัดคิว A001 แล้ว")).to_be_visible()
    expect(desk.row("A001").locator(".tick")).to_have_count(0)


def _page_sizes(pdf: bytes) -> list[int]:
    """Widths of a PDF's pages, in points."""
    return [round(float(width)) for width in re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ", pdf)]
