"""Free places, read from day counts that the schedules stream keeps up to date.

A booking changes its schedule; a record of the stream has the hospital and the day; the day is counted again and its
count replaced. Counting again, instead of adding and subtracting, makes records harmless that come twice, late or out
of order. Reading costs one Query, whatever the number of bookings or schedules (wire contract, GetHospitalSlotByMonth).
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from chalicelib import clock
from chalicelib.schedules import day_store, store
from chalicelib.schedules.model import Day


@dataclass(frozen=True)
class FreePlaces:
    """Free places online of a range of days.

    first_day: the first day that has any; None if none has.
    """

    places: int
    first_day: date | None


def by_month(hospital_code: str, year: int, month: int, department_id: int | None = None) -> list[tuple[date, int]]:
    """Free places online of the days of a month: (day, free places), in order.

    Only days that have running or coming schedules; of one department if given.
    """
    now = clock.now()
    last = date(year, month, monthrange(year, month)[1])
    days = day_store.free_of_hospital(hospital_code, date(year, month, 1), last)
    return [(day.day, free) for day in days if (free := day.available(now, department_id)) is not None]


def by_department(hospital_code: str, department_ids: list[int], first: date, last: date) -> list[FreePlaces]:
    """Free places online of each department in a range of days: one Query.

    In the order of the ids. first, last: both included.
    """
    now = clock.now()
    days = day_store.free_of_hospital(hospital_code, first, last)
    of_departments = []
    for department_id in department_ids:
        free = [(day.day, places) for day in days if (places := day.available(now, department_id))]
        of_departments.append(FreePlaces(sum(places for _, places in free), free[0][0] if free else None))
    return of_departments


def calendar(hospital_code: str, year: int, month: int) -> list[Day]:
    """The counted days of a month, for the staff's calendar.

    They have the places and the free places of each room, online or not.
    """
    last = date(year, month, monthrange(year, month)[1])
    return day_store.of_hospital(hospital_code, date(year, month, 1), last)


def by_province(province_code: str, first: date, last: date) -> list[tuple[str, str, int]]:
    """Free places online of a province's hospitals in a range of days.

    Returns (hospital code, name, free places), by code. first, last: both included.
    """
    now = clock.now()
    free: dict[str, int] = {}
    names: dict[str, str] = {}
    for day in day_store.free_of_province(province_code, first, last):
        if (available := day.available(now)) is not None:
            free[day.hospital_code] = free.get(day.hospital_code, 0) + available
            names[day.hospital_code] = day.hospital_name
    return [(code, names[code], free[code]) for code in sorted(free)]


def recount(changed: set[tuple[str, date]]) -> None:
    """Count days again.

    changed: (hospital code, day) of the records of the schedules table's stream.
    """
    for hospital_code, day in sorted(changed):
        schedules = store.schedules_of(hospital_code, day)
        day_store.save(hospital_code, day, schedules, clock.now().isoformat())
