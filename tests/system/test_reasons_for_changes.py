"""The reason for a cancellation: chosen at the desk by keyboard, shown in the app."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.client import Client
from tests.manual import desk_client
from tests.system.dashboard_page import DashboardPage
from tests.system.test_accessibility_and_size import violations
from tests.system.test_today_and_figures import focus_by_tab
from tests.waiting import eventually


def cancellation(app_client: Client, cid: str) -> Any:
    """The notice that the person has of it, None until it is there."""
    inbox = app_client.call("GET", "/api/message/Inbox", {"cid": cid}).result
    return next((message for message in inbox if message["kind"] == "cancelled"), None)


@pytest.fixture
def booking(desk: DashboardPage, staff: Client) -> tuple[str, Any]:
    """A new person and their appointment, on a day of its own."""
    (row,) = desk_client.open_lines(staff, desk.hospital.new_day(), desk_client.line(1, capacity=4))
    return desk_client.booked(staff, row["schedule_id"])


@pytest.fixture
def own_reasons(staff: Client) -> Any:
    """Function that sets the hospital's own reasons; they are removed after the test."""

    def put(*reasons: tuple[str, str]) -> None:
        version = staff.call("GET", "/api/dashboard/reasons").result["version"]
        wanted = [{"th": th, "en": en} for th, en in reasons]
        body = {"version": version, "reasons": wanted}
        assert staff.call("PUT", "/api/dashboard/reasons", body=body).status == 200

    put()
    yield put
    put()


def ask_to_cancel(desk: DashboardPage, day: date, booking: Any) -> None:
    desk.open_bookings(day, booking["schedule_id"])
    focus_by_tab(desk, desk.row(booking["queue_no"]).get_by_role("button", name="ยกเลิก"))
    desk.page.keyboard.press("Enter")


def test_a_usual_reason_is_chosen_by_keyboard_and_told_in_the_app(
    desk: DashboardPage, staff: Client, app_client: Client
) -> None:
    day = desk.hospital.new_day()
    (row,) = desk_client.open_lines(staff, day, desk_client.line(1, capacity=4))
    cid, booking = desk_client.booked(staff, row["schedule_id"])
    ask_to_cancel(desk, day, booking)
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="กลับ")).to_be_focused()  # Enter alone cancels nothing
    reason = dialog.get_by_label("เหตุผลที่แจ้งผู้รับบริการ")
    focus_by_tab(desk, reason)
    expect(reason.get_by_role("option", name="แพทย์ติดราชการ")).to_be_attached()
    desk.page.keyboard.press("ArrowDown")
    expect(reason.locator("option:checked")).to_have_text("แพทย์ติดราชการ")
    desk.shot("reason")
    assert violations(desk) == []
    focus_by_tab(desk, dialog.get_by_role("button", name="ยกเลิกนัด"))
    desk.page.keyboard.press("Enter")
    expect(desk.row(booking["queue_no"])).to_have_count(0)

    eventually(lambda: cancellation(app_client, cid), "the notice is there")
    assert "เหตุผล: แพทย์ติดราชการ" in str(cancellation(app_client, cid))


def test_a_reason_of_the_staffs_own_is_typed(desk: DashboardPage, staff: Client, app_client: Client) -> None:
    day = desk.hospital.new_day()
    (row,) = desk_client.open_lines(staff, day, desk_client.line(1, capacity=4))
    cid, booking = desk_client.booked(staff, row["schedule_id"])
    ask_to_cancel(desk, day, booking)
    dialog = desk.page.get_by_role("dialog")
    focus_by_tab(desk, dialog.get_by_label("เหตุผลที่แจ้งผู้รับบริการ"))
    desk.page.keyboard.press("End")
    focus_by_tab(desk, dialog.get_by_label("เหตุผล", exact=True))
    desk.page.keyboard.type("น้ำท่วมทางเข้า")
    focus_by_tab(desk, dialog.get_by_role("button", name="ยกเลิกนัด"))
    desk.page.keyboard.press("Enter")
    expect(desk.row(booking["queue_no"])).to_have_count(0)

    eventually(lambda: cancellation(app_client, cid), "the notice is there")
    assert "เหตุผล: น้ำท่วมทางเข้า" in str(cancellation(app_client, cid))


def test_a_reason_that_is_to_be_typed_is_asked_for(desk: DashboardPage, booking: tuple[str, Any]) -> None:
    _, row = booking
    ask_to_cancel(desk, date.fromisoformat(row["date"]), row)
    dialog = desk.page.get_by_role("dialog")
    focus_by_tab(desk, dialog.get_by_label("เหตุผลที่แจ้งผู้รับบริการ"))
    desk.page.keyboard.press("End")
    focus_by_tab(desk, dialog.get_by_role("button", name="ยกเลิกนัด"))
    desk.page.keyboard.press("Enter")
    expect(dialog.get_by_text("พิมพ์เหตุผล หรือเลือก")).to_be_visible()
    expect(dialog.get_by_label("เหตุผล", exact=True)).to_be_focused()
    expect(desk.row(row["queue_no"])).to_have_count(1)  # nothing was cancelled
    assert violations(desk) == []
    desk.page.keyboard.type("น้ำท่วม")
    focus_by_tab(desk, dialog.get_by_role("button", name="ยกเลิกนัด"))
    desk.page.keyboard.press("Enter")
    expect(desk.row(row["queue_no"])).to_have_count(0)


def test_the_hospitals_own_reasons_are_kept_in_order_by_keyboard(
    desk: DashboardPage, staff: Client, own_reasons: Callable[..., None]
) -> None:
    desk.go("settings")
    form = desk.page.get_by_role("region", name="เหตุผลการยกเลิกและเลื่อนนัด")
    keyboard = desk.page.keyboard
    focus_by_tab(desk, form.get_by_label("เหตุผลที่ 1 ภาษาไทย"))
    keyboard.type("น้ำท่วม")
    keyboard.press("Enter")
    expect(form.get_by_label("เหตุผลที่ 1 ภาษาอังกฤษ")).to_be_focused()
    expect(form.get_by_text("ระบุทั้งสองภาษา")).to_be_visible()
    keyboard.type("Flood")
    focus_by_tab(desk, form.get_by_label("เหตุผลที่ 2 ภาษาไทย"))
    keyboard.type("ไฟฟ้าดับ")
    keyboard.press("Tab")
    keyboard.type("Power cut")
    focus_by_tab(desk, form.get_by_role("button", name="เลื่อนเหตุผลที่ 2 ขึ้น"))
    keyboard.press("Enter")
    expect(form.get_by_label("เหตุผลที่ 1 ภาษาไทย")).to_have_value("ไฟฟ้าดับ")
    expect(form.get_by_role("button", name="เลื่อนเหตุผลที่ 1 ขึ้น")).to_be_focused()
    desk.shot("own-reasons")
    assert violations(desk) == []
    focus_by_tab(desk, form.get_by_role("button", name="บันทึกเหตุผล"))
    keyboard.press("Enter")
    expect(desk.page.get_by_text("บันทึกเหตุผลแล้ว")).to_be_visible()
    saved = staff.call("GET", "/api/dashboard/reasons").result["reasons"]
    assert saved == [{"th": "ไฟฟ้าดับ", "en": "Power cut"}, {"th": "น้ำท่วม", "en": "Flood"}]


def test_two_desks_see_each_others_reasons_before_one_is_lost(
    desk: DashboardPage, own_reasons: Callable[..., None]
) -> None:
    desk.go("settings")
    form = desk.page.get_by_role("region", name="เหตุผลการยกเลิกและเลื่อนนัด")
    form.get_by_label("เหตุผลที่ 1 ภาษาไทย").fill("น้ำท่วม")
    form.get_by_label("เหตุผลที่ 1 ภาษาอังกฤษ").fill("Flood")
    own_reasons(("ไฟฟ้าดับ", "Power cut"))
    form.get_by_role("button", name="บันทึกเหตุผล").click()
    expect(form.get_by_text("ไฟฟ้าดับ / Power cut")).to_be_visible()
    expect(form.get_by_text("น้ำท่วม / Flood")).to_be_visible()


def test_an_own_reason_is_chosen_in_english_and_seen_again_by_the_staff(
    desk: DashboardPage,
    app_client: Client,
    booking: tuple[str, Any],
    own_reasons: Callable[..., None],
) -> None:
    cid, row = booking
    own_reasons(("น้ำท่วม", "Flood"), ("ไฟฟ้าดับ", "Power cut"))
    desk.press("English")
    ask_to_cancel_in_english(desk, row)
    dialog = desk.page.get_by_role("dialog")
    reason = dialog.get_by_label("Reason, which the person is told")
    expect(reason.get_by_role("option")).to_have_text(["none", "Flood", "Power cut", "another one (typed)"])
    focus_by_tab(desk, reason)
    desk.page.keyboard.press("ArrowDown")
    focus_by_tab(desk, dialog.get_by_role("button", name="Cancel the appointment"))
    desk.page.keyboard.press("Enter")
    expect(desk.row(row["queue_no"])).to_have_count(0)
    eventually(lambda: cancellation(app_client, cid), "the notice is there")
    assert "เหตุผล: น้ำท่วม" in str(cancellation(app_client, cid))  # the person has not chosen English

    desk.page.get_by_role("tab", name="The whole day").click()
    focus_by_tab(desk, desk.page.get_by_label("Show"))
    desk.page.keyboard.press("End")
    expect(desk.row(row["queue_no"])).to_contain_text("Reason: Flood")
    expect(desk.row(row["queue_no"])).to_contain_text("cancelled")
    desk.shot("ended")
    assert violations(desk) == []
    desk.row(row["queue_no"]).get_by_role("button", name="History").click()
    expect(desk.window("History of a place").get_by_role("row").filter(has_text="cancelled")).to_contain_text("Flood")
    assert violations(desk) == []
    desk.page.keyboard.press("Escape")

    desk.page.keyboard.press("F2")
    desk.page.keyboard.type(cid)
    desk.page.keyboard.press("Enter")
    expect(desk.window("Find a person's appointments").get_by_role("row").filter(has_text="cancelled")).to_contain_text(
        "Reason: Flood"
    )
    assert violations(desk) == []


def ask_to_cancel_in_english(desk: DashboardPage, row: Any) -> None:
    desk.go(f"day?date={row['date']}&schedule={row['schedule_id']}")
    desk.row(row["queue_no"]).get_by_role("button", name="Cancel").click()
