"""A hospital's limit for one person, and concurrent requests of that person."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.local.local_stack import LocalStack
from tests.client import SLOTS, Client, booking, in_days, new_cid
from tests.hospitals import Hospital
from tests.invariants import rows_of, violations


@pytest.fixture(scope="module")
def schedules(local_stack: LocalStack, hospital: Hospital) -> Iterator[list[int]]:
    """One schedule for each of three departments, and a second one of the first.

    The hospital lets a person hold one appointment in each department.
    """
    clerk = hospital.clerk()

    def add(what: str, **body: Any) -> Any:
        return clerk.call("POST", f"/api/dashboard/{what}", body=body).result

    periods = [
        add("periods", period_name=f"{hour}", time_start=f"{hour}:00:00", time_finish=f"{hour}:59:59")["period_id"]
        for hour in (20, 21)
    ]
    lines = []
    for name in ("อายุรกรรม", "ทันตกรรม", "ฉีดวัคซีน"):
        department = add("departments", department_name=name)["department_id"]
        room = add("rooms", room_name=name, department_id=department)["room_id"]
        lines.append({"period_id": periods[0], "room_id": room, "department_id": department, "capacity": 40})
    lines.append({**lines[0], "period_id": periods[1]})
    made = add("schedules", date=in_days(1).isoformat(), lines=lines)
    limits = clerk.call("GET", "/api/dashboard/settings").result
    limits = {**limits, "max_active_per_department": 1}
    assert clerk.call("PUT", "/api/dashboard/settings", body=limits).status == 200
    by_line = {(one["room_id"], one["period_id"]): one["schedule_id"] for one in made}
    yield [by_line[one["room_id"], one["period_id"]] for one in lines]
    assert violations(rows_of(local_stack.endpoint)) == []


@pytest.mark.parametrize("meanwhile", ["a move", "a booking"])
@pytest.mark.parametrize("call", ["Query", "BatchGetItem", "TransactWriteItems"])
def test_a_person_who_moves_into_a_department_from_two_sides_at_once_holds_one_appointment_there(
    faulty: Client, schedules: list[int], call: str, meanwhile: str
) -> None:
    wanted, one_side, other_side, wanted_later = schedules
    cid = new_cid()
    appointment_id = faulty.book(one_side, cid).result["hospital_appointment_slot_id"]
    there = faulty.book(other_side, cid).result["hospital_appointment_slot_id"]
    path = f"{SLOTS}?Action=ConfirmAppointmentSlot"
    first: Any = ("POST", path, booking(wanted_later, cid, hospital_code=faulty.hospital_code))
    if meanwhile == "a move":
        first = ("GET", move(faulty.hospital_code, cid, there, wanted_later), None)
    headers = {"X-Fault": f"{call} overtaken 1", "X-Meanwhile": json.dumps([first])}

    answer = faulty.call("GET", move(faulty.hospital_code, cid, appointment_id, wanted), None, None, headers)

    held = faulty.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
    assert [one["schedule_id"] for one in held if one["schedule_id"] in (wanted, wanted_later)] == [wanted_later]
    assert answer.code == "LimitReached"


def move(hospital_code: str, cid: str, held: int, schedule_id: int) -> str:
    query = {"Action": "PostponeAppointmentSlot", "hospital_code": hospital_code, "cid": cid}
    return f"{SLOTS}?{urlencode({**query, 'hospital_appointment_slot_id': held, 'schedule_id': schedule_id})}"
