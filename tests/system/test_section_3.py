"""Manual 3: announcements, figure by figure, in a real browser.

From the upload to the green tick.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, expect

from infra.local.demo import demo_cid
from infra.local.local_stack import LocalStack
from tests.client import Client, new_cid
from tests.manual.announcements import list_demo_people, outside
from tests.system import screenshots
from tests.system.dashboard_page import DashboardPage
from tests.system.test_accessibility_and_size import violations

LIST, WINDOW, UPLOAD = "ระบบประชาสัมพันธ์/แจ้งข่าว", "ข้อมูลการประชาสัมพันธ์", "Upload กลุ่มเป้าหมาย"
A_SENDING = 600_000  # milliseconds at most, until queues and functions have done their part
LOOKS_AGAIN = 2_000  # milliseconds after which an open announcement is read again
SOMCHAI, SOMYING = demo_cid(1), demo_cid(2)


@pytest.fixture(scope="module", autouse=True)
def known_people(staff: Client) -> None:
    list_demo_people(staff)


def txt(*lines: str, encoding: str = "utf-8") -> FilePayload:
    return {"name": "targets.txt", "mimeType": "text/plain", "buffer": "\r\n".join(lines).encode(encoding)}


def write(desk: DashboardPage, title: str, line: bool = True) -> int:
    """Figures 21 and 22: adds an announcement and returns its number."""
    desk.menu(LIST)
    desk.press("เพิ่ม")
    expect(desk.heading(WINDOW)).to_be_visible()
    desk.page.get_by_label("ส่งพร้อม App").check()
    desk.page.get_by_label("ส่งพร้อม Line").set_checked(line)
    desk.page.get_by_label("หัวข้อเรื่อง").fill(title)
    desk.page.get_by_label("เนื้อหา").fill("วันที่ 1 ธ.ค. 2569 แผนกอายุรกรรม\nเชิญที่อาคาร 2 ชั้น 3")
    desk.shot("figure-22-text")
    desk.press("บันทึก")
    expect(desk.page).to_have_url(re.compile(r"#/message\?id=\d+"))
    found = re.search(r"id=(\d+)", desk.page.url)
    assert found
    return int(found[1])


def choose_file(desk: DashboardPage, file: FilePayload) -> None:
    """Figures 23 and 24."""
    desk.press(UPLOAD)
    window = desk.window(UPLOAD)
    expect(window).to_contain_text("เป็นไฟล์นามสกุล .txt ที่มีรหัสบัตรประชาชนของกลุ่มเป้าหมาย 1 คน/1 บรรทัด")
    desk.shot("figure-23-upload")
    desk.press("OK")
    window.get_by_label("ไฟล์กลุ่มเป้าหมาย").set_input_files(file)
    desk.shot("figure-24-upload")
    desk.press("Upload")


def upload(desk: DashboardPage, *lines: str, encoding: str = "utf-8") -> None:
    """A file that is taken, up to the closed window."""
    choose_file(desk, txt(*lines, encoding=encoding))
    close_report(desk)


def close_report(desk: DashboardPage) -> None:
    expect(desk.window(UPLOAD).get_by_role("status")).to_contain_text("ตรงกับ White list", timeout=A_SENDING)
    desk.window(UPLOAD).locator(".dialog-body").get_by_role("button", name="ปิด", exact=True).click()


def send(desk: DashboardPage) -> None:
    desk.press("ส่งเข้าระบบพร้อม")
    desk.page.get_by_role("dialog").get_by_role("button", name="ส่งเข้าระบบพร้อม").click()


def test_figures_20_to_27_from_the_upload_to_the_green_tick(
    desk: DashboardPage, local_stack: LocalStack, app_client: Client, known_person: Callable[[], str]
) -> None:
    without, with_line = known_person(), known_person()
    names = [f"นายทดสอบ คนที่ {cid[-4:]}" for cid in (without, with_line)]
    user = "U" + "9" * 32
    nonce = app_client.call("POST", "/api/message/LineLink", body={"cid": with_line}).result["nonce"]
    outside(local_stack, "read", {"channel": "line", "api": local_stack.url, "user_id": user, "nonce": nonce})

    message_id = write(desk, "คลินิกย้ายอาคาร")
    choose_file(desk, txt(without, with_line, "8000000000031", "", without, "ไม่ใช่เลขบัตร"))
    window = desk.window(UPLOAD)
    expect(window.get_by_role("status")).to_contain_text("ตรงกับ White list 2 คน", timeout=A_SENDING)
    for line, reason in (("3", "ไม่อยู่ใน White list"), ("5", "ซ้ำ"), ("6", "เลขที่บัตรไม่ถูกต้อง")):
        expect(window.get_by_role("row").filter(has_text=reason)).to_contain_text(line)
    desk.shot("figure-24-report")
    close_report(desk)

    row = desk.row(names[0])
    expect(row).to_contain_text("ยังไม่ยืนยัน")
    expect(row).not_to_contain_text(without)
    desk.shot("figure-25-before-sending")
    send(desk)

    expect(row).to_contain_text("ยังไม่ได้เชื่อมบัญชี LINE", timeout=A_SENDING)
    expect(desk.page.get_by_role("main")).to_contain_text("ยืนยันการรับแล้ว 0 จาก 2 คน")
    desk.shot("figure-26-sent")
    phone = desk.context.new_page()
    phone.goto(local_stack.simulator)
    shown = phone.locator("article").filter(has_text="คลินิกย้ายอาคาร")
    expect(shown).to_contain_text("เชิญที่อาคาร 2 ชั้น 3")
    screenshots.keep(phone, "figure-26-line")
    shown.get_by_role("button", name="ยืนยันการรับ").click()
    read = {"cid": without, "hospital_code": app_client.hospital_code, "message_id": message_id}
    assert app_client.call("POST", "/api/message/Read", body=read).status == 200
    for name in names:
        expect(desk.row(name)).to_contain_text("✓")
        expect(desk.row(name)).to_contain_text(re.compile(r"\d+/\d+/25\d\d \d\d:\d\d"))
    desk.shot("figure-27-green-tick")

    desk.menu(LIST)
    expect(desk.row("คลินิกย้ายอาคาร")).to_contain_text("ส่งแล้ว")
    desk.shot("figure-21-list")


def test_what_was_sent_can_be_read_and_not_changed(desk: DashboardPage) -> None:
    write(desk, "แก้ไม่ได้แล้ว", line=False)
    upload(desk, SOMCHAI)
    send(desk)
    expect(desk.row("นายสมชาย ใจดี")).to_contain_text("ส่งแล้ว", timeout=A_SENDING)
    desk.page.get_by_role("tab", name="ข้อความ").click()
    expect(desk.page.get_by_label("เนื้อหา")).not_to_be_editable()
    expect(desk.page.get_by_role("button", name="บันทึก", exact=True)).to_have_count(0)


def test_the_list_is_filtered_and_saved_for_excel(desk: DashboardPage) -> None:
    write(desk, "กรองรายชื่อ", line=False)
    upload(desk, SOMCHAI, SOMYING, encoding="cp874")
    expect(desk.row("นายสมชาย ใจดี")).to_be_visible()
    with desk.page.expect_download() as downloading:
        desk.press("บันทึกเป็น CSV")
    saved = downloading.value.path().read_text(encoding="utf-8-sig")
    assert "นายสมชาย ใจดี" in saved
    assert SOMCHAI not in saved
    desk.page.get_by_label("แสดงเฉพาะ").select_option("read")
    expect(desk.page.get_by_text("ไม่มีรายชื่อในสถานะนี้")).to_be_visible()


def test_a_sending_is_stopped_and_goes_on(desk: DashboardPage, local_stack: LocalStack) -> None:
    write(desk, "หยุดก่อน", line=False)
    upload(desk, SOMCHAI)
    outside(local_stack, "faults", {"app": {"down": True}})
    try:
        send(desk)
        desk.press("หยุดส่ง")
        expect(desk.page.get_by_role("button", name="ส่งต่อ")).to_be_visible()
    finally:
        outside(local_stack, "faults", {})
    desk.press("ส่งต่อ")
    expect(desk.row("นายสมชาย ใจดี")).to_contain_text("ส่งแล้ว", timeout=A_SENDING)
    pressed = desk.page.get_by_label("สรุปการส่ง").get_by_role("listitem")
    expect(pressed).to_contain_text(["ส่งโดย staff.demo", "หยุดส่งโดย staff.demo", "ส่งต่อโดย staff.demo"])
    expect(pressed.first).to_contain_text(re.compile(r"\d+/\d+/25\d\d \d\d:\d\d"))


def test_a_file_that_notepad_saved_as_unicode_is_read(desk: DashboardPage) -> None:
    write(desk, "ไฟล์ Unicode", line=False)
    choose_file(desk, txt(SOMCHAI, encoding="utf-16"))
    expect(desk.window(UPLOAD).get_by_role("status")).to_contain_text("ตรงกับ White list 1 คน", timeout=A_SENDING)


def test_a_file_too_large_for_one_call_goes_straight_to_the_bucket(
    desk: DashboardPage, local_stack: LocalStack
) -> None:
    write(desk, "ไฟล์ใหญ่", line=False)
    blank = [" " * 190] * 16_000  # blank lines are no people, and need not be looked up
    with desk.page.expect_request(lambda request: request.method == "PUT") as putting:
        choose_file(desk, txt(SOMCHAI, *blank, SOMYING, "12345"))
    status = desk.window(UPLOAD).get_by_role("status")
    expect(status).to_contain_text("ตรงกับ White list 2 คน", timeout=A_SENDING)
    expect(desk.window(UPLOAD).get_by_role("row").filter(has_text="เลขที่บัตรไม่ถูกต้อง")).to_contain_text("16,003")
    assert putting.value.url.startswith(f"{local_stack.endpoint}/moph-local-files/targets/")
    assert "authorization" not in putting.value.headers
    close_report(desk)
    expect(desk.row("นายสมชาย ใจดี")).to_be_visible()


@pytest.mark.parametrize("notices", [False, True], ids=["at once", "after the screen has looked again"])
def test_two_people_edit_one_text_and_the_second_sees_both(
    new_desk: Callable[..., DashboardPage], notices: bool
) -> None:
    first, second = new_desk().signed_in(), new_desk()
    second.page.clock.install()
    second.signed_in()
    message_id = write(first, "สองคนแก้")
    for desk, title in ((first, "แก้โดย คนแรก"), (second, "แก้โดย คนที่สอง")):
        desk.go(f"message?id={message_id}")
        expect(desk.page.get_by_label("หัวข้อเรื่อง")).to_have_value("สองคนแก้")
        desk.page.get_by_label("หัวข้อเรื่อง").fill(title)
    with first.page.expect_response(lambda answer: answer.request.method == "PUT"):
        first.press("บันทึก")
    for _ in range(2 if notices else 0):  # the first of them may have been asked before the other had saved
        with second.page.expect_response(lambda answer: answer.url.endswith(f"/api/messages/{message_id}")):
            second.page.clock.fast_forward(LOOKS_AGAIN)
    second.press("บันทึก")
    alert = second.page.get_by_role("alert")
    expect(alert).to_contain_text("แก้โดย คนแรก")
    if notices:
        second.press("ใช้ค่าที่บันทึกไว้")
        expect(second.page.get_by_label("หัวข้อเรื่อง")).to_have_value("แก้โดย คนแรก")
    else:
        second.press("บันทึกทับด้วยข้อมูลของท่าน")
        expect(second.page.get_by_role("status").filter(has_text="บันทึกแล้ว").last).to_be_visible()
    expect(alert).to_have_count(0)


def test_the_targets_have_no_axe_violations_and_fit_a_narrow_screen(
    new_desk: Callable[..., DashboardPage], staff: Client
) -> None:
    body = {"title": "ก", "content": "ข", "app": True, "line": True}
    message_id = staff.call("POST", "/api/messages", body=body).result["message_id"]
    desk = new_desk(width=320, height=640).signed_in()
    for language in ("ไทย", "English"):
        desk.go(f"message?id={message_id}&tab=targets")
        desk.page.get_by_role("button", name=language).click()
        desk.page.wait_for_load_state("networkidle")
        assert violations(desk) == []
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= 320


# ---- the white list ----


def csv_file(*lines: str) -> FilePayload:
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": "\r\n".join(lines).encode("cp874")}


def test_a_csv_brings_many_people_and_says_which_lines_it_did_not_take(desk: DashboardPage) -> None:
    good = new_cid()
    desk.menu("White list")
    desk.press("นำเข้าจากไฟล์")
    window = desk.window("นำเข้า White list")
    window.get_by_label("ไฟล์ CSV").set_input_files(
        csv_file(f"{good},นาย,นำเข้า,สำเร็จ,ชาย,15/01/2533,", "1234567890123,นาย,ผิด,หลัก,ชาย,,")
    )
    desk.press("นำเข้า")
    expect(window.get_by_role("status").last).to_contain_text("นำเข้า 1 คน ไม่ได้นำเข้า 1 บรรทัด")
    expect(window.get_by_role("row").filter(has_text="เลขที่บัตรประชาชนไม่ถูกต้อง")).to_contain_text("2")
    desk.shot("white-list-import")
    window.get_by_role("button", name="ปิด", exact=True).click()

    desk.page.get_by_role("search").get_by_role("textbox").fill(good)
    desk.press("ค้นหา")
    desk.press("ลบ นายนำเข้า สำเร็จ")
    desk.page.get_by_role("dialog").get_by_role("button", name="ลบ", exact=True).click()
    expect(desk.page.get_by_role("status").filter(has_text="ลบ “นายนำเข้า สำเร็จ” แล้ว")).to_be_visible()


# text-file.test.ts reads every encoding with every end of a line.
@pytest.mark.parametrize(
    ("encoding", "line_end", "separator"),
    [("utf-8", "\n", ","), ("utf-8-sig", "\r\n", ";"), ("cp874", "\r\n", ","), ("utf-16", "\r", "\t")],
)
def test_a_csv_of_any_spreadsheet_is_read_and_one_bad_byte_costs_one_line(
    desk: DashboardPage, staff: Client, encoding: str, line_end: str, separator: str
) -> None:
    good = new_cid()
    rows = [[good, "นาย", "น้ำใจ", "งามเลิศ", "ชาย", "15/01/2533", ""], [new_cid(), "Mr.", "Jos?", "Smith", "1"]]
    content = line_end.join(separator.join(row) for row in rows).encode(encoding)
    bad_byte = b"\x00\xd8" if encoding == "utf-16" else b"\xe9"  # half a pair; a letter of a western Windows
    content = content.replace("?".encode(encoding.replace("utf-16", "utf-16-le").replace("-sig", "")), bad_byte)
    desk.menu("White list")
    desk.press("นำเข้าจากไฟล์")
    window = desk.window("นำเข้า White list")
    window.get_by_label("ไฟล์ CSV").set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": content})
    desk.press("นำเข้า")
    expect(window.get_by_role("status").last).to_contain_text("นำเข้า 1 คน ไม่ได้นำเข้า 1 บรรทัด")
    expect(window.get_by_role("row").filter(has_text="มีตัวอักษรที่อ่านไม่ได้")).to_contain_text("2")
    found = staff.call("POST", "/api/dashboard/white-list/find", body={"cid": good}).result
    assert found["name"] == "นายน้ำใจ งามเลิศ"


def test_one_person_is_added_by_hand_and_stands_in_the_list(desk: DashboardPage) -> None:
    desk.menu("White list")
    desk.press("เพิ่ม")
    window = desk.window("เพิ่มรายชื่อ (White list)")
    window.get_by_label("เลขที่บัตรประชาชน").fill("1234567890123")
    window.get_by_label("ชื่อ", exact=True).fill("เพิ่มเอง")
    window.get_by_label("นามสกุล").fill("ทีละคน")
    desk.press("บันทึก")
    expect(window).to_contain_text("เลขที่บัตรประชาชนไม่ถูกต้อง")
    window.get_by_label("เลขที่บัตรประชาชน").fill(new_cid())
    desk.press("บันทึก")
    expect(desk.page.get_by_role("status").filter(has_text="นายเพิ่มเอง ทีละคน")).to_be_visible()
