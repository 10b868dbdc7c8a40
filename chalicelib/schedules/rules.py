"""What a schedule is, and the numbers on it.

A schedule is one line of a hospital's day: date x period x department x room with numbered places 1..capacity. Places
are made in blocks; a block reserves a run of appointment ids (unique per hospital) and of queue numbers (unique per
room and day), so a place has its ids from the start and a cancelled place is free again with its number.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.errors import BelowBooked, Invalid

OPEN, CLOSED = "open", "closed"
MAX_PLACES = 999
MAX_LINES = 90  # a day's sheet and its new schedules are one transaction of at most 100 items

_FIRST_DAY = date(2020, 1, 1)
_PER_DAY = 100_000
# The last day whose schedule_ids stay below 2^31: 16 October 2078.
LAST_DAY = _FIRST_DAY + timedelta(days=2**31 // _PER_DAY - 1)


def schedule_id(day: date, number: int) -> int:
    """The wire's schedule_id: the date is in the id, so a schedule is found by its id alone."""
    return (day - _FIRST_DAY).days * _PER_DAY + number


def day_of(schedule_id: int) -> date:
    """The date that a schedule_id carries."""
    return _FIRST_DAY + timedelta(days=schedule_id // _PER_DAY)


def hospital_day(hospital_code: str, day: date) -> str:
    """The key of a hospital's day in the tables that keep what belongs to one together."""
    return f"{hospital_code}#{day.isoformat()}"


@dataclass(frozen=True)
class Block:
    """Places made together: `places` of them from `first_place` on, with their runs of ids and queue numbers."""

    first_place: int
    places: int
    first_appointment_id: int
    first_queue_number: int


@dataclass(frozen=True)
class Schedule:
    """time_start, time_finish: HH:MM:SS in Bangkok, the end inclusive. free: the numbers of the free places;
    available_count is always their number. version: counts the staff's edits, not bookings."""

    hospital_code: str
    schedule_id: int
    day: date
    hospital_name: str
    province_code: str
    period_id: int
    period_name: str
    time_start: str
    time_finish: str
    department_id: int
    department_name: str
    room_id: int
    room_name: str
    room_phone_number: str
    queue_code: str
    queue_length: int
    capacity: int
    available_count: int
    free: frozenset[int]
    blocks: tuple[Block, ...]
    online: bool
    state: str
    version: int

    def is_over(self, now: datetime) -> bool:
        """Whether the period has ended. The end is inclusive: 08:59:59 is still inside."""
        return is_over(self.day, self.time_finish, now)

    def is_visible_online(self, now: datetime) -> bool:
        """Whether the API's availability lists show it; a full one is shown too, with 0."""
        return self.state == OPEN and self.online and not self.is_over(now)

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

    def _block(self, place: int) -> Block:
        for block in self.blocks:
            if block.first_place <= place < block.first_place + block.places:
                return block
        raise LookupError(f"schedule {self.schedule_id} has no place {place}")


def is_over(day: date, time_finish: str, now: datetime) -> bool:
    """Whether a period of that day has ended at `now` (Bangkok)."""
    return (day.isoformat(), time_finish) < (now.date().isoformat(), now.strftime("%H:%M:%S"))


def read_schedule(row: Any) -> Schedule:
    """The schedule in a row of the schedules table."""
    hospital_code, day = row.hospital_day.split("#")
    return Schedule(
        hospital_code=hospital_code,
        schedule_id=int(row.schedule_id),
        day=date.fromisoformat(day),
        hospital_name=row.hospital_name,
        province_code=row.province_code,
        period_id=int(row.period_id),
        period_name=row.period_name,
        time_start=row.time_start,
        time_finish=row.time_finish,
        department_id=int(row.department_id),
        department_name=row.department_name,
        room_id=int(row.room_id),
        room_name=row.room_name,
        room_phone_number=row.room_phone_number or "",
        queue_code=row.queue_code or "",
        queue_length=int(row.queue_length),
        capacity=int(row.capacity),
        available_count=int(row.available_count),
        free=frozenset(int(place) for place in row.free or ()),
        blocks=tuple(Block(**block) for block in row.blocks or ()),
        online=bool(row.online),
        state=row.state,
        version=int(row.version),
    )


@dataclass(frozen=True)
class Department:
    department_id: int
    name: str
    version: int = 1


@dataclass(frozen=True)
class Room:
    """queue_code, queue_length: what its queue numbers look like (manual 2.2)."""

    room_id: int
    name: str
    department_id: int
    queue_code: str
    queue_length: int
    phone_number: str = ""
    version: int = 1


@dataclass(frozen=True)
class Period:
    """time_start, time_finish: HH:MM:SS in Bangkok, the end inclusive."""

    period_id: int
    name: str
    time_start: str
    time_finish: str
    version: int = 1


def check_period(period: Period) -> None:
    """Raises Invalid where the period ends before it starts."""
    if period.time_finish <= period.time_start:
        raise Invalid(fields={"time_finish": "must be after time_start; the end is inclusive, such as 08:59:59"})


@dataclass(frozen=True)
class BookingRules:
    """What a hospital asks of people who act by themselves, in the app; staff and information systems are exempt.

    cancel_minutes_before: until how many minutes before the period starts a person may cancel or postpone.
    max_active_per_department: how many active appointments one person may hold in a department; 0 is unlimited.
    """

    cancel_minutes_before: int = 0
    max_active_per_department: int = 0
    version: int = 1

    @classmethod
    def read(cls, row: Any) -> "BookingRules":
        """The rules in the hospital's row."""
        return cls(int(row.cancel_minutes_before or 0), int(row.max_active_per_department or 0), int(row.version))


@dataclass(frozen=True)
class HospitalCatalogue:
    """A hospital with its catalogue: departments, rooms and periods by id. next_numbers: what the next department, room
    and period will be; they move with everything that is added."""

    hospital_code: str
    name: str
    province_code: str
    province_name: str
    district: str
    years: int
    departments: dict[int, Department]
    rooms: dict[int, Room]
    periods: dict[int, Period]
    version: int = 1
    next_numbers: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ScheduleSpec:
    """One line to be opened: which period, room (the department follows from it) and how many places."""

    period_id: int
    department_id: int
    room_id: int
    capacity: int
    online: bool


def check_lines(hospital: HospitalCatalogue, lines: list[ScheduleSpec]) -> None:
    """Raises Invalid where a line names what the hospital does not have, or two lines are the same room and period."""
    problems: dict[str, str] = {}
    seen: set[tuple[int, int]] = set()
    for n, line in enumerate(lines):
        room = hospital.rooms.get(line.room_id)
        if line.period_id not in hospital.periods:
            problems[f"lines[{n}].period_id"] = "this hospital has no such period"
        if room is None:
            problems[f"lines[{n}].room_id"] = "this hospital has no such room"
        elif room.department_id != line.department_id:
            problems[f"lines[{n}].department_id"] = "the room belongs to another department"
        if (line.room_id, line.period_id) in seen:
            problems[f"lines[{n}]"] = "the same room and period are in an earlier line"
        seen.add((line.room_id, line.period_id))
    if not 1 <= len(lines) <= MAX_LINES:
        problems["lines"] = f"send 1 to {MAX_LINES} lines"
    if problems:
        raise Invalid(fields=problems)


def clashes(there: list[Schedule], line: ScheduleSpec) -> bool:
    """Whether the day has an open schedule of the line's room and period."""
    return any(one.state == OPEN and (one.room_id, one.period_id) == (line.room_id, line.period_id) for one in there)


def places_to_remove(schedule: Schedule, capacity: int) -> frozenset[int]:
    """Which free places go so that `capacity` are left: the highest. Raises BelowBooked where too few are free."""
    count = schedule.capacity - capacity
    if count > len(schedule.free):
        booked = schedule.capacity - len(schedule.free)
        raise BelowBooked(fields={"capacity": f"{booked} places are booked"})
    return frozenset(sorted(schedule.free, reverse=True)[:count])


def next_block(schedule: Schedule, places: int, first_appointment_id: int, first_queue_number: int) -> Block:
    """The block that makes the schedule grow: after the last place, with ids and queue numbers nobody has had."""
    first_place = max(block.first_place + block.places for block in schedule.blocks)
    return Block(first_place, places, first_appointment_id, first_queue_number)


def without_places(blocks: tuple[Block, ...], removed: frozenset[int]) -> tuple[Block, ...]:
    """The blocks without the places; the others keep their ids and queue numbers."""
    left: list[Block] = []
    for block in blocks:
        run = 0
        for offset in range(block.places + 1):
            gone = offset == block.places or block.first_place + offset in removed
            if not gone:
                run += 1
            elif run:
                start = offset - run
                left.append(
                    Block(
                        block.first_place + start,
                        run,
                        block.first_appointment_id + start,
                        block.first_queue_number + start,
                    )
                )
                run = 0
    return tuple(left)


@dataclass(frozen=True)
class Day:
    """A hospital's day, counted. online_free: period end (HH:MM:SS) -> free places open online.
    rooms: room_id -> (department_id, places, free places), open schedules only, online or not."""

    hospital_code: str
    hospital_name: str
    day: date
    online_free: dict[str, int]
    rooms: dict[int, tuple[int, int, int]]

    def available(self, now: datetime) -> int | None:
        """Free places online in periods that are not over; None where the day has no such schedule."""
        running = [free for finish, free in self.online_free.items() if not is_over(self.day, finish, now)]
        return sum(running) if running else None


def count_day(schedules: list[Schedule]) -> tuple[dict[str, int], dict[int, tuple[int, int, int]]]:
    """`online_free` and `rooms` of a day with these schedules."""
    online_free: dict[str, int] = {}
    rooms: dict[int, tuple[int, int, int]] = {}
    for one in schedules:
        if one.state != OPEN:
            continue
        _, places, free = rooms.get(one.room_id, (0, 0, 0))
        rooms[one.room_id] = (one.department_id, places + one.capacity, free + one.available_count)
        if one.online:
            online_free[one.time_finish] = online_free.get(one.time_finish, 0) + one.available_count
    return online_free, rooms
