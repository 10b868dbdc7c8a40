"""The reason for a cancellation: chosen at the desk by keyboard, shown in the app."""

from datetime import date
from typing import Any

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
