"""The white list on the dashboard: count, search, edit and remove, by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.client import Client, new_cid
from tests.hospitals import Hospital
from tests.system.dashboard_page import LANGUAGES, DashboardPage
from tests.system.delayed_answers import DelayedAnswers
from tests.system.test_accessibility_and_size import violations
from tests.waiting import eventually

PATH = "/api/dashboard/white-list"


def add(staff: Client, first_name: str, last_name: str, mobile_phone: str = "") -> str:
    cid = new_cid()
    more = {"mobile_phone": mobile_phone} if mobile_phone else {}
    body = {"cid": cid, "prefix": "นาย", "first_name": first_name, "last_name": last_name, "gender": 1, **more}
    assert staff.call("POST", "/api/dashboard/people", body=body).status == 200
    eventually(lambda: staff.call("POST", f"{PATH}/search", body={"words": first_name}).result["people"])
    return cid


def search_field(desk: DashboardPage) -> Locator:
    return desk.page.get_by_role("search").get_by_role("textbox")


def row(desk: DashboardPage, name: str) -> Locator:
    return desk.page.get_by_role("table").get_by_role("row").filter(has_text=name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_is_found_and_edited_by_keyboard(desk: DashboardPage, staff: Client, language: str) -> None:
    is_thai = language == "ไทย"
    first_name = "ค้นหา" if is_thai else "Somebody"
    cid = add(staff, first_name, "ก่อนแก้", "0812345678")
    add(staff, "อีกคน", "หนึ่ง")
    desk.press(language)
    desk.go("white-list")
    people = staff.call("GET", f"{PATH}/count").result["people"]
    expect(
        desk.page.get_by_text(f"ทั้งหมด {people} คน" if is_thai else f"{people} people in all", exact=True)
    ).to_be_visible()
    search_field(desk).focus()
    desk.page.keyboard.type(first_name)
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_text("พบ 1 คน" if is_thai else "1 found", exact=True)).to_be_visible()
    expect(row(desk, "อีกคน")).to_have_count(0)
    desk.shot(f"white-list-search-{language}")
    assert violations(desk) == []
    desk.page.keyboard.press("Tab")  # "Find"
    desk.page.keyboard.press("Tab")  # "Show all"
    desk.page.keyboard.press("Tab")
    if desk.page.evaluate("document.activeElement.tagName") != "BUTTON":
        desk.page.keyboard.press("Tab")  # the frame of the table
    expect(row(desk, first_name).get_by_role("button").first).to_be_focused()
    desk.page.keyboard.press("Enter")
    window = desk.page.get_by_role("dialog")
    last_name = window.get_by_label("นามสกุล" if is_thai else "Last name")
    expect(last_name).to_have_value("ก่อนแก้")
    desk.shot(f"white-list-edit-{language}")
    assert violations(desk) == []
    last_name.focus()
    desk.page.keyboard.press("Control+A")
    desk.page.keyboard.type("หลังแก้")
    desk.page.keyboard.press("Enter")
    expect(window).to_have_count(0)
    expect(row(desk, "หลังแก้")).to_contain_text("0812345678")
    assert staff.call("POST", f"{PATH}/find", body={"cid": cid}).result["name"].endswith("หลังแก้")


def test_a_birth_date_that_cannot_be_read_does_not_erase_the_stored_one(desk: DashboardPage, staff: Client) -> None:
    cid = add(staff, "เกิดจริง", "วันเดิม")
    entry = staff.call("POST", f"{PATH}/entry", body={"cid": cid}).result
    stored = {name: entry[name] for name in ("prefix", "first_name", "last_name", "gender", "added_at")}
    assert staff.call("POST", f"{PATH}/edit", body={"cid": cid, **stored, "birth_date": "1990-02-15"}).status == 200
    desk.go("white-list")
    row(desk, "เกิดจริง").get_by_role("button", name="แก้ไข").press("Enter")
    window = desk.page.get_by_role("dialog")
    born = window.get_by_label("วันเกิด")
    expect(born).to_have_value("15/02/2533")
    born.fill("31/02/2533")
    born.press("Enter")
    expect(window.get_by_text("ไม่มีวันที่นี้ในปฏิทิน")).to_be_visible()
    expect(born).to_be_focused()
    born.fill("28/02/2533")
    born.press("Enter")
    expect(window).to_have_count(0)
    assert staff.call("POST", f"{PATH}/entry", body={"cid": cid}).result["birth_date"] == "1990-02-28"


def test_of_two_edits_the_second_sees_both_and_decides(desk: DashboardPage, staff: Client) -> None:
    cid = add(staff, "ชนกัน", "เดิม")
    desk.go("white-list")
    search_field(desk).fill("ชนกัน")
    search_field(desk).press("Enter")
    row(desk, "ชนกัน").get_by_role("button", name="แก้ไข").press("Enter")
    window = desk.page.get_by_role("dialog")
    window.get_by_label("นามสกุล").fill("ของเรา")
    entry = staff.call("POST", f"{PATH}/entry", body={"cid": cid}).result
    theirs = {"first_name": "ชนกัน", "last_name": "ของเขา", "gender": 1, "prefix": "นาย", "added_at": entry["added_at"]}
    assert staff.call("POST", f"{PATH}/edit", body={"cid": cid, **theirs}).status == 200
    window.get_by_label("นามสกุล").press("Enter")
    conflict = window.get_by_role("alert")
    expect(conflict).to_contain_text("ของเขา")
    desk.shot("white-list-conflict")
    conflict.get_by_role("button", name="บันทึกทับด้วยข้อมูลของท่าน").press("Enter")
    expect(window).to_have_count(0)
    expect(row(desk, "ของเรา")).to_be_visible()
    assert staff.call("POST", f"{PATH}/find", body={"cid": cid}).result["name"] == "นายชนกัน ของเรา"


def test_a_national_id_finds_its_person_stays_in_no_address_and_the_person_is_taken_off(
    desk: DashboardPage, staff: Client
) -> None:
    cid = add(staff, "เลขบัตร", "ค้นได้", "0899999999")
    urls: list[str] = []
    desk.page.on("request", lambda request: urls.append(request.url))
    desk.go("white-list")
    search_field(desk).fill(f"{cid[0]}-{cid[1:5]}-{cid[5:10]}-{cid[10:12]}-{cid[12]}")
    search_field(desk).press("Enter")
    expect(row(desk, "เลขบัตร")).to_be_visible()
    expect(search_field(desk)).to_have_value("")
    row(desk, "เลขบัตร").get_by_role("button", name="ลบ").press("Enter")
    question = desk.page.get_by_role("dialog")
    question.get_by_role("button", name="ลบ", exact=True).press("Enter")
    expect(row(desk, "เลขบัตร")).to_have_count(0)
    search_field(desk).fill(cid)
    search_field(desk).press("Enter")
    expect(desk.page.get_by_text("ไม่มีผู้ที่ตรงกับคำค้นใน White list")).to_be_visible()
    assert not [url for url in urls if cid in url or "0899999999" in url]
    assert cid not in desk.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage}) + location.href")


def test_what_is_too_short_to_search_for_is_told_and_not_sent(desk: DashboardPage, staff: Client) -> None:
    sent: list[str] = []
    desk.page.on("request", lambda request: sent.append(request.url))
    desk.go("white-list")
    search_field(desk).fill("ก")
    search_field(desk).press("Enter")
    expect(desk.page.get_by_text("พิมพ์อย่างน้อย 2 ตัวอักษร หรือ 4 หลัก")).to_be_visible()
    search_field(desk).fill("1234567890123")
    expect(desk.page.get_by_text("เลขที่บัตรประชาชนไม่ถูกต้อง")).to_be_visible()
    assert not [url for url in sent if url.endswith(("/search", "/find"))]


def test_what_is_found_late_never_takes_the_place_of_a_newer_search(desk: DashboardPage, staff: Client) -> None:
    lines = [f"{new_cid()},นาย,หลายคน,คนที่ {n},1,," for n in range(51)]
    staff.call("POST", f"{PATH}/import", body={"lines": lines, "first_line": 2})
    add(staff, "คนใหม่", "ที่ค้น")
    eventually(lambda: staff.call("POST", f"{PATH}/search", body={"words": "หลายคน"}).result["next"])
    desk.go("white-list")
    search_field(desk).fill("หลายคน")
    search_field(desk).press("Enter")
    expect(desk.page.get_by_text("พบ 50 คน ยังค้นไม่หมด", exact=True)).to_be_visible()
    delayed = DelayedAnswers(desk.page, f"**{PATH}/search", only=1)
    desk.page.get_by_role("button", name="ค้นต่อ").press("Enter")
    held = delayed.first()
    search_field(desk).fill("คนใหม่")
    search_field(desk).press("Enter")
    expect(desk.page.get_by_text("พบ 1 คน", exact=True)).to_be_visible()
    with desk.page.expect_response(f"**{PATH}/search"):
        held.continue_()
    expect(row(desk, "คนใหม่")).to_be_visible()
    expect(row(desk, "หลายคน")).to_have_count(0)
    desk.press("แสดงทั้งหมด")
    expect(search_field(desk)).to_be_focused()


def test_a_search_that_finds_nobody_pauses_so_that_it_can_be_ended(desk: DashboardPage) -> None:
    sent: list[str] = []

    def nobody(route: Route) -> None:
        sent.append(route.request.url)
        page = {"people": [], "next": "further"}
        route.fulfill(json={"result": page})

    desk.go("white-list")
    desk.page.route(f"**{PATH}/search", nobody)
    search_field(desk).fill("ไม่มีใคร")
    search_field(desk).press("Enter")
    expect(desk.page.get_by_role("status").filter(has_text="พบ 0 คน ยังค้นไม่หมด")).to_be_visible()
    expect(desk.page.get_by_role("button", name="ค้นต่อ")).to_be_visible()
    assert len(sent) == 10


def test_the_search_and_the_window_fit_a_narrow_screen(
    new_desk: Callable[..., DashboardPage], hospital: Hospital, staff: Client
) -> None:
    add(staff, "ชื่อยาวมากที่สุดเท่าที่เคยมีมา", "นามสกุลก็ยาวไม่แพ้กันเลยทีเดียว", "0811111111")
    desk = new_desk(width=320, height=640).signed_in()
    desk.go("white-list")
    search_field(desk).fill("ชื่อยาว")
    search_field(desk).press("Enter")
    expect(desk.page.get_by_text("พบ 1 คน", exact=True)).to_be_visible()
    desk.shot("white-list-320px")
    assert desk.page.evaluate("document.scrollingElement.scrollWidth") <= 320
    row(desk, "ชื่อยาว").get_by_role("button", name="แก้ไข").press("Enter")
    expect(desk.page.get_by_role("dialog")).to_be_visible()
    assert desk.page.evaluate("document.scrollingElement.scrollWidth") <= 320
