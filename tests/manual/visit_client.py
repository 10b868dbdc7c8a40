"""Helpers for the day of the visit: a schedule of today, people, counter tasks."""

from typing import Any

from tests.client import Client, Reply, in_days, new_cid, until_answered

POINTS, RULES, KIOSK = "/api/dashboard/points", "/api/dashboard/visit-rules", "/api/dashboard/kiosk"


def schedule_of_today(staff: Client) -> int:
    """Open a schedule of today that lasts until midnight, and return its id.

    It is set so that nobody is too early or too late all day.
    """
    period = {"period_name": "ทั้งวัน", "time_start": "00:00:00", "time_finish": "23:59:59"}
    period_id = staff.call("POST", "/api/dashboard/periods", body=period).result["period_id"]
    rules = {"early_minutes": 1440, "late_minutes": 1440, "ticket_code": "W", "version": 1}
    assert staff.call("PUT", RULES, body=rules).result["version"] == 2
    line = {"period_id": period_id, "department_id": 1, "room_id": 1, "capacity": 200, "online": True}
    body = {"date": in_days(0).isoformat(), "lines": [line]}
    made: int = staff.call("POST", "/api/dashboard/schedules", body=body).result[0]["schedule_id"]
    return made


def staff_appointment(staff: Client, schedule: int, appointment_id: int) -> Any:
    query = {"date": in_days(0).isoformat(), "schedule_id": schedule}
    rows = staff.call("GET", "/api/dashboard/appointments", query).result
    return next(row for row in rows if row["hospital_appointment_slot_id"] == appointment_id)


def booked(his: Client, staff: Client, schedule: int) -> Any:
    """Book a new person; return the desk's row, with the national id as `cid`."""
    cid = new_cid()
    answer = until_answered(lambda: his.book(schedule, cid))
    return staff_appointment(staff, schedule, answer.result["hospital_appointment_slot_id"]) | {"cid": cid}


def at_counter(
    staff: Client, point: int, task: str, call_id: str, counter: int = 1, fault: str = "", **more: int
) -> Reply:
    """Do a task of a counter.

    fault: the value of X-Fault, for the process with faults.
    """
    path = f"/api/dashboard/queues/{point}/counters/{counter}/{task}"
    headers = {"X-Fault": fault} if fault else None
    return staff.call("POST", path, None, {"call_id": call_id, **more}, headers)
