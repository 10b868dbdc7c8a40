"""One morning of a hospital: arrivals at the kiosk, two counters, the pharmacy, and the end of the day."""

import uuid
from collections import Counter
from collections.abc import Callable

from playwright.sync_api import expect

from tests.client import SLOTS, Client, in_days
from tests.hospitals import Hospital
from tests.manual.visit_client import KIOSK, POINTS, booked, schedule_of_today
from tests.system.dashboard_page import DashboardPage
from tests.system.queue_page import QueuePage

EXAMINATION, PHARMACY = "ตรวจ อายุรกรรม", "ห้องยา"


def test_a_morning_from_the_kiosk_to_the_hand_count_of_the_day(
    new_desk: Callable[..., DashboardPage], hospital: Hospital, staff: Client, his: Client
) -> None:
    schedule, kiosk = schedule_of_today(staff), hospital.clerk("QUEUE_KIOSK:1")
    pharmacy = staff.call("POST", POINTS, body={"point_name": PHARMACY}).result["point_id"]
    body = {"point_name": EXAMINATION, "rooms": [1], "next_point": pharmacy}
    examination = staff.call("POST", POINTS, body=body).result["point_id"]
    rows = [booked(his, staff, schedule) for _ in range(8)]
    numbers = [row["queue_no"] for row in rows]

    # Six of eight arrive: half with the code of the slip, half with the national id. One comes without an appointment.
    for at, row in enumerate(rows[:6]):
        code = row["slip_code"] if at % 2 else row["cid"]
        assert kiosk.call("POST", f"{KIOSK}/arrivals", body={"code": code}).result["queue_no"] == row["queue_no"]
    ticket = {"point_id": examination, "ticket_id": str(uuid.uuid4())}
    walk_in = kiosk.call("POST", f"{KIOSK}/tickets", body=ticket).result["queue_no"]

    # Two counters of the examination call in turn.
    one, two = (QueuePage(new_desk().signed_in()).opened().at(EXAMINATION, number) for number in (1, 2))
    called = [each.call() for each in (one, two)]
    assert called == numbers[:2]
    one.end("t", "t")  # on to the pharmacy
    two.end("Enter")  # needs no medicine
    called += [each.call() for each in (one, two)]
    one.end("t", "t")
    two.end("a", "a")  # has gone home
    called += [each.call() for each in (one, two)]
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
    assert [one.call_and_serve() for _ in range(3)] == [numbers[0], numbers[2], numbers[4]]

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
    status = his.call("GET", SLOTS, {"Action": "GetQueueStatus", "hospital_code": hospital.code}).result
    assert [(each["point_name"], each["waiting"], each["serving"]) for each in status] == [
        (PHARMACY, 0, []),
        (EXAMINATION, 0, []),
    ]
