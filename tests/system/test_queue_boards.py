"""Boards on the queue desk: a hospital sets its televisions up without the API."""

import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.client import Client
from tests.manual.visit_client import POINTS
from tests.system.dashboard_page import DashboardPage
from tests.system.test_accessibility_and_size import settle, violations
from tests.system.test_board import BOARDS, document
from tests.system.test_queue_desk import tab_to
from tests.waiting import eventually

POINT, OTHER = "ตรวจ อายุรกรรม", "ห้องยา"
BOARD = "จอหน้าห้องตรวจ"


@pytest.fixture
def point(staff: Client) -> Iterator[int]:
    """Two points for one test, of which a board is to show the first.

    At the end the boards are deleted too.
    """
    body = {"point_name": POINT, "point_name_en": "Examination"}
    made = [staff.call("POST", POINTS, body=each).result for each in (body, {"point_name": OTHER})]
    yield made[0]["point_id"]
    for board in staff.call("GET", BOARDS).result:
        assert staff.call("DELETE", f"{BOARDS}/{board['board_id']}", {"version": board["version"]}).status == 200
    for each in made:
        assert staff.call("DELETE", f"{POINTS}/{each['point_id']}", {"version": each["version"]}).status == 200


def at_set_up(desk: DashboardPage) -> Page:
    desk.page.goto(f"{desk.url}/queue/#/points")
    settle(desk)
    return desk.page


def test_a_board_is_set_up_by_keyboard_and_a_new_address_ends_the_old_one(
    desk: DashboardPage, staff: Client, point: int
) -> None:
    page, keyboard = at_set_up(desk), desk.page.keyboard
    expect(page.get_by_text("ยังไม่มีจอเรียกคิว")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="เพิ่มจอ"))
    keyboard.press("Enter")
    window = desk.window("จอเรียกคิว")
    expect(window.get_by_label("ชื่อจอ")).to_be_focused()
    keyboard.type(BOARD)
    keyboard.press("Enter")
    expect(window.get_by_role("alert")).to_have_text("เลือกอย่างน้อยหนึ่งจุด")
    tab_to(page, window.get_by_role("checkbox", name=POINT))
    keyboard.press("Space")
    keyboard.press("Enter")
    expect(window).to_be_hidden()
    expect(desk.row(BOARD)).to_contain_text(POINT)
    expect(desk.row(BOARD)).not_to_contain_text(OTHER)

    stored = staff.call("GET", BOARDS).result[0]
    assert (stored["board_name"], stored["points"]) == (BOARD, [point])
    eventually(lambda: document(staff, stored["token"]), "the board's document")
    address = page.get_by_label(f"ที่อยู่ {BOARD}")
    expect(address).to_have_value(f"{desk.url}/board/#{stored['token']}")
    link = page.get_by_role("link", name=f"เปิดจอ {BOARD}")
    expect(link).to_have_attribute("rel", "noopener")
    tab_to(page, link)
    with desk.context.expect_page() as opened:
        keyboard.press("Enter")
    television = opened.value
    expect(television.get_by_role("banner")).to_contain_text(POINT, timeout=90_000)

    tab_to(page, page.get_by_role("button", name=f"ออกที่อยู่ใหม่ {BOARD}"))
    keyboard.press("Enter")
    question = desk.window(f"ออกที่อยู่ใหม่ของ “{BOARD}” หรือไม่")
    expect(question).to_contain_text("ที่อยู่เดิมจะหยุดแสดงคิว")
    tab_to(page, question.get_by_role("button", name="ออกที่อยู่ใหม่"))
    keyboard.press("Enter")
    expect(television.get_by_role("alert")).to_contain_text("ที่อยู่ของจอนี้ใช้ไม่ได้แล้ว", timeout=90_000)
    television.close()
    expect(address).not_to_have_value(f"{desk.url}/board/#{stored['token']}")
    new = address.input_value().rpartition("#")[2]
    eventually(lambda: document(staff, new), "the document of the new address")


def test_a_board_is_changed_and_removed(desk: DashboardPage, staff: Client, point: int) -> None:
    made = staff.call("POST", BOARDS, body={"board_name": BOARD, "points": [point]}).result
    page = at_set_up(desk)
    page.get_by_role("button", name=f"แก้ไข {BOARD}").click()
    window = desk.window("จอเรียกคิว")
    window.get_by_role("checkbox", name=OTHER).check()
    window.get_by_role("button", name="บันทึก").click()
    expect(desk.row(BOARD)).to_contain_text(OTHER)
    changed = staff.call("GET", BOARDS).result[0]
    assert (len(changed["points"]), changed["token"]) == (2, made["token"])

    page.get_by_role("button", name=f"ลบ {BOARD}").click()
    desk.window(f"ลบ “{BOARD}” หรือไม่").get_by_role("button", name="ลบ", exact=True).click()
    expect(page.get_by_text("ยังไม่มีจอเรียกคิว")).to_be_visible()
    assert staff.call("GET", BOARDS).result == []


def test_the_boards_are_free_of_axe_violations_and_do_not_scroll_sideways(
    desk: DashboardPage, staff: Client, point: int
) -> None:
    name = f"{BOARD} {uuid.uuid4().hex[:4]}"
    assert staff.call("POST", BOARDS, body={"board_name": name, "points": [point]}).status == 200
    page = at_set_up(desk)
    desk.row(name).scroll_into_view_if_needed()
    desk.shot("queue-boards")
    assert violations(desk) == []
    page.get_by_role("button", name="เพิ่มจอ").click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    desk.shot("queue-boards-window")
    assert violations(desk) == []
    page.set_viewport_size({"width": 320, "height": 640})
    desk.until_drawn()
    desk.shot("queue-boards-320px")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
