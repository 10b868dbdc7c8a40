"""Count a hospital's day; compute the overview and the figures of a month. Pure."""

from datetime import date

from chalicelib.schedules.figures_model import (
    BoardHour,
    DepartmentCounts,
    MonthFigures,
    OverviewRoom,
    OverviewSchedule,
    VisitMark,
)
from chalicelib.schedules.model import OPEN, Day, Schedule


def count_day(schedules: list[Schedule]) -> Day:
    """Count a hospital's day. schedules: all of that day, at least one."""
    online_free: dict[str, int] = {}
    of_departments: dict[int, dict[str, int]] = {}
    rooms: dict[int, tuple[int, int, int]] = {}
    closed_rooms: dict[int, tuple[int, int]] = {}
    departments: dict[int, DepartmentCounts] = {}
    hours: dict[int, tuple[int, int]] = {}
    for schedule in schedules:
        info, counts = schedule.info, count_schedule(schedule)
        if any(counts):
            hour = int(info.time_start[:2])
            places, booked = hours.get(hour, (0, 0))
            hours[hour] = (places + counts.places, booked + counts.booked)
            departments[info.department_id] = departments.get(info.department_id, DepartmentCounts()) + counts
        if schedule.state != OPEN:
            _, held = closed_rooms.get(info.room_id, (0, 0))
            closed_rooms[info.room_id] = (info.department_id, held + len(schedule.held))
            continue
        _, places, free = rooms.get(info.room_id, (0, 0, 0))
        rooms[info.room_id] = (info.department_id, places + schedule.capacity, free + schedule.available_count)
        if schedule.online:
            for by_end in (online_free, of_departments.setdefault(info.department_id, {})):
                by_end[info.time_finish] = by_end.get(info.time_finish, 0) + schedule.available_count
    ends = sorted(online_free)
    first = schedules[0]
    return Day(
        hospital_code=first.info.hospital_code,
        hospital_name=first.info.hospital_name,
        province_code=first.province_code,
        day=first.info.day,
        online_free=online_free,
        rooms=rooms,
        closed_rooms=closed_rooms,
        department_free={
            department: ",".join(str(by_end.get(end, "")) for end in ends)
            for department, by_end in of_departments.items()
        },
        departments=dict(departments),
        hours=dict(hours),
    )


def count_schedule(schedule: Schedule) -> DepartmentCounts:
    """What a schedule adds to the figures of its department."""
    events, held = schedule.events, schedule.capacity - schedule.available_count
    visits = [VisitMark.of(number) for number in schedule.visits]
    waits = [visit.wait_minutes for visit in visits if visit.wait_minutes is not None]
    return DepartmentCounts(
        places=schedule.capacity if schedule.state == OPEN else held,
        booked=held,
        accepted=len(schedule.accepted),
        cancelled=events.cancelled,
        cancelled_late=events.cancelled_late,
        moved=events.moved,
        taken=events.taken,
        lead_days=events.lead_days,
        arrived=sum(visit.came for visit in visits),
        called=len(waits),
        served=sum(visit.outcome == "served" for visit in visits),
        absent=sum(visit.outcome == "absent" for visit in visits),
        wait_minutes=sum(waits),
    )


def overview(schedules: list[OverviewSchedule]) -> list[OverviewRoom]:
    """The rooms of a day by id, with what is held and accepted in each hour."""
    rooms: dict[int, tuple[OverviewSchedule, dict[int, BoardHour]]] = {}
    for each in schedules:
        held = each.capacity - each.available_count
        hour, places = int(each.time_start[:2]), each.capacity if each.state == OPEN else held
        if not places:
            continue
        _, hours = rooms.setdefault(each.room_id, (each, {}))
        before = hours.get(hour, BoardHour(hour, 0, 0, 0))
        # An appointment that has just ended may be among the accepted for a moment.
        accepted = min(len(each.accepted), held)
        hours[hour] = BoardHour(hour, before.places + places, before.booked + held, before.accepted + accepted)
    return [
        OverviewRoom(room_id, first.room_name, first.department_name, tuple(hours[hour] for hour in sorted(hours)))
        for room_id, (first, hours) in sorted(rooms.items())
    ]


def month_figures(days: list[Day], today: date) -> MonthFigures:
    """The figures of all these days by department, and by weekday and hour."""
    departments: dict[int, DepartmentCounts] = {}
    not_known: dict[int, int] = {}
    hours: dict[tuple[int, int], tuple[int, int]] = {}
    for day in days:
        for department_id, counts in day.counts.items():
            departments[department_id] = departments.get(department_id, DepartmentCounts()) + counts
            if day.day < today:
                not_known[department_id] = not_known.get(department_id, 0) + counts.not_known
        for hour, (places, booked) in day.hours.items():
            before = hours.get((day.day.isoweekday(), hour), (0, 0))
            hours[(day.day.isoweekday(), hour)] = (before[0] + places, before[1] + booked)
    return MonthFigures(departments, hours, not_known)


def next_free(days: list[Day]) -> dict[int, date]:
    """Department -> the first of these days with a free place, online or not."""
    first: dict[int, date] = {}
    for day in sorted(days, key=lambda each: each.day):
        for department_id, _, free in day.rooms.values():
            if free > 0:
                first.setdefault(department_id, day.day)
    return first
