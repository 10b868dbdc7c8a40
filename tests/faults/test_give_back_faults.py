"""Faults at each storage call of giving a place back: a repeat ends well."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from chalicelib.clock import BANGKOK
from infra.local.local_stack import LocalStack
from tests import maker
from tests.client import Client, new_cid
from tests.faults.kinds import EVERY_KIND
from tests.faults.test_storage_faults import refusal
from tests.hospitals import Hospital
from tests.invariants import rows_of, violations
from tests.manual import desk_client

CALLS = ("Query", "BatchGetItem", "TransactWriteItems")


@pytest.fixture
def released(local_stack: LocalStack, hospital: Hospital, app_client: Client) -> Iterator[list[Any]]:
    """Rows of released places of one day, one for each fault."""
    clerk, day = hospital.clerk(), hospital.new_day()
    now = clerk.call("GET", "/api/dashboard/settings").result
    rules = {**now, "confirm_time": "16:00", "confirm_days_before": 1, "release_departments": [1]}
    assert clerk.call("PUT", "/api/dashboard/settings", body=rules).status == 200
    (opened,) = desk_client.open_lines(clerk, day, desk_client.line(capacity=len(CALLS)))
    for _ in CALLS:
        assert app_client.book(opened["schedule_id"], new_cid()).status == 200
    deadline = datetime.combine(day - timedelta(days=1), time(16), BANGKOK)
    hospital.hospitals.run(maker.run_confirmations, deadline - timedelta(days=1))
    hospital.hospitals.run(maker.requests_reached, hospital.code)
    hospital.hospitals.run(maker.run_confirmations, deadline)
    rows = clerk.call("GET", "/api/dashboard/appointments/released", {"date": day.isoformat()}).result
    assert len(rows) == len(CALLS)
    yield rows
    assert violations(rows_of(local_stack.endpoint, hospital_code=hospital.code)) == []


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_fault_while_a_place_is_given_back_and_the_same_click_again_ends_well(
    released: list[Any], faulty_staff: Client, kind: str
) -> None:
    for row, call in zip(released, CALLS, strict=True):
        path = f"/api/dashboard/appointments/{row['schedule_id']}/{row['place']}/give-back"
        body = {"version": row["version"]}

        reply = faulty_staff.call("POST", path, None, body, {"X-Fault": f"{call} {kind} 1"})
        again = faulty_staff.call("POST", path, None, body, {"X-Fault": "- - 0"})

        assert reply.status == 200 or refusal(reply) == (503, "TryAgain", "1"), f"{call}: {reply.text}"
        assert (again.status, again.result["state"]) == (200, "booked"), f"{call}: {again.text}"
        assert again.result["slip_code"] == row["slip_code"]
