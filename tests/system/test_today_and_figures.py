"""The screens “วันนี้” and “ตัวเลขการนัดหมาย”, used by keyboard.

On small and wide screens.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from chalicelib import clock
from tests.client import Client, in_days
from tests.hospitals import Hospital, Hospitals
from tests.manual import desk_client
from tests.system.dashboard_page import DashboardPage
from tests.system.test_accessibility_and_size import settle, violations
from tests.waiting import eventually

OPEN_DAYS = (0, 1, 3, 4)
WAITS, CLOSED = in_days(3), in_days(4)


def focus_by_tab(desk: DashboardPage, target: Locator) -> None:
    """Press Tab until the target has the focus.

    A screen's links are reached in the order in which they are read.
    """
    expect(target).to_be_visible()
    for _ in range(150):
        if target.evaluate("element => element === document.activeElement"):
            return
        desk.page.keyboard.press("Tab")
    raise AssertionError("150 times Tab did not reach it")


def ahead(staff: Client, day: date) -> Any:
    days = staff.call("GET", "/api/dashboard/today").result["days"]
    return next((each for each in days if each["date"] == day.isoformat()), None)


@pytest.fixture(scope="module")
def appointment(staff: Client) -> Any:
    """Somebody who waits to be accepted in three days."""
    row = desk_client.table(staff, WAITS)[0]
    _, booked = desk_client.booked(staff, row["schedule_id"])
    eventually(lambda: (ahead(staff, WAITS) or {}).get("booked") == 1, "the booking is counted")
    return booked


@pytest.fixture(scope="module")
def held_in_closed(staff: Client) -> Any:
    """Somebody in a schedule of the fourth day that is closed."""
    row = desk_client.table(staff, CLOSED)[0]
    _, booked = desk_client.booked(staff, row["schedule_id"])
    body = {"date": CLOSED.isoformat(), "action": "close", "schedule_id": row["schedule_id"]}
    assert staff.call("POST", "/api/dashboard/closures", body=body).status == 200
    eventually(lambda: (ahead(staff, CLOSED) or {}).get("held_in_closed") == 1, "the closed schedule is counted")
    return booked


def test_what_waits_is_named_and_leads_to_its_day_by_keyboard(
    desk: DashboardPage, appointment: Any, held_in_closed: Any
) -> None:
    main = desk.page.get_by_role("main")
    expect(main.get_by_role("link", name="ผู้ที่จองไว้ในตารางที่ปิดแล้ว")).to_contain_text("1")
    waits = main.get_by_role("link", name="รอรับนัดตั้งแต่")
    expect(waits).to_contain_text("2")
    focus_by_tab(desk, waits)
    desk.page.keyboard.press("Enter")

    expect(desk.heading("จองนัดหมาย")).to_be_visible()
    assert desk.page.url.endswith(f"day?date={WAITS.isoformat()}")


def test_a_day_ahead_says_how_many_are_free_and_who_waits_and_is_opened_by_keyboard(
    desk: DashboardPage, appointment: Any, held_in_closed: Any
) -> None:
    days = desk.page.get_by_role("region", name="14 วันข้างหน้า").get_by_role("listitem")
    expect(days).to_have_count(14)
    expect(days.nth(1)).to_contain_text("ไม่เปิด")
    expect(days.nth(2)).to_contain_text("ว่าง 319")
    expect(days.nth(2)).to_contain_text("รอรับนัด 1")
    expect(days.nth(3)).to_contain_text("ปิด · 1 คน")
    desk.shot("today")
    focus_by_tab(desk, days.nth(3).get_by_role("link"))
    desk.page.keyboard.press("Enter")

    expect(desk.heading("จองนัดหมาย")).to_be_visible()
    assert CLOSED.isoformat() in desk.page.url


def test_a_room_of_today_has_its_hours_in_words_too_and_leads_to_its_bookings(desk: DashboardPage) -> None:
    rooms = desk.page.get_by_role("region", name="ห้องตรวจรายชั่วโมง").get_by_role("table")
    expect(rooms.get_by_role("columnheader", name="08:00")).to_be_visible()
    expect(rooms.get_by_role("row")).to_have_count(3)
    expect(rooms.get_by_role("row").nth(1)).to_contain_text("จอง 0 จาก 20 รับนัดแล้ว 0")
    focus_by_tab(desk, rooms.get_by_role("link").first)
    desk.page.keyboard.press("Enter")

    expect(desk.heading("จองนัดหมาย")).to_be_visible()
    assert "room=1" in desk.page.url


def test_accepting_and_rejecting_are_counted_a_moment_later(staff: Client) -> None:
    row = desk_client.table(staff, in_days(1))[0]
    _, booked = desk_client.booked(staff, row["schedule_id"])
    accepted = desk_client.act(staff, booked, "accept").result
    eventually(lambda: (ahead(staff, in_days(1)) or {}).get("accepted") == 1, "the accept is counted")
    desk_client.act(staff, accepted, "reject")
    eventually(lambda: (ahead(staff, in_days(1)) or {}).get("accepted") == 0, "the reject is counted")


def test_a_hospital_that_has_opened_nothing_is_told_so_and_led_to_the_schedules(
    new_desk: Callable[..., DashboardPage], hospitals: Hospitals
) -> None:
    new = hospitals.new()
    desk = new_desk().with_token(new.clerk().token)
    expect(desk.page.get_by_text("วันนี้และอีก 14 วันข้างหน้ายังไม่มีตารางนัดหมาย")).to_be_visible()
    focus_by_tab(desk, desk.page.get_by_role("main").get_by_role("link", name="เปิดตารางนัดหมาย"))
    desk.page.keyboard.press("Enter")

    expect(desk.heading("ระบบจัดตารางนัดหมาย")).to_be_visible()


def test_a_login_administrator_sees_the_staff_and_who_has_not_changed_the_first_password(
    new_desk: Callable[..., DashboardPage], hospital: Hospital
) -> None:
    hospital.clerk(must_change_password=True)
    desk = new_desk().signed_in("admin.demo")
    staff = desk.page.get_by_role("region", name="เจ้าหน้าที่ของหน่วยบริการ")
    first = staff.locator("div").filter(has_text="ยังไม่เปลี่ยนรหัสผ่านครั้งแรก").locator("dd")
    expect(first).to_have_text("1")
    focus_by_tab(desk, staff.get_by_role("link", name="เปิดรายชื่อเจ้าหน้าที่"))
    desk.page.keyboard.press("Enter")

    expect(desk.heading("ข้อมูลหน่วยงาน")).to_be_visible()


def test_a_login_administrator_sees_who_has_no_role(new_desk: Callable[..., DashboardPage], hospital: Hospital) -> None:
    hospital.clerk("")
    desk = new_desk().signed_in("admin.demo")
    staff = desk.page.get_by_role("region", name="เจ้าหน้าที่ของหน่วยบริการ")
    expect(staff.locator("div").filter(has_text="ยังไม่มีสิทธิ์").locator("dd")).to_have_text("1")


def test_a_login_administrator_sees_who_is_locked_and_unlocks_by_keyboard(
    new_desk: Callable[..., DashboardPage], hospitals: Hospitals
) -> None:
    new = hospitals.new()
    new.client("staff.demo")
    wrong = {"user": "staff.demo", "hospital_code": new.code, "password_hash": "0" * 64}
    for _ in range(5):
        Client(hospitals.url).call("POST", "/token", {"Action": "get_moph_access_token"}, wrong)
    desk = new_desk().with_token(new.client("admin.demo").token)
    locked = desk.page.get_by_role("region", name="เจ้าหน้าที่ของหน่วยบริการ").get_by_role("link", name="ถูกล็อก 1")
    focus_by_tab(desk, locked)
    desk.page.keyboard.press("Enter")

    expect(desk.page.get_by_role("checkbox", name="เฉพาะที่ถูกล็อก")).to_be_checked()
    expect(desk.page.get_by_text("พบ 1 รายการ")).to_be_visible()
    row = desk.row("staff.demo")
    expect(row).to_contain_text(re.compile(r"ถึง \d+/\d+/25\d\d \d\d:\d\d"))
    assert violations(desk) == []
    desk.page.set_viewport_size({"width": 320, "height": 640})
    assert desk.page.evaluate("document.documentElement.scrollWidth") == 320
    row.get_by_role("link", name="แสดง").click()
    focus_by_tab(desk, desk.page.get_by_role("main").get_by_role("button", name="ปลดล็อก"))
    desk.page.keyboard.press("Enter")

    expect(desk.page.get_by_role("button", name="ปลดล็อก")).to_have_count(0)
    desk.go("")
    expect(desk.page.locator("div").filter(has_text="ถูกล็อก").locator("dd").last).to_have_text("0")


def test_a_province_sees_its_hospitals_the_fullest_first_and_opens_one_by_keyboard(
    new_desk: Callable[..., DashboardPage], hospitals: Hospitals
) -> None:
    empty, full = (hospitals.new((1, 2), province_code="16") for _ in range(2))
    clerk = full.clerk()
    for row in desk_client.table(clerk, in_days(1))[:3]:
        desk_client.booked(clerk, row["schedule_id"])
    nothing_open = hospitals.new(province_code="16")
    account = full.clerk("ACCOUNT_ADMIN:3")

    def counted() -> Any:
        listed = account.call("GET", "/api/dashboard/province").result["hospitals"]
        return {row["hospital_code"]: row["booked"] for row in listed} == {empty.code: 0, full.code: 3}

    eventually(counted, "the bookings are counted")
    desk = new_desk().with_token(account.token)
    province = desk.page.get_by_role("region", name="หน่วยบริการในจังหวัดลพบุรี")
    rows = province.get_by_role("row")
    expect(rows.nth(1)).to_contain_text(full.name)
    expect(rows.nth(1).get_by_role("cell")).to_have_text([re.compile(full.code), "640", "3", re.compile("^ *0%")])
    expect(rows.nth(2)).to_contain_text(empty.name)
    expect(rows.filter(has_text=nothing_open.code)).to_contain_text("ไม่มีตารางที่เปิด")
    desk.shot("province")
    assert violations(desk) == []
    desk.press("English")
    expect(desk.page.get_by_role("region", name="Hospitals of")).to_be_visible()
    desk.page.set_viewport_size({"width": 320, "height": 640})
    settle(desk)
    assert violations(desk) == []
    assert desk.page.evaluate("document.documentElement.scrollWidth") == 320
    focus_by_tab(desk, desk.page.get_by_role("link", name=empty.name))
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("main")).to_contain_text(empty.name)


def test_a_hospitals_own_staff_do_not_see_the_province(desk: DashboardPage, staff: Client) -> None:
    assert staff.call("GET", "/api/dashboard/province").status == 403
    expect(desk.page.get_by_role("heading", name="สิทธิ์ของท่าน")).to_be_visible()
    expect(desk.page.get_by_role("region", name="หน่วยบริการในจังหวัด")).to_have_count(0)


# ---- figures ----


def test_the_figures_of_a_month_are_read_walked_and_saved_by_keyboard(
    desk: DashboardPage, staff: Client, tmp_path: Path
) -> None:
    day = desk.hospital.new_day()
    (row,) = desk_client.open_lines(staff, day, desk_client.line(1, capacity=4))
    desk_client.booked(staff, row["schedule_id"])
    _, gone = desk_client.booked(staff, row["schedule_id"])
    assert desk_client.act(staff, gone, "cancel").status == 200
    month = {"year": day.year, "month": day.month}
    counted = {"places": 4, "booked": 1, "cancelled": 1, "taken": 2, "lead_days": 2 * (day - clock.today()).days}

    def figures() -> Any:
        listed = staff.call("GET", "/api/dashboard/figures", month).result["departments"]
        return listed and {key: listed[0][key] for key in counted} == counted

    eventually(figures, "the day is counted")

    before = day.replace(day=1) - timedelta(days=1)
    desk.go(f"figures?month={before:%Y-%m}")
    expect(desk.heading("ตัวเลขการนัดหมาย")).to_be_visible()
    focus_by_tab(desk, desk.page.get_by_role("button", name="เดือนถัดไป"))
    desk.page.keyboard.press("Enter")
    cells = desk.row("อายุรกรรม").first.get_by_role("cell")
    expect(cells.nth(1)).to_have_text("4")
    expect(cells.nth(3)).to_contain_text("25%")
    expect(cells.nth(5)).to_have_text("1")
    expect(cells.nth(8)).to_have_text(f"{(day - clock.today()).days}.0")

    focus_by_tab(desk, desk.page.get_by_text("ดูเป็นตาราง"))
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("table", name="ตารางของแต่ละวันและชั่วโมง")).to_contain_text("08:00")
    desk.shot("figures")

    desk.page.get_by_role("button", name="ดาวน์โหลด CSV").focus()
    with desk.page.expect_download() as download:
        desk.page.keyboard.press("Enter")
    saved = tmp_path / "figures.csv"
    download.value.save_as(saved)
    content = saved.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert ",4,1,25,0,1,0,0," in content.decode("utf-8-sig")


# ---- a large hospital ----


def large_board(route: Route) -> None:
    """60 rooms of eight hours with names of any length, and a full day ahead."""
    today = clock.today()
    rooms = [
        {
            "room_id": n,
            "room_name": f"ห้องตรวจผู้ป่วยนอกและติดตามอาการหลังผ่าตัด {n}",
            "department_name": f"อายุรกรรมและเวชปฏิบัติครอบครัว {1 + n % 4}",
            "hours": [
                {"hour": hour, "places": 12, "booked": (n * hour) % 13, "accepted": (n * hour) % 13 // 2}
                for hour in range(8, 16)
            ],
        }
        for n in range(1, 61)
    ]
    days = [
        {
            "date": (today + timedelta(n)).isoformat(),
            "places": 5760,
            "booked": min(5760, 3000 + 300 * n),
            "accepted": 1000,
            "held_in_closed": n % 4,
        }
        for n in range(15)
        if n % 7 < 5
    ]
    answer = route.fetch()
    envelope = answer.json() | {"result": {"date": today.isoformat(), "rooms": rooms, "days": days}}
    route.fulfill(response=answer, json=envelope)


def large_month(route: Route) -> None:
    departments = [
        {
            "department_id": n,
            "name": f"อายุรกรรมและเวชปฏิบัติครอบครัว {n}",
            "places": 12000,
            "booked": 1000 * n,
            "accepted": 400 * n,
            "cancelled": 310,
            "cancelled_late": 25,
            "moved": 140,
            "taken": 1400 * n,
            "lead_days": 12000 * n,
            "next_free": in_days(n).isoformat() if n % 3 else "",
        }
        for n in range(1, 11)
    ]
    hours = [
        {"weekday": weekday, "hour": hour, "places": 500, "booked": (weekday * hour * 37) % 501}
        for weekday in range(1, 6)
        for hour in range(8, 17)
    ]
    answer = route.fetch()
    envelope = answer.json() | {"result": {"departments": departments, "hours": hours}}
    route.fulfill(response=answer, json=envelope)


def test_the_rooms_of_one_department_are_chosen_by_keyboard(new_desk: Callable[..., DashboardPage]) -> None:
    desk = new_desk()
    desk.page.route("**/api/dashboard/today", large_board)
    desk.signed_in()
    rows = desk.page.get_by_role("region", name="ห้องตรวจรายชั่วโมง").get_by_role("row")
    expect(rows).to_have_count(61)
    focus_by_tab(desk, desk.page.get_by_label("แผนก"))
    desk.page.keyboard.press("ArrowDown")

    expect(rows).to_have_count(16)


def test_both_screens_of_a_large_hospital_are_free_of_axe_violations_and_fit_in_any_width(
    new_desk: Callable[..., DashboardPage],
) -> None:
    desk = new_desk()
    desk.page.route("**/api/dashboard/today", large_board)
    desk.page.route("**/api/dashboard/figures?*", large_month)
    desk.signed_in()
    found, wide = {}, {}
    for screen in ("", "figures"):
        desk.go(screen)
        for width in (1920, 320, 1366):
            desk.page.set_viewport_size({"width": width, "height": 900})
            settle(desk)
            desk.shot(f"{screen or 'today'}-large-{width}")
            wide[screen, width] = desk.page.evaluate("document.scrollingElement.scrollWidth") - width
        found[screen] = violations(desk)

    assert {where: wrong for where, wrong in found.items() if wrong} == {}
    assert {where: by for where, by in wide.items() if by > 0} == {}
