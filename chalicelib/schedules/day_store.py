"""The days table: place counts of each hospital's day.

availability.py keeps them up to date.
"""

from datetime import date

from chalicelib import storage
from chalicelib.row_mapper import Mapper
from chalicelib.schedules.figures_rules import count_day
from chalicelib.schedules.model import Day, Schedule
from chalicelib.tables import DayItem

DAYS = Mapper(DayItem, Day, keys=lambda day: {"day_hospital": f"{day.day.isoformat()}#{day.hospital_code}"})


def save(hospital_code: str, day: date, schedules: list[Schedule], counted_at: str) -> None:
    """Replace the count of a day; remove it if the day has no schedules.

    counted_at: ISO time in Bangkok.
    """
    if not schedules:
        storage.write(storage.delete(DayItem(hospital_code, day.isoformat())))
        return
    row = DAYS.row(count_day(schedules))
    row.counted_at = counted_at
    storage.write(storage.put(row))


def of_hospital(hospital_code: str, first: date, last: date) -> list[Day]:
    """The counted days of a hospital in a closed range: one Query, an item a day."""
    between = DayItem.day.between(first.isoformat(), last.isoformat())
    return [DAYS.read(row) for row in DayItem.query(hospital_code, between)]


def free_of_hospital(hospital_code: str, first: date, last: date) -> list[Day]:
    """Free online places of a hospital's counted days in a range: one Query.

    Other counts are not read. first, last: both included.
    """
    between = DayItem.day.between(first.isoformat(), last.isoformat())
    rows = DayItem.query(hospital_code, between, attributes_to_get=["day", "online_free", "department_free"])
    return [DAYS.read(row) for row in rows]


def days_from(hospital_code: str, first: date, limit: int | None = None) -> list[date]:
    """The counted days of a hospital from a day on, read consistently.

    limit: how many at most.
    """
    rows = DayItem.query(hospital_code, DayItem.day >= first.isoformat(), consistent_read=True, limit=limit)
    return [date.fromisoformat(row.day) for row in rows]


def free_of_province(province_code: str, first: date, last: date) -> list[Day]:
    """Free online places of a province's counted days in a range: one Query, paged.

    Other counts are not read. first, last: both included.
    """
    between = DayItem.day_hospital.between(first.isoformat(), f"{last.isoformat()}#~")
    names = ["hospital_code", "hospital_name", "day", "online_free"]
    return [DAYS.read(row) for row in DayItem.by_province.query(province_code, between, attributes_to_get=names)]


def counts_of_province(province_code: str, first: date, last: date, after: str, limit: int) -> tuple[list[Day], str]:
    """A page of a province's counted days in a range, by date and hospital.

    Only the figures of their departments and closed rooms are read. after: the position after which the page begins,
    of a day in the range; "" for the first page. Returns at most `limit` days, and the position of the last one; "" if
    no more follow. Read from an index, which is a moment behind.
    """
    begin = None
    if after:
        day, hospital_code = after.split("#")
        keys = {"province_code": province_code, "day_hospital": after, "hospital_code": hospital_code, "day": day}
        begin = {name: {"S": key} for name, key in keys.items()}
    rows = DayItem.by_province.query(
        province_code,
        DayItem.day_hospital.between(first.isoformat(), f"{last.isoformat()}#~"),
        attributes_to_get=["hospital_code", "hospital_name", "day", "departments", "closed_rooms"],
        limit=limit + 1,
        last_evaluated_key=begin,
    )
    days = [DAYS.read(row) for row in rows]
    more = len(days) > limit
    return days[:limit], f"{days[limit - 1].day.isoformat()}#{days[limit - 1].hospital_code}" if more else ""
