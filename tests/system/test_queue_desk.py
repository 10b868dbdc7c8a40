"""The queue desk: calling by keyboard, set-up, arrivals and failures."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.client import Client, in_days
from tests.hospitals import Hospital
from tests.maker import PASSWORD
from tests.manual.desk_client import booked as desk_booked
from tests.manual.desk_client import table
from tests.manual.visit_client import POINTS, at_counter, booked, schedule_of_today
from tests.system.dashboard_page import DashboardPage
from tests.system.queue_page import QueuePage
from tests.system.test_accessibility_and_size import settle, violations

OPEN_DAYS = (1,)
TOMORROW = in_days(1)
MOST_KEYS = 20
POINT, PHARMACY = "ตรวจ อายุรกรรม", "ห้องยา"


@pytest.fixture(scope="module")
def schedule(staff: Client) -> int:
    return schedule_of_today(staff)


@pytest.fixture
def points(staff: Client, schedule: int) -> Iterator[tuple[int, int]]:
    """Two points for one test: the examination of the room, and the pharmacy after it."""
    pharmacy = staff.call("POST", POINTS, body={"point_name": PHARMACY, "point_name_en": "Pharmacy"}).result
    body = {"point_name": POINT, "point_name_en": "Examination", "rooms": [1], "next_point": pharmacy["point_id"]}
    examination = staff.call("POST", POINTS, body=body).result
    yield examination["point_id"], pharmacy["point_id"]
    for each in (examination, pharmacy):
        query = {"version": each["version"]}
        assert staff.call("DELETE", f"{POINTS}/{each['point_id']}", query).status == 200


@pytest.fixture
def arrive(his: Client, staff: Client, schedule: int) -> Callable[..., Any]:
    """Lets a new person arrive who is booked today; the desk's row."""

    def make(priority: str = "") -> Any:
        row = booked(his, staff, schedule)
        body = {"code": row["slip_code"], "priority": priority}
        assert staff.call("POST", "/api/dashboard/arrivals", body=body).status == 200
        return row

    return make


@pytest.fixture
def counter(desk: DashboardPage, points: tuple[int, int]) -> QueuePage:
    """Counter 1 of the examination."""
    return QueuePage(desk).opened().at(POINT)


def visit_of(staff: Client, row: Any) -> str:
    query = {"date": in_days(0).isoformat(), "schedule_id": row["schedule_id"]}
    rows = staff.call("GET", "/api/dashboard/appointments", query).result
    return next(str(each["visit"]) for each in rows if each["slip_code"] == row["slip_code"])


def test_ten_people_are_called_and_served_with_at_most_twenty_keys(
    staff: Client, counter: QueuePage, arrive: Callable[..., Any]
) -> None:
    rows = [arrive() for _ in range(10)]

    called = []
    for _ in rows:
        called.append(counter.call())
        counter.end("Enter")

    assert called == [row["queue_no"] for row in rows]
    assert [visit_of(staff, row) for row in rows] == ["served"] * 10
    assert counter.keys <= MOST_KEYS


def test_the_called_person_is_shown_with_name_time_and_reason(
    staff: Client, counter: QueuePage, arrive: Callable[..., Any]
) -> None:
    usual, first = arrive(), arrive("monk")

    assert counter.call("Space") == first["queue_no"]

    shown = counter.page.locator(".shown")
    for text in (first["person_name"], "นัด 00:00–23:59", "พระภิกษุ"):
        expect(shown).to_contain_text(text)
    expect(counter.waits(usual["queue_no"])).to_be_visible()
    expect(counter.page.get_by_role("heading", name="รอเรียก 1 คน")).to_be_visible()
    counter.end("Enter")
    counter.call()
    counter.end("Enter")


def test_keys_work_while_the_keyboard_types_thai(counter: QueuePage, arrive: Callable[..., Any]) -> None:
    row = arrive()
    key = "{key: '\u0e37', code: 'KeyN', bubbles: true, cancelable: true}"
    counter.page.evaluate(f"document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key}))")
    expect(counter.number).to_have_text(row["queue_no"])
    counter.end("Enter")


def test_a_key_that_is_pressed_as_soon_as_the_counter_is_drawn_is_not_lost(
    desk: DashboardPage, points: tuple[int, int], arrive: Callable[..., Any]
) -> None:
    row = arrive()
    counter = QueuePage(desk).opened()
    counter.page.evaluate(
        """new MutationObserver((_, observer) => {
            if (!document.querySelector(".queue-number")) return;
            observer.disconnect();
            document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "n", code: "KeyN", bubbles: true}));
        }).observe(document.body, {childList: true, subtree: true})"""
    )
    counter.at(POINT)
    expect(counter.number).to_have_text(row["queue_no"])
    counter.end("Enter")


def test_two_counters_at_once_get_two_people(
    new_desk: Callable[..., DashboardPage], points: tuple[int, int], arrive: Callable[..., Any]
) -> None:
    rows = [arrive(), arrive()]
    one, other = (QueuePage(new_desk().signed_in()).opened().at(POINT, number) for number in (1, 2))

    for each in (one, other):
        each.press("n")
    for each in (one, other):
        expect(each.number).not_to_have_text("–")

    assert {one.number.inner_text(), other.number.inner_text()} == {row["queue_no"] for row in rows}
    for each in (one, other):
        each.end("Enter")


def test_somebody_is_called_again_skipped_and_after_three_skips_proposed_as_absent(
    staff: Client, counter: QueuePage, arrive: Callable[..., Any]
) -> None:
    row = arrive()
    counter.call()
    counter.press("r")
    expect(counter.said).to_contain_text("ซ้ำแล้ว")
    for _ in range(3):
        counter.end("s")
        expect(counter.waits(row["queue_no"])).to_be_visible()
        assert visit_of(staff, row) == "arrived"
        counter.call()
    expect(counter.page.get_by_text("เรียกแล้วไม่มา 3 ครั้ง")).to_be_visible()
    assert visit_of(staff, row) == "called"  # no machine says absent

    counter.press("a")
    expect(counter.page.get_by_role("heading", name=f"บันทึกว่า {row['queue_no']} ไม่มา?")).to_be_visible()
    counter.press("Escape")
    counter.press("a")
    counter.press("Enter")  # any other key goes back: Enter is "served" at other times
    expect(counter.page.get_by_role("button", name="เสร็จแล้ว")).to_be_visible()
    assert visit_of(staff, row) == "called"
    counter.end("a", "a")
    assert visit_of(staff, row) == "absent"


def test_somebody_is_sent_on_to_the_next_point_and_called_there(
    staff: Client, counter: QueuePage, points: tuple[int, int], arrive: Callable[..., Any]
) -> None:
    row = arrive()
    counter.call()
    counter.end("t", "t")
    expect(counter.said).to_contain_text("ส่งต่อแล้ว")
    counter.page.get_by_role("button", name="เปลี่ยนจุดหรือช่อง").click()
    counter.at(PHARMACY)

    assert counter.call() == row["queue_no"]
    counter.end("Enter")
    assert visit_of(staff, row) == "served"


def test_a_refresh_keeps_whom_the_counter_serves(
    counter: QueuePage, arrive: Callable[..., Any], staff: Client, points: tuple[int, int]
) -> None:
    row = arrive()
    counter.call()

    counter.page.reload()

    expect(counter.number).to_have_text(row["queue_no"])
    expect(counter.page.locator(".shown")).to_contain_text(row["person_name"])
    counter.end("Enter")
    assert visit_of(staff, row) == "served"


def test_a_counter_that_calls_in_another_window_is_told_so(
    counter: QueuePage, arrive: Callable[..., Any], staff: Client, points: tuple[int, int]
) -> None:
    row, call_id = arrive(), str(uuid.uuid4())
    at_counter(staff, points[0], "call", call_id)  # the other window

    counter.press("n")

    expect(counter.number).to_have_text(row["queue_no"])
    expect(counter.said).to_contain_text("อีกหน้าต่าง")
    assert at_counter(staff, points[0], "absent", call_id).status == 200
    counter.press("Enter")
    expect(counter.said).to_contain_text("จบแล้วจากอีกหน้าต่างหนึ่ง (ไม่มา)")
    counter.is_free()


def test_nobody_waiting_is_said(counter: QueuePage) -> None:
    counter.press("n")
    expect(counter.said).to_contain_text("ไม่มีผู้รอ")
    counter.press("Enter")
    expect(counter.said).to_contain_text("ยังไม่ได้เรียกใคร")


def test_a_call_whose_answer_was_lost_is_sent_again_and_calls_nobody_twice(
    counter: QueuePage, arrive: Callable[..., Any], staff: Client, points: tuple[int, int]
) -> None:
    first, second = arrive(), arrive()
    sent = []

    def lose(route: Route) -> None:
        sent.append(route.request.post_data)
        if len(sent) > 1:
            route.continue_()
            return
        route.fetch()  # it is carried out, and the answer is lost
        route.abort()

    counter.page.route("**/counters/1/call", lose)
    counter.press("n")

    expect(counter.number).to_have_text(first["queue_no"])  # by itself, once the system can be reached
    queue = staff.call("GET", f"/api/dashboard/queues/{points[0]}").result
    assert [each["queue_no"] for each in queue["waiting"]] == [second["queue_no"]]
    assert len(sent) == 2
    assert len(set(sent)) == 1
    counter.end("Enter")
    counter.call()
    counter.end("Enter")


def test_after_the_session_has_ended_the_same_call_goes_on(
    counter: QueuePage, arrive: Callable[..., Any], staff: Client
) -> None:
    row = arrive()
    sent = []

    def end(route: Route) -> None:
        sent.append(route.request.post_data)
        if len(sent) == 1:
            route.fulfill(status=401, json={"Error": {"code": "Unauthorized"}})
        else:
            route.continue_()

    counter.page.route("**/counters/1/call", end)
    counter.press("n")
    window = counter.desk.window("หมดเวลาการเข้าใช้")
    window.get_by_label("รหัสผ่าน", exact=True).fill(PASSWORD)
    counter.page.keyboard.press("Enter")

    expect(counter.number).to_have_text(row["queue_no"])
    assert len(sent) == 2
    assert len(set(sent)) == 1
    counter.end("Enter")


def test_arrivals_and_tickets_are_noted_at_the_counter(
    counter: QueuePage, his: Client, staff: Client, schedule: int
) -> None:
    row = booked(his, staff, schedule)
    counter.press("d")
    expect(counter.page.get_by_label("รหัสใบนัด หรือเลขบัตรประชาชน")).to_be_focused()
    counter.page.keyboard.type(row["slip_code"])
    counter.page.keyboard.press("Enter")
    expect(counter.page.locator(".arrived")).to_contain_text(row["queue_no"])
    expect(counter.waits(row["queue_no"])).to_be_visible()

    counter.page.get_by_label("เหตุที่ให้เรียกก่อน").select_option(label="ผู้พิการ")
    counter.page.get_by_role("button", name="ออกบัตรคิว (ไม่มีนัด)").click()
    expect(counter.page.locator(".arrived")).to_contain_text("บัตรคิวใหม่")
    ticket = counter.page.locator(".arrived strong").inner_text()
    expect(counter.waits(ticket)).to_contain_text("ผู้พิการ")

    counter.page.get_by_label("รหัสใบนัด หรือเลขบัตรประชาชน").fill("12345")
    counter.page.keyboard.press("Enter")
    expect(counter.page.get_by_role("alert")).to_be_visible()
    counter.press("Escape")
    for _ in range(2):
        counter.call()
        counter.end("Enter")


def test_the_page_has_a_sign_in_of_its_own(new_desk: Callable[..., DashboardPage], staff: Client) -> None:
    desk = new_desk()
    desk.page.goto(f"{desk.url}/queue/")
    desk.page.get_by_label("รหัสหน่วยบริการ").fill(desk.hospital.code)
    desk.page.get_by_label("ชื่อผู้ใช้").fill("staff.demo")
    desk.page.get_by_label("รหัสผ่าน", exact=True).fill(PASSWORD)
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("heading", name="ยังไม่มีจุดบริการ")).to_be_visible()


def test_who_has_not_confirmed_is_telephoned_and_the_outcome_noted(desk: DashboardPage, staff: Client) -> None:
    schedule = next(each for each in table(staff, TOMORROW) if each["room_id"] == 1)
    rows = [desk_booked(staff, schedule["schedule_id"])[1] for _ in range(2)]
    counter = QueuePage(desk).opened()
    counter.screen("โทรยืนยัน")
    page, listed = counter.page, [counter.waits(row["queue_no"]) for row in rows]
    expect(listed[0]).to_contain_text("0800000000")

    page.get_by_role("button", name=f"ไม่รับสาย {rows[0]['queue_no']}").click()
    expect(listed[0]).to_contain_text("ไม่รับสาย · เจ้าหน้าที่ สาธิต")
    page.get_by_role("button", name=f"จะมา {rows[0]['queue_no']}").click()
    expect(listed[0]).to_contain_text("จะมา · เจ้าหน้าที่ สาธิต")
    expect(page.get_by_role("heading", name="ยังไม่ยืนยัน 2 คน · ยังต้องโทร 1 คน")).to_be_visible()
    desk.shot("queue-telephone")

    page.get_by_role("button", name=f"ไม่มา ยกเลิกนัด {rows[1]['queue_no']}").click()
    question = page.get_by_role("dialog").filter(has_text=f"ยกเลิกนัด {rows[1]['queue_no']}")
    question.get_by_role("button", name="ยกเลิกนัด", exact=True).click()
    expect(listed[1]).to_be_hidden()
    left = staff.call("GET", "/api/dashboard/worklist", {"date": TOMORROW.isoformat()}).result["appointments"]
    assert [(each["queue_no"], each["call_outcome"]) for each in left] == [(rows[0]["queue_no"], "will_come")]


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the control has the focus."""
    expect(target).to_be_visible()
    for _ in range(80):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"80 times Tab did not reach {target}")


def test_from_nothing_to_the_first_call_by_keyboard_alone(
    new_desk: Callable[..., DashboardPage], staff: Client, his: Client, schedule: int
) -> None:
    row = booked(his, staff, schedule)
    desk = new_desk().signed_in()
    desk.page.goto(f"{desk.url}/queue/")
    page, keyboard = desk.page, desk.page.keyboard
    expect(page.get_by_role("heading", name="ยังไม่มีจุดบริการ")).to_be_visible()
    expect(page.get_by_role("link", name="ตั้งค่าจุดบริการ").last).to_be_focused()
    keyboard.press("Enter")

    tab_to(page, page.get_by_role("button", name="เพิ่มจุดบริการ"))
    keyboard.press("Enter")
    window = desk.window("จุดบริการ")
    expect(window.get_by_label("ชื่อจุดบริการ")).to_be_focused()
    keyboard.type(POINT)
    tab_to(page, window.get_by_role("checkbox", name="อายุรกรรม").first)
    keyboard.press("Space")
    keyboard.press("Enter")
    expect(window).to_be_hidden()
    expect(page.get_by_role("row").filter(has_text=POINT)).to_contain_text("อายุรกรรม")

    tab_to(page, page.get_by_role("link", name="ไปเรียกคิว"))
    keyboard.press("Enter")
    expect(page.get_by_label("จุดบริการ")).to_be_focused()
    tab_to(page, page.get_by_role("button", name="เริ่มเรียกคิว"))
    keyboard.press("Enter")
    counter = QueuePage(desk)
    counter.is_free()
    assert staff.call("POST", "/api/dashboard/arrivals", body={"code": row["slip_code"]}).status == 200
    assert counter.call() == row["queue_no"]
    counter.end("Enter")

    counter.screen("ตั้งค่าจุดบริการ")
    page.get_by_role("button", name=f"ลบ {POINT}").click()
    desk.window(f"ลบ “{POINT}” หรือไม่").get_by_role("button", name="ลบ", exact=True).click()
    expect(page.get_by_text("ยังไม่มีจุดบริการ")).to_be_visible()


def test_who_is_not_known_gets_an_outcome_by_one_key_each(
    desk: DashboardPage, hospital: Hospital, staff: Client, his: Client, points: tuple[int, int], schedule: int
) -> None:
    # The list has everybody of the hospital's day; the tests before this one may have left somebody.
    for left in staff.call("GET", "/api/dashboard/visits/not-known", {"date": in_days(0).isoformat()}).result:
        body = {"slip_code": left["slip_code"], "outcome": "served"}
        assert staff.call("POST", "/api/dashboard/visits/outcome", body=body).status == 200
    rows = [booked(his, staff, schedule) for _ in range(2)]
    counter = QueuePage(desk).opened()
    counter.screen("ยังไม่ทราบผล")
    listed = [counter.waits(row["queue_no"]) for row in rows]
    for row, each in zip(rows, listed, strict=True):
        expect(each).to_contain_text(row["person_name"])
    expect(listed[0]).to_have_class("chosen")

    counter.press("Enter")
    expect(listed[0]).to_be_hidden()
    counter.press("a")
    expect(listed[1]).to_be_hidden()
    expect(counter.page.get_by_role("heading", name="ทราบผลครบทุกคนแล้ว")).to_be_visible()
    assert [visit_of(staff, row) for row in rows] == ["served", "absent"]

    counter.press("u")
    expect(counter.page.get_by_role("status").filter(has_text=f"{rows[1]['queue_no']} · รับบริการแล้ว")).to_be_visible()
    assert visit_of(staff, rows[1]) == "served"


def test_every_screen_is_free_of_axe_violations_and_fits_a_screen_of_320_px(
    desk: DashboardPage, points: tuple[int, int], arrive: Callable[..., Any], his: Client, staff: Client, schedule: int
) -> None:
    """In Thai and light colours; test_gallery.py sees the others."""
    arrive("over_80"), arrive(), booked(his, staff, schedule)
    found, wide = {}, {}

    def check(name: str) -> None:
        settle(desk)
        desk.shot(f"queue-{name}")
        found[name] = violations(desk)
        desk.page.set_viewport_size({"width": 320, "height": 640})
        desk.until_drawn()
        wide[name] = desk.page.evaluate("document.scrollingElement.scrollWidth")
        desk.page.set_viewport_size({"width": 1366, "height": 768})

    counter = QueuePage(desk).opened()
    check("choice")
    desk.page.get_by_role("button").filter(has_text="เริ่มเรียกคิว").click()
    counter.is_free()
    check("free")
    counter.call()
    check("called")
    counter.press("a")
    check("absent")
    counter.press("Escape")
    counter.press("t")
    check("send-on")
    counter.press("Escape")
    counter.end("Enter")
    counter.call()
    counter.end("Enter")
    for screen in ("arrivals", "not-known", "telephone", "points"):
        desk.page.goto(f"{desk.url}/queue/#/{screen}")
        check(screen)
    desk.page.get_by_role("button").filter(has_text="เพิ่มจุดบริการ").click()
    check("window")

    assert {screen: wrong for screen, wrong in found.items() if wrong} == {}
    assert {screen: width for screen, width in wide.items() if width > 320} == {}
