"""Long names wrap, large counts fit, and buttons stay where they are."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.client import Client, new_cid
from tests.system.dashboard_page import DashboardPage
from tests.system.test_accessibility_and_size import settle

LONG_ROOM = "ห้องตรวจโรคผู้ป่วยนอกและให้คำปรึกษาก่อนผ่าตัด อาคารเฉลิมพระเกียรติ ชั้นสิบสองปีกซ้าย"[:80]
FIRST, LAST = "กัญญาณัฐวรรณภัสร์", "เทพพิทักษ์ศักดิ์"  # 33 letters


@pytest.fixture(scope="module")
def long_room(staff: Client) -> int:
    """A room whose name has 80 letters."""
    body = {"room_name": LONG_ROOM, "department_id": 1, "queue_code": "LONG", "queue_length": 4, "phone_number": ""}
    added = staff.call("POST", "/api/dashboard/rooms", body=body)
    assert added.status == 200
    number: int = added.result["room_id"]
    return number


def right(element: Locator) -> float:
    """The x of its right edge."""
    box = element.bounding_box()
    assert box
    return box["x"] + box["width"]


@pytest.mark.parametrize("width", [1366, 1920])
def test_the_last_button_of_a_booking_is_on_the_screen_whatever_the_person_is_called(
    new_desk: Callable[..., DashboardPage],
    open_schedule: Callable[..., dict[str, Any]],
    staff: Client,
    free_day: date,
    width: int,
) -> None:
    assert len(FIRST + LAST) == 33
    schedule, cid = open_schedule(), new_cid()
    person = {"cid": cid, "prefix": "นางสาว", "first_name": FIRST, "last_name": LAST, "gender": 2}
    assert staff.call("POST", "/api/dashboard/people", body=person).status == 200
    body = {"cid": cid, "schedule_id": schedule["schedule_id"]}
    assert staff.call("POST", "/api/dashboard/appointments", body=body).status == 200
    desk = new_desk(width=width).signed_in()
    desk.open_bookings(free_day, schedule["schedule_id"])
    row = desk.row(FIRST)
    desk.shot(f"long-name-{width}")

    frame = desk.page.get_by_role("region", name="รายการจอง")
    assert right(row.get_by_role("button", name="ยกเลิก")) <= right(frame)
    number = row.locator(".cid").bounding_box()
    assert number
    assert number["height"] < 40, "the id is broken in two"


def test_a_room_with_a_long_name_leaves_the_toolbar_on_one_line(desk: DashboardPage, long_room: int) -> None:
    desk.go(f"calendar?room={long_room}")
    settle(desk)
    desk.shot("long-room-toolbar")

    toolbar = desk.page.locator(".toolbar").bounding_box()
    chosen = desk.page.get_by_label("ห้องตรวจ").bounding_box()
    assert toolbar
    assert chosen
    assert toolbar["height"] < 100
    assert chosen["width"] <= 320


def test_counts_of_four_digits_stay_in_their_day(
    new_desk: Callable[..., DashboardPage], staff: Client, free_day: date
) -> None:
    line = {"department_id": 1, "room_id": 1, "capacity": 999, "online": True}
    body = {"date": free_day.isoformat(), "lines": [{**line, "period_id": period} for period in (1, 2, 3)]}
    assert staff.call("POST", "/api/dashboard/schedules", body=body).status == 200
    desk = new_desk(width=1366).signed_in()
    desk.go(f"calendar?date={free_day.isoformat()}")
    cell = desk.page.locator(f"[data-date='{free_day.isoformat()}']")
    expect(cell).to_contain_text("2997")
    desk.shot("four-digit-counts")

    assert right(cell.locator(".places")) <= right(cell)
    assert cell.evaluate("cell => cell.scrollWidth - cell.clientWidth") <= 0
