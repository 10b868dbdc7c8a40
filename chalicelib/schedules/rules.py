"""Rules of schedules and the catalogue: what may be opened, numbering. Pure."""

from dataclasses import replace
from datetime import date, datetime

from chalicelib import text_cleaning
from chalicelib.errors import BelowBooked, Invalid
from chalicelib.schedules.catalogue_model import Board, HospitalCatalogue, Period, Room, ServicePoint, VisitRules
from chalicelib.schedules.model import (
    MAX_LINES,
    OPEN,
    DayCounter,
    PlaceBlock,
    Schedule,
    ScheduleInfo,
    ScheduleSpec,
    overlap,
    schedule_id,
)


def check_period(period: Period) -> None:
    """Raise Invalid if the period ends before it starts."""
    if period.time_finish <= period.time_start:
        raise Invalid(fields={"time_finish": "must be after time_start; the end is inclusive, such as 08:59:59"})


def check_point(hospital: HospitalCatalogue, point: ServicePoint) -> None:
    """Check the rooms, departments and next point of a service point.

    Raises Invalid if the hospital does not have one of them, or the point itself is the next one.
    """
    problems = {}
    if unknown := sorted(point.rooms - set(hospital.rooms)):
        problems["rooms"] = f"this hospital has no room {unknown[0]}"
    if unknown := sorted(point.departments - set(hospital.departments)):
        problems["departments"] = f"this hospital has no department {unknown[0]}"
    if point.next_point is not None and (point.next_point == point.point_id or point.next_point not in hospital.points):
        problems["next_point"] = "name another service point of this hospital, or none"
    if problems:
        raise Invalid(fields=problems)


def check_board(hospital: HospitalCatalogue, board: Board) -> None:
    """Check the service points of a board.

    Raises Invalid if it has none, or one that the hospital does not have.
    """
    if not board.points:
        raise Invalid(fields={"points": "name at least one service point"})
    if unknown := sorted(board.points - set(hospital.points)):
        raise Invalid(fields={"points": f"this hospital has no service point {unknown[0]}"})


def check_queue_code(hospital: HospitalCatalogue, room: Room) -> None:
    """Raise Invalid if the room's queue numbers would be those of tickets.

    A room that has its code may keep it.
    """
    stored = hospital.rooms.get(room.room_id)
    is_new = stored is None or stored.queue_code != room.queue_code
    if is_new and _may_coincide(room.queue_code, hospital.visit_rules.ticket_code):
        tickets = hospital.visit_rules.ticket_code
        raise Invalid(fields={"queue_code": f"the numbers of tickets ({tickets}) may be the same; choose another"})


def _may_coincide(code: str, other: str) -> bool:
    """Return whether numbers with these codes may be the same.

    A0 and 01 make A001, as A and 001 do.
    """
    shorter, longer = sorted((text_cleaning.comparable(code), text_cleaning.comparable(other)), key=len)
    rest = longer.removeprefix(shorter)
    return longer.startswith(shorter) and (not rest or rest.isdecimal())


def check_visit_rules(hospital: HospitalCatalogue, wanted: VisitRules) -> None:
    """Check the rules for the day of the visit.

    Raises Invalid if tickets would have the numbers of a room, or a department does not exist.
    """
    problems = {}
    rooms = sorted(room.name for room in hospital.rooms.values() if _may_coincide(room.queue_code, wanted.ticket_code))
    if rooms:
        problems["ticket_code"] = f"the queue numbers of {rooms[0]} may be the same; choose another"
    if unknown := sorted(wanted.his_departments - set(hospital.departments)):
        problems["his_departments"] = f"this hospital has no department {unknown[0]}"
    if problems:
        raise Invalid(fields=problems)


def check_specs(hospital: HospitalCatalogue, specs: list[ScheduleSpec]) -> None:
    """Check the schedules to be opened.

    Raises Invalid if the hospital does not have a room or period, the room belongs to another department, two are at
    overlapping times in one room, or there are none or more than MAX_LINES.
    """
    problems: dict[str, str] = {}
    earlier: list[tuple[int, Period]] = []
    for n, spec in enumerate(specs):
        room, period = hospital.rooms.get(spec.room_id), hospital.periods.get(spec.period_id)
        if room is None:
            problems[f"lines[{n}].room_id"] = "this hospital has no such room"
        elif room.department_id != spec.department_id:
            problems[f"lines[{n}].department_id"] = "the room belongs to another department"
        if period is None:
            problems[f"lines[{n}].period_id"] = "this hospital has no such period"
            continue
        if any(room_id == spec.room_id and overlap(other, period) for room_id, other in earlier):
            problems[f"lines[{n}]"] = "an earlier line opens the room at an overlapping time"
        earlier.append((spec.room_id, period))
    if not 1 <= len(specs) <= MAX_LINES:
        problems["lines"] = f"send 1 to {MAX_LINES} lines"
    if problems:
        raise Invalid(fields=problems)


def clashes(hospital: HospitalCatalogue, existing: list[Schedule], spec: ScheduleSpec) -> bool:
    """Whether the room has an open schedule that overlaps the spec's period.

    existing: the day's schedules. A schedule keeps the times it was opened with, which may differ from those of its
    period by now; so times are compared, not periods.
    """
    period = hospital.periods[spec.period_id]
    return any(
        schedule.state == OPEN and schedule.info.room_id == spec.room_id and overlap(schedule.info, period)
        for schedule in existing
    )


ROOM_GONE, ROOM_TAKEN, OVER = "room_gone", "room_taken", "over"


def obstacles(
    hospital: HospitalCatalogue, existing: list[Schedule], wanted: frozenset[int], now: datetime
) -> dict[int, str]:
    """Why closed schedules cannot be opened again: schedule_id -> reason.

    wanted: ids of the schedules to open. The reason is "" if it can be opened. ROOM_GONE: its room or department was
    removed. ROOM_TAKEN: the room has an open schedule, or another one that is opened again, at an overlapping time.
    OVER: its period has ended.
    """
    opened = [schedule.info for schedule in existing if schedule.state == OPEN]
    obstacle_of: dict[int, str] = {}
    for schedule in existing:
        info = schedule.info
        if schedule.state == OPEN or info.schedule_id not in wanted:
            continue
        if info.is_over(now):
            obstacle_of[info.schedule_id] = OVER
        elif info.room_id not in hospital.rooms or info.department_id not in hospital.departments:
            obstacle_of[info.schedule_id] = ROOM_GONE
        elif any(info.room_id == other.room_id and overlap(info, other) for other in opened):
            obstacle_of[info.schedule_id] = ROOM_TAKEN
        else:
            obstacle_of[info.schedule_id] = ""
            opened.append(info)
    return obstacle_of


def without_clashes(
    hospital: HospitalCatalogue, existing: list[Schedule], specs: list[ScheduleSpec]
) -> list[ScheduleSpec]:
    """Leave out the specs that clash.

    A spec clashes if it overlaps an open schedule of its room, or another spec of its room before it.
    """
    chosen: list[ScheduleSpec] = []
    for spec in specs:
        period = hospital.periods[spec.period_id]
        taken = any(
            each.room_id == spec.room_id and overlap(hospital.periods[each.period_id], period) for each in chosen
        )
        if not taken and not clashes(hospital, existing, spec):
            chosen.append(spec)
    return chosen


def number_schedules(
    hospital: HospitalCatalogue, day: date, specs: list[ScheduleSpec], counter: DayCounter, first_appointment_id: int
) -> tuple[list[Schedule], DayCounter]:
    """Make the schedules with all places free, and the day counter afterwards.

    first_appointment_id: the first of as many reserved ids as the specs have places.
    """
    queue_numbers = dict(counter.next_queue_numbers)
    schedules = []
    for number, spec in enumerate(specs, counter.next_number):
        period, room = hospital.periods[spec.period_id], hospital.rooms[spec.room_id]
        first_queue_number = queue_numbers.get(room.room_id, 1)
        info = ScheduleInfo(
            hospital_code=hospital.hospital_code,
            hospital_name=hospital.name,
            schedule_id=schedule_id(day, number),
            day=day,
            time_start=period.time_start,
            time_finish=period.time_finish,
            department_id=room.department_id,
            department_name=hospital.departments[room.department_id].name,
            room_id=room.room_id,
            room_name=room.name,
            room_phone_number=room.phone_number,
        )
        schedule = Schedule(
            info=info,
            province_code=hospital.province_code,
            period_id=period.period_id,
            period_name=period.name,
            queue_code=room.queue_code,
            queue_length=room.queue_length,
            capacity=spec.capacity,
            available_count=spec.capacity,
            free=frozenset(range(1, spec.capacity + 1)),
            blocks=(PlaceBlock(1, spec.capacity, first_appointment_id, first_queue_number),),
            online=spec.online,
            state=OPEN,
            version=1,
        )
        schedules.append(schedule)
        first_appointment_id += spec.capacity
        queue_numbers[room.room_id] = first_queue_number + spec.capacity
    next_number = counter.next_number + len(specs)
    return schedules, replace(
        counter, next_number=next_number, next_queue_numbers=queue_numbers, version=counter.version + 1
    )


def with_present_names(schedule: Schedule, hospital: HospitalCatalogue) -> Schedule:
    """The schedule with the present names of its hospital, department and room.

    The room's telephone and the hospital's province are replaced too. Date, times, ids and queue numbers stay. A
    department or room that was removed keeps its last name.
    """
    info = schedule.info
    department, room = hospital.departments.get(info.department_id), hospital.rooms.get(info.room_id)
    present = replace(
        info,
        hospital_name=hospital.name,
        department_name=department.name if department else info.department_name,
        room_name=room.name if room else info.room_name,
        room_phone_number=room.phone_number if room else info.room_phone_number,
    )
    return replace(schedule, info=present, province_code=hospital.province_code)


def grown(
    schedule: Schedule, places: int, online: bool, counter: DayCounter, first_appointment_id: int
) -> tuple[Schedule, DayCounter]:
    """The schedule with a block of new free places, and the day counter afterwards."""
    room_id = schedule.info.room_id
    block = next_block(schedule, places, first_appointment_id, counter.next_queue_numbers.get(room_id, 1))
    queue_numbers = {**counter.next_queue_numbers, room_id: block.first_queue_number + places}
    after = replace(
        schedule,
        capacity=schedule.capacity + places,
        blocks=(*schedule.blocks, block),
        online=online,
        version=schedule.version + 1,
    )
    return after, replace(counter, next_queue_numbers=queue_numbers, version=counter.version + 1)


def shrunk(schedule: Schedule, removed: frozenset[int], online: bool) -> Schedule:
    """The schedule without the places (none or more of the free ones)."""
    return replace(
        schedule,
        capacity=schedule.capacity - len(removed),
        blocks=without_places(schedule.blocks, removed),
        online=online,
        version=schedule.version + 1,
    )


def places_to_remove(schedule: Schedule, capacity: int) -> frozenset[int]:
    """The free places to remove so that `capacity` are left: the highest.

    Raises BelowBooked if too few are free.
    """
    count = schedule.capacity - capacity
    if count > len(schedule.free):
        booked = schedule.capacity - len(schedule.free)
        raise BelowBooked(fields={"capacity": f"{booked} places are booked"})
    return frozenset(sorted(schedule.free, reverse=True)[:count])


def next_block(schedule: Schedule, places: int, first_appointment_id: int, first_queue_number: int) -> PlaceBlock:
    """The block of new places, after the schedule's last place.

    Its ids and queue numbers have not been used before.
    """
    first_place = max(block.first_place + block.places for block in schedule.blocks)
    return PlaceBlock(first_place, places, first_appointment_id, first_queue_number)


def without_places(blocks: tuple[PlaceBlock, ...], removed: frozenset[int]) -> tuple[PlaceBlock, ...]:
    """The blocks without the places; the others keep their ids and queue numbers."""
    left: list[PlaceBlock] = []
    for block in blocks:
        run = 0
        for offset in range(block.places + 1):
            gone = offset == block.places or block.first_place + offset in removed
            if not gone:
                run += 1
            elif run:
                start = offset - run
                left.append(
                    PlaceBlock(
                        block.first_place + start,
                        run,
                        block.first_appointment_id + start,
                        block.first_queue_number + start,
                    )
                )
                run = 0
    return tuple(left)
