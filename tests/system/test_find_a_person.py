"""A person's appointments are found from every screen.

By national id, by name and by telephone number.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.client import Client, new_cid
from tests.system.dashboard_page import DashboardPage
from tests.waiting import eventually

Opener = Callable[..., dict[str, Any]]
WINDOW = "ค้นหานัดหมายของผู้รับบริการ"
FIELD = "เลขที่บัตรประชาชน ชื่อ หรือโทรศัพท์"


@pytest.fixture
def book(staff: Client) -> Callable[..., tuple[str, Any]]:
    """Books a new person of this name, and waits until a search finds them.

    Gives the national id and the appointment.
    """

    def make(schedule: dict[str, Any], first_name: str, last_name: str, phone: str = "0812223333") -> tuple[str, Any]:
        cid = new_cid()
        person = {"cid": cid, "prefix": "นาง", "first_name": first_name, "last_name": last_name, "gender": 2}
        assert staff.call("POST", "/api/dashboard/people", body={**person, "mobile_phone": phone}).status == 200
        body = {"cid": cid, "schedule_id": schedule["schedule_id"]}
        row = staff.call("POST", "/api/dashboard/appointments", body=body).result
        search = {"words": f"{first_name} {last_name}"}
        eventually(lambda: staff.call("POST", "/api/dashboard/appointments/search", body=search).result["people"])
        return cid, row

    return make


def opened(desk: DashboardPage) -> Locator:
    """The search, after F2."""
    desk.page.keyboard.press("F2")
    window = desk.window(WINDOW)
    expect(window.get_by_label(FIELD)).to_be_focused()
    return window


def searched(desk: DashboardPage, words: str) -> Locator:
    window = opened(desk)
    desk.page.keyboard.type(words)
    desk.page.keyboard.press("Enter")
    return window


def test_fifteen_keys_find_a_persons_appointment_and_no_address_has_the_id(
    desk: DashboardPage, open_schedule: Opener, book: Callable[..., tuple[str, Any]]
) -> None:
    cid, row = book(open_schedule(), "หนึ่ง", "สิบห้าปุ่ม")
    addresses: list[str] = []
    desk.page.on("request", lambda request: addresses.append(request.url))
    pressed = 0
    for key in ("F2", *cid, "Enter"):
        desk.page.keyboard.press(key)
        pressed += 1
        if key == "F2":
            expect(desk.window(WINDOW).get_by_label(FIELD)).to_be_focused()
    found = desk.window(WINDOW).get_by_role("row").filter(has_text=row["queue_no"])

    expect(found).to_contain_text("จองแล้ว รอรับนัด")
    assert pressed <= 15
    expect(found.get_by_role("link")).to_be_focused()
    desk.shot("find-by-id")
    assert not any(cid in address for address in (*addresses, desk.page.url))
    assert cid not in desk.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def test_an_id_that_is_typed_into_the_calendars_search_finds_the_person(
    desk: DashboardPage, open_schedule: Opener, book: Callable[..., tuple[str, Any]]
) -> None:
    cid, row = book(open_schedule(), "สอง", "ในปฏิทิน")
    addresses: list[str] = []
    desk.page.on("request", lambda request: addresses.append(request.url))
    desk.menu("ตารางปฏิทินการนัดหมาย")
    desk.page.get_by_label("ค้นหาจากใบนัด").fill(cid)
    desk.page.keyboard.press("Enter")

    expect(desk.window(WINDOW).get_by_role("row").filter(has_text=row["queue_no"])).to_be_visible()
    assert not any(cid in address for address in addresses)


def test_a_part_of_a_name_finds_several_people_and_one_is_chosen_by_keyboard(
    desk: DashboardPage, open_schedule: Opener, book: Callable[..., tuple[str, Any]]
) -> None:
    schedule = open_schedule()
    book(schedule, "พิมพ์ผกา", "ศรีเมือง")
    _, row = book(schedule, "พิมพ์ใจ", "ศรีเมือง")
    window = searched(desk, "พิมพ์")
    expect(window.get_by_role("button", name="ดูนัด")).to_have_count(2)
    desk.shot("find-by-name")
    window.get_by_role("button", name="ดูนัด นางพิมพ์ใจ").press("Enter")

    expect(window.get_by_role("row").filter(has_text=row["queue_no"])).to_be_visible()
    expect(window.get_by_role("region", name="นัดของ นางพิมพ์ใจ ศรีเมือง")).to_be_visible()
    window.get_by_role("button", name="กลับไปรายชื่อที่พบ").click()
    expect(window.get_by_role("button", name="ดูนัด")).to_have_count(2)
    expect(window).to_contain_text("ค้นนัดตั้งแต่วันนี้ถึง")


def test_by_mouse_and_by_telephone_the_only_person_is_shown_at_once(
    desk: DashboardPage, open_schedule: Opener, book: Callable[..., tuple[str, Any]]
) -> None:
    _, row = book(open_schedule(), "สาม", "มีมือถือ", "089-765-4321")
    button = desk.page.get_by_role("button", name="ค้นหานัด")
    expect(button).to_have_attribute("title", "กด F2 ได้จากทุกหน้า")
    button.click()
    desk.page.get_by_label(FIELD).fill("4321")
    desk.page.keyboard.press("Enter")

    expect(desk.window(WINDOW).get_by_role("row").filter(has_text=row["queue_no"])).to_be_visible()


def test_what_is_found_is_accepted_its_slip_shown_moved_and_cancelled_there(
    desk: DashboardPage, free_day: date, open_schedule: Opener, book: Callable[..., tuple[str, Any]]
) -> None:
    first = open_schedule()
    open_schedule(period_id=2)
    cid, _ = book(first, "สี่", "ครบทุกงาน")
    window = searched(desk, cid)
    row = window.get_by_role("row").filter(has_text="08:00–08:59")
    row.get_by_role("button", name="Accept").click()
    expect(row).to_contain_text("รับนัดแล้ว")
    expect(window.get_by_role("status").filter(has_text="รับนัดคิว A001 แล้ว")).to_be_visible()

    row.get_by_role("button", name="ใบนัด").click()
    expect(desk.window("ใบนัด")).to_contain_text("A001")
    desk.page.keyboard.press("Escape")
    row.get_by_role("button", name="เลื่อน").click()
    move = desk.window("เลื่อนนัด")
    move.locator(f"[data-date='{free_day.isoformat()}']").click()
    move.get_by_label("09:00–09:59").check()
    move.get_by_role("button", name="เลื่อนนัด").click()
    expect(row).to_contain_text("เลื่อนไปแล้ว")
    expect(row.get_by_role("button")).to_have_count(0)

    later = window.get_by_role("row").filter(has_text="09:00–09:59")
    later.get_by_role("button", name="ยกเลิก").click()
    desk.press("ยกเลิกนัด")
    expect(later).to_contain_text("ยกเลิกแล้ว")
    desk.shot("find-after-tasks")


def test_what_is_found_leads_to_its_bookings(
    desk: DashboardPage, open_schedule: Opener, book: Callable[..., tuple[str, Any]]
) -> None:
    cid, row = book(open_schedule(), "ห้า", "เปิดรายการ")
    searched(desk, cid).get_by_role("link").press("Enter")

    expect(desk.window(WINDOW)).to_have_count(0)
    expect(desk.page.locator("tr.found")).to_contain_text(row["queue_no"])


def test_who_has_no_appointment_a_wrong_id_and_too_few_letters_are_told_in_plain_words(desk: DashboardPage) -> None:
    window = searched(desk, new_cid())
    expect(window.get_by_text("ผู้รับบริการนี้ไม่มีนัดที่หน่วยบริการนี้")).to_be_visible()
    for words, said in (
        ("1234567890123", "เลขที่บัตรประชาชนไม่ถูกต้อง"),
        ("ก", "พิมพ์อย่างน้อย 2 ตัวอักษร"),
        ("081", "หรือ 4 หลัก"),
        ("ไม่มีใครชื่อนี้", "ไม่พบผู้มีนัดที่ตรงกับคำค้น"),
    ):
        window.get_by_label(FIELD).fill(words)
        window.get_by_label(FIELD).press("Enter")
        expect(window.get_by_text(said).first).to_be_visible()


def test_who_does_not_work_at_the_desk_has_no_search(new_desk: Callable[..., DashboardPage]) -> None:
    desk = new_desk().signed_in("admin.demo")
    desk.page.keyboard.press("F2")

    expect(desk.page.get_by_role("button", name="ค้นหานัด")).to_have_count(0)
    expect(desk.window(WINDOW)).to_have_count(0)
