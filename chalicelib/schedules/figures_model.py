"""The overview of a day and the figures of a month, as they are counted and shown."""

from dataclasses import dataclass
from typing import Any, NamedTuple


class DepartmentCounts(NamedTuple):
    """The figures of a department's day, in the order in which they are stored.

    New figures are added at the end. places: of open schedules, and the held ones of closed schedules. booked: places
    that somebody holds now. For the others see PlaceEvents, and for the day of the visit VisitMark: who arrived, was
    called, was served, is absent. wait_minutes: from the arrival to the first call, the sum of all who were called.
    """

    places: int = 0
    booked: int = 0
    accepted: int = 0
    cancelled: int = 0
    cancelled_late: int = 0
    moved: int = 0
    taken: int = 0
    lead_days: int = 0
    arrived: int = 0
    called: int = 0
    served: int = 0
    absent: int = 0
    wait_minutes: int = 0

    @property
    def not_known(self) -> int:
        """Number of appointments whose visit has no outcome (served or absent)."""
        return max(0, self.booked - self.served - self.absent)

    def __add__(self, other: tuple[Any, ...]) -> "DepartmentCounts":
        """Both together, figure by figure."""
        return DepartmentCounts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


# Kinds of a mark: (whether the person came, outcome).
_KINDS = ((True, ""), (True, "served"), (False, "absent"), (True, "absent"))
_LONGEST_WAIT = 9_998  # minutes, a week


class VisitMark(NamedTuple):
    """What became of one appointment's visit.

    outcome: "served", "absent", or "" if it is not recorded. came: the person arrived, or was served. wait_minutes:
    until the first call; None before it.
    """

    check_code: int
    came: bool
    outcome: str
    wait_minutes: int | None

    @property
    def number(self) -> int:
        """The mark as a schedule stores it.

        The digits are the check code, the kind (1 digit), and the wait plus one minute (4 digits; 0: no call).
        """
        wait = 0 if self.wait_minutes is None else min(self.wait_minutes, _LONGEST_WAIT) + 1
        return (self.check_code * 10 + _KINDS.index((self.came, self.outcome))) * 10_000 + wait

    @classmethod
    def of(cls, number: int) -> "VisitMark":
        """The mark of such a number."""
        rest, wait = divmod(number, 10_000)
        code, kind = divmod(rest, 10)
        return cls(code, *_KINDS[kind], wait - 1 if wait else None)


@dataclass(frozen=True)
class OverviewSchedule:
    """What the overview of a day shows of a schedule. accepted: as in Schedule."""

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
    """Counts of a room's schedules that start in one full hour.

    places: of open schedules, and the held ones of closed schedules. booked: held places. accepted: those that are
    accepted.
    """

    hour: int
    places: int
    booked: int
    accepted: int


@dataclass(frozen=True)
class OverviewRoom:
    """A room in the overview of a day, with its hours in order."""

    room_id: int
    room_name: str
    department_name: str
    hours: tuple[BoardHour, ...]


@dataclass(frozen=True)
class MonthFigures:
    """A month's figures.

    departments: by id. hours: (ISO weekday, full hour) -> (places, places that are held). not_known: department -> its
    `not_known` of the days that are over.
    """

    departments: dict[int, DepartmentCounts]
    hours: dict[tuple[int, int], tuple[int, int]]
    not_known: dict[int, int]
