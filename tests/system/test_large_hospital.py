"""A hospital of 60 rooms: buttons stay in view, and paper has one room a page.

Most answers are made up by the test, so that nobody has to book 5,000 people first.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Route, expect

from chalicelib import clock
from tests.client import Client, new_cid
from tests.system.dashboard_page import DashboardPage
from tests.system.test_accessibility_and_size import settle, violations
from tests.system.test_today_and_figures import focus_by_tab

ROOMS, PERIODS = 60, range(8, 16)
DAY = "2026-12-01"
PAGE = 2_500  # rows of a page of the API
# A screen of 768 px, and as much again for what stands above and below a list.
MOST_HEIGHT = 2 * 768


def schedules(rooms: int = ROOMS) -> list[Any]:
    return [
        {
            "schedule_id": 252600000 + hour * 100 + room,
            "date": DAY,
            "period_id": hour - 7,
            "period_name": f"{hour:02d}.00",
            "time_start": f"{hour:02d}:00:00",
            "time_finish": f"{hour:02d}:59:59",
            "department_id": 1 + room % 9,
            "department_name": f"แผนกที่ {1 + room % 9}",
            "room_id": room,
            "room_name": f"ห้องตรวจที่ {room}",
            "capacity": 11,
            "available_count": 1,
            "online": True,
            "state": "open",
            "version": 1,
        }
        for hour in PERIODS
        for room in range(1, rooms + 1)
    ]


def bookings(count: int, rooms: int = ROOMS) -> list[Any]:
    lines = schedules(rooms)
    return [
        {
            **{key: line[key] for key in ("schedule_id", "date", "time_start", "time_finish", "department_id")},
            **{key: line[key] for key in ("department_name", "room_id", "room_name")},
            "place": 1 + n // len(lines),
            "hospital_appointment_slot_id": n + 1,
            "queue_no": f"Q{n + 1:04d}",
            "person_name": f"นายทดสอบ คนที่ {n + 1}",
            "sent_name": "",
            "cid_masked": "1-xxxx-xxxxx-11-9",
            "comment": "",
            "state": "booked",
            "hospital_confirm": n % 2 == 0,
            "hospital_confirm_staff": "",
            "hospital_confirm_datetime": "",
            "confirmed": n % 3 == 0,
            "confirmed_datetime": "",
            "booked_by_hospital_code": "00000",
            "booked_by_system": "HIS",
            "booked_datetime": f"{DAY}T08:00:00",
            "slip_code": f"00000-{n:05d}-00000-00000",
            "version": 1,
            "telephone": "000-0000000",
        }
        for n in range(count)
        for line in [lines[n % len(lines)]]
    ]


def catalogue(lines: list[Any]) -> dict[str, list[Any]]:
    """The departments, rooms and periods of these schedules."""
    parts = {
        "departments": ("department_id", "department_name"),
        "rooms": ("room_id", "room_name", "department_id"),
        "periods": ("period_id", "period_name", "time_start", "time_finish"),
    }
    return {
        name: list({line[fields[0]]: {field: line[field] for field in fields} for line in lines}.values())
        for name, fields in parts.items()
    }


def answer(route: Route, result: Any) -> None:
    at = clock.now().isoformat(timespec="seconds")
    route.fulfill(json={"MessageCode": 200, "Message": "OK", "RequestTime": at, "result": result})


def answer_with(result: Any, route: Route) -> None:
    answer(route, result)


@pytest.fixture
def large(desk: DashboardPage) -> Iterator[Callable[..., DashboardPage]]:
    """The desk at a hospital with so many bookings and rooms."""

    def show(count: int = 5_000, rooms: int = ROOMS) -> DashboardPage:
        lines, booked = schedules(rooms), bookings(count, rooms)

        def worklist(route: Route) -> None:
            query = parse_qs(urlsplit(route.request.url).query)
            room = int(query.get("room_id", ["0"])[0])
            listed = [row for row in booked if room in (0, row["room_id"])]
            start = int(query.get("after", ["0"])[0])
            following = str(start + PAGE) if start + PAGE < len(listed) else ""
            answer(route, {"appointments": listed[start : start + PAGE], "next": following})

        def closure(route: Route) -> None:
            answer(
                route,
                {"people": booked[:500], "closed": 0, "cancelled": 0, "postponed": 0, "left": [], "remaining": 0},
            )

        desk.page.route(re.compile(r"/api/dashboard/schedules\?"), lambda route: answer(route, lines))
        for name, listed in catalogue(lines).items():
            desk.page.route(f"**/api/dashboard/{name}", partial(answer_with, listed))
        desk.page.route(re.compile(r"/api/dashboard/worklist\?"), worklist)
        # What the screens asked before there was a worklist.
        desk.page.route(re.compile(r"/api/dashboard/appointments\?"), lambda route: answer(route, booked))
        desk.page.route("**/api/dashboard/closures", closure)
        return desk

    yield show
    desk.page.unroute_all(behavior="ignoreErrors")


def height(desk: DashboardPage) -> int:
    pixels: int = desk.page.evaluate("document.documentElement.scrollHeight")
    return pixels


def pages_of_pdf(desk: DashboardPage) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", desk.page.pdf(format="A4")))


@pytest.mark.parametrize("address", [f"day?date={DAY}", f"schedules?date={DAY}", f"calendar?date={DAY}"])
def test_no_screen_grows_with_the_hospital(large: Callable[..., DashboardPage], address: str) -> None:
    desk = large()
    desk.go(address)
    settle(desk)
    expect(desk.page.get_by_role("region").get_by_role("row").nth(20)).to_be_attached()
    desk.shot(f"large-{address.split('?')[0]}")

    assert height(desk) <= MOST_HEIGHT
    assert violations(desk) == []


def test_a_list_of_pages_is_walked_and_filtered_by_keyboard_under_a_head_that_stays(
    large: Callable[..., DashboardPage],
) -> None:
    desk = large()
    desk.go(f"schedules?date={DAY}")
    pages = desk.page.get_by_role("navigation", name="หน้าของ")
    expect(pages.get_by_role("status")).to_have_text("1–100 จาก 480")
    pages.get_by_role("button", name="ถัดไป").focus()
    desk.page.keyboard.press("Enter")
    expect(pages.get_by_role("status")).to_have_text("101–200 จาก 480")
    expect(pages.get_by_role("button", name="ถัดไป")).to_be_focused()

    frame = desk.page.get_by_role("region", name="รายการ Slot")
    frame.evaluate("frame => frame.scrollTop = 2000")
    head, box = frame.get_by_role("columnheader").first.bounding_box(), frame.bounding_box()
    assert head
    assert box
    assert abs(head["y"] - box["y"]) <= 2

    desk.page.get_by_label("กรองรายการ").fill("ห้องตรวจที่ 33")
    expect(frame.get_by_role("row")).to_have_count(1 + len(PERIODS))
    expect(pages).to_have_count(0)


def test_the_grid_of_a_large_hospital_is_walked_under_heads_that_stay(large: Callable[..., DashboardPage]) -> None:
    desk = large()
    desk.go(f"schedules?date={DAY}&view=grid")
    frame = desk.page.get_by_role("region", name="ผังห้องตรวจและช่วงเวลา")
    expect(frame.get_by_role("row")).to_have_count(1 + ROOMS)
    settle(desk)
    desk.shot("large-grid")
    assert height(desk) <= MOST_HEIGHT
    assert violations(desk) == []

    focus_by_tab(desk, frame.get_by_role("button").first)
    for _ in range(40):
        desk.page.keyboard.press("ArrowDown")
    focused = frame.locator(":focus")
    expect(focused).to_contain_text("ห้องตรวจที่ 41 ")
    assert below(frame.get_by_role("columnheader").nth(1), focused)
    for _ in range(20):
        desk.page.keyboard.press("ArrowUp")
    assert below(frame.get_by_role("columnheader").nth(1), focused)
    desk.page.set_viewport_size({"width": 700, "height": 768})
    for _ in range(7):
        desk.page.keyboard.press("ArrowRight")
    for _ in range(7):
        desk.page.keyboard.press("ArrowLeft")
        head = frame.get_by_role("row").filter(has=desk.page.locator(":focus")).get_by_role("rowheader")
        assert right_of(head, focused)


def below(head: Locator, cell: Locator) -> bool:
    upper, lower = head.bounding_box(), cell.bounding_box()
    assert upper
    assert lower
    return lower["y"] >= upper["y"] + upper["height"] - 1


def right_of(head: Locator, cell: Locator) -> bool:
    left, right = head.bounding_box(), cell.bounding_box()
    assert left
    assert right
    return right["x"] >= left["x"] + left["width"] - 1


def test_choosing_schedule_300_leaves_the_page_and_the_list_where_they_are(large: Callable[..., DashboardPage]) -> None:
    desk = large()
    desk.go(f"day?date={DAY}")
    chosen = desk.page.get_by_role("navigation", name="รายการ Slot ของวันที่เลือก").get_by_role("button").nth(299)
    chosen.scroll_into_view_if_needed()
    before = chosen.bounding_box()
    chosen.click()
    expect(desk.page.get_by_role("button", name="จอง", exact=True)).to_be_focused()

    after = chosen.bounding_box()
    assert before
    assert after
    assert abs(after["y"] - before["y"]) <= 40
    assert desk.page.evaluate("scrollY") == 0


def test_the_button_that_closes_a_day_is_near_whoever_has_booked(large: Callable[..., DashboardPage]) -> None:
    desk = large()
    desk.go(f"schedules?date={DAY}")
    desk.press("ปิดทั้งวันหรือทั้งห้อง")
    window = desk.window("ปิดการนัดหมาย")
    expect(window.get_by_text("ผู้ที่จองไว้ 500 คน")).to_be_visible()
    desk.shot("large-close")

    assert window.evaluate("dialog => dialog.scrollHeight") <= MOST_HEIGHT


@pytest.mark.parametrize(("count", "rooms", "room", "pages"), [(120, 6, "", 6), (480, 60, "&room=7", 1)])
def test_a_day_is_printed_with_each_room_on_a_page(
    large: Callable[..., DashboardPage], count: int, rooms: int, room: str, pages: int
) -> None:
    desk = large(count, rooms)
    desk.page.add_init_script("window.print = () => document.documentElement.dataset.printed = 'yes'")
    desk.page.reload()
    desk.go(f"day?date={DAY}{room}")
    desk.press("พิมพ์รายการ")
    expect(desk.page.locator("html[data-printed]")).to_be_attached()

    size = desk.page.locator(".printed td").first.evaluate("cell => parseFloat(getComputedStyle(cell).fontSize)")
    assert round(size * 72 / 96, 1) == 10
    assert pages_of_pdf(desk) == pages


@pytest.fixture
def booked_room(staff: Client, open_schedule: Callable[..., dict[str, Any]]) -> list[Any]:
    """Four people in room 1 on the free day."""
    schedule = open_schedule()
    rows = []
    for n in range(4):
        cid = new_cid()
        person = {"cid": cid, "prefix": "นาย", "first_name": "ทดสอบ", "last_name": f"คนที่ {n}", "gender": 1}
        telephone = {"mobile_phone": "=1+1"} if n == 0 else {"mobile_phone": f"000-000000{n}"}
        assert staff.call("POST", "/api/dashboard/people", body={**person, **telephone}).status == 200
        body = {"cid": cid, "schedule_id": schedule["schedule_id"]}
        rows.append(staff.call("POST", "/api/dashboard/appointments", body=body).result)
    return rows


def test_everybody_of_a_room_and_day_is_accepted_with_three_keys(
    desk: DashboardPage, free_day: date, booked_room: list[Any]
) -> None:
    desk.go(f"day?date={free_day.isoformat()}&room=1")
    expect(desk.page.get_by_label("เลือกทั้งหมด (4)")).to_be_focused()
    for key in ("Space", "Tab", "Enter"):
        desk.page.keyboard.press(key)

    expect(desk.page.get_by_text("รับนัด 4 คนแล้ว")).to_be_visible()
    expect(desk.page.locator("td .tick")).to_have_count(4)
    expect(desk.page.get_by_role("button", name="รับนัดที่เลือก (0)")).to_be_focused()
    desk.shot("worklist-accepted")
    desk.page.get_by_label("แสดง").select_option("waiting")
    expect(desk.page.get_by_text("ไม่มีผู้จองที่ตรงกับตัวกรอง")).to_be_visible()


def test_who_could_not_be_accepted_is_named_with_the_reason_and_stays_selected(
    desk: DashboardPage, staff: Client, free_day: date, booked_room: list[Any]
) -> None:
    desk.go(f"day?date={free_day.isoformat()}&room=1")
    desk.page.get_by_label("เลือกทั้งหมด (4)").check()
    first = booked_room[0]
    place = f"/api/dashboard/appointments/{first['schedule_id']}/{first['place']}"
    assert staff.call("POST", f"{place}/cancel", body={"version": first["version"]}).status == 200
    desk.press("รับนัดที่เลือก (4)")

    alert = desk.page.get_by_role("alert").filter(has_text=first["queue_no"])
    expect(alert).to_contain_text("ยกเลิก")
    expect(desk.page.locator("td .tick")).to_have_count(3)


def test_a_rooms_list_has_telephones_and_its_csv_opens_in_excel_without_running_one(
    desk: DashboardPage, free_day: date, booked_room: list[Any]
) -> None:
    desk.go(f"day?date={free_day.isoformat()}&room=1")
    expect(desk.row("000-0000001")).to_be_visible()
    with desk.page.expect_download() as download:
        desk.press("บันทึกเป็น CSV")
    content = download.value.path().read_bytes()

    assert content.startswith(b"\xef\xbb\xbf")
    assert "'=1+1" in content.decode()
    assert ",=1+1" not in content.decode()
    assert len(content.decode().splitlines()) == 5


def test_the_slips_of_those_who_are_selected_are_printed_each_on_its_own(
    desk: DashboardPage, free_day: date, booked_room: list[Any]
) -> None:
    desk.page.add_init_script("window.print = () => document.documentElement.dataset.printed = 'yes'")
    desk.page.reload()
    desk.go(f"day?date={free_day.isoformat()}&room=1")
    desk.page.get_by_label(f"เลือกคิว {booked_room[0]['queue_no']}").check()
    desk.page.get_by_label(f"เลือกคิว {booked_room[2]['queue_no']}").check()
    desk.press("ใบนัด (2)")
    expect(desk.page.locator("html[data-printed]")).to_be_attached()

    codes = desk.page.locator(".printed .slip-code").all_text_contents()
    assert codes == [booked_room[0]["slip_code"], booked_room[2]["slip_code"]]
    assert pages_of_pdf(desk) == 2
