"""Schedules and days.

A schedule is one row of a hospital's day: date x period x department x room, with places numbered 1..capacity. Places
are made in blocks. A block reserves a run of appointment ids (unique per hospital) and of queue numbers (unique per
room and day), so a place has its ids from the start, and a cancelled place is free again with the same number.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chalicelib.schedules.catalogue_model import Period
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
