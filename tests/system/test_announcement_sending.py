"""Manual 3, by keyboard: the last look before sending, reach, and a copy."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Request, Route, expect

from tests.client import Client
from tests.hospitals import Hospital
from tests.manual.announcements import SOMCHAI, SOMYING, draft, list_demo_people, send, show, upload
from tests.manual.desk_client import book, line, new_day, open_lines
from tests.system.dashboard_page import LANGUAGES, DashboardPage
from tests.system.test_accessibility_and_size import violations

SEND = {"ไทย": "ส่งเข้าระบบพร้อม", "English": "Send to Mor Prom"}
BACK = {"ไทย": "กลับ", "English": "Back"}
A_SENDING = 600_000  # milliseconds at most, until queues and functions have done their part


@pytest.fixture(scope="module", autouse=True)
def known_people(staff: Client) -> None:
    list_demo_people(staff)


def ready(staff: Client, **changes: object) -> int:
    """A draft with two targets; returns its number."""
    message_id: int = draft(staff, **changes)["message_id"]
    upload(staff, message_id, f"{SOMCHAI}\n{SOMYING}".encode())
    return message_id


def open_targets(desk: DashboardPage, message_id: int, language: str = "ไทย") -> None:
    desk.go(f"message?id={message_id}&tab=targets")
    desk.page.get_by_role("button", name=language, exact=True).click()
    expect(desk.page.get_by_role("button", name=SEND[language])).to_be_enabled()


def ask(desk: DashboardPage, language: str = "ไทย") -> Locator:
    """Open the last look by keyboard."""
    desk.page.get_by_role("button", name=SEND[language]).focus()
    desk.page.keyboard.press("Enter")
    window = desk.page.get_by_role("dialog")
    expect(window).to_be_visible()
    return window


def count_sends(desk: DashboardPage) -> list[str]:
    sends: list[str] = []

    def note(request: Request) -> None:
        if "/send?" in request.url:
            sends.append(request.url)

    desk.page.on("request", note)
    return sends


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_look_shows_subject_channels_and_the_message_as_a_phone_shows_it(
    new_desk: Callable[..., DashboardPage], staff: Client, language: str
) -> None:
    message_id = ready(staff, title="คลินิกย้ายอาคาร", content="เชิญที่อาคาร 2\n    ชั้น 3 " + "ก" * 60)
    desk = new_desk(width=320, height=640).signed_in()
    open_targets(desk, message_id, language)

    window = ask(desk, language)

    expect(window.get_by_role("button", name=BACK[language], exact=True)).to_be_focused()
    words = {
        "ไทย": ("ส่งถึง 2 คนหรือไม่", "แอปหมอพร้อม: ไม่เกิน 2 คน", "LINE: ไม่เกิน 2 คน"),
        "English": ("Send to 2 people?", "Mor Prom app: at most 2 people", "LINE: at most 2 people"),
    }
    for text in ("คลินิกย้ายอาคาร", *words[language]):
        expect(window).to_contain_text(text)
    sender = f"จาก {desk.hospital.name} ({desk.hospital.code})"
    in_app = window.get_by_role("region").first
    in_line = window.get_by_role("region").last
    expect(in_app).to_contain_text(sender)
    assert in_app.locator(".typed").inner_text() == "เชิญที่อาคาร 2\n    ชั้น 3 " + "ก" * 60
    assert in_line.locator(".typed").first.inner_text().startswith(f"{sender}\nคลินิกย้ายอาคาร\n\nเชิญที่อาคาร 2\n")
    desk.shot(f"announcement-last-look-{language}")
    assert violations(desk) == []
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert window.evaluate("(dialog) => dialog.scrollWidth <= dialog.clientWidth")
    assert in_app.evaluate("(preview) => preview.scrollWidth <= preview.clientWidth")


def test_a_message_for_one_channel_has_that_preview_alone(desk: DashboardPage, staff: Client) -> None:
    message_id = ready(staff, line=False)
    open_targets(desk, message_id)
    expect(ask(desk).get_by_role("region")).to_have_count(1)


def test_enter_held_down_sends_nothing_and_on_the_button_sends_once(desk: DashboardPage, staff: Client) -> None:
    message_id = ready(staff)
    open_targets(desk, message_id)
    sends = count_sends(desk)
    desk.page.get_by_role("button", name=SEND["ไทย"]).focus()
    for _ in range(5):  # the second and later ones are repeats of the key that is held down
        desk.page.keyboard.down("Enter")
    window = desk.page.get_by_role("dialog")
    expect(window.get_by_role("button", name="กลับ", exact=True)).to_be_focused()
    desk.page.keyboard.up("Enter")
    assert sends == []

    desk.page.keyboard.press("Shift+Tab")
    expect(window.get_by_role("button", name=SEND["ไทย"])).to_be_focused()
    for _ in range(5):
        desk.page.keyboard.down("Enter")
    desk.page.keyboard.up("Enter")
    expect(desk.page.get_by_role("status").filter(has_text="เริ่มส่งแล้ว")).to_be_visible()
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    assert len(sends) == 1


def test_escape_leaves_the_draft_as_it_is(desk: DashboardPage, staff: Client) -> None:
    message_id = ready(staff)
    open_targets(desk, message_id)
    ask(desk)
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("button", name=SEND["ไทย"])).to_be_focused()
    assert staff.call("GET", f"/api/messages/{message_id}").result["state"] == "draft"


def test_whoever_looks_while_another_clerk_sends_sees_that_it_was_sent(desk: DashboardPage, staff: Client) -> None:
    message_id = ready(staff)
    open_targets(desk, message_id)
    window = ask(desk)
    send(staff, message_id)
    expect(window.get_by_role("alert")).to_contain_text("ข้อความนี้ส่งแล้ว")
    expect(window.get_by_role("button", name=SEND["ไทย"])).to_have_count(0)
    assert violations(desk) == []


def test_the_last_look_stays_as_it_opened_and_what_changed_since_is_not_sent(
    new_desk: Callable[..., DashboardPage], staff: Client
) -> None:
    message_id = ready(staff, title="ก่อน", content="อาคาร 1")
    desk = new_desk(own_pc=True)
    desk.page.clock.install()
    open_targets(desk.signed_in(), message_id)
    window = ask(desk)
    version = show(staff, message_id)["version"]
    changed = {"title": "หลัง", "content": "อาคาร 2", "app": True, "line": True, "version": version}
    assert staff.call("PUT", f"/api/messages/{message_id}", body=changed).status == 200
    for _ in range(2):  # with the second answer, the first one has been rendered
        with desk.page.expect_response(
            lambda answer: answer.url.endswith(f"/api/messages/{message_id}") and "หลัง" in answer.text()
        ):
            desk.page.clock.fast_forward(2_000)  # after which an open announcement is read again
    expect(window).to_contain_text("อาคาร 1")
    expect(window).not_to_contain_text("หลัง")
    window.get_by_role("button", name=SEND["ไทย"]).click()
    expect(window.get_by_role("alert")).to_contain_text("มีผู้อื่นแก้ไขข้อมูลนี้ไปก่อนแล้ว")
    assert show(staff, message_id)["state"] == "draft"

    desk.page.keyboard.press("Escape")
    expect(ask(desk)).to_contain_text("อาคาร 2")


def test_the_second_of_two_clerks_who_press_is_told_that_it_was_sent_already(
    desk: DashboardPage, staff: Client
) -> None:
    message_id = ready(staff)
    open_targets(desk, message_id)
    window = ask(desk)
    desk.page.route(f"**/api/messages/{message_id}", lambda _route: None)  # this screen learns nothing by itself
    send(staff, message_id)
    window.get_by_role("button", name=SEND["ไทย"]).click()
    expect(desk.page.get_by_role("status").filter(has_text="ข้อความนี้ส่งแล้ว")).to_be_visible()
    sent = staff.call("GET", f"/api/messages/{message_id}").result
    assert sent["reach"] == {"read": 0, "delivered": 2, "failed": 0, "waiting": 0}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reach_is_one_bar_with_words_and_figures(
    new_desk: Callable[..., DashboardPage], staff: Client, app_client: Client, language: str
) -> None:
    message_id = ready(staff)
    send(staff, message_id)
    read = {"cid": SOMCHAI, "hospital_code": app_client.hospital_code, "message_id": message_id}
    assert app_client.call("POST", "/api/message/Read", body=read).status == 200
    desk = new_desk(width=320, height=640).signed_in()
    desk.go(f"message?id={message_id}&tab=targets")
    desk.page.get_by_role("button", name=language, exact=True).click()
    words = {
        "ไทย": ("สรุปการส่ง", "อ่านแล้ว 1", "ส่งถึงแล้ว ยังไม่อ่าน 1", "ส่งไม่ถึงทุกช่องทาง 0", "รอส่ง 0"),
        "English": ("Deliveries", "read 1", "delivered, not read yet 1", "not reached on any channel 0", "waiting 0"),
    }
    counts, *figures = words[language]
    shown = desk.page.get_by_label(counts, exact=True)
    expect(shown.get_by_role("listitem").filter(has_not_text="staff.demo")).to_have_text(figures, timeout=A_SENDING)
    widths = shown.locator("svg.reach rect").evaluate_all("(rects) => rects.map((rect) => rect.getAttribute('width'))")
    assert widths == ["50%", "50%", "0%"]
    desk.shot(f"announcement-reach-{language}")
    assert violations(desk) == []
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_is_a_new_draft_with_the_same_text_and_channels_and_no_targets(
    desk: DashboardPage, staff: Client, language: str
) -> None:
    message_id = ready(staff, title="ฉีดวัคซีนฟรี", content="วันศุกร์\nอาคาร 1", line=False)
    send(staff, message_id)
    desk.go(f"message?id={message_id}")
    desk.page.get_by_role("button", name=language, exact=True).click()
    copy = desk.page.get_by_role("button", name={"ไทย": "ทำสำเนา", "English": "Duplicate"}[language])
    copy.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page).not_to_have_url(re.compile(rf"id={message_id}\b"))
    made = staff.call("GET", f"/api/messages/{copy_id(desk)}").result
    said = ("title", "content", "app", "line")
    assert [made[name] for name in said] == ["ฉีดวัคซีนฟรี", "วันศุกร์\nอาคาร 1", True, False]
    assert (made["state"], made["targets"]) == ("draft", 0)
    content = desk.page.get_by_role("textbox", name={"ไทย": "เนื้อหา", "English": "Text"}[language], exact=True)
    expect(content).to_be_editable()
    assert violations(desk) == []


def test_a_copy_whose_answer_was_lost_is_made_once(desk: DashboardPage, staff: Client) -> None:
    message_id = ready(staff, title="สำเนาเดียว")
    desk.go(f"message?id={message_id}")
    copy = desk.page.get_by_role("button", name="ทำสำเนา")
    expect(copy).to_be_visible()
    made: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
        elif not made:
            made.append(route.fetch().json()["result"]["message_id"])
            route.abort()
        else:
            route.continue_()

    desk.page.route("**/api/messages", lose)
    copy.click()
    expect(desk.page.get_by_role("tabpanel").get_by_role("alert")).to_be_visible()
    copy.click()
    expect(desk.page).to_have_url(re.compile(r"id=\d+"))
    expect(desk.page).not_to_have_url(re.compile(rf"id={message_id}\b"))
    assert copy_id(desk) == made[0]


def copy_id(desk: DashboardPage) -> int:
    found = re.search(r"id=(\d+)", desk.page.url)
    assert found
    return int(found[1])


# ---- targets from what the hospital keeps ----

ADD = {"ไทย": "เพิ่มจากการจองหรือ White list", "English": "Add from bookings or the white list"}
DONE = {"ไทย": "เพิ่มแล้ว 1 คน เป็นเป้าหมายอยู่แล้วหรือซ้ำ 0", "English": "1 people added, 0 repeats left out"}
PRESS = {"ไทย": "เพิ่ม", "English": "Add"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_with_an_appointment_become_targets_by_keyboard(
    new_desk: Callable[..., DashboardPage], staff: Client, known_person: Callable[[], str], language: str
) -> None:
    cid, day = known_person(), new_day()
    (schedule,) = open_lines(staff, day, line())
    assert book(staff, schedule["schedule_id"], cid).status == 200
    message_id = draft(staff)["message_id"]
    desk = new_desk(width=320, height=640).signed_in()
    desk.go(f"message?id={message_id}&tab=targets")
    desk.page.get_by_role("button", name=language, exact=True).click()
    desk.page.get_by_role("button", name=ADD[language]).focus()
    desk.page.keyboard.press("Enter")
    window = desk.page.get_by_role("dialog")
    expect(window.get_by_role("option").nth(1)).to_be_attached()
    desk.shot(f"announcement-from-bookings-{language}")
    assert violations(desk) == []
    assert window.evaluate("(dialog) => dialog.scrollWidth <= dialog.clientWidth")
    for field in (window.get_by_role("textbox").first, window.get_by_role("textbox").last):
        field.focus()
        desk.page.keyboard.press("Control+a")
        # key by key: on the way it is another date, the first of these in the year 25
        desk.page.keyboard.type({"ไทย": f"{day:%d/%m}/{day.year + 543}", "English": day.isoformat()}[language])
        expect(field.locator("xpath=../../p")).to_contain_text(str(day.year + (543 if language == "ไทย" else 0)))
    window.get_by_role("button", name=PRESS[language], exact=True).focus()
    desk.page.keyboard.press("Enter")
    expect(window.get_by_role("status")).to_contain_text(DONE[language], timeout=A_SENDING)
    assert violations(desk) == []
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("main")).to_contain_text(cid[-4:], timeout=A_SENDING)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screen_says_of_targets_what_is_true_of_a_file_bookings_and_the_white_list(
    desk: DashboardPage, staff: Client, language: str
) -> None:
    empty, collecting, clear, again = {
        "ไทย": ("โปรดเพิ่มก่อนส่ง", "กำลังรวบรวมรายชื่อ", "ล้างกลุ่มเป้าหมาย", "ต้องเพิ่มกลุ่มเป้าหมายใหม่ก่อนส่ง"),
        "English": ("Add some before", "Collecting the list", "Empty the list", "Targets must be added again"),
    }[language]
    message_id = draft(staff)["message_id"]
    desk.go(f"message?id={message_id}&tab=targets")
    desk.page.get_by_role("button", name=language, exact=True).click()
    expect(desk.page.get_by_role("main")).to_contain_text(empty)
    upload(staff, message_id, SOMCHAI.encode())
    desk.press(clear)
    expect(desk.page.get_by_role("dialog")).to_contain_text(again)
    desk.page.keyboard.press("Escape")

    def still_matching(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["result"]["upload"]["state"] = "matching"
        route.fulfill(response=answer, json=body)

    desk.page.route(f"**/api/messages/{message_id}", still_matching)
    expect(desk.page.get_by_role("progressbar", name=collecting)).to_be_visible()


def test_who_may_not_see_appointments_adds_the_white_list_alone(
    new_desk: Callable[..., DashboardPage], hospital: Hospital
) -> None:
    officer = hospital.clerk("IMMUNIZATION_DASHBOARD:1")
    message_id = draft(officer)["message_id"]
    desk = new_desk(own_pc=True).with_token(officer.token)
    desk.go(f"message?id={message_id}&tab=targets")
    desk.press(ADD["ไทย"])
    window = desk.page.get_by_role("dialog")
    expect(window.get_by_role("radio")).to_have_count(1)
    window.get_by_role("button", name="เพิ่ม", exact=True).click()
    expect(window.get_by_role("status")).to_contain_text("เพิ่มแล้ว", timeout=A_SENDING)
    assert show(officer, message_id)["targets"] >= 2
