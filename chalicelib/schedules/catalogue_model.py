"""A hospital's catalogue: departments, rooms, periods, points, boards, rules.

Standard library only.
"""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Department:
    department_id: int
    name: str
    version: int = 1


@dataclass(frozen=True)
class Room:
    """An examination room.

    queue_code, queue_length: what its queue numbers look like (manual 2.2).
    """

    room_id: int
    name: str
    department_id: int
    queue_code: str
    queue_length: int
    phone_number: str = ""
    version: int = 1


@dataclass(frozen=True)
class Period:
    """A period of the day.

    time_start, time_finish: HH:MM:SS in Bangkok, the end inclusive.
    """

    period_id: int
    name: str
    time_start: str
    time_finish: str
    version: int = 1


@dataclass(frozen=True)
class ServicePoint:
    """Where people wait and are called (จุดบริการ): screening, examination, pharmacy.

    rooms, departments: ids of those whose people come there. next_point: id of the point that people are sent to
    afterwards; None if it is the last of the way.
    """

    point_id: int
    name: str
    name_en: str = ""
    rooms: frozenset[int] = frozenset()
    departments: frozenset[int] = frozenset()
    next_point: int | None = None
    version: int = 1


@dataclass(frozen=True)
class Board:
    """A board (จอเรียกคิว) that shows which numbers are called at some service points.

    points: their ids. token: what the board's address contains instead of a name; nobody can guess it.
    """

    board_id: int
    name: str
    points: frozenset[int] = frozenset()
    token: str = ""
    version: int = 1


@dataclass(frozen=True)
class VisitRules:
    """A hospital's rules for the day of the visit.

    early_minutes: from how many minutes before their period people may arrive. late_minutes: a person who arrives this
    number of minutes after its start, or later, waits behind the period that is running. ticket_code: what the numbers
    of tickets begin with. his_departments: ids of the departments whose queue the hospital's own information system
    manages.
    """

    early_minutes: int = 120
    late_minutes: int = 30
    ticket_code: str = "W"
    his_departments: frozenset[int] = frozenset()
    version: int = 1


@dataclass(frozen=True)
class OwnReason:
    """A reason of the hospital's own for cancelling or moving appointments.

    th, en: the words that the person reads.
    """

    th: str
    en: str


@dataclass(frozen=True)
class OwnReasons:
    """The reasons that a hospital's staff choose from, in the hospital's order.

    Without any, the staff choose from the reasons that every hospital has (`booking/notice_texts.py`).
    """

    reasons: tuple[OwnReason, ...] = ()
    version: int = 1


# The earliest deadline for a confirmation that a hospital may set, in days before the appointment.
MOST_DAYS_BEFORE = 7


EVERYBODY, LISTED, NOBODY = "all", "listed", "nobody"


@dataclass(frozen=True)
class BookingRules:
    """A hospital's rules for bookings from the app and from other hospitals' systems.

    The hospital's own staff and information system are exempt from all of them.

    For people in the app. cancel_minutes_before: until how many minutes before the period starts a person may cancel or
    postpone. max_active_per_department: how many active appointments one person may hold in a department; 0 is
    unlimited.

    For the systems of other hospitals. outside_booking: which of them may book: EVERYBODY, those LISTED in
    outside_hospitals, or NOBODY. outside_percent: how much of a schedule's places they may hold together, rounded up.
    outside_without_id_percent: how much of that may be for people without a national id, rounded up.

    department_in_line: notices in LINE, which locked phones show, name department and room.

    confirm_time, confirm_days_before: until when people are asked to confirm: HH:MM in Bangkok, when nobody sleeps, so
    many days before their appointment; "" if nobody is asked. unasked_departments: ids of departments that do not ask.
    release_departments: ids of departments whose unconfirmed places the system may release.
    """

    cancel_minutes_before: int = 0
    max_active_per_department: int = 0
    department_in_line: bool = False
    outside_booking: str = EVERYBODY
    outside_hospitals: frozenset[str] = frozenset()
    outside_percent: int = 50
    outside_without_id_percent: int = 10
    confirm_time: str = ""
    confirm_days_before: int = 1
    unasked_departments: frozenset[int] = frozenset()
    release_departments: frozenset[int] = frozenset()
    version: int = 1

    def outside_places(self, capacity: int) -> int:
        """How many places of a schedule the systems of other hospitals may hold.

        It is the number for all of them together.
        """
        return _share(capacity, self.outside_percent)

    def outside_places_without_id(self, capacity: int) -> int:
        """How many of these may be for people without a national id."""
        return _share(self.outside_places(capacity), self.outside_without_id_percent)


def _share(places: int, percent: int) -> int:
    """places × percent / 100, rounded up."""
    return -(-places * percent // 100)


# Kinds of holidays: วันหยุดราชการ by the cabinet's announcement, วันหยุดชดเชย, วันแรงงาน (offices of the state are open),
# a day that is only observed, and a day that the hospital has set for itself.
GOVERNMENT, IN_LIEU, LABOUR, OBSERVANCE, OWN = "government", "in_lieu", "labour", "observance", "hospital"


@dataclass(frozen=True)
class OwnDay:
    """A day that a hospital has set for itself.

    closed: False for a workday, also on a holiday of the country.
    """

    day: date
    name: str
    closed: bool


@dataclass(frozen=True)
class Holiday:
    """A holiday of the country, or an own day of the hospital.

    closed: whether copying leaves it out and closing proposes another day.
    """

    day: date
    kind: str
    name: str
    name_en: str
    closed: bool


@dataclass(frozen=True)
class HospitalCatalogue:
    """A hospital with its catalogue by id, its own days and its visit rules.

    next_numbers: kind ("department", "room", "period", "point", "board") -> the id that the next new one gets.
    """

    hospital_code: str
    name: str
    province_code: str
    departments: dict[int, Department]
    rooms: dict[int, Room]
    periods: dict[int, Period]
    next_numbers: dict[str, int] = field(default_factory=dict)
    own_days: dict[date, OwnDay] = field(default_factory=dict)
    points: dict[int, ServicePoint] = field(default_factory=dict)
    boards: dict[int, Board] = field(default_factory=dict)
    visit_rules: VisitRules = VisitRules()
