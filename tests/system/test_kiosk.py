"""The kiosk: people arrive or draw a ticket, and read where to go.

Nothing of them stays on the screen.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from chalicelib.booking import slip_codes
from tests.client import Client, in_days
from tests.hospitals import Hospital
from tests.maker import PASSWORD
from tests.manual.visit_client import POINTS, RULES, booked
from tests.system import screenshots
from tests.system.delayed_answers import handle_first
from tests.system.test_accessibility_and_size import violations_on

OPEN_DAYS = (20,)
STANDING, LYING = ViewportSize(width=1080, height=1920), ViewportSize(width=1366, height=768)
# The keys of a Thai keyboard for those of a Latin one (Kedmanee), as far as slips have them.
LATIN = "1234567890-ABCDEFGHJKMNPQRSTVWXYZ"
THAI = "ๅ/-ภถ\u0e38\u0e36คตจขฤ\u0e3aฉฏฎโฌ\u0e47\u0e4bษ?\u0e4cญ๐ฑฆธฮ" + '")\u0e4d('


# The sizes of those buttons that a finger in a hurry misses.
SMALL = "all => all.map((b) => b.getBoundingClientRect()).filter((b) => b.width < 56 || b.height < 56)"


class Kiosk:
    """A kiosk's screen.

    `complaints`: errors in the console, without expected error answers and lost networks.
    """

    def __init__(self, browser: Browser, url: str, size: ViewportSize) -> None:
        self.context = browser.new_context(viewport=size, locale="th-TH", has_touch=True)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(90_000)
        self.page.clock.install()
        self.url, self.complaints = f"{url}/kiosk/", list[str]()
        self.page.on("console", lambda message: self._note(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, text: str) -> None:
        if not re.search(r"status of 4\d\d|net::ERR_|localhost:8189", text):
            self.complaints.append(text)

    def open(self, token: str | None) -> "Kiosk":
        self.page.add_init_script(f"sessionStorage.setItem('kiosk_token', '{token}')")
        self.page.goto(self.url)
        expect(self.title("สแกน QR ในใบนัด")).to_be_visible()
        return self

    def title(self, text: str) -> Any:
        return self.page.get_by_role("heading", level=1).filter(has_text=text)

    def scan(self, code: str) -> None:
        """What a wand does: it types the code, then Enter."""
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def says(self, title: str, *texts: str) -> None:
        expect(self.title(title)).to_be_visible()
        for text in texts:
            expect(self.page.get_by_role("main")).to_contain_text(text)

    def shot(self, name: str) -> None:
        screenshots.keep(self.page, f"kiosk-{self.page.viewport_size['width']}-{name}")  # type: ignore[index]

    def violations(self) -> list[str]:
        return violations_on(self.page)

    def wait_for_the_pause(self) -> None:
        self.page.clock.fast_forward(12_500)
        expect(self.title("สแกน QR ในใบนัด")).to_be_visible()

    def kept(self) -> str:
        """Everything on the screen and in the browser's storage except the kiosk's token."""
        everything: str = self.page.evaluate(
            """() => JSON.stringify([
                document.documentElement.outerHTML, document.title, location.href, document.cookie,
                Object.entries(localStorage), Object.entries(sessionStorage).filter(([key]) => key !== "kiosk_token"),
            ])"""
        )
        return everything


@pytest.fixture(scope="module")
def account(hospital: Hospital) -> Client:
    return hospital.hospitals.add_account(hospital.code, "kiosk.test", "ตู้ลงทะเบียน", "QUEUE_KIOSK:1")


def opened_today(staff: Client) -> dict[str, int]:
    """Two schedules of today: "open" all day, and "late" in its last seconds.

    At "late" everybody is too early.
    """
    rules = {"early_minutes": 0, "late_minutes": 1440, "ticket_code": "W", "version": 1}
    assert staff.call("PUT", RULES, body=rules).status == 200
    lines = []
    for name, start, finish in (("ทั้งวัน", "00:00:00", "23:59:49"), ("ท้ายวัน", "23:59:50", "23:59:59")):
        period = {"period_name": name, "time_start": start, "time_finish": finish}
        number = staff.call("POST", "/api/dashboard/periods", body=period).result["period_id"]
        lines.append({"period_id": number, "department_id": 1, "room_id": 1, "capacity": 100, "online": True})
    day = in_days(0).isoformat()
    made = staff.call("POST", "/api/dashboard/schedules", body={"date": day, "lines": lines}).result
    wanted = {"point_name": "ห้องตรวจอายุรกรรม", "point_name_en": "Medicine", "departments": [1]}
    assert staff.call("POST", POINTS, body=wanted).status == 200
    of_period = {line["time_start"]: line["schedule_id"] for line in made}
    return {"open": of_period["00:00:00"], "late": of_period["23:59:50"]}


@pytest.fixture(scope="module")
def today(staff: Client) -> dict[str, int]:
    return opened_today(staff)


@pytest.fixture
def new_kiosk(browser: Browser, site: str, account: Client) -> Iterator[Callable[..., Kiosk]]:
    made: list[Kiosk] = []

    def make(size: ViewportSize = STANDING) -> Kiosk:
        made.append(Kiosk(browser, site, size).open(account.token))
        return made[-1]

    yield make
    complaints = [line for kiosk in made for line in kiosk.complaints]
    for kiosk in made:
        kiosk.context.close()
    assert complaints == []


@pytest.fixture
def kiosk(new_kiosk: Callable[..., Kiosk]) -> Kiosk:
    return new_kiosk()


def test_who_scans_a_slip_reads_number_place_and_how_many_are_in_front(
    kiosk: Kiosk, his: Client, staff: Client, today: dict[str, int]
) -> None:
    row = booked(his, staff, today["open"])
    kiosk.shot("ready")
    kiosk.scan(row["slip_code"])
    kiosk.says(
        "ลงทะเบียนเรียบร้อยแล้ว", row["queue_no"], "กรุณาไปที่ ห้องตรวจอายุรกรรม", "Please go to Medicine", "You are registered"
    )
    expect(kiosk.page.get_by_role("main")).to_contain_text(re.compile("มีผู้รอก่อนท่าน|ท่านเป็นคิวถัดไป"))
    kiosk.shot("arrived")
    kiosk.scan(row["slip_code"])
    kiosk.says("ท่านลงทะเบียนไว้แล้ว", row["queue_no"], "registered already")
    kiosk.press("English")
    kiosk.says("You are registered already", row["queue_no"])
    kiosk.shot("again-english")
    kiosk.wait_for_the_pause()

    kept = kiosk.kept()
    for secret in (
        row["queue_no"],
        row["slip_code"],
        row["slip_code"].replace("-", ""),
        row["cid"],
        row["person_name"],
    ):
        assert secret not in kept


def test_a_wand_works_while_the_computer_is_set_to_thai(
    kiosk: Kiosk, his: Client, staff: Client, today: dict[str, int]
) -> None:
    row = booked(his, staff, today["open"])
    keys = [*(THAI[LATIN.index(letter)] for letter in row["slip_code"]), "Enter"]
    kiosk.page.evaluate(
        """keys => {
            for (const key of keys) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        }""",
        keys,
    )
    kiosk.says("ลงทะเบียนเรียบร้อยแล้ว", row["queue_no"])


def test_an_id_is_typed_on_the_screen(
    new_kiosk: Callable[..., Kiosk], his: Client, staff: Client, today: dict[str, int]
) -> None:
    kiosk = new_kiosk(LYING)
    row = booked(his, staff, today["open"])
    kiosk.shot("ready")
    kiosk.press("พิมพ์เลขบัตรประชาชน")
    wrong = row["cid"][:12] + str((int(row["cid"][12]) + 1) % 10)
    for digit in wrong:
        kiosk.press(digit)
    kiosk.press("ตกลง")
    expect(kiosk.page.get_by_role("alert")).to_contain_text("เลขไม่ถูกต้อง")
    kiosk.press("ล้าง")
    for digit in row["cid"]:
        kiosk.press(digit)
    kiosk.shot("keypad")
    spilled = kiosk.page.evaluate("document.scrollingElement.scrollHeight - innerHeight")
    assert spilled <= 0, "the keypad must not need scrolling"
    kiosk.press("ตกลง")
    kiosk.says("ลงทะเบียนเรียบร้อยแล้ว", row["queue_no"])
    kiosk.shot("arrived")
    kiosk.wait_for_the_pause()

    assert row["cid"] not in kiosk.kept()


REFUSED = {
    "wrong day": ("นัดของท่านไม่ใช่วันนี้", "Your appointment is not today"),
    "too early": ("ยังไม่ถึงเวลา", "It is too early"),
    "cancelled": ("นัดนี้ถูกยกเลิกแล้ว", "This appointment was cancelled"),
    "moved": ("นัดนี้เลื่อนไปวันอื่นแล้ว", "This appointment was moved"),
    "another hospital": ("ใบนัดนี้เป็นของโรงพยาบาลอื่น", "This slip is of another hospital"),
    "unreadable": ("อ่านใบนัดไม่ได้", "The slip cannot be read"),
}


def refused_slips(his: Client, staff: Client, today: dict[str, int]) -> dict[str, str]:
    """What is scanned in each case."""
    later = staff.call("GET", "/api/dashboard/schedules", {"date": in_days(20).isoformat()}).result[0]["schedule_id"]
    cancelled, moved = booked(his, staff, today["open"]), booked(his, staff, today["open"])
    assert his.cancel(cancelled["cid"], cancelled["hospital_appointment_slot_id"]).status == 200
    assert his.postpone(moved["cid"], moved["hospital_appointment_slot_id"], later).status == 200
    day = {"date": in_days(20).isoformat(), "schedule_id": later}
    (there,) = staff.call("GET", "/api/dashboard/appointments", day).result
    return {
        "wrong day": there["slip_code"],
        "too early": booked(his, staff, today["late"])["slip_code"],
        "cancelled": cancelled["slip_code"],
        "moved": moved["slip_code"],
        "another hospital": slip_codes.code("00002", 1_000_001, 1, "12ab34cd"),
        "unreadable": "HTTPS://EXAMPLE.COM/MENU",
    }


@pytest.fixture(scope="module")
def slips_of(his: Client, staff: Client, today: dict[str, int]) -> dict[str, str]:
    return refused_slips(his, staff, today)


def test_who_cannot_arrive_reads_why_and_where_to_go_in_both_languages(kiosk: Kiosk, slips_of: dict[str, str]) -> None:
    for case, (thai, english) in REFUSED.items():
        kiosk.scan(slips_of[case])
        kiosk.says(thai, "จุดประชาสัมพันธ์", "information desk")
        assert kiosk.violations() == []
        kiosk.shot(case.replace(" ", "-"))
        kiosk.press("English")
        kiosk.says(english, "information desk")
        kiosk.wait_for_the_pause()

        kept = kiosk.kept()
        assert slips_of[case] not in kept
        assert english not in kept


def test_without_an_appointment_a_ticket_is_drawn_and_printed(
    new_kiosk: Callable[..., Kiosk], today: dict[str, int]
) -> None:
    kiosk = new_kiosk(LYING)
    kiosk.page.evaluate(
        "() => { window.print = () => (window.printed = document.querySelector('.paper').textContent); }"
    )
    kiosk.press("ไม่มีนัด รับบัตรคิว")
    kiosk.says("ท่านต้องการไปที่ใด")
    kiosk.shot("points")
    kiosk.press("ห้องตรวจอายุรกรรม")
    kiosk.says("บัตรคิวของท่าน", "W0")
    kiosk.press("พิมพ์บัตรคิว")
    printed = kiosk.page.evaluate("window.printed")
    number = kiosk.page.locator(".number b").text_content() or ""

    assert number in printed
    assert "ห้องตรวจอายุรกรรม" in printed
    kiosk.page.emulate_media(media="print")
    expect(kiosk.page.locator(".paper")).to_be_visible()
    expect(kiosk.page.get_by_role("banner")).to_be_hidden()
    paper = kiosk.page.locator(".paper").bounding_box()
    assert paper
    assert (paper["x"], paper["y"]) == (0, 0)
    assert paper["width"] <= 273  # 72 mm
    kiosk.shot("paper")


def test_while_the_network_is_down_people_are_told_what_to_do(kiosk: Kiosk, slips_of: dict[str, str]) -> None:
    kiosk.context.set_offline(True)
    kiosk.scan(slips_of["too early"])
    kiosk.says("ขณะนี้ระบบไม่ว่าง", "จุดประชาสัมพันธ์", "The system is busy")
    kiosk.shot("busy")
    kiosk.context.set_offline(False)
    kiosk.scan(slips_of["too early"])
    kiosk.says("ยังไม่ถึงเวลา")


def test_a_card_in_the_computers_own_reader_is_read_once(
    browser: Browser, site: str, account: Client, his: Client, staff: Client, today: dict[str, int]
) -> None:
    row = booked(his, staff, today["open"])
    kiosk = Kiosk(browser, site, STANDING)
    headers = {"Access-Control-Allow-Origin": "*"}
    body = {"pid": row["cid"], "fname": "ทดสอบ"}
    kiosk.page.route("http://localhost:8189/**", lambda route: route.fulfill(json=body, headers=headers))
    kiosk.page.add_init_script(f"sessionStorage.setItem('kiosk_token', '{account.token}')")
    kiosk.page.goto(kiosk.url)
    kiosk.says("ลงทะเบียนเรียบร้อยแล้ว", row["queue_no"])
    kiosk.wait_for_the_pause()
    assert row["cid"] not in kiosk.kept()
    kiosk.context.close()


def test_the_staff_signs_the_kiosk_in_and_no_other_account_opens_it(
    browser: Browser, site: str, hospital: Hospital, account: Client, staff: Client
) -> None:
    kiosk = Kiosk(browser, site, STANDING)
    page = kiosk.page
    page.goto(kiosk.url)
    for login in ("staff.demo", "kiosk.test"):
        page.get_by_label("รหัสหน่วยบริการ").fill(hospital.code)
        page.get_by_label("ชื่อผู้ใช้ของตู้").fill(login)
        page.get_by_label("รหัสผ่าน").fill(PASSWORD)
        if login == "staff.demo":
            assert kiosk.violations() == []
        page.get_by_role("button", name="เข้าสู่ระบบ").click()
        if login == "staff.demo":
            expect(page.get_by_role("alert")).to_contain_text("QUEUE_KIOSK")
    expect(kiosk.title("สแกน QR ในใบนัด")).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text(hospital.name)
    # A token that has ended is replaced without anybody.
    handle_first(page, "**/api/dashboard/kiosk/points", lambda route: route.fulfill(status=401, json={}))
    kiosk.press("ไม่มีนัด รับบัตรคิว")
    kiosk.says("ท่านต้องการไปที่ใด")
    page.reload()
    expect(kiosk.title("สแกน QR ในใบนัด")).to_be_visible()
    kiosk.context.close()


def test_every_screen_is_free_of_axe_violations_and_its_targets_are_large(kiosk: Kiosk, today: dict[str, int]) -> None:
    """In Thai, standing; test_gallery.py sees the others."""
    assert kiosk.violations() == []
    for button in ("พิมพ์เลขบัตรประชาชน", "ไม่มีนัด รับบัตรคิว"):
        kiosk.press(button)
        expect(kiosk.page.get_by_role("button", name="กลับ", exact=True)).to_be_visible()
        assert kiosk.violations() == []
        for language in ("ไทย", "English"):
            kiosk.press(language)
            for size in (STANDING, LYING):
                kiosk.page.set_viewport_size(size)
                assert kiosk.page.get_by_role("button").evaluate_all(SMALL) == []
                assert kiosk.page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]
        kiosk.press("Back")
        expect(kiosk.title("สแกน QR ในใบนัด")).to_be_visible()


def test_a_repeated_ticket_after_a_lost_answer_is_the_same_ticket(kiosk: Kiosk, today: dict[str, int]) -> None:
    sent: list[Any] = []
    kiosk.page.on("request", lambda request: sent.append(request))
    handle_first(kiosk.page, "**/kiosk/tickets", lambda route: route.abort())
    kiosk.press("ไม่มีนัด รับบัตรคิว")
    kiosk.press("ห้องตรวจอายุรกรรม")
    kiosk.says("ขณะนี้ระบบไม่ว่าง")
    kiosk.press("ลองอีกครั้ง")
    kiosk.says("บัตรคิวของท่าน")

    ids = [request.post_data_json["ticket_id"] for request in sent if request.url.endswith("/tickets")]
    assert len(ids) == 2
    assert ids[0] == ids[1]
    assert uuid.UUID(ids[0])
