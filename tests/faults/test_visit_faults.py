"""A fault at each storage call of arriving, calling and ending a call.

Nothing is half done, and a retry works.
"""

import json
import uuid
from collections.abc import Iterator

import pytest

from infra.local.local_stack import LocalStack
from tests.client import Client, Reply
from tests.faults.kinds import EVERY_KIND
from tests.faults.test_storage_faults import refusal
from tests.invariants import rows_of, table, violations
from tests.manual.visit_client import POINTS, at_counter, booked, schedule_of_today, staff_appointment

CALLS = {
    "arrive": ("Query", "TransactWriteItems"),
    "call": ("Query", "TransactWriteItems"),
    "serve": ("BatchGetItem", "Query", "TransactWriteItems"),
    "skip": ("TransactWriteItems",),
}


@pytest.fixture(scope="module")
def schedule(staff: Client) -> int:
    return schedule_of_today(staff)


@pytest.fixture(scope="module")
def point(staff: Client, schedule: int) -> int:
    made: int = staff.call("POST", POINTS, body={"point_name": "ตรวจ", "rooms": [1]}).result["point_id"]
    return made


@pytest.fixture(autouse=True)
def invariants_hold_afterwards(local_stack: LocalStack) -> Iterator[None]:
    yield
    assert violations(rows_of(local_stack.endpoint)) == []


def waiting(local_stack: LocalStack, code: str) -> list[str]:
    rows = table(local_stack.endpoint, "queues")
    return [r["number"] for r in rows if r["hospital_day"].startswith(f"{code}#") and "#waiting#" in r["item"]]


def done_or_busy(reply: Reply) -> bool:
    return reply.status == 200 or refusal(reply) == (503, "TryAgain", "1")


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_fault_on_the_day_of_the_visit_and_the_same_again_ends_well(
    local_stack: LocalStack, his: Client, staff: Client, faulty_staff: Client, schedule: int, point: int, kind: str
) -> None:
    for task, calls in CALLS.items():
        for call in calls:
            row, fault, call_id = booked(his, staff, schedule), f"{call} {kind} 1", str(uuid.uuid4())

            def arrive(fault: str, code: str = row["slip_code"]) -> Reply:
                body = {"code": code}
                return faulty_staff.call("POST", "/api/dashboard/arrivals", None, body, {"X-Fault": fault})

            def at(task: str, fault: str = "- - 0", call_id: str = call_id) -> Reply:
                return at_counter(faulty_staff, point, task, call_id, fault=fault)

            where = f"{task} with {fault}"
            if task == "arrive":
                assert done_or_busy(arrive(fault)), where
            assert arrive("- - 0").status == 200, where
            assert waiting(local_stack, his.hospital_code) == [row["queue_no"]], where
            if task == "call":
                assert done_or_busy(at("call", fault)), where
            assert at("call").result["queue_no"] == row["queue_no"], where
            assert waiting(local_stack, his.hospital_code) == [], where
            if task == "skip":
                assert done_or_busy(at("skip", fault)), where
                assert at("skip").status == 200, where
                assert waiting(local_stack, his.hospital_code) == [row["queue_no"]], where
                call_id = str(uuid.uuid4())
                assert at("call", call_id=call_id).result["skips"] == 1, where
            if task == "serve":
                assert done_or_busy(at("serve", fault)), where
            assert at("serve", call_id=call_id).result["outcome"] == "served", where
            visit = staff_appointment(staff, schedule, row["hospital_appointment_slot_id"])
            assert (visit["visit"], visit["counter"]) == ("served", 1), where
            assert waiting(local_stack, his.hospital_code) == [], where


def test_two_counters_press_at_the_same_instant_and_get_two_people(
    his: Client, staff: Client, faulty_staff: Client, schedule: int, point: int
) -> None:
    """The one is overtaken by the other between any two of its storage calls."""
    for call in ("Query", "TransactWriteItems"):
        rows = [booked(his, staff, schedule) for _ in range(2)]
        for row in rows:
            assert staff.call("POST", "/api/dashboard/arrivals", body={"code": row["slip_code"]}).status == 200
        first, second = str(uuid.uuid4()), str(uuid.uuid4())
        path = f"/api/dashboard/queues/{point}/counters"
        meanwhile = [("POST", f"{path}/2/call", {"call_id": second})]
        headers = {"X-Fault": f"{call} overtaken 1", "X-Meanwhile": json.dumps(meanwhile)}

        overtaken = faulty_staff.call("POST", f"{path}/1/call", None, {"call_id": first}, headers)

        if overtaken.status == 503:  # the other call has used up the time of this one; then a client sends it again
            overtaken = at_counter(staff, point, "call", first, counter=1)
        other = at_counter(staff, point, "call", second, counter=2)
        numbers = [overtaken.result["queue_no"], other.result["queue_no"]]
        assert sorted(numbers) == sorted(row["queue_no"] for row in rows)
        assert at_counter(staff, point, "serve", first, counter=1).status == 200
        assert at_counter(staff, point, "serve", second, counter=2).status == 200


def test_somebody_who_cancels_while_being_called_is_not_half_called(
    local_stack: LocalStack, his: Client, staff: Client, faulty_staff: Client, schedule: int, point: int
) -> None:
    for call in ("Query", "TransactWriteItems"):
        row, call_id = booked(his, staff, schedule), str(uuid.uuid4())
        assert staff.call("POST", "/api/dashboard/arrivals", body={"code": row["slip_code"]}).status == 200
        desk = staff_appointment(staff, schedule, row["hospital_appointment_slot_id"])
        path = f"/api/dashboard/appointments/{row['schedule_id']}/{row['place']}/cancel"
        headers = {
            "X-Fault": f"{call} overtaken 1",
            "X-Meanwhile": json.dumps([("POST", path, {"version": desk["version"]})]),
        }
        call_path = f"/api/dashboard/queues/{point}/counters/1/call"

        answer = faulty_staff.call("POST", call_path, None, {"call_id": call_id}, headers)

        assert answer.code in ("NobodyWaiting", "TryAgain"), answer.text
        assert at_counter(staff, point, "call", call_id).code == "NobodyWaiting"
        assert waiting(local_stack, his.hospital_code) == []
