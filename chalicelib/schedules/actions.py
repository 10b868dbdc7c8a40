"""Queries for departments, rooms, schedules and free places (manual 4.3.2)."""

from datetime import date

from chalicelib import clock
from chalicelib.caller import Caller
from chalicelib.errors import Invalid
from chalicelib.schedules import availability, catalogue_store, day_store, rules, store
from chalicelib.schedules.availability import FreePlaces
from chalicelib.schedules.catalogue_model import BookingRules, Department, HospitalCatalogue, Room
from chalicelib.schedules.model import Schedule

MAX_RANGE_DAYS = 62


def hospital(hospital_code: str) -> HospitalCatalogue:
    """The hospital and its catalogue. Raises HospitalNotFound."""
    return catalogue_store.hospital(hospital_code)


def hospital_codes() -> list[str]:
    """Codes of all hospitals, in order. For scheduled jobs of other packages."""
    return catalogue_store.hospital_codes()


def hospitals_that_ask() -> dict[str, BookingRules]:
    """Rules of the hospitals that ask people to confirm, by code, in order."""
    return catalogue_store.hospitals_that_ask()


def departments(hospital_code: str) -> tuple[str, list[Department]]:
    """The hospital's name, and its departments by id. Raises HospitalNotFound."""
    catalogue = catalogue_store.hospital(hospital_code)
    return catalogue.name, sorted(catalogue.departments.values(), key=lambda d: d.department_id)


def rooms(hospital_code: str, department_id: int | None) -> list[tuple[Room, Department]]:
    """The hospital's rooms with their departments, in order of room id.

    Of one department if given. Raises HospitalNotFound.
    """
    catalogue = catalogue_store.hospital(hospital_code)
    chosen = [room for room in catalogue.rooms.values() if department_id in (None, room.department_id)]
    return [(room, catalogue.departments[room.department_id]) for room in sorted(chosen, key=lambda r: r.room_id)]


def places_by_province(
    caller: Caller, first: date, last: date, province_code: str | None
) -> list[tuple[str, str, int]]:
    """Free places online per hospital of a province, in a range of at most 62 days.

    Returns (hospital code, name, free places) for hospitals with schedules in the range, which includes both ends. If
    no province is given, it is that of the caller's hospital; a country-level caller has none and must give one. Raises
    Invalid.
    """
    check_range(first, last)
    if province_code is None:
        if caller.is_country:
            raise Invalid(fields={"province_code": "this is required for a country-level caller"})
        province_code = caller.province_code
    return availability.by_province(province_code, first, last)


def check_range(first: date, last: date) -> None:
    """Raise Invalid unless the days are in order, and at most MAX_RANGE_DAYS."""
    if last < first:
        raise Invalid(fields={"date_finish": "must not be before date_start"})
    if (last - first).days + 1 > MAX_RANGE_DAYS:
        raise Invalid(fields={"date_finish": f"the range may hold at most {MAX_RANGE_DAYS} days"})


def places_by_department(
    hospital_code: str, first: date | None, last: date | None
) -> tuple[str, list[tuple[Department, FreePlaces]]]:
    """Free places online per department of a hospital, in a range of at most 62 days.

    Returns the hospital's name, and each department with its free places. The range includes both ends. Raises
    HospitalNotFound, Invalid (the range).
    """
    if first is None or last is None:
        raise Invalid(fields={"date_start" if first is None else "date_finish": "send both ends of the range, or none"})
    check_range(first, last)
    name, listed = departments(hospital_code)
    free = availability.by_department(hospital_code, [department.department_id for department in listed], first, last)
    return name, list(zip(listed, free, strict=True))


def places_by_month(
    hospital_code: str, year: int, month: int, department_id: int | None = None
) -> list[tuple[date, int]]:
    """Free places online per day of a month, as (day, free places).

    Only days that have schedules; of one department if given. Raises HospitalNotFound.
    """
    days = availability.by_month(hospital_code, year, month, department_id)
    if not days:
        catalogue_store.require(hospital_code)
    return days


def online_schedules(hospital_code: str, day: date, department_id: int | None, room_id: int | None) -> list[Schedule]:
    """A day's schedules that are open online and not over, full ones included.

    Of one department or room if given. Raises HospitalNotFound.
    """
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
) -> list[tuple[date, int, int, int]]:
    """Days of a month for the staff's calendar (manual 2.5).

    Each is (day, places, free places, held places of closed schedules). Places and free places are those of open
    schedules, online or not. All are of one department or room if given. Days without schedules are left out.
    """

    def is_wanted(room: int, department: int) -> bool:
        return room_id in (None, room) and department_id in (None, department)

    days = []
    for day in availability.calendar(hospital_code, year, month):
        open_rooms = [(places, free) for room, (of, places, free) in day.rooms.items() if is_wanted(room, of)]
        closed = [held for room, (of, held) in day.closed_rooms.items() if is_wanted(room, of)]
        if open_rooms or closed:
            places, free = sum(places for places, _ in open_rooms), sum(free for _, free in open_rooms)
            days.append((day.day, places, free, sum(closed)))
    return days


def schedules_of(hospital_code: str, day: date) -> list[Schedule]:
    """Every schedule of a day, open or closed, by time and room (manual 2.4)."""
    return store.schedules_of(hospital_code, day)


def coming_days(hospital_code: str, first: date | None = None, limit: int | None = None) -> list[date]:
    """Days from today or `first` on that have schedules, open or closed.

    At most `limit`. A `first` in the past counts as today.
    """
    return day_store.days_from(hospital_code, max(first or clock.today(), clock.today()), limit)


def show_present_names(hospital_code: str, day: date) -> tuple[list[Schedule], bool]:
    """Write the present catalogue names into the schedules of a day.

    They are the names of the hospital, its departments and its rooms, and the rooms' telephones. Returns the schedules
    with the present names, and whether all had them already. If another process has just written the names of a
    schedule, that schedule stays as it is stored.
    """
    schedules = store.schedules_of(hospital_code, day)
    hospital = catalogue_store.hospital(hospital_code)
    present = [rules.with_present_names(schedule, hospital) for schedule in schedules]
    for before, after in zip(schedules, present, strict=True):
        if before != after:
            store.rename(before, after)
    return present, present == schedules


def check_storage() -> None:
    """Check that the tables can be reached. Raises TryAgain if they cannot."""
    catalogue_store.touch()
