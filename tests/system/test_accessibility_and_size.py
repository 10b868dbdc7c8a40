"""Whom the dashboard is for: old PCs, slow lines, small screens, large type.

Also people with a keyboard only or a screen reader.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.system.dashboard_page import DashboardPage
from tests.system.handset import Handset

AXE = Path(__file__).parents[2] / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
STAFF_SCREENS = ["", "departments", "rooms", "periods", "schedules", "calendar", "day", "password"]
STAFF_SCREENS += ["messages", "message", "white-list", "reminders", "settings", "holidays", "figures"]
ADMIN_SCREENS = ["", "hospitals", "registry", "hospital?code={0}", "account?code={0}&login=staff.demo"]
WINDOWS = [
    ("departments", "เพิ่ม"),
    ("rooms", "เพิ่ม"),
    ("periods", "เพิ่ม"),
    ("schedules", "เพิ่ม"),
    ("schedules", "คัดลอกตาราง"),
    ("holidays", "เพิ่ม"),
    ("white-list", "เพิ่ม"),
    ("white-list", "นำเข้าจากไฟล์"),
]
MOST_REQUESTS, MOST_BYTES = 12, 150_000  # of the first screen, fonts included


def violations(desk: DashboardPage | Handset) -> list[str]:
    """What axe-core finds on the screen."""
    return violations_on(desk.page)


def violations_on(page: Page) -> list[str]:
    """What axe-core finds on a page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    # What axe-core would work out besides and nobody reads: selectors, and the rules of the style sheets.
    options = {"resultTypes": ["violations"], "selectors": False, "preload": False}
    found = page.evaluate("(options) => axe.run(options).then((result) => result.violations)", options)
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


def settle(desk: DashboardPage) -> None:
    """Until the screen is drawn and has what it asked for."""
    desk.until_drawn()  # the address has been acted on
    expect(desk.page.locator("p.loading")).to_have_count(0)
    desk.until_drawn()  # the screen stands, and says what it still waits for
    expect(desk.page.get_by_text("กำลังโหลด…")).to_have_count(0)
    expect(desk.page.get_by_text("Loading…")).to_have_count(0)


def test_every_screen_is_free_of_axe_violations_and_fits_a_screen_of_320_px(
    new_desk: Callable[..., DashboardPage], open_schedule: Callable[..., dict[str, Any]]
) -> None:
    """In Thai and light colours; test_gallery.py sees the others."""
    schedule = open_schedule()
    where = f"date={schedule['date']}"
    staff, found, wide = new_desk().signed_in(), {}, {}
    booked = f"day?{where}&schedule={schedule['schedule_id']}"
    for screen in [*STAFF_SCREENS, f"schedules?{where}", f"calendar?{where}", booked]:
        staff.go(screen)
        settle(staff)
        staff.shot(f"light-{screen.split('?')[0] or 'today'}")
        found[screen] = violations(staff)
        staff.page.set_viewport_size({"width": 320, "height": 640})
        staff.until_drawn()
        staff.shot(f"320px-{screen.split('?')[0] or 'today'}")
        wide[screen] = staff.page.evaluate("document.scrollingElement.scrollWidth")
        staff.page.set_viewport_size({"width": 1366, "height": 768})
    admin = new_desk().signed_in("admin.demo")
    for screen in ADMIN_SCREENS:
        admin.go(screen.format(admin.hospital.code))
        settle(admin)
        found[f"admin {screen}"] = violations(admin)

    assert {screen: wrong for screen, wrong in found.items() if wrong} == {}
    assert {screen: width for screen, width in wide.items() if width > 320} == {}


def test_the_sign_in_page_is_free_of_axe_violations(new_desk: Callable[..., DashboardPage]) -> None:
    desk = new_desk()
    desk.page.goto(desk.url)
    expect(desk.page.get_by_role("button", name="เข้าสู่ระบบ")).to_be_visible()

    assert violations(desk) == []


def test_every_window_is_free_of_axe_violations(desk: DashboardPage) -> None:
    found = {}
    for screen, button in WINDOWS:
        desk.go(screen)
        settle(desk)
        desk.press(button)
        expect(desk.page.get_by_role("dialog")).to_be_visible()
        found[screen, button] = violations(desk)
        desk.page.keyboard.press("Escape")
        expect(desk.page.get_by_role("dialog")).to_be_hidden()

    assert {window: wrong for window, wrong in found.items() if wrong} == {}


def test_the_menu_of_a_narrow_screen_opens_and_leads_on(new_desk: Callable[..., DashboardPage]) -> None:
    desk = new_desk(width=320, height=640).signed_in()
    desk.press("เมนู")
    desk.menu("รายการแผนกที่เปิด")

    expect(desk.page.get_by_role("link", name="รายการห้องตรวจ")).to_be_hidden()


def test_the_first_screen_asks_for_little_and_none_of_it_is_large(browser: Browser, site: str) -> None:
    """What an old PC on 1.5 Mbit/s gets in a second; bytes and requests are counted."""
    page = browser.new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda finished: sizes.append(finished["encodedDataLength"]))
    page.goto(site)
    page.get_by_role("button", name="เข้าสู่ระบบ").wait_for()
    page.wait_for_load_state("networkidle")
    page.close()

    assert 0 < len(sizes) <= MOST_REQUESTS
    assert 0 < sum(sizes) <= MOST_BYTES, sizes


def test_the_policy_forbids_everything_that_is_not_the_sites_own(browser: Browser, site: str) -> None:
    page = browser.new_page()
    answer = page.goto(site)
    assert answer
    policy = answer.headers["content-security-policy"]
    page.close()

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_in_english_the_dates_are_of_the_christian_era_and_the_choice_is_kept(
    desk: DashboardPage, free_day: date
) -> None:
    desk.go(f"schedules?date={free_day.isoformat()}")
    expect(desk.page.get_by_label("วันที่")).to_have_value(f"{free_day:%d/%m}/{free_day.year + 543}")
    desk.press("English")
    expect(desk.page.get_by_label("Date")).to_have_value(f"{free_day:%d/%m/%Y}")
    desk.page.reload()
    expect(desk.heading("Schedules")).to_be_visible()

    assert desk.page.evaluate("document.documentElement.lang") == "en"
