"""The same faults at what staff do at the desk: accept, cancel and postpone.

Each uses the version on the screen.
"""

from collections.abc import Iterator

import pytest

from infra.local.local_stack import LocalStack
from tests.client import Client, Reply, in_days, new_cid
from tests.faults.kinds import EVERY_KIND
from tests.faults.test_storage_faults import refusal
from tests.invariants import rows_of, violations

DAY = 6
OPEN_DAYS = (DAY,)
APPOINTMENTS = "/api/dashboard/appointments"


@pytest.fixture
def desk(local_stack: LocalStack, faulty_staff: Client) -> Iterator[Client]:
    """A clerk, talking to the process with faults."""
    yield faulty_staff
    assert violations(rows_of(local_stack.endpoint, hospital_code=faulty_staff.hospital_code)) == []


def do(desk: Client, row: dict[str, int], action: str, target: int, fault: str) -> Reply:
    body = {"version": row["version"], **({"to_schedule_id": target} if action == "postpone" else {})}
    path = f"{APPOINTMENTS}/{row['schedule_id']}/{row['place']}/{action}"
    return desk.call("POST", path, None, body, {"X-Fault": fault})


def booked(his: Client, desk: Client, schedule: int, cid: str) -> dict[str, int]:
    """The desk's row of a new appointment."""
    his.book(schedule, cid)
    query = {"date": in_days(DAY).isoformat(), "schedule_id": schedule}
    rows = desk.call("GET", APPOINTMENTS, query).result
    found: dict[str, int] = max(rows, key=lambda row: row["place"])
    return found


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("action", ["accept", "cancel", "postpone"])
def test_a_fault_at_the_desk_and_the_same_click_again_ends_well(
    his: Client, desk: Client, action: str, kind: str
) -> None:
    source, target = (s["schedule_id"] for s in sorted(his.schedules(in_days(DAY)), key=_fullest)[:2])
    for call in ("Query", "BatchGetItem", "UpdateItem" if action == "accept" else "TransactWriteItems"):
        cid = new_cid()
        row = booked(his, desk, source, cid)

        reply = do(desk, row, action, target, f"{call} {kind} 1")
        again = do(desk, row, action, target, "- - 0")

        assert reply.status == 200 or refusal(reply) == (503, "TryAgain", "1"), f"{call}: {reply.text}"
        assert again.status == 200, f"{call}: the same click again: {again.text}"
        held = his.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
        assert [one["hospital_confirm"] for one in held] == {"accept": [True], "cancel": [], "postpone": [False]}[
            action
        ]
        for one in held:
            his.cancel(cid, one["hospital_appointment_slot_id"])


def _fullest(schedule: dict[str, int]) -> int:
    return -schedule["available_slot"]
