"""The board of a day and the figures of a month, as they are counted and shown."""

from dataclasses import dataclass
from typing import Any, NamedTuple


class DepartmentCounts(NamedTuple):
    """The figures of a department's day, in the order in which they are stored. New figures are added at the end.

    places: of open schedules, and the held ones of closed schedules. booked: places that somebody holds now. The
    others: see PlaceEvents.
    """

    places: int = 0
    booked: int = 0
    accepted: int = 0
    cancelled: int = 0
    cancelled_late: int = 0
    moved: int = 0
    taken: int = 0
    lead_days: int = 0

    def __add__(self, other: tuple[Any, ...]) -> "DepartmentCounts":
        """Both together, figure by figure."""
        return DepartmentCounts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


@dataclass(frozen=True)
class BoardSchedule:
    """What the board of a day shows of a schedule. accepted: as in Schedule."""

    time_start: str
    department_name: str
    room_id: int
    room_name: str
    capacity: int
    available_count: int
    state: str
    accepted: frozenset[int] = frozenset()


@dataclass(frozen=True)
class BoardHour:
    """A room's hour: of the schedules that start in it, the places, those that are held, and those accepted.

    places: of open schedules, and the held ones of closed schedules.
    """

    hour: int
    places: int
    booked: int
    accepted: int


@dataclass(frozen=True)
class BoardRoom:
    """A room on the board of a day, with its hours in order."""

    room_id: int
    room_name: str
    department_name: str
    hours: tuple[BoardHour, ...]


@dataclass(frozen=True)
class MonthFigures:
    """A month's figures. departments: by id. hours: (ISO weekday, full hour) -> (places, places that are held)."""

    departments: dict[int, DepartmentCounts]
    hours: dict[tuple[int, int], tuple[int, int]]
