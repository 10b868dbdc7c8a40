"""One morning of a hospital, to the end of the day.

Kiosk, two counters, a board, a phone and the pharmacy.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.client import SLOTS, Client, in_days
from tests.hospitals import Hospital
from tests.manual.visit_client import POINTS, booked, schedule_of_today
from tests.system.dashboard_page import DashboardPage
from tests.system.queue_page import QueuePage
from tests.system.test_board import TELEVISION, Board, defined
from tests.system.test_kiosk import STANDING, Kiosk
from tests.system.test_phone import NewHandset
from tests.system.test_phone_on_the_day import shown
from tests.waiting import eventually

EXAMINATION, PHARMACY = "ตรวจ อายุรกรรม", "ห้องยา"


@pytest.fixture
def kiosk(browser: Browser, site: str, hospital: Hospital) -> Iterator[Kiosk]:
    """A kiosk that its staff have signed in."""
    kiosk = Kiosk(browser, site, STANDING)
    with closing(kiosk.context):
        yield kiosk.open(hospital.clerk("QUEUE_KIOSK:1").token)
        assert kiosk.complaints == []


def arrive(kiosk: Kiosk, row: dict[str, Any], *, typed: bool) -> None:
    """Arrive with the slip's code, or with the national id typed on the screen."""
    if typed:
        kiosk.press("พิมพ์เลขบัตรประชาชน")
        for digit in row["cid"]:
            kiosk.press(digit)
        kiosk.press("ตกลง")
    else:
        kiosk.scan(row["slip_code"])
    kiosk.says("ลงทะเบียนเรียบร้อยแล้ว", row["queue_no"], f"กรุณาไปที่ {EXAMINATION}")
    kiosk.wait_for_the_pause()


def draw(kiosk: Kiosk) -> str:
    """Draw a ticket for the examination; its number."""
    kiosk.press("ไม่มีนัด รับบัตรคิว")
    kiosk.press(EXAMINATION)
    kiosk.says("บัตรคิวของท่าน")
    return kiosk.page.locator(".number b").inner_text()


def test_a_morning_from_the_kiosk_to_the_hand_count_of_the_day(
    new_desk: Callable[..., DashboardPage],
    new_handset: NewHandset,
    browser: Browser,
    site: str,
    kiosk: Kiosk,
    staff: Client,
    his: Client,
) -> None:
    schedule = schedule_of_today(staff)
    pharmacy = staff.call("POST", POINTS, body={"point_name": PHARMACY}).result["point_id"]
    body = {"point_name": EXAMINATION, "rooms": [1], "next_point": pharmacy}
    examination = staff.call("POST", POINTS, body=body).result["point_id"]
    rows = [booked(his, staff, schedule) for _ in range(8)]
    numbers = [row["queue_no"] for row in rows]
    board = Board(browser, site, defined(staff, examination, pharmacy)["token"], TELEVISION)
    phone = new_handset(width=320, height=640).enter(rows[5]["cid"])
    expect(shown(phone)).to_contain_text(rows[5]["slip_code"])

    # Six of eight arrive: half with the code of the slip, half with the national id. One comes without an appointment.
    for at, row in enumerate(rows[:6]):
        arrive(kiosk, row, typed=at % 2 == 0)
    walk_in = draw(kiosk)
    expect(shown(phone)).to_contain_text("อีก 5 คิว")

    # Two counters of the examination call in turn.
    one, two = (QueuePage(new_desk().signed_in()).opened().at(EXAMINATION, number) for number in (1, 2))
    called = [each.call() for each in (one, two)]
    assert called == numbers[:2]
    for counter, number in enumerate(called, 1):
        board.shows(number, counter)
    expect(shown(phone)).to_contain_text("อีก 3 คิว")
    one.end("t", "t")  # on to the pharmacy
    two.end("Enter")  # needs no medicine
    called += [each.call() for each in (one, two)]
    one.end("t", "t")
    two.end("a", "a")  # has gone home
    called += [each.call() for each in (one, two)]
    assert called[4:6] == numbers[4:6]
    expect(shown(phone)).to_contain_text("เชิญที่ช่อง 2")
    one.end("t", "t")
    two.end("s")  # is not there now, and waits again
    expect(one.page.get_by_role("heading", name="รอเรียก 2 คน")).to_be_visible()
    called += [each.call() for each in (one, two)]
    assert sorted(called[:6]) == sorted(numbers[:6])
    assert sorted(called[6:]) == sorted([numbers[5], walk_in])
    for each in (one, two):
        each.end("Enter")
    one.press("n")
    expect(one.said).to_contain_text("ไม่มีผู้รอ")

    # The pharmacy serves who was sent on, in their order.
    one.page.get_by_role("button", name="เปลี่ยนจุดหรือช่อง").click()
    one.at(PHARMACY)
    assert one.call() == numbers[0]
    expect(board.page.locator(".newest")).to_contain_text(numbers[0])
    one.end("Enter")
    assert [one.call_and_serve() for _ in range(2)] == [numbers[2], numbers[4]]
    expect(shown(phone)).to_contain_text("รับบริการเสร็จแล้ว")
    board.context.close()

    # The end of the day: two never came. A person says so of one of them.
    query = {"date": in_days(0).isoformat()}
    one.screen("ยังไม่ทราบผล")
    expect(one.waits(numbers[6])).to_be_visible()
    expect(one.page.get_by_role("heading", name="ยังไม่ทราบผล 2 คน")).to_be_visible()
    one.press("a")
    expect(one.page.get_by_role("heading", name="ยังไม่ทราบผล 1 คน")).to_be_visible()

    # By hand: served 1 + 1 at the examination and 3 at the pharmacy; absent one at a counter and one afterwards.
    def visits() -> dict[str, int]:
        return Counter(each["visit"] for each in staff.call("GET", "/api/dashboard/appointments", query).result)

    assert visits() == {"served": 5, "absent": 2, "": 1}
    left = staff.call("GET", "/api/dashboard/visits/not-known", query).result
    assert [each["queue_no"] for each in left] == [numbers[7]]
    status = his.call("GET", SLOTS, {"Action": "GetQueueStatus", "hospital_code": his.hospital_code}).result
    assert [(each["point_name"], each["waiting"], each["serving"]) for each in status] == [
        (PHARMACY, 0, []),
        (EXAMINATION, 0, []),
    ]

    # The month's figures are stored by a stream.
    month = {"year": in_days(0).year, "month": in_days(0).month}

    def stored() -> tuple[int, int, int]:
        (department,) = staff.call("GET", "/api/dashboard/figures", month).result["departments"]
        return department["arrived"], department["served"], department["absent"]

    eventually(lambda: stored() == (6, 5, 2), "the figures are the hand count")
