"""Schedules, and the catalogue of departments, rooms and periods behind them.

A schedule is one row of a hospital's day: date x period x department x room, with places numbered 1..capacity. Places
are made in blocks. A block reserves a run of appointment ids (unique per hospital) and of queue numbers (unique per
room and day), so a place has its ids from the start, and a cancelled place is free again with the same number.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chalicelib.schedules.figures_model import DepartmentCounts

OPEN, CLOSED = "open", "closed"
MAX_PLACES = 999
MAX_LINES = 90  # new schedules a request; with the day counter they are one transaction of at most 100 items

_FIRST_DAY = date(2020, 1, 1)
_PER_DAY = 100_000
# The last day whose schedule_ids stay below 2^31: 16 October 2078.
LAST_DAY = _FIRST_DAY + timedelta(days=2**31 // _PER_DAY - 1)


def schedule_id(day: date, number: int) -> int:
    """The contract's schedule_id of the day's nth schedule.

    The id contains the date, so the id alone is enough to find a schedule of a hospital.
    """
    return (day - _FIRST_DAY).days * _PER_DAY + number


def day_of(schedule_id: int) -> date:
    """The date that a schedule_id contains."""
    return _FIRST_DAY + timedelta(days=schedule_id // _PER_DAY)


def is_over(day: date, time_finish: str, now: datetime) -> bool:
    """Whether a period of that day has ended at `now` (Bangkok).

    The end is inclusive: 08:59:59 is still inside.
    """
    return (day.isoformat(), time_finish) < (now.date().isoformat(), now.strftime("%H:%M:%S"))


def overlap(first: "ScheduleInfo | Period", second: "ScheduleInfo | Period") -> bool:
    """Whether two times of one day have a second in common.

    08:59:59 and 09:00:00 touch and do not overlap.
    """
    return first.time_start <= second.time_finish and second.time_start <= first.time_finish


@dataclass(frozen=True)
class ScheduleInfo:
    """Hospital, time, department and room of a schedule and of its appointments.

    time_start, time_finish: HH:MM:SS in Bangkok, the end inclusive. They stay as they were when the schedule was
    opened. The names and the telephone are the present ones: `booking/name_updates.py` writes new ones.
    """

    hospital_code: str
    hospital_name: str
    schedule_id: int
    day: date
    time_start: str
    time_finish: str
    department_id: int
    department_name: str
    room_id: int
    room_name: str
    room_phone_number: str

    def is_over(self, now: datetime) -> bool:
        """Whether the period has ended."""
        return is_over(self.day, self.time_finish, now)

    def start(self, now: datetime) -> datetime:
        """When the period starts, in the time zone of `now` (Bangkok)."""
        return datetime.fromisoformat(f"{self.day}T{self.time_start}").replace(tzinfo=now.tzinfo)


@dataclass(frozen=True)
class PlaceBlock:
    """Places that were made together.

    `places` of them from `first_place` on, with their runs of appointment ids and queue numbers.
    """

    first_place: int
    places: int
    first_appointment_id: int
    first_queue_number: int


@dataclass(frozen=True)
class PlaceEvents:
    """Counts of what has happened to the places of a schedule.

    They are counted in the transactions of bookings, and never lowered. taken: places that were booked, or moved to.
    lead_days: for all of them together, the days from then to the schedule's day. moved: appointments moved away.
    cancelled: before the schedule's day. cancelled_late: on that day.
    """

    taken: int = 0
    lead_days: int = 0
    moved: int = 0
    cancelled: int = 0
    cancelled_late: int = 0


@dataclass(frozen=True)
class Schedule:
    """One schedule with its places.

    free: the numbers of the free places; available_count is always how many they are. online: people may book it by
    themselves. version: counts the staff's edits, not bookings. outside_count: the places that people hold for whom the
    system of another hospital booked; outside_without_id_count: those of them without a national id. accepted: the
    appointments that the staff have accepted, by their check codes as numbers; a moment behind. visits: what became of
    the visits of its appointments, as `VisitMark.number`; a moment behind.

    closing, closed_at, closed_login: which closing closed it last, when (ISO, Bangkok) and by whom. They stay if it is
    opened again, so that a repeat of that closing, or of its undoing, is recognised.
    """

    info: ScheduleInfo
    province_code: str
    period_id: int
    period_name: str
    queue_code: str
    queue_length: int
    capacity: int
    available_count: int
    free: frozenset[int]
    blocks: tuple[PlaceBlock, ...]
    online: bool
    state: str
    version: int
    outside_count: int = 0
    outside_without_id_count: int = 0
    closing: str = ""
    closed_at: str = ""
    closed_login: str = ""
    events: PlaceEvents = PlaceEvents()
    accepted: frozenset[int] = frozenset()
    visits: frozenset[int] = frozenset()

    def is_visible_online(self, now: datetime) -> bool:
        """Whether the API's availability lists show it; a full one is shown too, with 0."""
        return self.state == OPEN and self.online and not self.info.is_over(now)

    def appointment_id(self, place: int) -> int:
        block = self._block(place)
        return block.first_appointment_id + place - block.first_place

    def queue_no(self, place: int) -> str:
        """The queue number printed on the slip: code `A` and length 3 make `A001`."""
        block = self._block(place)
        return f"{self.queue_code}{block.first_queue_number + place - block.first_place:0{self.queue_length}d}"

    def has_place(self, place: int) -> bool:
        """Whether it has a place of this number, free or held."""
        return any(block.first_place <= place < block.first_place + block.places for block in self.blocks)

    @property
    def held(self) -> frozenset[int]:
        """The numbers of the places that somebody holds."""
        runs = (range(block.first_place, block.first_place + block.places) for block in self.blocks)
        return frozenset(place for run in runs for place in run) - self.free

    def _block(self, place: int) -> PlaceBlock:
        for block in self.blocks:
            if block.first_place <= place < block.first_place + block.places:
                return block
        raise LookupError(f"schedule {self.info.schedule_id} has no place {place}")


@dataclass(frozen=True)
class DayCounter:
    """The next schedule number of a hospital's day, and each room's next queue number.

    version: counts the changes; 0 if nothing has been numbered yet.
    """

    hospital_code: str
    day: date
    next_number: int = 1
    next_queue_numbers: dict[int, int] = field(default_factory=dict)
    version: int = 0


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
    """The part of the places, rounded up: at least one, unless the part is nothing."""
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


@dataclass(frozen=True)
class ScheduleSpec:
    """A schedule to be opened: its period, its room and the number of places.

    department_id: the room belongs to it.
    """

    period_id: int
    department_id: int
    room_id: int
    capacity: int
    online: bool


@dataclass(frozen=True)
class Day:
    """A hospital's day, counted.

    online_free: period end (HH:MM:SS) -> free places open online. department_free: department_id -> its part of them,
    in the order of the ends, such as "3,,0": no figure if it has no such schedule; empty in rows of the time before it.
    rooms: room_id -> (department_id, places, free places), open schedules only, online or not. closed_rooms: room_id ->
    (department_id, places that somebody holds, also 0), closed schedules only. departments:
    department_id -> DepartmentCounts. hours: full hour of the period's start -> (places, places that somebody holds),
    as DepartmentCounts has them.
    """

    hospital_code: str
    hospital_name: str
    province_code: str
    day: date
    online_free: dict[str, int]
    rooms: dict[int, tuple[int, int, int]]
    closed_rooms: dict[int, tuple[int, int]] = field(default_factory=dict)
    department_free: dict[int, str] = field(default_factory=dict)
    departments: dict[int, tuple[int, ...]] = field(default_factory=dict)
    hours: dict[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[int, DepartmentCounts]:
        """The figures of each department that has any."""
        return {department_id: DepartmentCounts(*counts) for department_id, counts in self.departments.items()}

    @property
    def held_in_closed(self) -> int:
        """How many places of closed schedules somebody holds."""
        return sum(held for _, held in self.closed_rooms.values())

    def available(self, now: datetime, department_id: int | None = None) -> int | None:
        """Free places online in periods that are not over.

        Of one department if given. None if there is no such period. A row from before `department_free` was added has
        the hospital's figure for every department.
        """
        free_by_end = self.online_free
        if department_id is not None and self.department_free:
            free_by_end = self.free_of_department(department_id)
        running = [free for finish, free in free_by_end.items() if not is_over(self.day, finish, now)]
        return sum(running) if running else None

    def free_of_department(self, department_id: int) -> dict[str, int]:
        """`online_free` of one department."""
        figures = self.department_free.get(department_id, "").split(",")
        return {finish: int(free) for finish, free in zip(sorted(self.online_free), figures, strict=False) if free}
