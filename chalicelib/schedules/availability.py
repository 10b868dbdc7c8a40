"""How many places are free: read from counted days, which the stream of the schedules table keeps up to date.

A booking changes its schedule; the stream names the hospital and day; the day is counted again and its count replaced.
Counting again, instead of adding and subtracting, makes records harmless that come twice, late or out of order. Reading
costs one Query, whatever the number of bookings or schedules (wire contract, GetHospitalSlotByMonth).
"""

from calendar import monthrange
from datetime import date

from chalicelib import clock
from chalicelib.schedules import day_store, store
from chalicelib.schedules.model import Day


def by_month(hospital_code: str, year: int, month: int) -> list[tuple[date, int]]:
    """(day, free places online) for the days of a month that have running or coming schedules, in order."""
    now = clock.now()
    last = date(year, month, monthrange(year, month)[1])
    days = day_store.of_hospital(hospital_code, date(year, month, 1), last)
    return [(day.day, free) for day in days if (free := day.available(now)) is not None]


def calendar(hospital_code: str, year: int, month: int) -> list[Day]:
    """The counted days of a month, for the staff's calendar: places and free places per room, online or not."""
    last = date(year, month, monthrange(year, month)[1])
    return day_store.of_hospital(hospital_code, date(year, month, 1), last)


def by_province(province_code: str, first: date, last: date) -> list[tuple[str, str, int]]:
    """(hospital code, name, free places online) of a province's hospitals in a closed range of days, by code."""
    now = clock.now()
    free: dict[str, int] = {}
    names: dict[str, str] = {}
    for day in day_store.of_province(province_code, first, last):
        if (available := day.available(now)) is not None:
            free[day.hospital_code] = free.get(day.hospital_code, 0) + available
            names[day.hospital_code] = day.hospital_name
    return [(code, names[code], free[code]) for code in sorted(free)]


def recount(changed: set[tuple[str, date]]) -> None:
    """Count days again. changed: (hospital code, day) as the stream of the schedules table names them."""
    for hospital_code, day in sorted(changed):
        schedules = store.schedules_of(hospital_code, day)
        day_store.save(hospital_code, day, schedules, clock.now().isoformat())
