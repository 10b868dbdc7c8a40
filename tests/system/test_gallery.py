"""Every screen in both languages, at every width, dark and in forced colours.

    make screenshots    # keeps the pictures in ci-output/screens

Nothing scrolls sideways or spills, axe-core finds nothing, English texts have no Thai, and the console is silent. The
screens are those of the showcase hospital, and of a hospital that has nothing yet.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Error, Page

from chalicelib.booking import slip_codes
from infra.local import demo
from infra.local.local_stack import LocalStack
from infra.local.run import build_dashboard
from infra.local.showcase import PEOPLE, made_people
from tests.client import Client, in_days
from tests.hospitals import Hospitals, hospitals_of
from tests.manual.visit_client import POINTS
from tests.system.conftest import new_pc
from tests.system.dashboard_page import DashboardPage
from tests.system.gallery import Gallery, Look, looks
from tests.system.gallery_screens import (
    ADMINISTRATOR,
    BOARDS,
    BOOKINGS,
    CLERK,
    CODE,
    COUNTRY,
    FIRST_HOUR,
    LOCKED,
    OFFICER,
    PROVINCE,
    SIGN_IN,
    STAY,
    Screen,
    answers_of,
    kiosk_of,
    phone_of,
    queue_of,
)
from tests.system.test_kiosk import opened_today, refused_slips
from tests.waiting import eventually

pytestmark = pytest.mark.large

# Thai in English screens that no response has: names of the account, and the prefixes of names.
NAMES = " ".join([demo.SHOWCASE[1], *(name for _, _, name, _, _ in demo.SHOWCASE_ACCOUNTS)])
NAMES += " โรงพยาบาลของชุดทดสอบ จาก นาย นาง นางสาว เด็กชาย เด็กหญิง พระ พระมหา สามเณร แม่ชี เด็กชายกิตติ"
PASSWORDS = {login: password for login, _, _, _, password in demo.SHOWCASE_ACCOUNTS}
DESK = looks((1366, 768), (1920, 1080), (683, 384), (320, 640))
PHONE = looks((390, 800), (320, 640), (360, 800))
KIOSK = looks((1080, 1920), (1366, 768))
BOARD = looks((1920, 1080), (1366, 768))


@dataclass
class Showcase:
    """The system with the showcase hospital.

    values: of its data by name, for addresses and steps.
    """

    stack: LocalStack
    hospitals: Hospitals
    clerk: Client
    values: dict[str, Any]


@pytest.fixture(scope="module")
def showcase(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    if missing := build_dashboard():
        pytest.fail(missing)
    with (
        LocalStack(tmp_path_factory.mktemp("gallery"), kept=False, showcase=True) as stack,
        hospitals_of(stack) as hospitals,
    ):
        clerk = Client(stack.url, None, CODE).sign_in("clerk.demo", CODE, PASSWORDS["clerk.demo"])
        yield Showcase(stack, hospitals, clerk, values_of(clerk) | added_to(clerk))


def values_of(clerk: Client) -> dict[str, Any]:
    """Days and schedules of the showcase hospital, by what is special about them."""
    board = clerk.call("GET", "/api/dashboard/today").result
    later = [day["date"] for day in board["days"] if day["date"] > board["date"]]
    schedules = clerk.call("GET", "/api/dashboard/schedules", {"date": later[0]}).result
    partly_free = next(each for each in schedules if 0 < each["available_count"] < each["capacity"] and each["online"])
    full = next(each for each in schedules if not each["available_count"])
    months = {day[:7] for day in later}
    calendar = [
        each
        for month in months
        for each in clerk.call("GET", "/api/dashboard/calendar", {"year": month[:4], "month": month[5:]}).result
    ]
    return {
        "today": board["date"],
        "busy": later[0],
        "closed": next(each["date"] for each in calendar if each["closed_held"]),
        "empty": in_days(200).isoformat(),
        "schedule": partly_free["schedule_id"],
        "department": partly_free["department_id"],
        "full": full["schedule_id"],
    }


def added_to(clerk: Client) -> dict[str, Any]:
    """Make what the showcase hospital does not have.

    Boards, an announcement with targets, own reasons, and slips that are refused.
    """
    quiet = clerk.call("POST", POINTS, body={"point_name": "ห้องเจาะเลือด", "point_name_en": "Blood tests"}).result
    points = [point["point_id"] for point in clerk.call("GET", POINTS).result]
    boards = []
    for name, shown in (("จอห้องโถง", points), ("จอห้องเจาะเลือด", [quiet["point_id"]])):
        boards.append(clerk.call("POST", "/api/dashboard/boards", body={"board_name": name, "points": shown}).result)
    text = {"title": "คลินิกย้ายอาคาร", "content": "ตั้งแต่วันจันทร์ เชิญที่อาคาร 2 ชั้น 3", "app": True, "line": True}
    draft = clerk.call("POST", "/api/messages", body=text).result["message_id"]
    assert clerk.call("POST", f"/api/messages/{draft}/targets/white-list").status == 200
    words = {"น้ำท่วม": "Flood", "แพทย์เข้าห้องผ่าตัดฉุกเฉิน": "The doctor is in an emergency operation", "ไฟฟ้าดับ": "Power cut"}
    reasons = [{"th": th, "en": en} for th, en in words.items()]
    version = clerk.call("GET", "/api/dashboard/reasons").result["version"]
    assert clerk.call("PUT", "/api/dashboard/reasons", body={"reasons": reasons, "version": version}).status == 200
    eventually(lambda: clerk.call("GET", f"/api/messages/{draft}").result["targets"], "the draft has targets")

    def are_written() -> bool:
        return all(clerk.call("GET", f"/boards/{board['token']}.json").status == 200 for board in boards)

    eventually(are_written, "the documents of the boards")
    return {"draft": draft, "board": boards[0]["token"], "empty_board": boards[1]["token"], **people_of(clerk)}


def people_of(clerk: Client) -> dict[str, Any]:
    """Slips for the kiosk, by what it answers, and a person for the phone."""
    board = clerk.call("GET", "/api/dashboard/today").result
    days = [day["date"] for day in board["days"][:2]]
    now, later = (clerk.call("GET", "/api/dashboard/worklist", {"date": day}).result["appointments"] for day in days)
    coming = [row for row in now if not row["visit"]]
    cancelled = later[-1]
    path = f"/api/dashboard/appointments/{cancelled['schedule_id']}/{cancelled['place']}/cancel"
    assert clerk.call("POST", path, body={"version": cancelled["version"]}).status == 200
    waits = next(row for row in now if row["visit"] == "arrived")
    visitor = next(person.cid for person in made_people(PEOPLE) if person.name == waits["person_name"])
    last = clerk.call("GET", "/api/dashboard/schedules", {"date": board["days"][-1]["date"]}).result
    free = max(last, key=lambda each: each["available_count"])["schedule_id"]
    held = clerk.call("POST", "/api/dashboard/appointments", body={"cid": visitor, "schedule_id": free}).result
    path = f"/api/dashboard/appointments/{held['schedule_id']}/{held['place']}/accept"
    assert clerk.call("POST", path, body={"version": held["version"]}).status == 200  # they get a notice of it
    return {
        "slips": {
            "arrived": (coming[0]["slip_code"], "ลงทะเบียนเรียบร้อยแล้ว"),
            "arrived-before": (coming[0]["slip_code"], "ท่านลงทะเบียนไว้แล้ว"),
            "wrong-day": (later[0]["slip_code"], "ไม่ใช่วันนี้"),
            "cancelled": (cancelled["slip_code"], "ถูกยกเลิกแล้ว"),
            "other-hospital": (slip_codes.code("00002", 1_000_001, 1, "12ab34cd"), "ของโรงพยาบาลอื่น"),
            "unreadable": ("HTTPS://EXAMPLE.COM/MENU", "อ่านใบนัดไม่ได้"),
        },
        "visitor": visitor,
    }


def tour(page: Page, url: str, gallery: Gallery, screens: list[Screen], values: dict[str, Any]) -> dict[str, list[str]]:
    """Show each screen in every look; the faults, by picture."""

    def go(screen: Screen, look: Look) -> None:
        page.unroute_all()
        page.goto(urljoin(url, "/health"))  # so that the next address is loaded, not only its part after the `#`
        page.goto(f"{url}{screen.address.format(**values)}")
        gallery.wear(look)
        gallery.settle()
        for step in screen.steps:
            step(page)
            gallery.settle()

    first, english = gallery.looks[0], next(look for look in gallery.looks if look.language == "en")
    for screen in screens:
        try:
            go(screen, first)
            gallery.show(screen.name, partial(go, screen, english) if screen.is_asked else None)
        except (Error, AssertionError) as problem:  # the other screens are shown all the same
            gallery.faults[screen.name] = [str(problem)[:400]]
    return gallery.faults


def by_fault(faults: dict[str, list[str]]) -> list[str]:
    """A line for each fault, with the pictures that have it."""
    pictures: dict[str, list[str]] = {}
    for picture, texts in faults.items():
        for text in texts:
            pictures.setdefault(text, []).append(picture)
    return [f"{text} [{len(names)}: {' '.join(names[:4])}]" for text, names in pictures.items()]


@pytest.fixture
def shown(browser: Browser, showcase: Showcase) -> Iterator[Callable[..., list[str]]]:
    """Function that shows screens in their looks; the faults, by picture.

    token: of the dashboard's account. where: the path of the page, up to the addresses of the screens.
    """
    made: list[DashboardPage] = []

    def show(
        screens: list[Screen],
        token: str | None = None,
        prefix: str = "dashboard",
        where: str = "/#/",
        looks: list[Look] = DESK,
        kept: dict[str, str] | None = None,
    ) -> list[str]:
        desk = DashboardPage(new_pc(browser), showcase.stack.url, None)  # type: ignore[arg-type]
        made.append(desk)
        claims = base64.urlsafe_b64decode(token.split(".")[1] + "==") if token else b"{}"
        gallery = Gallery(desk.page, prefix, looks, data=NAMES + json.dumps(json.loads(claims), ensure_ascii=False))
        for name, value in (kept or {}).items():
            desk.page.add_init_script(f"sessionStorage.setItem('{name}', '{value}')")
        desk.page.add_init_script(STAY)
        if token:
            desk.with_token(token)
        faults = tour(desk.page, f"{desk.url}{where}", gallery, screens, showcase.values)
        # The browser notes the answers of `refuse`.
        console = [line for line in desk.complaints if "status of 503" not in line]
        return [*by_fault(faults), *console]

    yield show
    for desk in made:
        desk.context.close()


Shown = Callable[..., list[str]]
SOURCES = Path(__file__).parents[2] / "dashboard" / "src"


def test_no_screen_of_the_menus_is_missing() -> None:
    lists = (CLERK, BOOKINGS, OFFICER, ADMINISTRATOR, PROVINCE, COUNTRY, FIRST_HOUR)
    shown = {screen.address.partition("?")[0] for screens in lists for screen in screens}
    dashboard = re.findall(r'as "?([\w-]*)"? }', (SOURCES / "screens" / "all.ts").read_text("utf-8").replace('""', ""))
    queue = re.findall(r'path: "([\w-]*)"', (SOURCES / "queue" / "app.tsx").read_text("utf-8"))
    shown_of_queue = {screen.address for screen in queue_of({"busy": in_days(1).isoformat()})}

    assert set(dashboard) - shown == set()
    assert len(dashboard) > 15
    assert set(queue) - shown_of_queue == set()
    assert len(queue) > 3


def test_the_clerks_screens(shown: Shown, showcase: Showcase) -> None:
    assert shown(CLERK, showcase.clerk.token) == []


def test_the_clerks_bookings(shown: Shown, showcase: Showcase) -> None:
    assert shown(BOOKINGS, showcase.clerk.token) == []


def test_the_announcements(shown: Shown, showcase: Showcase) -> None:
    assert shown(OFFICER, showcase.clerk.token) == []


def test_the_administrators_screens(shown: Shown, showcase: Showcase) -> None:
    head = Client(showcase.stack.url, None, CODE).sign_in("head.demo", CODE, PASSWORDS["head.demo"])
    assert shown(ADMINISTRATOR, head.token) == []


def test_a_locked_account(shown: Shown, showcase: Showcase) -> None:
    hospital = showcase.hospitals.new()
    hospital.client("staff.demo")
    wrong = {"user": "staff.demo", "hospital_code": hospital.code, "password_hash": "0" * 64}
    for _ in range(5):
        Client(showcase.stack.url).call("POST", "/token", {"Action": "get_moph_access_token"}, wrong)
    assert shown(LOCKED, hospital.client("admin.demo").token) == []


def test_the_provinces_and_the_countrys_screens(shown: Shown, showcase: Showcase) -> None:
    province = showcase.hospitals.add_account(CODE, "province.test", "ผู้ดูแล ทดสอบ", "ACCOUNT_ADMIN:3")
    country = showcase.hospitals.add_account(CODE, "country.test", "ผู้ดูแล ทดสอบ", "ACCOUNT_ADMIN:5")
    assert shown(PROVINCE, province.token) == []
    assert shown(COUNTRY, country.token) == []


def test_the_first_hour_of_a_hospital(shown: Shown, showcase: Showcase) -> None:
    hospital = showcase.hospitals.new(with_catalogue=False)
    assert shown(FIRST_HOUR, hospital.client("staff.demo").token) == []
    assert shown([Screen("first-hour-staff")], hospital.client("admin.demo").token) == []
    assert shown([Screen("queue-nothing")], hospital.client("staff.demo").token, "queue", "/queue/#/") == []
    first = hospital.clerk(must_change_password=True)
    assert shown([Screen("first-password")], first.token) == []


def test_the_sign_in(shown: Shown) -> None:
    assert shown(SIGN_IN) == []
    assert shown([Screen("sign-in")], prefix="queue", where="/queue/#/") == []


def test_the_queue_desk(shown: Shown, showcase: Showcase) -> None:
    assert shown(queue_of(showcase.values), showcase.clerk.token, "queue", "/queue/#/") == []


def test_the_kiosk(shown: Shown, showcase: Showcase) -> None:
    account = Client(showcase.stack.url, None, CODE).sign_in("kiosk.demo", CODE, PASSWORDS["kiosk.demo"])
    assert shown([Screen("sign-in")], prefix="kiosk", where="/kiosk/", looks=KIOSK) == []
    kept = {"kiosk_token": str(account.token)}
    assert shown(kiosk_of(showcase.values), prefix="kiosk", where="/kiosk/", looks=KIOSK, kept=kept) == []


def test_who_is_too_early_or_moved_at_the_kiosk(shown: Shown, showcase: Showcase) -> None:
    hospital = showcase.hospitals.new((20,))
    staff = hospital.client("staff.demo")
    slips = refused_slips(hospital.client("his.demo"), staff, opened_today(staff))
    screens = answers_of({"moved": (slips["moved"], "เลื่อนไปวันอื่นแล้ว"), "too-early": (slips["too early"], "ยังไม่ถึงเวลา")})
    account = showcase.hospitals.add_account(hospital.code, "kiosk.test", "ตู้ลงทะเบียน", "QUEUE_KIOSK:1")
    kept = {"kiosk_token": str(account.token)}
    assert shown(screens, prefix="kiosk", where="/kiosk/", looks=KIOSK, kept=kept) == []


def test_the_board(shown: Shown) -> None:
    assert shown(BOARDS, prefix="board", where="/board/#", looks=BOARD) == []


def test_the_phone(shown: Shown, showcase: Showcase) -> None:
    assert shown(phone_of(showcase.values), prefix="phone", where="/phone/#/", looks=PHONE) == []
