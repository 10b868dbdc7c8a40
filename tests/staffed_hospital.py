"""A hospital with several clerks at work, rooms of two departments, and periods."""

from dataclasses import dataclass
from datetime import date

from tests.client import Client
from tests.hospitals import Hospital

HOURS = (8, 9, 10, 11)


@dataclass
class StaffedHospital:
    """A hospital with clerks, rooms and periods.

    clerks: each with a login of their own. rooms: the part of a line that names a room, with its department.
    """

    code: str
    clerks: list[Client]
    rooms: list[dict[str, int]]
    periods: list[int]

    @property
    def clerk(self) -> Client:
        return self.clerks[0]

    def open(self, day: date, capacity: int, rooms: int = 2, periods: int = 2) -> list[int]:
        """Open rooms in periods of a day; return the schedules' ids, period by period.

        rooms, periods: how many.
        """
        lines = [
            {**room, "period_id": period, "capacity": capacity}
            for period in self.periods[:periods]
            for room in self.rooms[:rooms]
        ]
        body = {"date": day.isoformat(), "lines": lines}
        made = self.clerk.call("POST", "/api/dashboard/schedules", body=body).result
        return [one["schedule_id"] for one in sorted(made, key=lambda one: (one["time_start"], one["room_id"]))]


def make(hospital: Hospital, clerks_at_work: int = 3) -> StaffedHospital:
    """Add clerks to a hospital that has the demo data's catalogue."""
    clerks = [hospital.clerk() for _ in range(clerks_at_work)]
    rooms = [{"department_id": number, "room_id": number} for number in (1, 2)]
    return StaffedHospital(hospital.code, clerks, rooms, [1 + n for n in range(len(HOURS))])
