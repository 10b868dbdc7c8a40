"""Manual 2.1 to 2.3: what has appointments is not removed, even if it is closed."""

from typing import Any

import pytest

from tests.client import Client, Reply
from tests.hospitals import Hospitals
from tests.manual import desk_client
from tests.waiting import eventually


@pytest.fixture
def staffed(hospitals: Hospitals) -> tuple[Client, Any]:
    """A clerk of a new hospital whose only schedule is closed and has an appointment."""
    staff, day = hospitals.new().clerk(), desk_client.new_day()
    (row,) = desk_client.open_lines(staff, day, desk_client.line(5))
    _, appointment = desk_client.booked(staff, row["schedule_id"])
    query = {"year": day.year, "month": day.month}
    eventually(lambda: staff.call("GET", "/api/dashboard/calendar", query).result, "the open day is counted")
    staff.call("POST", "/api/dashboard/closures", body={"date": day.isoformat(), "action": "close"})
    closed = [{"date": day.isoformat(), "places": 0, "available": 0, "closed_held": 1}]
    eventually(
        lambda: staff.call("GET", "/api/dashboard/calendar", query).result == closed, "the closed day is counted"
    )
    return staff, appointment


def remove(staff: Client, kind: str, number: int, version: int = 1) -> Reply:
    return staff.call("DELETE", f"/api/dashboard/{kind}/{number}", {"version": version})


@pytest.mark.parametrize(("kind", "number"), [("rooms", 1), ("periods", 5)])
def test_a_room_or_period_is_not_removed_while_somebody_holds_a_place_of_a_closed_schedule(
    staffed: tuple[Client, Any], kind: str, number: int
) -> None:
    staff, appointment = staffed

    refused = remove(staff, kind, number)

    assert (refused.status, refused.code) == (409, "InUse")
    assert refused.json["Error"]["used_by"] == {"date": appointment["date"]}
    assert "closed schedules" in refused.json["Error"]["message"]
    desk_client.act(staff, appointment, "cancel")
    assert eventually(lambda: remove(staff, kind, number).status == 200)


def test_a_department_is_not_removed_while_somebody_holds_a_place_of_its_closed_schedule(
    staffed: tuple[Client, Any],
) -> None:
    staff, appointment = staffed
    room = next(row for row in staff.call("GET", "/api/dashboard/rooms").result if row["room_id"] == 1)
    staff.call("PUT", "/api/dashboard/rooms/1", body={**room, "department_id": 2})

    refused = remove(staff, "departments", 1)

    assert (refused.status, refused.code) == (409, "InUse")
    desk_client.act(staff, appointment, "cancel")
    assert eventually(lambda: remove(staff, "departments", 1).status == 200)
