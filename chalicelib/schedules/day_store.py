"""The days table: how many places each hospital's day has, counted (availability.py keeps it)."""

from datetime import date

from chalicelib.schedules import rules
from chalicelib.schedules.rules import Day, Schedule
from chalicelib.tables import DayItem


def save(hospital_code: str, day: date, schedules: list[Schedule], counted_at: str) -> None:
    """Replaces the count of a day; a day without schedules left has none."""
    if not schedules:
        DayItem(hospital_code, day.isoformat()).delete()
        return
    online_free, rooms = rules.count_day(schedules)
    DayItem(
        hospital_code,
        day.isoformat(),
        province_code=schedules[0].province_code,
        day_hospital=f"{day.isoformat()}#{hospital_code}",
        hospital_name=schedules[0].hospital_name,
        online_free=online_free,
        rooms={str(room): list(counts) for room, counts in rooms.items()},
        counted_at=counted_at,
    ).save()


def of_hospital(hospital_code: str, first: date, last: date) -> list[Day]:
    """The counted days of a hospital in a closed range: one Query, an item a day."""
    between = DayItem.day.between(first.isoformat(), last.isoformat())
    return [_read_day(row) for row in DayItem.query(hospital_code, between)]


def of_province(province_code: str, first: date, last: date) -> list[Day]:
    """The counted days of a province's hospitals in a closed range: one Query, paged."""
    between = DayItem.day_hospital.between(first.isoformat(), f"{last.isoformat()}#~")
    return [_read_day(row) for row in DayItem.by_province.query(province_code, between)]


def _read_day(row: DayItem) -> Day:
    return Day(
        hospital_code=row.hospital_code,
        hospital_name=row.hospital_name,
        day=date.fromisoformat(row.day),
        online_free={finish: int(free) for finish, free in row.online_free.attribute_values.items()},
        rooms={
            int(room): (int(counts[0]), int(counts[1]), int(counts[2]))
            for room, counts in row.rooms.attribute_values.items()
        },
    )
