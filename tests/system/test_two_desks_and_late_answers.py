"""What happens at the desk while an answer is late, or another desk is at work."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.client import Client, new_cid
from tests.hospitals import Hospital
from tests.system.dashboard_page import DashboardPage, thai_date
from tests.system.delayed_answers import DelayedAnswers

LOOKS_AGAIN = 10_000  # milliseconds after which an open list is read again
Opener = Callable[..., dict[str, Any]]


@pytest.fixture
def booked(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
) -> dict[str, Any]:
    """A booking, A001, in a new schedule of the free day; the desk shows it."""
    schedule_id = open_schedule()["schedule_id"]
    body = {"cid": known_person(), "schedule_id": schedule_id}
    row: dict[str, Any] = staff.call("POST", "/api/dashboard/appointments", body=body).result
    desk.open_bookings(free_day, schedule_id)
    return row


def test_two_browsers_on_the_last_place_one_gets_it_and_the_other_keeps_the_form(
    new_desk: Callable[..., DashboardPage], free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    last, other = open_schedule(capacity=1), open_schedule(capacity=5, period_id=2)
    desk_clients, cids = [new_desk().signed_in(), new_desk().signed_in()], [known_person(), known_person()]
    for desk, cid in zip(desk_clients, cids, strict=True):
        desk.open_bookings(free_day, last["schedule_id"])
        desk.press("จอง")
        desk.page.keyboard.type(cid)
        desk.page.keyboard.press("Enter")
        expect(desk.page.get_by_role("button", name="บันทึก", exact=True)).to_be_focused()
    desk_clients[0].page.keyboard.press("Enter")
    expect(desk_clients[0].window("ระบุเลขที่บัตรประชาชน").get_by_role("status").filter(has_text="A001")).to_be_visible()
    desk_clients[1].page.keyboard.press("Enter")

    window = desk_clients[1].window("ระบุเลขที่บัตรประชาชน")
    expect(window.get_by_role("alert")).to_contain_text("เพิ่งมีผู้จองไป")
    expect(window.get_by_label("เลขที่บัตรประชาชน")).to_have_value(cids[1])
    desk_clients[1].shot("last-place-gone")
    window.get_by_label("จองในช่วงอื่นของวันเดียวกัน").select_option(str(other["schedule_id"]))
    window.get_by_role("button", name="บันทึก", exact=True).click()
    expect(window.get_by_role("status").filter(has_text="จองแล้ว")).to_contain_text("09:00–09:59")


@pytest.mark.parametrize(
    ("choice", "answer", "status"),
    [
        ("ยกเลิกนัด และแจ้งทุกคน", "ยกเลิก 1 นัด", "ยกเลิก 1 คน"),
        ("คงนัดไว้ตามเดิม ไม่รับจองเพิ่ม", "ปิดและคงนัดไว้", "คงนัดไว้ 1 คน"),
        ("เลื่อนไปวันอื่นห้องเดิม และแจ้งทุกคน", "เลื่อน 1 คน", "เลื่อน 1"),
    ],
)
def test_who_books_in_a_day_that_is_closed_as_empty_gets_what_was_chosen(
    desk: DashboardPage,
    hospital: Hospital,
    open_day: Callable[[date], int],
    his: Client,
    choice: str,
    answer: str,
    status: str,
) -> None:
    day, next_week = hospital.new_day(), hospital.new_day()
    schedule_id = open_day(day)
    open_day(next_week)
    desk.go(f"schedules?date={day.isoformat()}")
    desk.press("ปิดทั้งวันหรือทั้งห้อง")
    window = desk.window("ปิดการนัดหมาย")
    expect(window).to_contain_text("ยังไม่มีผู้จอง")
    window.get_by_label(choice).check()
    if choice.startswith("เลื่อน"):
        window.get_by_label("เลื่อนไปวันที่").fill(thai_date(next_week))
    assert his.book(schedule_id, new_cid()).status == 200

    window.get_by_role("button", name="ปิดการนัดหมาย").click()
    desk.page.get_by_role("button", name=answer, exact=True).click()

    expect(desk.page.get_by_role("status").filter(has_text=status)).to_be_visible()


@pytest.fixture
def open_day(staff: Client) -> Callable[[date], int]:
    """Opens one schedule of room 1 on a day; its id."""

    def make(day: date) -> int:
        line = {"period_id": 1, "department_id": 1, "room_id": 1, "capacity": 3, "online": True}
        body = {"date": day.isoformat(), "lines": [line]}
        schedule_id: int = staff.call("POST", "/api/dashboard/schedules", body=body).result[0]["schedule_id"]
        return schedule_id

    return make


@pytest.fixture
def waiting_desk(new_desk: Callable[..., DashboardPage]) -> DashboardPage:
    """A desk on a PC whose clock the test moves on."""
    desk = new_desk(own_pc=True)
    desk.page.clock.install()
    return desk.signed_in()


def test_another_persons_booking_appears_by_itself_without_stealing_the_cursor(
    waiting_desk: DashboardPage, free_day: date, open_schedule: Opener, his: Client
) -> None:
    schedule, desk = open_schedule(), waiting_desk
    desk.open_bookings(free_day, schedule["schedule_id"])
    desk.press("จอง")
    field = desk.window("ระบุเลขที่บัตรประชาชน").get_by_label("เลขที่บัตรประชาชน")
    field.fill("11")
    assert his.book(schedule["schedule_id"], new_cid()).status == 200
    expect(desk.page.locator("tr", has_text="A001")).to_have_count(0)
    desk.page.clock.fast_forward(LOOKS_AGAIN)

    expect(desk.page.locator("tr", has_text="A001")).to_have_count(1)
    expect(field).to_be_focused()
    expect(field).to_have_value("11")


def test_an_answer_about_the_last_id_is_not_taken_for_the_one_typed_since(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    first, second = known_person(), known_person()
    desk.open_bookings(free_day, open_schedule()["schedule_id"])
    desk.page.keyboard.press("Enter")
    window = desk.window("ระบุเลขที่บัตรประชาชน")
    field = window.get_by_label("เลขที่บัตรประชาชน")
    delayed = DelayedAnswers(desk.page, "**/api/dashboard/people/lookup", only=1)
    field.fill(first)
    field.press("Enter")
    expect(window.get_by_role("button", name="กำลังค้นหา")).to_be_visible()
    field.fill(second)
    with desk.page.expect_response("**/api/dashboard/people/lookup"):
        delayed.first().continue_()
    expect(window.get_by_role("button", name="ค้นหา", exact=True)).to_be_visible()
    expect(window).not_to_contain_text(f"คนที่ {first[-4:]}")
    field.press("Enter")
    expect(window).to_contain_text(f"คนที่ {second[-4:]}")


def test_the_next_id_that_is_typed_while_one_is_saved_stays(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str]
) -> None:
    first, second = known_person(), known_person()
    desk.open_bookings(free_day, open_schedule()["schedule_id"])
    desk.page.keyboard.press("Enter")
    window = desk.window("ระบุเลขที่บัตรประชาชน")
    field = window.get_by_label("เลขที่บัตรประชาชน")
    field.fill(first)
    field.press("Enter")
    save = desk.page.get_by_role("button", name="บันทึก", exact=True)
    expect(save).to_be_focused()
    delayed = DelayedAnswers(desk.page, "**/api/dashboard/appointments", method="POST")
    save.press("Enter")
    expect(desk.page.get_by_role("button", name="กำลังบันทึก…")).to_be_visible()
    field.fill(second)
    delayed.first().continue_()
    expect(window.get_by_role("status").filter(has_text="จองแล้ว")).to_contain_text(f"คนที่ {first[-4:]}")
    expect(field).to_have_value(second)
    assert delayed.count == 1


def test_who_is_moved_after_another_desk_accepted_needs_a_second_press_and_no_more(
    new_desk: Callable[..., DashboardPage],
    free_day: date,
    open_schedule: Opener,
    known_person: Callable[[], str],
    staff: Client,
) -> None:
    schedule = open_schedule()
    open_schedule(period_id=2)
    body = {"cid": known_person(), "schedule_id": schedule["schedule_id"]}
    row = staff.call("POST", "/api/dashboard/appointments", body=body).result
    desk = new_desk().signed_in()
    desk.open_bookings(free_day, schedule["schedule_id"])
    desk.row("A001").get_by_role("button", name="เลื่อน").click()
    path = f"/api/dashboard/appointments/{schedule['schedule_id']}/{row['place']}"
    assert staff.call("POST", f"{path}/accept", body={"version": row["version"]}).status == 200
    window = desk.window("เลื่อนนัด")
    window.locator(f"[data-date='{free_day.isoformat()}']").click()
    window.get_by_label("09:00–09:59").check()
    window.get_by_role("button", name="เลื่อนนัด").click()
    expect(window.get_by_role("alert")).to_contain_text("มีผู้อื่นแก้ไข")
    desk.shot("move-after-accept")
    expect(window.get_by_label("09:00–09:59")).to_be_checked()
    with desk.page.expect_response("**/postpone") as answer:
        window.get_by_role("button", name="เลื่อนนัด").click()

    assert answer.value.status == 200
    expect(window).to_have_count(0)


def test_a_revealed_national_id_is_never_shown_beside_the_next_holder(
    waiting_desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
) -> None:
    first, second, desk = known_person(), known_person(), waiting_desk
    schedule_id = open_schedule(capacity=1)["schedule_id"]
    row = staff.call("POST", "/api/dashboard/appointments", body={"cid": first, "schedule_id": schedule_id}).result
    desk.open_bookings(free_day, schedule_id)
    desk.row("A001").get_by_role("button", name="แสดงเลข").click()
    expect(desk.row("A001")).to_contain_text(first)
    path = f"/api/dashboard/appointments/{schedule_id}/{row['place']}"
    assert staff.call("POST", f"{path}/cancel", body={"version": row["version"]}).status == 200
    again = staff.call("POST", "/api/dashboard/appointments", body={"cid": second, "schedule_id": schedule_id})
    assert again.result["queue_no"] == "A001"
    desk.page.clock.fast_forward(LOOKS_AGAIN)

    expect(desk.row("A001")).to_contain_text(f"คนที่ {second[-4:]}")
    expect(desk.row("A001")).not_to_contain_text(first)


def test_a_cancellation_on_a_slow_line_shows_that_it_is_under_way_and_is_sent_once(
    desk: DashboardPage, booked: dict[str, Any]
) -> None:
    delayed = DelayedAnswers(desk.page, "**/cancel")
    desk.row("A001").get_by_role("button", name="ยกเลิก").click()
    desk.press("ยกเลิกนัด")
    under_way = desk.row("A001").get_by_role("button", name="กำลังยกเลิก…")
    expect(under_way).to_be_disabled()
    desk.shot("cancelling-on-a-slow-line")
    delayed.first().continue_()

    expect(desk.row("A001")).to_have_count(0)
    assert delayed.count == 1


def test_a_reject_that_is_pressed_while_the_accept_is_on_its_way_is_done_after_it(
    desk: DashboardPage, booked: dict[str, Any]
) -> None:
    delayed = DelayedAnswers(desk.page, "**/accept")
    desk.row("A001").get_by_role("button", name="Accept").click()
    desk.row("A001").get_by_role("button", name="Reject").click()
    expect(desk.row("A001").get_by_role("button", name="Accept")).to_be_visible()
    with desk.page.expect_response("**/reject") as answer:
        delayed.first().continue_()

    assert answer.value.status == 200
    expect(desk.page.get_by_text("ยกเลิกการรับนัดคิว A001 แล้ว")).to_be_visible()
    expect(desk.row("A001").locator(".tick")).to_have_count(0)


def test_accepting_everybody_passes_over_who_was_cancelled_meanwhile(
    desk: DashboardPage, free_day: date, open_schedule: Opener, known_person: Callable[[], str], staff: Client
) -> None:
    schedule_id = open_schedule()["schedule_id"]
    rows = []
    for _ in range(3):
        body = {"cid": known_person(), "schedule_id": schedule_id}
        rows.append(staff.call("POST", "/api/dashboard/appointments", body=body).result)
    desk.open_bookings(free_day, schedule_id)
    delayed = DelayedAnswers(desk.page, "**/1/accept", only=1)
    desk.press("Accept ทั้งหมด (3)")
    on_its_way = delayed.first()
    path = f"/api/dashboard/appointments/{schedule_id}/{rows[1]['place']}/cancel"
    assert staff.call("POST", path, body={"version": rows[1]["version"]}).status == 200
    on_its_way.continue_()

    expect(desk.page.get_by_text("รับนัด 2 คนแล้ว")).to_be_visible()
    expect(desk.page.get_by_text("อีก 1 คนมีผู้อื่นเปลี่ยนไประหว่างนี้")).to_be_visible()
    expect(desk.row("A003").locator(".tick")).to_have_count(1)
    expect(desk.row("A002")).to_have_count(0)


@pytest.fixture
def busy_desk(new_desk: Callable[..., DashboardPage]) -> DashboardPage:
    """A machine on which the work that the page delays comes half a second late.

    The page delays work until it has time.
    """
    desk = new_desk()
    desk.page.add_init_script(
        """const soon = window.setTimeout;
        window.setTimeout = (what, after = 0, ...more) => soon(what, after + 500, ...more);
        window.requestAnimationFrame = (what) => soon(what, 500);"""
    )
    return desk


def test_what_is_typed_into_a_text_the_moment_it_is_there_is_saved(busy_desk: DashboardPage, staff: Client) -> None:
    body = {"title": "ก่อน", "content": "ข", "app": True, "line": False}
    message_id = staff.call("POST", "/api/messages", body=body).result["message_id"]
    busy_desk.signed_in().go(f"message?id={message_id}")
    busy_desk.page.get_by_label("หัวข้อเรื่อง").fill("หลัง")
    busy_desk.press("บันทึก")

    expect(busy_desk.page.get_by_role("status").filter(has_text="บันทึกแล้ว")).to_be_visible()
    assert staff.call("GET", f"/api/messages/{message_id}").result["title"] == "หลัง"
