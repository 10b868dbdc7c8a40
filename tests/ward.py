"""A hospital of a test's own: clerks, two rooms of two departments, four periods."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from infra.local.local_stack import LocalStack
from tests.client import Client
from tests.manual import desk

CODE = "00010"  # the storms'
HOURS = (8, 9, 10, 11)


@dataclass
class Ward:
    """clerks: each with a login of their own. rooms: the line's part that names a room, with its department."""

    code: str
    clerks: list[Client]
    rooms: list[dict[str, int]]
    periods: list[int]

    @property
    def clerk(self) -> Client:
        return self.clerks[0]

    def open(self, day: date, capacity: int, rooms: int = 2, periods: int = 2) -> list[int]:
        """Opens so many rooms in so many periods of a day; the schedules' ids, period by period."""
        lines = [
            {**room, "period_id": period, "capacity": capacity}
            for period in self.periods[:periods]
            for room in self.rooms[:rooms]
        ]
        body = {"date": day.isoformat(), "lines": lines}
        made = self.clerk.call("POST", "/api/dashboard/schedules", body=body).result
        return [one["schedule_id"] for one in sorted(made, key=lambda one: (one["time_start"], one["room_id"]))]


def make(centre: LocalStack, code: str = CODE, clerks_at_work: int = 3) -> Ward:
    """Puts a catalogue into a hospital that has none."""
    clerks = [desk.clerk(centre, code) for _ in range(clerks_at_work)]

    def add(what: str, **body: Any) -> Any:
        return clerks[0].call("POST", f"/api/dashboard/{what}", body=body).result

    rooms = []
    for name in ("อายุรกรรม", "ฉีดวัคซีน"):
        department = add("departments", department_name=name)["department_id"]
        room = add("rooms", room_name=name, department_id=department, queue_code="Q")["room_id"]
        rooms.append({"department_id": department, "room_id": room})
    periods = [
        add("periods", period_name=f"{hour}", time_start=f"{hour:02}:00:00", time_finish=f"{hour:02}:59:59")
        for hour in HOURS
    ]
    return Ward(code, clerks, rooms, [one["period_id"] for one in periods])
