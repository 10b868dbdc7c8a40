"""Helpers for the tests of manual section 2: schedules, and the tasks of a clerk."""

import itertools
from datetime import date
from typing import Any

from tests.client import Client, Reply, in_days, new_cid, until_answered

PERSON = {
    "prefix": "นาง",
    "first_name": "สมศรี",
    "last_name": "ทดสอบ",
    "gender": 2,
    "birth_date": "1980-05-17",
    "mobile_phone": "0800000000",
}
_days = itertools.count(60)


def new_day() -> date:
    """A day for which no test has opened schedules yet."""
    return in_days(next(_days))


def line(period_id: int = 1, room_id: int = 1, capacity: int = 3, online: bool = True) -> dict[str, Any]:
    """Request body for a schedule of a demo room; its department has the same number."""
    return {
        "period_id": period_id,
        "department_id": room_id,
        "room_id": room_id,
        "capacity": capacity,
        "online": online,
    }


def open_lines(staff: Client, day: date, *lines: dict[str, Any]) -> list[Any]:
    """Open schedules on a day, and return them."""
    body = {"date": day.isoformat(), "lines": list(lines)}
    made: list[Any] = staff.call("POST", "/api/dashboard/schedules", body=body).result
    return made


def table(staff: Client, day: date) -> list[Any]:
    """The day's schedule table."""
    rows: list[Any] = staff.call("GET", "/api/dashboard/schedules", {"date": day.isoformat()}).result
    return rows


def book(staff: Client, schedule_id: int, cid: str) -> Reply:
    """Book at the desk."""
    return staff.call("POST", "/api/dashboard/appointments", body={"cid": cid, "schedule_id": schedule_id})


def booked(staff: Client, schedule_id: int) -> tuple[str, Any]:
    """Book a new person of the white list; return the national id and the row."""
    cid = new_cid()
    person = {"cid": cid, **PERSON}
    assert until_answered(lambda: staff.call("POST", "/api/dashboard/people", body=person)).status == 200
    return cid, until_answered(lambda: book(staff, schedule_id, cid)).result


def act(staff: Client, row: Any, task: str, **body: Any) -> Reply:
    """Do a task of the desk on an appointment's row."""
    path = f"/api/dashboard/appointments/{row['schedule_id']}/{row['place']}/{task}"
    return staff.call("POST", path, body={"version": row["version"], **body})
