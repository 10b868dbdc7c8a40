"""The screens of the gallery: the address of each, and what is done to come there."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from playwright.sync_api import Locator, Page, expect

from infra.local import demo
from infra.local.showcase import made_people
from tests.client import new_cid
from tests.system.dashboard_page import thai_date
from tests.system.test_today_and_figures import large_board, large_month

CODE = demo.SHOWCASE[0]

Step = Callable[[Page], None]


def inside(page: Page) -> Locator:
    """The uppermost window, or the page."""
    windows = page.locator("dialog[open]")
    return windows.last if windows.count() else page.locator("body")


def press(name: str | re.Pattern[str], english: str = "") -> Step:
    """Press the first button of this name.

    english: its name in English, for what is opened in both languages.
    """

    def step(page: Page) -> None:
        is_english = english and page.evaluate("document.documentElement.lang") == "en"
        wanted = english if is_english else name
        inside(page).get_by_role("button", name=wanted, exact=isinstance(wanted, str)).first.click()

    return step


def in_row(name: str, english: str = "") -> Step:
    """Press the first such button in a row of a table.

    The accessible name of the button begins or ends with the row's own name.
    """

    def step(page: Page) -> None:
        is_english = english and page.evaluate("document.documentElement.lang") == "en"
        wanted = re.compile(rf"(^|\s){english if is_english else name}(\s|$)")
        inside(page).get_by_role("row").get_by_role("button", name=wanted).first.click()

    return step


def fill(label: str, text: str, key: str = "Enter") -> Step:
    """Fill in a field, and press a key in it."""

    def step(page: Page) -> None:
        field = inside(page).get_by_label(label).first
        field.fill(text)
        field.press(key)

    return step


def choose(label: str, option: str) -> Step:
    """Choose an option of a list by its text."""

    def step(page: Page) -> None:
        page.get_by_label(label, exact=True).select_option(label=option)

    return step


def tab(name: str) -> Step:
    return lambda page: page.get_by_role("tab", name=name, exact=True).click()


def key(name: str) -> Step:
    return lambda page: page.keyboard.press(name)


def sees(text: str | re.Pattern[str]) -> Step:
    return lambda page: expect(inside(page).get_by_text(text).first).to_be_visible()


def refuse(pattern: str, status: int = 503) -> Step:
    """Let requests fail until the page is loaded again.

    status: of the answer; 0 for no answer.
    """

    def step(page: Page) -> None:
        page.route(pattern, lambda route: route.fulfill(status=status, json={}) if status else route.abort())

    return step


def check(name: str) -> Step:
    return lambda page: inside(page).get_by_label(name).first.check()


def scan(code: str) -> Step:
    """What a wand does: it types the code, then Enter."""

    def step(page: Page) -> None:
        page.keyboard.type(code)
        page.keyboard.press("Enter")

    return step


def open_more(page: Page) -> None:
    page.get_by_role("article").locator("summary").last.click()


def open_first(page: Page) -> None:
    page.get_by_role("main").get_by_role("link").first.click()


def in_large_hospital(page: Page) -> None:
    """Load the page again, with the figures of 60 rooms and 10 departments."""
    page.route("**/api/dashboard/today", large_board)
    page.route("**/api/dashboard/figures?*", large_month)
    page.reload()


def look_again(page: Page) -> None:
    """What happens if one comes back to the tab: the screen asks for what is new."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@dataclass(frozen=True)
class Screen:
    """A screen: its name, its address after the `#`, and the steps to come there."""

    name: str
    address: str = ""
    steps: Sequence[Step] = ()
    # Whether its texts stay in the language in which it was opened: a question.
    is_asked: bool = False


PERSON = next(iter(made_people(1)))
DAY = "day?date={busy}&schedule={schedule}"
WORDS = "เลขที่บัตรประชาชน ชื่อ หรือโทรศัพท์"
CLERK = [
    Screen("today"),
    Screen("departments", "departments"),
    Screen("department-window", "departments", [press("เพิ่ม")]),
    Screen("rooms", "rooms"),
    Screen("room-window", "rooms", [press("เพิ่ม"), press("บันทึก")]),
    Screen("periods", "periods"),
    Screen("period-window", "periods", [press("เพิ่ม")]),
    Screen("remove-question", "departments", [in_row("ลบ", "Remove")], is_asked=True),
    Screen("schedules", "schedules?date={busy}"),
    Screen("schedules-grid", "schedules?date={busy}&view=grid"),
    Screen("schedules-empty", "schedules?date={empty}"),
    Screen("schedules-add", "schedules?date={empty}", [press("เพิ่ม"), press("เพิ่ม"), press("บันทึก")]),
    Screen("schedules-edit", "schedules?date={busy}", [in_row("แก้ไข")]),
    Screen("schedules-copy", "schedules?date={busy}", [press("คัดลอกตาราง")]),
    Screen("schedules-copy-preview", "schedules?date={busy}", [press("คัดลอกตาราง"), press("ดูตัวอย่างก่อน")]),
    Screen("schedules-close", "schedules?date={busy}", [press("ปิดทั้งวันหรือทั้งห้อง"), sees("เลื่อนไปวันที่")]),
    Screen("schedules-reopen", "schedules?date={closed}", [press("เปิดที่ปิดไว้อีกครั้ง")]),
    Screen("date-picker", "schedules?date={busy}", [press(re.compile("เลือกจากปฏิทิน"))]),
    Screen("calendar", "calendar"),
    Screen("calendar-day", "calendar?date={busy}"),
    Screen("calendar-closed-day", "calendar?date={closed}"),
    Screen(
        "calendar-not-loaded",
        "calendar?month=2027-01",
        [refuse("**/api/dashboard/calendar*"), press("Refresh"), sees("ลองใหม่")],
    ),
    Screen("figures", "figures"),
    Screen("today-large", "", [in_large_hospital, sees("ห้องตรวจผู้ป่วยนอกและติดตามอาการหลังผ่าตัด")]),
    Screen("figures-large", "figures", [in_large_hospital, sees("อายุรกรรมและเวชปฏิบัติครอบครัว 10")]),
    Screen("reminders", "reminders"),
    Screen("settings", "settings"),
    Screen("settings-reason-twice", "settings", [fill("เหตุผลที่ 4 ภาษาไทย", " น้ำท่วม", "Tab"), sees("มีเหตุผลนี้แล้ว")]),
    Screen("holidays", "holidays"),
    Screen("holiday-window", "holidays", [press("เพิ่ม")]),
    Screen("password", "password", [press("เปลี่ยนรหัสผ่าน")]),
    Screen("no-such-page", "nowhere"),
    Screen("no-role", "hospitals"),
    Screen("locked", "", [refuse("**/api/dashboard/today*", 401), look_again, sees("รหัสผ่าน")]),
]
BOOKINGS = [
    Screen("worklist", "day?date={busy}"),
    Screen("worklist-empty", "day?date={empty}"),
    Screen("bookings", DAY),
    Screen("bookings-full", "day?date={busy}&schedule={full}"),
    Screen("schedule-details", DAY, [tab("รายละเอียด")]),
    Screen("book", DAY, [press("จอง")]),
    Screen("book-known", DAY, [press("จอง"), fill("เลขที่บัตรประชาชน", PERSON.cid), sees(PERSON.last_name)]),
    Screen("book-new", DAY, [press("จอง"), fill("เลขที่บัตรประชาชน", new_cid()), sees("นามสกุล")]),
    Screen("book-wrong", DAY, [press("จอง"), fill("เลขที่บัตรประชาชน", "1234567890123")]),
    Screen("postpone", DAY, [in_row("เลื่อน"), sees("นัดเดิม")]),
    Screen("cancel", DAY, [in_row("ยกเลิก", "Cancel")], is_asked=True),
    Screen("slip", DAY, [in_row("ใบนัด")]),
    Screen("place-history", DAY, [in_row("ประวัติ")]),
    Screen("find", "", [key("F2"), sees("เลขที่บัตร")]),
    Screen("find-several", "", [key("F2"), fill(WORDS, "ทอง"), sees("เลือกเพื่อดูนัด")]),
    Screen("find-person", "", [key("F2"), fill(WORDS, PERSON.cid), sees(PERSON.last_name)]),
    Screen("find-nobody", "", [key("F2"), fill(WORDS, "ไม่มีใครชื่อนี้"), sees("ไม่พบ")]),
]
OFFICER = [
    Screen("messages", "messages"),
    Screen("message-new", "message", [press("บันทึก")]),
    Screen("message-draft", "message?id=4"),
    Screen("message-no-targets", "message?id=4&tab=targets"),
    Screen("message-upload", "message?id=4&tab=targets", [press("Upload กลุ่มเป้าหมาย")]),
    Screen("message-upload-file", "message?id=4&tab=targets", [press("Upload กลุ่มเป้าหมาย"), press("OK")]),
    Screen("message-sources", "message?id=4&tab=targets", [press("เพิ่มจากการจองหรือ White list")]),
    Screen("message-targets", "message?id={draft}&tab=targets"),
    Screen("message-last-look", "message?id={draft}&tab=targets", [press("ส่งเข้าระบบพร้อม")]),
    Screen("message-later", "message?id={draft}&tab=targets", [press("ส่งเข้าระบบพร้อม"), check("ตั้งเวลาส่ง")]),
    Screen("message-sent", "message?id=2"),
    Screen("message-reach", "message?id=2&tab=targets"),
    Screen("white-list", "white-list"),
    Screen("white-list-found", "white-list", [fill(WORDS, "ทอง"), sees("พบ")]),
    Screen("white-list-add", "white-list", [press("เพิ่ม"), press("บันทึก")]),
    Screen("white-list-edit", "white-list", [in_row("แก้ไข")]),
    Screen("white-list-import", "white-list", [press("นำเข้าจากไฟล์")]),
]
ADMINISTRATOR = [
    Screen("staff-today"),
    Screen("hospitals", "hospitals"),
    Screen("hospital", "hospital?code=99900"),
    Screen("account-add", "hospital?code=99900", [press("เพิ่ม"), press("บันทึก")]),
    Screen("groups", "hospital?code=99900", [tab("กลุ่มผู้ใช้งาน")]),
    Screen("group-window", "hospital?code=99900", [tab("กลุ่มผู้ใช้งาน"), press("เพิ่ม")]),
    Screen("hospital-history", "hospital?code=99900", [tab("ประวัติ")]),
    Screen("account", "account?code=99900&login=clerk.demo"),
    Screen("account-details", "account?code=99900&login=clerk.demo", [tab("ข้อมูล")]),
    Screen("account-password", "account?code=99900&login=clerk.demo", [tab("ข้อมูล"), press("กำหนดรหัสผ่านใหม่")]),
    Screen("account-role", "account?code=99900&login=clerk.demo", [tab("Role"), press("เพิ่ม")]),
    Screen("account-sign-ins", "account?code=99900&login=clerk.demo", [tab("การเข้าใช้")]),
    Screen("account-look-ups", "account?code=99900&login=clerk.demo", [tab("บุคคลที่ดูข้อมูล")]),
    Screen("account-history", "account?code=99900&login=clerk.demo", [tab("ประวัติ")]),
    Screen("registry", "registry"),
    Screen("registry-entry", "registry", [fill("เลขที่บัตรประชาชน", PERSON.cid), sees("เหตุผลที่แก้ไข")]),
]
LOCKED = [
    Screen("staff-locked", "hospital", [sees("ล็อกเพราะรหัสผ่านผิด")]),
    Screen("account-locked", "account?login=staff.demo"),
]
PROVINCE = [Screen("province-today", "", [sees("ไม่มีตารางที่เปิด")]), Screen("hospitals-found", "hospitals?province=12")]
COUNTRY = [
    Screen("hospital-add", "hospitals", [press("เพิ่ม"), press("บันทึก")]),
    Screen("hospitals-import", "hospitals", [press("นำเข้าจากไฟล์")]),
]
FIRST_HOUR = [
    Screen("first-hour"),
    Screen("departments-empty", "departments"),
    Screen("rooms-empty", "rooms"),
    Screen("periods-empty", "periods"),
    Screen("calendar-empty", "calendar"),
    Screen("figures-empty", "figures"),
    Screen("messages-empty", "messages"),
    Screen("white-list-empty", "white-list"),
]
SIGN_IN = [
    Screen("sign-in"),
    Screen(
        "sign-in-wrong",
        "",
        [fill("รหัสหน่วยบริการ", CODE, "Tab"), fill("ชื่อผู้ใช้", "nobody", "Tab"), fill("รหัสผ่าน", "Wrong-1"), sees("ไม่ถูกต้อง")],
    ),
]
EXAMINATION = [choose("จุดบริการ", "ห้องตรวจ"), choose("ช่อง", "4"), press("เริ่มเรียกคิว")]


def queue_of(values: dict[str, Any]) -> list[Screen]:
    """The screens of the queue desk, at a counter that has called nobody yet."""
    return [
        Screen("where"),
        Screen("waiting", "", EXAMINATION),
        Screen("calling", "", [key("n"), sees("เรียกเมื่อ")]),  # the tab keeps where it calls
        Screen("absent", "", [key("a")]),
        Screen("send-on", "", [key("t")]),
        Screen("arrivals", "arrivals"),
        Screen("arrivals-wrong", "arrivals", [fill("รหัสใบนัด", "12345")]),
        Screen("not-known", "not-known"),
        Screen("telephone", "telephone", [fill("วันที่นัด", thai_date(date.fromisoformat(values["busy"])))]),
        Screen("points", "points"),
        Screen("point-window", "points", [press("เพิ่มจุดบริการ"), press("บันทึก")]),
        Screen("board-window", "points", [press("เพิ่มจอ"), press("บันทึก")]),
    ]


def five_minutes_later(page: Page) -> None:
    page.evaluate("{ const now = Date.now; Date.now = () => now() + 300_000 }")


BOARDS = [
    Screen("calls", "{board}"),
    Screen("nobody", "{empty_board}"),
    Screen("gone", "no-such-board"),
    Screen("no-network", "{board}", [refuse("**/boards/**"), five_minutes_later, sees("เครือข่ายขัดข้อง")]),
]
# An answer of the kiosk goes after 12 s, and an input after 30 s: here they stay.
STAY = (
    "const begin = setTimeout; window.setTimeout = (run, ms, ...more) => begin(run, ms > 11_000 ? 1e9 : ms, ...more);"
)


def answers_of(slips: dict[str, tuple[str, str]]) -> list[Screen]:
    """The kiosk's answers to what is scanned."""
    return [Screen(name, "", [scan(slip), sees(says)]) for name, (slip, says) in slips.items()]


def kiosk_of(values: dict[str, Any]) -> list[Screen]:
    """The kiosk's screens: what is scanned or typed, and its answers."""
    return [
        Screen("ready"),
        Screen("keypad", "", [press("พิมพ์เลขบัตรประชาชน"), press("1"), press("2")]),
        Screen("keypad-wrong", "", [press("พิมพ์เลขบัตรประชาชน"), *map(press, "1234567890123"), press("ตกลง")]),
        Screen("points", "", [press("ไม่มีนัด รับบัตรคิว")]),
        Screen("ticket", "", [press("ไม่มีนัด รับบัตรคิว"), press("จุดซักประวัติ"), sees("บัตรคิวของท่าน")]),
        *answers_of(values["slips"]),
        Screen("busy", "", [refuse("**/kiosk/**", 0), scan("HELLO"), sees("ไม่ว่าง")]),
    ]


TIME = press(re.compile(r"^\d\d:\d\d"))


def move(page: Page) -> None:
    """Begin to change the time of the last appointment."""
    open_more(page)
    press("เลื่อนนัด")(page)


def go_on(address: str) -> Step:
    """Go to an address after the `#`, without loading the page again."""
    return lambda page: page.evaluate("address => (location.hash = address)", f"/{address}")


def phone_of(values: dict[str, Any]) -> list[Screen]:
    """The phone's screens: of somebody new, then of a person with appointments."""
    find = f"find?hospital={CODE}"
    times = f"{find}&department={values['department']}&date={values['busy']}"
    enter = press("เข้าใช้งาน")
    return [
        Screen("choose"),
        Screen("choose-wrong", "", [fill("เลขบัตรประชาชน", "1234567890123")]),
        Screen("introduce", "", [fill("เลขบัตรประชาชน", new_cid(), "Tab"), enter, press("ต่อไป")]),
        Screen("leave", "", [press("ออก")]),
        Screen("home", "", [fill("เลขบัตรประชาชน", values["visitor"], "Tab"), enter, sees("นัดของฉัน")]),
        Screen("home-more", "", [open_more]),
        Screen("qr", "", [open_more, press("คิวอาร์โค้ด")]),
        Screen("cancel", "", [open_more, press("ยกเลิกนัด", "Cancel")], is_asked=True),
        Screen("find", "find"),
        Screen("department", find),
        Screen("day", f"{find}&department=1"),
        Screen("time", times),
        Screen("check", times, [TIME]),
        Screen("messages", "messages", [sees("เรื่องนัดของท่าน")]),
        Screen("message", "messages", [sees("เรื่องนัดของท่าน"), open_first]),
        Screen("accesses", "accesses"),
        Screen("move-day", "", [move, sees("กำลังเลื่อนนัด")]),
        Screen("move-time", "", [move, go_on(times), sees("กำลังเลื่อนนัด")]),
        Screen("move-check", "", [move, go_on(times), TIME, sees("ตรวจดูก่อนเลื่อน")]),
    ]
