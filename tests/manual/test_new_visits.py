"""Ours: the day of the visit over HTTP, by kiosk, counter and hospital system."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.local_stack import LocalStack
from tests.client import SLOTS, Client, Reply, in_days, line_user_of
from tests.hospitals import Hospital
from tests.manual.announcements import link_line
from tests.manual.visit_client import KIOSK, POINTS, RULES, at_counter, booked, schedule_of_today, staff_appointment
from tests.waiting import eventually


@pytest.fixture(scope="module")
def kiosk(hospital: Hospital) -> Client:
    """An account with the kiosk's role alone."""
    return hospital.clerk("QUEUE_KIOSK:1")


@pytest.fixture(scope="module")
def schedule(staff: Client) -> int:
    return schedule_of_today(staff)


@pytest.fixture
def point(staff: Client, schedule: int) -> Iterator[int]:
    """A service point of the schedule's room, for one test alone."""
    made = staff.call("POST", POINTS, body={"point_name": f"ตรวจ {uuid.uuid4()}", "rooms": [1]}).result
    yield made["point_id"]
    query = {"version": made["version"]}
    assert staff.call("DELETE", f"{POINTS}/{made['point_id']}", query).status == 200


def test_a_person_arrives_at_the_kiosk_is_called_and_served(
    his: Client, staff: Client, kiosk: Client, schedule: int, point: int
) -> None:
    row, call_id = booked(his, staff, schedule), str(uuid.uuid4())

    arrival = kiosk.call("POST", f"{KIOSK}/arrivals", body={"code": row["slip_code"]}).result

    assert (arrival["queue_no"], arrival["point_id"], arrival["again"]) == (row["queue_no"], point, False)
    assert kiosk.call("POST", f"{KIOSK}/arrivals", body={"code": row["cid"]}).result == {**arrival, "again": True}
    queue = staff.call("GET", f"/api/dashboard/queues/{point}").result
    assert [each["queue_no"] for each in queue["waiting"]] == [row["queue_no"]]

    call = at_counter(staff, point, "call", call_id).result

    assert (call["queue_no"], call["person_name"], call["outcome"]) == (row["queue_no"], row["person_name"], "")
    assert at_counter(staff, point, "call", call_id).result == call
    assert at_counter(staff, point, "call", str(uuid.uuid4())).code == "CounterBusy"
    assert at_counter(staff, point, "recall", call_id).result["recalls"] == 1
    assert at_counter(staff, point, "skip", call_id).result["outcome"] == "skipped"
    again = str(uuid.uuid4())
    assert at_counter(staff, point, "call", again).result["skips"] == 1
    assert at_counter(staff, point, "serve", again).result["outcome"] == "served"
    desk = staff_appointment(staff, schedule, row["hospital_appointment_slot_id"])
    assert (desk["visit"], desk["counter"], desk["point_id"]) == ("served", 1, point)


def test_a_ticket_from_the_kiosk_is_sent_on_and_marked_absent(
    staff: Client, kiosk: Client, schedule: int, point: int
) -> None:
    ticket_id, call_id = str(uuid.uuid4()), str(uuid.uuid4())
    there = staff.call("POST", POINTS, body={"point_name": f"ห้องยา {ticket_id}"}).result["point_id"]
    assert point in [each["point_id"] for each in kiosk.call("GET", f"{KIOSK}/points").result]

    ticket = kiosk.call("POST", f"{KIOSK}/tickets", body={"point_id": point, "ticket_id": ticket_id}).result

    assert ticket["queue_no"].startswith("W")
    again = staff.call("POST", "/api/dashboard/tickets", body={"point_id": point, "ticket_id": ticket_id}).result
    assert again == ticket
    assert at_counter(staff, point, "call", call_id).result["queue_no"] == ticket["queue_no"]
    assert at_counter(staff, point, "send-on", call_id, to_point=there).result["outcome"] == "sent_on"
    other = str(uuid.uuid4())
    assert at_counter(staff, there, "call", other).result["queue_no"] == ticket["queue_no"]
    assert at_counter(staff, there, "absent", other).result["outcome"] == "absent"
    assert at_counter(staff, there, "call", str(uuid.uuid4())).code == "NobodyWaiting"


def test_the_hospitals_system_confirms_an_arrival_reads_the_queue_and_says_what_became_of_it(
    his: Client, staff: Client, schedule: int, point: int
) -> None:
    row = booked(his, staff, schedule)
    person = {
        "hospital_code": his.hospital_code,
        "cid": row["cid"],
        "hospital_appointment_slot_id": row["hospital_appointment_slot_id"],
    }

    def act(action: str, **more: str) -> Reply:
        return his.call("POST", SLOTS, {"Action": action}, {**person, **more})

    def status() -> Any:
        rows = his.slots("GetQueueStatus", hospital_code=his.hospital_code).result
        return next(each for each in rows if each["point_id"] == point)

    assert act("ConfirmArrival", visit_number="691201000123").result["queue_no"] == row["queue_no"]
    assert (status()["waiting"], status()["serving"]) == (1, [])
    call_id = str(uuid.uuid4())
    at_counter(staff, point, "call", call_id, counter=7)
    assert status()["waiting"] == 0
    assert [(each["counter"], each["queue_no"]) for each in status()["serving"]] == [(7, row["queue_no"])]
    assert act("ConfirmVisitOutcome", outcome="served").status == 200
    assert at_counter(staff, point, "serve", call_id, counter=7).status == 200
    assert act("ConfirmArrival").code == "VisitEnded"


def test_the_hospitals_system_says_that_somebody_who_waits_is_gone_and_nobody_calls_them(
    his: Client, staff: Client, schedule: int, point: int
) -> None:
    row = booked(his, staff, schedule)
    person = {
        "hospital_code": his.hospital_code,
        "cid": row["cid"],
        "hospital_appointment_slot_id": row["hospital_appointment_slot_id"],
    }
    assert his.call("POST", SLOTS, {"Action": "ConfirmArrival"}, person).status == 200

    answer = his.call("POST", SLOTS, {"Action": "ConfirmVisitOutcome"}, {**person, "outcome": "absent"})

    assert answer.status == 200
    assert staff.call("GET", f"/api/dashboard/queues/{point}").result["waiting"] == []
    assert at_counter(staff, point, "call", str(uuid.uuid4())).code == "NobodyWaiting"


def test_who_is_not_known_is_listed_until_somebody_says_what_became_of_them(
    his: Client, staff: Client, schedule: int, point: int
) -> None:
    row = booked(his, staff, schedule)
    assert staff.call("POST", "/api/dashboard/arrivals", body={"code": row["slip_code"]}).status == 200

    def listed() -> list[str]:
        rows = staff.call("GET", "/api/dashboard/visits/not-known", {"date": in_days(0).isoformat()}).result
        return [each["slip_code"] for each in rows]

    assert row["slip_code"] in listed()

    body = {"slip_code": row["slip_code"], "outcome": "absent"}
    assert staff.call("POST", "/api/dashboard/visits/outcome", body=body).result["visit"] == "absent"

    assert row["slip_code"] not in listed()
    assert at_counter(staff, point, "call", str(uuid.uuid4())).code == "NobodyWaiting"


def test_who_has_three_before_them_gets_one_notice_and_the_month_counts_who_came(
    local_stack: LocalStack, his: Client, staff: Client, app_client: Client, schedule: int, point: int
) -> None:
    people = [booked(his, staff, schedule) for _ in range(3)]
    cid = people[2]["cid"]
    link_line(local_stack, app_client, cid, line_user_of(cid))
    for row in people:
        assert staff.call("POST", "/api/dashboard/arrivals", body={"code": row["slip_code"]}).status == 200

    def figures() -> tuple[int, int]:
        month = {"year": in_days(0).year, "month": in_days(0).month}
        (department,) = staff.call("GET", "/api/dashboard/figures", month).result["departments"]
        return department["arrived"], department["served"]

    def hand_count() -> tuple[int, int]:
        rows = staff.call("GET", "/api/dashboard/appointments", {"date": in_days(0).isoformat()}).result
        came = sum(bool(row["arrived_datetime"]) or row["visit"] == "served" for row in rows)
        return came, sum(row["visit"] == "served" for row in rows)

    def notices() -> list[str]:
        inbox = app_client.call("GET", "/api/message/Inbox", {"cid": cid}).result
        return [message["kind"] for message in inbox if message["kind"] == "near"]

    def call_and_serve() -> None:
        call = str(uuid.uuid4())
        assert at_counter(staff, point, "call", call).status == 200
        assert at_counter(staff, point, "serve", call).status == 200

    call_and_serve()
    call_and_serve()
    eventually(notices, "the notice has come")
    eventually(lambda: figures() == hand_count(), "who came and was served is counted")

    assert notices() == ["near"]
    call_and_serve()


def test_a_kiosk_can_do_nothing_else(kiosk: Client, point: int) -> None:
    for path in ("/api/dashboard/Welcome", POINTS, f"/api/dashboard/queues/{point}", "/api/dashboard/settings"):
        assert kiosk.call("GET", path).code == "Forbidden"
    assert at_counter(kiosk, point, "call", str(uuid.uuid4())).code == "Forbidden"


def test_a_service_point_has_names_rooms_and_a_next_one_and_is_removed_only_if_nobody_is_sent_there(
    staff: Client, schedule: int
) -> None:
    last = staff.call("POST", POINTS, body={"point_name": "การเงิน", "point_name_en": "Cashier"}).result
    body = {"point_name": "เจาะเลือด", "rooms": [], "departments": [], "next_point": last["point_id"]}
    first = staff.call("POST", POINTS, body=body).result
    assert first in staff.call("GET", POINTS).result
    assert staff.call("POST", POINTS, body=body).result == first
    assert staff.call("POST", POINTS, body={"point_name": "การเงิน", "rooms": [1]}).code == "NameTaken"
    assert set(staff.call("POST", POINTS, body={"point_name": "ก", "rooms": [9]}).json["Error"]["fields"]) == {"rooms"}

    def remove(row: Any) -> Reply:
        return staff.call("DELETE", f"{POINTS}/{row['point_id']}", {"version": row["version"]})

    assert remove(last).code == "InUse"
    changed = staff.call("PUT", f"{POINTS}/{first['point_id']}", body={"point_name": "เจาะเลือด", "version": 1}).result
    assert (changed["next_point"], changed["version"]) == (0, 2)
    assert remove(first).code == "EditConflict"
    assert remove(changed).status == 200
    assert remove(last).status == 200


def test_tickets_never_have_the_numbers_of_a_room_and_old_rules_are_not_written_over(
    staff: Client, schedule: int
) -> None:
    rules = staff.call("GET", RULES).result

    answer = staff.call("PUT", RULES, body={**rules, "ticket_code": "A"})

    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {"ticket_code"})
    assert staff.call("PUT", RULES, body={**rules, "version": 1, "early_minutes": 5}).code == "EditConflict"
