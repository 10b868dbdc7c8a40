"""Imports from .xlsx files: the same lines and reports as from a CSV, by keyboard."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.client import Client, new_cid
from tests.system.dashboard_page import LANGUAGES, DashboardPage
from tests.system.delayed_answers import DelayedAnswers
from tests.system.spreadsheets import protected, workbook
from tests.system.test_accessibility_and_size import violations

WHITE_LIST = "/api/dashboard/white-list"
HEAD = ["เลขบัตร", "คำนำหน้า", "ชื่อ", "นามสกุล", "เพศ", "วันเกิด", "มือถือ"]
BORN = 32888.0  # 15 January 1990


def entry_of(staff: Client, cid: str) -> dict[str, Any]:
    entry: dict[str, Any] = staff.call("POST", f"{WHITE_LIST}/entry", body={"cid": cid}).result
    return entry


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_white_list_of_excel_is_imported_with_numbers_dates_and_reports_by_row(
    desk: DashboardPage, staff: Client, language: str
) -> None:
    as_number, as_text = new_cid(), new_cid()
    rows = [
        HEAD,
        [int(as_number), "นาย", "เลข", "เป็นตัวเลข", "ชาย", BORN, 812345678],
        [],
        [1234567890123, "นาย", "เลข", "ผิด", "ชาย"],
        [as_text, "นาง", "เลข", "เป็น, ข้อความ", "หญิง", "15/01/2533", "0899999999"],
    ]
    is_thai = language == "ไทย"
    desk.press(language)
    desk.go("white-list")
    desk.press("นำเข้าจากไฟล์" if is_thai else "Import a file")
    window = desk.page.get_by_role("dialog")
    window.locator("input[type=file]").set_input_files(workbook(รายชื่อ=rows))
    button = window.get_by_role("button", name="นำเข้า" if is_thai else "Import", exact=True)
    expect(button).to_be_enabled()
    expect(window.get_by_label("แผ่นงาน" if is_thai else "Sheet")).to_have_count(0)
    button.press("Enter")
    expect(window.get_by_role("status").last).to_contain_text(
        "นำเข้า 2 คน ไม่ได้นำเข้า 1 บรรทัด" if is_thai else "2 people taken; 1 lines not taken"
    )
    expect(window.get_by_role("table").get_by_role("row").nth(1)).to_contain_text("4")
    desk.shot(f"excel-import-{language}")
    assert violations(desk) == []

    first, second = entry_of(staff, as_number), entry_of(staff, as_text)
    assert (first["birth_date"], first["mobile_phone"]) == ("1990-01-15", "0812345678")
    assert (second["birth_date"], second["mobile_phone"]) == ("1990-01-15", "0899999999")
    assert second["last_name"] == "เป็น, ข้อความ"


def test_of_several_sheets_one_is_chosen(desk: DashboardPage, staff: Client) -> None:
    first, second = new_cid(), new_cid()
    desk.go("white-list")
    desk.press("นำเข้าจากไฟล์")
    window = desk.page.get_by_role("dialog")
    sheets = {
        "มกราคม": [[int(first), "นาย", "แผ่น", "แรก", 1]],
        "ว่าง": [],
        "กุมภาพันธ์": [[int(second), "นาย", "แผ่น", "สอง", 1]],
    }
    window.locator("input[type=file]").set_input_files(workbook(**sheets))
    choice = window.get_by_label("แผ่นงาน")
    expect(choice.get_by_role("option")).to_have_text(["มกราคม", "กุมภาพันธ์"])
    choice.press("ArrowDown")
    desk.shot("excel-sheets")
    assert violations(desk) == []
    delayed = DelayedAnswers(desk.page, f"**{WHITE_LIST}/import")
    window.get_by_role("button", name="นำเข้า", exact=True).press("Enter")
    held = delayed.first()
    expect(choice).to_be_disabled()  # another sheet would be shown than the one that is sent
    held.continue_()
    expect(window.get_by_role("status").last).to_contain_text("นำเข้า 1 คน ไม่ได้นำเข้า 0 บรรทัด")
    assert staff.call("POST", f"{WHITE_LIST}/find", body={"cid": second}).status == 200
    assert staff.call("POST", f"{WHITE_LIST}/find", body={"cid": first}).status == 404


def test_a_file_that_was_put_right_is_chosen_again(desk: DashboardPage, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("x", encoding="utf-8")
    desk.go("white-list")
    desk.press("นำเข้าจากไฟล์")
    field = desk.page.get_by_role("dialog").locator("input[type=file]")
    field.set_input_files(file)
    assert field.evaluate("field => field.files.length") == 1
    with desk.page.expect_file_chooser():
        field.click()
    assert field.evaluate("field => field.files.length") == 0  # so that the same file is a change


def test_targets_of_an_announcement_come_from_excel(desk: DashboardPage, staff: Client) -> None:
    known, unknown = new_cid(), new_cid()
    person = {"cid": known, "first_name": "กลุ่ม", "last_name": "เป้าหมาย", "gender": 1}
    assert staff.call("POST", "/api/dashboard/people", body=person).status == 200
    draft = {"title": "ทดสอบ Excel", "content": "<p>ทดสอบ</p>", "app": True, "line": False}
    number = staff.call("POST", "/api/messages", body=draft).result["message_id"]
    desk.go(f"message?id={number}&tab=targets")
    desk.press("Upload กลุ่มเป้าหมาย")
    window = desk.window("Upload กลุ่มเป้าหมาย")
    window.get_by_role("button", name="OK").press("Enter")
    window.locator("input[type=file]").set_input_files(
        workbook(A=[["ที่", "เลข"], [1, int(known)], [], [2, int(unknown)]])
    )
    button = window.get_by_role("button", name="Upload", exact=True)
    expect(button).to_be_enabled()
    button.press("Enter")
    expect(window.get_by_text("ตรงกับ White list 1 คน")).to_be_visible()
    row = window.get_by_role("row").filter(has_text="ไม่อยู่ใน White list")
    expect(row.get_by_role("cell").first).to_have_text("4")


def test_hospitals_from_excel_get_the_zeros_of_their_codes_back(
    new_desk: Callable[..., DashboardPage], country: Client
) -> None:
    desk = new_desk().with_token(country.token)
    desk.go("hospitals")
    desk.press("นำเข้าจากไฟล์")
    window = desk.page.get_by_role("dialog")
    window.locator("input[type=file]").set_input_files(
        workbook(A=[[77, "รพ.สต. ทดสอบ Excel", "กรุงเทพมหานคร"], ["x", "ผิด"]])
    )
    button = window.get_by_role("button", name="นำเข้า", exact=True)
    expect(button).to_be_enabled()
    button.press("Enter")
    expect(window.get_by_role("status").last).to_contain_text("เพิ่ม 1")
    window.get_by_role("button", name="ปิด", exact=True).click()
    desk.page.get_by_label("รหัสหน่วยงาน").fill("00077")
    desk.page.keyboard.press("Enter")
    expect(desk.row("รพ.สต. ทดสอบ Excel")).to_contain_text("00077")


@pytest.mark.parametrize(
    ("language", "said_of_protected", "said_of_broken"),
    [
        ("ไทย", "ไฟล์ Excel นี้มีรหัสผ่าน", "อ่านไฟล์ Excel นี้ไม่ได้"),
        ("English", "This Excel file has a password", "This Excel file cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_nothing_is_sent(
    desk: DashboardPage, language: str, said_of_protected: str, said_of_broken: str
) -> None:
    desk.press(language)
    desk.go("white-list")
    desk.press("นำเข้าจากไฟล์" if language == "ไทย" else "Import a file")
    window = desk.page.get_by_role("dialog")
    button = window.get_by_role("button", name="นำเข้า" if language == "ไทย" else "Import", exact=True)
    field = window.locator("input[type=file]")
    field.set_input_files(protected())
    expect(window.get_by_text(said_of_protected)).to_be_visible()
    expect(button).to_be_disabled()
    desk.shot(f"excel-protected-{language}")
    assert violations(desk) == []
    whole = workbook(A=[[int(new_cid()), "นาย", "ครึ่ง", "ไฟล์", 1]])
    field.set_input_files({**whole, "buffer": whole["buffer"][:300]})
    expect(window.get_by_text(said_of_broken)).to_be_visible()
    expect(button).to_be_disabled()
