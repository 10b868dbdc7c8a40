"""What the tests of manual section 2 share: clerks of hospitals of their own, and lines opened for one test."""

import itertools
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from chalicelib.auth.passwords import password_hash
from infra.local.local_stack import LocalStack
from tests.client import Client, Reply, in_days, new_cid, until_answered

ALL_ROLES = "APPOINTMENT_DASHBOARD:1 IMMUNIZATION_SLOT:1 IMMUNIZATION_SLOT_MANAGER:1"
PERSON = {
    "prefix": "นาง",
    "first_name": "สมศรี",
    "last_name": "ทดสอบ",
    "gender": 2,
    "birth_date": "1980-05-17",
    "mobile_phone": "0800000000",
}
_CREATE = """
import sys
from chalicelib.accounts import actions

code, login, roles, hashed, password = sys.argv[1:]
granted = frozenset(roles.split())
actions.add_account_by_command("test", code, login, "เจ้าหน้าที่ ทดสอบ", granted, hashed, password == "first")
"""
_numbers = itertools.count(1)
_days = itertools.count(60)


def clerk(centre: LocalStack, hospital_code: str, roles: str = ALL_ROLES, *, first_password: bool = False) -> Client:
    """A new account of a hospital, signed in; with first_password, it must still change that."""
    login, password = f"clerk{next(_numbers)}", "Clerk-test-1"
    account = [hospital_code, login, roles, password_hash(password), "first" if first_password else "own"]
    subprocess.run([sys.executable, "-c", _CREATE, *account], env=centre.env, check=True)
    return Client(centre.url).sign_in(login, hospital_code, password)


def new_day() -> date:
    """A day on which no test has opened anything yet."""
    return in_days(next(_days))


def line(period_id: int = 1, room_id: int = 1, capacity: int = 3, online: bool = True) -> dict[str, Any]:
    """A line of hospital 00000's rooms; a room's number is its department's there."""
    return {
        "period_id": period_id,
        "department_id": room_id,
        "room_id": room_id,
        "capacity": capacity,
        "online": online,
    }


def open_lines(staff: Client, day: date, *lines: dict[str, Any]) -> list[Any]:
    """Opens lines on a day and returns the schedules made."""
    body = {"date": day.isoformat(), "lines": list(lines)}
    made: list[Any] = staff.call("POST", "/api/dashboard/schedules", body=body).result
    return made


def table(staff: Client, day: date) -> list[Any]:
    """The day's schedule table."""
    rows: list[Any] = staff.call("GET", "/api/dashboard/schedules", {"date": day.isoformat()}).result
    return rows


def book(staff: Client, schedule_id: int, cid: str) -> Reply:
    """Books at the desk."""
    return staff.call("POST", "/api/dashboard/appointments", body={"cid": cid, "schedule_id": schedule_id})


def booked(staff: Client, schedule_id: int) -> tuple[str, Any]:
    """A new person of the white list with a place of the schedule."""
    cid = new_cid()
    person = {"cid": cid, **PERSON}
    assert until_answered(lambda: staff.call("POST", "/api/dashboard/people", body=person)).status == 200
    return cid, until_answered(lambda: book(staff, schedule_id, cid)).result


def act(staff: Client, row: Any, task: str, **body: Any) -> Reply:
    """A task on a booking line."""
    path = f"/api/dashboard/appointments/{row['schedule_id']}/{row['place']}/{task}"
    return staff.call("POST", path, body={"version": row["version"], **body})


def eventually(look: Callable[[], Any], seconds: float = 600) -> Any:
    """The first truthy answer; what is derived from streams comes a moment later."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)
    return found
