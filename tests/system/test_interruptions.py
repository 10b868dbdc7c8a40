"""A line that drops, a session that ends, a clerk who leaves: no input is lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect

from chalicelib import clock
from tests.client import Client
from tests.maker import PASSWORD
from tests.system.dashboard_page import DashboardPage, thai_date
from tests.system.delayed_answers import DelayedAnswers, handle_first, lose_answer


def test_a_lost_connection_is_shown_and_recovered_from(desk: DashboardPage) -> None:
    desk.menu("รายการแผนกที่เปิด")
    desk.press("เพิ่ม")
    window = desk.window("ข้อมูลแผนก")
    window.get_by_label("แผนก").fill("ฝากครรภ์")
    desk.context.set_offline(True)
    window.get_by_role("button", name="บันทึก", exact=True).click()
    expect(window.get_by_role("alert")).to_contain_text("ติดต่อระบบไม่ได้")
    expect(desk.page.locator(".connection")).to_be_visible()
    expect(window.get_by_label("แผนก")).to_have_value("ฝากครรภ์")
    desk.shot("connection-lost")

    desk.context.set_offline(False)
    expect(desk.page.locator(".connection")).to_have_count(0, timeout=180_000)
    window.get_by_role("button", name="บันทึก", exact=True).click()
    expect(desk.row("ฝากครรภ์")).to_be_visible()


def test_a_list_that_failed_loads_by_itself_when_the_line_is_back(desk: DashboardPage) -> None:
    desk.menu("รายการห้องตรวจ")
    desk.context.set_offline(True)
    desk.menu("รายการแผนกที่เปิด")
    expect(desk.page.get_by_role("main").get_by_role("alert")).to_be_visible()

    desk.context.set_offline(False)
    expect(desk.row("อายุรกรรม")).to_be_visible(timeout=180_000)


@pytest.mark.parametrize("file", ["screens", "texts"])
def test_screens_that_failed_to_load_come_by_themselves_when_the_line_is_back(
    new_desk: Callable[..., DashboardPage], staff: Client, file: str
) -> None:
    desk = new_desk()
    handle_first(desk.page, f"**/assets/{file}-*.js", lambda route: route.abort())
    desk.sign_in()

    expect(desk.page.get_by_role("main").get_by_role("alert")).to_have_count(0)
    expect(desk.page.get_by_role("heading", level=2).first).to_be_visible()


def test_screens_that_fail_again_are_loaded_when_another_one_is_opened(
    new_desk: Callable[..., DashboardPage], staff: Client
) -> None:
    desk = new_desk()
    desk.page.route("**/assets/screens-*.js", lambda route: route.abort())
    desk.sign_in()
    with desk.page.expect_event("load"):
        expect(desk.page.get_by_role("main").get_by_role("alert")).to_be_visible()
    expect(desk.page.get_by_role("main").get_by_role("alert")).to_be_visible()

    desk.page.unroute("**/assets/screens-*.js")
    desk.menu("รายการแผนกที่เปิด")
    expect(desk.row("อายุรกรรม").first).to_be_visible()


def test_after_ten_quiet_minutes_the_page_locks_and_opens_again_as_it_was(
    new_desk: Callable[..., DashboardPage], staff: Client
) -> None:
    desk = new_desk(own_pc=True)
    desk.page.clock.install()
    desk.sign_in()
    desk.menu("รายการแผนกที่เปิด")
    desk.press("เพิ่ม")
    desk.window("ข้อมูลแผนก").get_by_label("แผนก").fill("จักษุ")
    desk.page.clock.fast_forward("10:30")
    lock = desk.window("ล็อกหน้าจอ")
    expect(lock).to_be_visible()
    expect(desk.page.get_by_role("row").filter(has_text="อายุรกรรม")).to_be_hidden()
    assert desk.page.evaluate("sessionStorage.getItem('token')") is None
    desk.shot("locked")
    desk.page.keyboard.press("Escape")
    expect(lock).to_be_visible()

    lock.get_by_label("รหัสผ่าน").fill(PASSWORD)
    desk.page.keyboard.press("Enter")
    expect(lock).to_have_count(0)
    expect(desk.window("ข้อมูลแผนก").get_by_label("แผนก")).to_have_value("จักษุ")


def test_a_tab_that_was_put_to_sleep_and_comes_back_after_a_quiet_while_is_signed_out(desk: DashboardPage) -> None:
    desk.page.evaluate("sessionStorage.setItem('stirred', String(Date.now() - 11 * 60_000))")
    desk.page.reload()
    expect(desk.page.get_by_role("button", name="เข้าสู่ระบบ")).to_be_visible()

    assert desk.page.evaluate("Object.keys(sessionStorage).length") == 0


def test_a_token_that_has_ended_asks_for_the_password_and_then_does_what_was_asked(desk: DashboardPage) -> None:
    ended: list[str] = []

    def refuse_once(route: Route) -> None:
        if ended:
            route.continue_()
            return
        ended.append(route.request.url)
        error = {"code": "Unauthenticated", "message": "The token has expired."}
        route.fulfill(status=401, json={"MessageCode": 401, "Message": "token หมดอายุ", "Error": error})

    desk.page.route("**/api/dashboard/settings", refuse_once)  # which no other screen asks for
    # The window may be there before the screen, so this does not wait for the screen.
    desk.page.get_by_role("navigation", name="เมนู").get_by_role("link", name="กติกาการจอง").click()
    lock = desk.window("หมดเวลาการเข้าใช้")
    lock.get_by_label("รหัสผ่าน").fill(PASSWORD)
    desk.page.keyboard.press("Enter")

    expect(desk.page.get_by_label("จำนวนนัดที่มีได้พร้อมกันต่อแผนก")).to_be_visible()


def test_a_reload_does_not_sign_out_and_signing_out_leaves_nothing(desk: DashboardPage) -> None:
    desk.menu("รายการแผนกที่เปิด")
    desk.page.reload()
    expect(desk.row("อายุรกรรม")).to_be_visible()
    desk.press("ออกจากระบบ")
    expect(desk.page.get_by_role("button", name="เข้าสู่ระบบ")).to_be_visible()

    assert desk.page.evaluate("Object.keys(sessionStorage).length") == 0


def test_on_a_pc_whose_clock_is_wrong_today_is_the_local_stacks_and_a_reload_does_not_sign_out(
    new_desk: Callable[..., DashboardPage], staff: Client
) -> None:
    desk = new_desk(own_pc=True)
    desk.page.clock.install(time=clock.now() + timedelta(hours=26))
    warning = desk.page.get_by_text("นาฬิกาของเครื่องนี้ไม่ตรง")
    desk.sign_in()
    expect(warning).to_be_visible()

    desk.go("schedules")
    expect(desk.page.get_by_label("วันที่")).to_have_value(thai_date(clock.today()))
    desk.page.reload()

    expect(desk.page.get_by_label("วันที่")).to_have_value(thai_date(clock.today()))
    expect(warning).to_have_count(0)


def test_unsaved_work_is_not_thrown_away_by_a_stray_escape(desk: DashboardPage) -> None:
    desk.menu("รายการแผนกที่เปิด")
    desk.press("เพิ่ม")
    window = desk.window("ข้อมูลแผนก")
    window.get_by_label("แผนก").fill("ศัลยกรรม")
    for _ in range(3):
        desk.page.keyboard.press("Escape")
    if desk.window("ยังไม่ได้บันทึก").count():
        desk.press("กลับไปกรอกต่อ")

    expect(window.get_by_label("แผนก")).to_have_value("ศัลยกรรม")


def test_an_account_without_the_role_is_told_whom_to_ask(new_desk: Callable[..., DashboardPage]) -> None:
    desk = new_desk().signed_in("admin.demo")
    desk.go("calendar")

    expect(desk.page.get_by_role("main")).to_contain_text("ผู้ดูแลรหัส Login")
    expect(desk.page.get_by_role("link", name="ตารางปฏิทินการนัดหมาย")).to_have_count(0)


def test_a_second_press_on_a_slow_line_sends_nothing_and_saves_once(desk: DashboardPage) -> None:
    desk.menu("รายการแผนกที่เปิด")
    desk.press("เพิ่ม")
    window = desk.window("ข้อมูลแผนก")
    window.get_by_label("แผนก").fill("ไตเทียม")
    delayed = DelayedAnswers(desk.page, "**/api/dashboard/departments", method="POST")
    window.get_by_role("button", name="บันทึก", exact=True).click()
    saving = window.get_by_role("button", name="กำลังบันทึก…")
    expect(saving).to_be_disabled()
    saving.press("Enter")
    window.get_by_label("แผนก").press("Enter")
    desk.shot("saving-on-a-slow-line")
    delayed.first().continue_()
    expect(desk.row("ไตเทียม")).to_have_count(1)
    assert delayed.count == 1


def test_a_save_whose_answer_was_lost_is_pressed_again_and_there_is_one(desk: DashboardPage, staff: Client) -> None:
    desk.menu("รายการแผนกที่เปิด")
    desk.press("เพิ่ม")
    window = desk.window("ข้อมูลแผนก")
    window.get_by_label("แผนก").fill("โรคทรวงอก")

    handle_first(desk.page, "**/api/dashboard/departments", lose_answer)
    window.get_by_role("button", name="บันทึก", exact=True).click()
    expect(window.get_by_role("alert")).to_be_visible()
    window.get_by_role("button", name="บันทึก", exact=True).click()

    expect(window).to_have_count(0)
    expect(desk.row("โรคทรวงอก")).to_have_count(1)
    listed = staff.call("GET", "/api/dashboard/departments").result
    assert [one["department_name"] for one in listed].count("โรคทรวงอก") == 1


def test_an_announcement_whose_answer_was_lost_is_saved_again_and_there_is_one(
    desk: DashboardPage, staff: Client
) -> None:
    desk.menu("ระบบประชาสัมพันธ์/แจ้งข่าว")
    desk.press("เพิ่ม")
    desk.page.get_by_label("หัวข้อเรื่อง").fill("คลินิกเบาหวานย้าย")
    desk.page.get_by_label("เนื้อหา").fill("เชิญที่อาคาร 4")

    handle_first(desk.page, "**/api/messages", lose_answer)
    desk.press("บันทึก")
    expect(desk.page.get_by_role("tabpanel").get_by_role("alert")).to_be_visible()
    desk.press("บันทึก")

    expect(desk.page.get_by_role("tab", name="กลุ่มเป้าหมาย")).to_have_attribute("aria-selected", "true")
    listed = staff.call("GET", "/api/messages").result["announcements"]
    assert [one["title"] for one in listed].count("คลินิกเบาหวานย้าย") == 1


def test_what_is_there_already_is_said_and_another_of_its_name_is_refused_at_the_field(desk: DashboardPage) -> None:
    desk.menu("รายการแผนกที่เปิด")
    expect(desk.row("อายุรกรรม").first).to_be_visible()
    desk.press("เพิ่ม")
    desk.window("ข้อมูลแผนก").get_by_label("แผนก").fill("อายุรกรรม")
    desk.press("บันทึก")
    expect(desk.page.get_by_text("มี “อายุรกรรม” อยู่แล้ว ไม่ได้เพิ่มซ้ำ")).to_be_visible()

    desk.menu("รายการห้องตรวจ")
    expect(desk.row("ห้องตรวจ อายุรกรรม 1")).to_be_visible()
    desk.press("เพิ่ม")
    window = desk.window("ข้อมูลห้องตรวจ")
    window.get_by_label("ชื่อห้องตรวจ").fill("ห้องตรวจ อายุรกรรม 1")
    window.get_by_label("แผนก").select_option("อายุรกรรม")
    window.get_by_label("รหัสคิว").fill("Q")
    desk.press("บันทึก")
    expect(window.get_by_label("ชื่อห้องตรวจ")).to_have_attribute("aria-invalid", "true")
    expect(window.locator(".field.wrong")).to_contain_text("มีรายการชื่อนี้อยู่แล้ว")
    desk.shot("name-taken")


def test_going_back_with_unsaved_work_asks_first_and_keeps_it(desk: DashboardPage) -> None:
    desk.menu("รายการห้องตรวจ")
    desk.menu("รายการแผนกที่เปิด")
    desk.press("เพิ่ม")
    window = desk.window("ข้อมูลแผนก")
    window.get_by_label("แผนก").fill("ต่อมไร้ท่อ")
    desk.page.go_back()
    question = desk.window("ยังไม่ได้บันทึก")
    expect(question).to_be_visible()
    desk.shot("going-back-asks")
    question.get_by_role("button", name="กลับไปกรอกต่อ").click()
    expect(window.get_by_label("แผนก")).to_have_value("ต่อมไร้ท่อ")
    assert desk.page.url.endswith("#/departments")

    desk.page.go_back()
    question.get_by_role("button", name="ทิ้งข้อมูลที่กรอก").click()
    expect(desk.heading("รายการห้องตรวจ")).to_be_visible()
    expect(window).to_have_count(0)


def test_leaving_rules_that_are_half_typed_asks_first(desk: DashboardPage) -> None:
    desk.menu("กติกาการจอง")
    field = desk.page.get_by_label("จำนวนนัดที่มีได้")
    expect(field).to_have_value("0")
    field.fill("7")
    desk.page.get_by_role("link", name="รายการแผนกที่เปิด").click()
    desk.press("กลับไปกรอกต่อ")
    expect(field).to_have_value("7")

    field.fill("0")
    desk.menu("รายการแผนกที่เปิด")


def test_the_message_of_a_lost_connection_goes_with_the_first_request_that_gets_through(desk: DashboardPage) -> None:
    desk.menu("รายการแผนกที่เปิด")
    expect(desk.row("อายุรกรรม").first).to_be_visible()
    desk.page.route("**/health", lambda route: route.abort())
    handle_first(desk.page, "**/api/dashboard/departments", lambda route: route.abort())
    desk.press("เพิ่ม")
    window = desk.window("ข้อมูลแผนก")
    window.get_by_label("แผนก").fill("ผิวหนัง")
    desk.press("บันทึก")
    expect(desk.page.locator(".connection")).to_be_visible()
    desk.press("บันทึก")

    expect(desk.row("ผิวหนัง")).to_be_visible()
    expect(desk.page.locator(".connection")).to_have_count(0)


def test_leaving_a_tab_with_unsaved_work_asks_first(desk: DashboardPage) -> None:
    desk.go("message")
    subject = desk.page.get_by_label("หัวข้อเรื่อง")
    subject.fill("หยุดให้บริการ")
    desk.page.get_by_role("tab", name="กลุ่มเป้าหมาย").click()
    desk.press("กลับไปกรอกต่อ")
    expect(subject).to_have_value("หยุดให้บริการ")

    desk.page.get_by_role("tab", name="กลุ่มเป้าหมาย").click()
    desk.press("ทิ้งข้อมูลที่กรอก")
    expect(desk.page.get_by_role("tab", name="กลุ่มเป้าหมาย", selected=True)).to_be_focused()


def test_on_a_slow_line_a_screen_says_that_it_is_loading(desk: DashboardPage) -> None:
    delayed = DelayedAnswers(desk.page, "**/api/dashboard/settings")
    desk.menu("กติกาการจอง")
    expect(desk.page.get_by_text("กำลังโหลด…")).to_be_visible()
    delayed.first().continue_()
    expect(desk.page.get_by_label("จำนวนนัดที่มีได้")).to_have_value("0")
