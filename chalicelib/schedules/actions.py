"""Questions about a hospital's departments, rooms, schedules and free places (manual 4.3.2)."""

from datetime import date

from chalicelib import clock
from chalicelib.caller import Caller
from chalicelib.errors import Invalid
from chalicelib.schedules import availability, catalogue_store, day_store, rules, store
from chalicelib.schedules.model import Department, HospitalCatalogue, Room, Schedule

MAX_RANGE_DAYS = 62


def hospital(hospital_code: str) -> HospitalCatalogue:
    """The hospital with its catalogue. Raises HospitalNotFound."""
    return catalogue_store.hospital(hospital_code)


def hospital_codes() -> list[str]:
    """Every hospital's code, in order. For scheduled jobs of other packages."""
    return catalogue_store.hospital_codes()


def departments(hospital_code: str) -> tuple[str, list[Department]]:
    """A hospital's name, and its departments by id. Raises HospitalNotFound."""
    catalogue = catalogue_store.hospital(hospital_code)
    return catalogue.name, sorted(catalogue.departments.values(), key=lambda d: d.department_id)


def rooms(hospital_code: str, department_id: int | None) -> list[tuple[Room, Department]]:
    """A hospital's rooms with their departments, by id; of one department if given. Raises HospitalNotFound."""
    catalogue = catalogue_store.hospital(hospital_code)
    chosen = [room for room in catalogue.rooms.values() if department_id in (None, room.department_id)]
    return [(room, catalogue.departments[room.department_id]) for room in sorted(chosen, key=lambda r: r.room_id)]


def places_by_province(
    caller: Caller, first: date, last: date, province_code: str | None
) -> list[tuple[str, str, int]]:
    """(hospital code, name, free places online) per hospital with schedules in a closed range of at most 62 days.

    Without a province it is that of the caller's hospital; a country-level caller has none and must name one.
    """
    if last < first:
        raise Invalid(fields={"date_finish": "must not be before date_start"})
    if (last - first).days + 1 > MAX_RANGE_DAYS:
        raise Invalid(fields={"date_finish": f"the range may hold at most {MAX_RANGE_DAYS} days"})
    if province_code is None:
        if caller.is_country:
            raise Invalid(fields={"province_code": "this is required for a country-level caller"})
        province_code = caller.province_code
    return availability.by_province(province_code, first, last)


def places_by_month(hospital_code: str, year: int, month: int) -> list[tuple[date, int]]:
    """(day, free places online) for the days of the month that have schedules. Raises HospitalNotFound."""
    days = availability.by_month(hospital_code, year, month)
    if not days:
        catalogue_store.require(hospital_code)
    return days


def online_schedules(hospital_code: str, day: date, department_id: int | None, room_id: int | None) -> list[Schedule]:
    """A day's schedules that are open online and not over, full ones included. Raises HospitalNotFound."""
    now = clock.now()
    schedules = store.schedules_of(hospital_code, day)
    if not schedules:
        catalogue_store.require(hospital_code)
    return [
        schedule
        for schedule in schedules
        if schedule.is_visible_online(now)
        and department_id in (None, schedule.info.department_id)
        and room_id in (None, schedule.info.room_id)
    ]


def calendar(
    hospital_code: str, year: int, month: int, department_id: int | None, room_id: int | None
) -> list[tuple[date, int, int]]:
    """(day, places, free places) of a month for the staff's calendar (manual 2.5).

    Open schedules, online or not; of one department or room if given. Days without any are left out.
    """
    days = []
    for day in availability.calendar(hospital_code, year, month):
        counts = [
            (places, free)
            for room, (department, places, free) in day.rooms.items()
            if room_id in (None, room) and department_id in (None, department)
        ]
        if counts:
            days.append((day.day, sum(places for places, _ in counts), sum(free for _, free in counts)))
    return days


def schedules_of(hospital_code: str, day: date) -> list[Schedule]:
    """Every schedule of a day, open or closed, by time and room (manual 2.4)."""
    return store.schedules_of(hospital_code, day)


def coming_days(hospital_code: str) -> list[date]:
    """The days from today on that have schedules, open or closed."""
    return day_store.days_from(hospital_code, clock.today())


def show_present_names(hospital_code: str, day: date) -> tuple[list[Schedule], bool]:
    """Write what the hospital, its departments and its rooms are called now into the schedules of a day.

    Returns the schedules with the present names, and whether all had them already. A schedule whose names somebody else
    has just written stays as it is.
    """
    schedules = store.schedules_of(hospital_code, day)
    hospital = catalogue_store.hospital(hospital_code)
    present = [rules.with_present_names(schedule, hospital) for schedule in schedules]
    for before, after in zip(schedules, present, strict=True):
        if before != after:
            store.rename(before, after)
    return present, present == schedules


def reachable() -> None:
    """Check that the tables can be reached. Raises TryAgain if not."""
    catalogue_store.touch()
