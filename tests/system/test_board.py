"""The board shows and speaks a called number, and always says if it is not live."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.client import Client
from tests.hospitals import Hospital
from tests.manual.visit_client import POINTS, at_counter
from tests.system import screenshots
from tests.system.test_accessibility_and_size import violations_on
from tests.waiting import eventually

BOARDS = "/api/dashboard/boards"
TELEVISION, SMALL = ViewportSize(width=1920, height=1080), ViewportSize(width=1366, height=768)
# In place of the browser's voice, which a machine without a sound card does not have.
VOICE = """
    window.spoken = [];
    speechSynthesis.speak = (utterance) => window.spoken.push(`${utterance.lang}: ${utterance.text}`);
    speechSynthesis.cancel = () => {};
"""


class Board:
    """A television with a board."""

    def __init__(self, browser: Browser, url: str, token: str, size: ViewportSize) -> None:
        self.context = browser.new_context(viewport=size, locale="th-TH")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(90_000)
        self.page.clock.install()
        self.page.add_init_script(VOICE)
        self.requests: list[Any] = []
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.goto(f"{url}/board/#{token}")

    def shows(self, number: str, counter: int) -> None:
        tile = self.page.locator(".tiles li").filter(has_text=number)
        expect(tile).to_contain_text(str(counter))

    def violations(self) -> list[str]:
        return violations_on(self.page)


@pytest.fixture
def new_board(browser: Browser, site: str) -> Iterator[Callable[..., Board]]:
    made: list[Board] = []

    def make(token: str, size: ViewportSize = TELEVISION) -> Board:
        made.append(Board(browser, site, token, size))
        return made[-1]

    yield make
    for board in made:
        board.context.close()


def new_point(staff: Client, name: str, name_en: str) -> int:
    wanted = {"point_name": f"{name} {uuid.uuid4().hex[:4]}", "point_name_en": name_en}
    number: int = staff.call("POST", POINTS, body=wanted).result["point_id"]
    return number


def defined(staff: Client, *points: int) -> dict[str, Any]:
    body = {"board_name": f"จอ {uuid.uuid4().hex[:6]}", "points": list(points)}
    made: dict[str, Any] = staff.call("POST", BOARDS, body=body).result
    eventually(lambda: document(staff, made["token"]), "the board's document")
    return made


def document(staff: Client, token: str) -> Any:
    answer = staff.call("GET", f"/boards/{token}.json")
    return answer.json if answer.status == 200 else None


def called(staff: Client, point: int, counter: int) -> str:
    """Somebody draws a ticket and is called; their number."""
    ticket = {"point_id": point, "ticket_id": str(uuid.uuid4())}
    staff.call("POST", "/api/dashboard/tickets", body=ticket)
    number: str = at_counter(staff, point, "call", str(uuid.uuid4()), counter).result["queue_no"]
    return number


def test_a_number_that_is_called_is_shown_and_spoken_in_two_languages(
    new_board: Callable[..., Board], staff: Client
) -> None:
    point = new_point(staff, "ห้องตรวจ", "Examination")
    board = new_board(defined(staff, point)["token"])
    expect(board.page.locator(".message")).to_have_text("ยังไม่มีการเรียกคิว")
    board.page.get_by_role("button", name="เปิดเสียงเรียก").click()
    number = called(staff, point, 3)
    board.shows(number, 3)
    spelled = " ".join(number)
    assert board.page.evaluate("spoken.slice(2)") == [
        f"th-TH: เชิญหมายเลข {spelled} ที่ช่อง 3",
        f"en-US: Number {spelled}, counter 3",
    ]
    assert board.violations() == []
    screenshots.keep(board.page, "board-one-thai")
    board.page.get_by_role("button", name="English").click()
    expect(board.page.locator(".newest")).to_contain_text("Counter")
    expect(board.page.get_by_role("banner")).to_contain_text("Examination")
    assert board.violations() == []
    screenshots.keep(board.page, "board-one-english")


@pytest.mark.parametrize("size", [TELEVISION, SMALL], ids=["1920x1080", "1366x768"])
def test_a_board_of_several_points_and_counters_fits_and_is_large(
    new_board: Callable[..., Board], staff: Client, size: ViewportSize
) -> None:
    points = [new_point(staff, "ตรวจ", "Examination"), new_point(staff, "ห้องยา", "Pharmacy")]
    board = new_board(defined(staff, *points)["token"], size)
    numbers = [called(staff, points[n % 2], 1 + n // 2) for n in range(8)]
    for n, number in enumerate(numbers):
        board.shows(number, 1 + n // 2)
    expect(board.page.locator(".newest")).to_contain_text(numbers[-1])
    heights = board.page.locator(".tiles .number").evaluate_all(
        "all => all.map((b) => b.getBoundingClientRect().height)"
    )
    # A letter of a two-hundredth of the distance is read well: 25 mm at 5 m, 52 pixels of a television of 43 inches.
    assert min(heights) >= 52
    assert board.page.evaluate("document.scrollingElement.scrollHeight - innerHeight") <= 0
    assert board.page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    spilled = "all => all.filter((b) => b.scrollWidth > b.clientWidth || b.scrollHeight > b.clientHeight + 1).length"
    assert board.page.locator(".tiles li").evaluate_all(spilled) == 0
    screenshots.keep(board.page, f"board-{size['width']}-several")


def test_the_address_is_asked_with_what_is_known_and_the_token_is_in_no_query(
    new_board: Callable[..., Board], staff: Client
) -> None:
    token = defined(staff, new_point(staff, "ห้องตรวจ", "Examination"))["token"]
    board = new_board(token)
    expect(board.page.locator(".message")).to_have_text("ยังไม่มีการเรียกคิว")
    sent = [request for request in board.requests if "/boards/" in request.url]
    board.page.wait_for_event("response", lambda response: "/boards/" in response.url and response.status == 304)

    assert sent[0].url.endswith(f"/boards/{token}.json")
    assert not [request.url for request in board.requests if "?" in request.url and token in request.url]


def test_a_replaced_address_says_that_it_is_gone_and_the_new_one_shows_the_number(
    new_board: Callable[..., Board], staff: Client
) -> None:
    point = new_point(staff, "ห้องตรวจ", "Examination")
    made = defined(staff, point)
    board = new_board(made["token"])
    number = called(staff, point, 1)
    board.shows(number, 1)
    path = f"{BOARDS}/{made['board_id']}"
    replaced = staff.call("POST", f"{path}/token", body={"version": made["version"]}).result
    expect(board.page.get_by_role("alert")).to_contain_text("ที่อยู่ของจอนี้ใช้ไม่ได้แล้ว")
    expect(board.page.locator(".tiles li")).to_have_count(0)
    assert board.violations() == []
    screenshots.keep(board.page, "board-gone")
    eventually(lambda: document(staff, replaced["token"]), "the document of the new address")
    new_board(replaced["token"]).shows(number, 1)

    assert staff.call("DELETE", path, {"version": replaced["version"]}).status == 200
    eventually(lambda: document(staff, replaced["token"]) is None, "the removed board's document is gone")


def test_while_the_network_is_down_it_says_how_old_it_is_and_then_goes_on_by_itself(
    new_board: Callable[..., Board], staff: Client
) -> None:
    point = new_point(staff, "ห้องตรวจ", "Examination")
    board = new_board(defined(staff, point)["token"])
    number = called(staff, point, 1)
    board.shows(number, 1)
    board.context.set_offline(True)
    board.page.clock.run_for(40_000)
    expect(board.page.locator(".age")).to_contain_text("เครือข่ายขัดข้อง")
    board.shows(number, 1)
    before = len(board.requests)
    board.page.clock.run_for(90_000)
    # Every 15 seconds at most, not every second.
    assert len(board.requests) - before <= 8
    expect(board.page.locator(".age")).to_contain_text("นาที")
    screenshots.keep(board.page, "board-old")
    at_counter(
        staff, point, "serve", staff.call("GET", f"/api/dashboard/queues/{point}").result["counters"][0]["call_id"]
    )
    new = called(staff, point, 2)
    board.context.set_offline(False)
    board.page.clock.run_for(20_000)
    board.shows(new, 2)
    expect(board.page.locator(".age")).to_have_count(0)


def test_without_a_token_the_page_says_so(new_board: Callable[..., Board]) -> None:
    board = new_board("")
    expect(board.page.get_by_role("alert")).to_contain_text("ที่อยู่ของจอนี้ใช้ไม่ได้แล้ว")


def test_only_the_hospitals_own_clerks_keep_boards(hospital: Hospital, staff: Client) -> None:
    made = defined(staff, new_point(staff, "ห้องตรวจ", "Examination"))
    for roles in ("QUEUE_KIOSK:1", "APPOINTMENT_API:1", "IMMUNIZATION_SLOT:1"):
        assert hospital.clerk(roles).call("GET", BOARDS).status == 403
    assert document(staff, "A" * 22) is None
    assert document(staff, "../targets/x") is None
    assert set(document(staff, made["token"])) == {"version", "written_at", "day", "points", "recent"}
