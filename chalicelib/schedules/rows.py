"""Mappers and keys of rows that other packages' stores use too: schedules, booking rules, service points."""

from datetime import date
from typing import Any

from chalicelib.row_mapper import Mapper
from chalicelib.schedules.model import BookingRules, Schedule, ScheduleInfo, ServicePoint
from chalicelib.tables import AppointmentItem, CatalogueItem, ScheduleItem

HOSPITAL = "#"  # the range key of the hospital's own row in the hospitals table
POINT = "point"


def hospital_day(hospital_code: str, day: date) -> str:
    """The key of a hospital's day in the tables that keep what belongs to one together."""
    return f"{hospital_code}#{day.isoformat()}"


def read_hospital_day(key: str) -> tuple[str, date]:
    """(hospital code, day) of such a key."""
    hospital_code, day = key.split("#")
    return hospital_code, date.fromisoformat(day)


def hospital_and_day(row: Any) -> dict[str, Any]:
    """The fields that a row has only in its key `hospital_day`."""
    hospital_code, day = read_hospital_day(row.hospital_day)
    return {"hospital_code": hospital_code, "day": day}


def number_of(row: Any) -> int:
    """The number of a department, room, period or service point."""
    return int(row.item.split("#")[1])


def point_item(point_id: int) -> str:
    """The range key of a service point in the hospitals table."""
    return f"{POINT}#{point_id}"


def waiting_item(point_id: int) -> str:
    """What the range keys of those who wait at a service point begin with in the queues table."""
    return f"point#{point_id:05d}#waiting#"


def schedule_key(info: ScheduleInfo) -> ScheduleItem:
    """A row with the schedule's keys only."""
    return ScheduleItem(hospital_day(info.hospital_code, info.day), info.schedule_id)


def has_names(table: type[ScheduleItem] | type[AppointmentItem], info: ScheduleInfo) -> Any:
    """The condition that the row shows the names of `info`."""
    condition: Any = None
    for column in ("hospital_name", "department_name", "room_name", "room_phone_number"):
        attribute, name = getattr(table, column), getattr(info, column)
        condition &= attribute == name if name else attribute.does_not_exist() | (attribute == "")
    return condition


SCHEDULES = Mapper(
    ScheduleItem,
    Schedule,
    keys=lambda schedule: {"hospital_day": hospital_day(schedule.info.hospital_code, schedule.info.day)},
    from_keys=hospital_and_day,
)
BOOKING_RULES = Mapper(CatalogueItem, BookingRules, keys=lambda rules: {"item": HOSPITAL})
POINTS = Mapper(
    CatalogueItem,
    ServicePoint,
    keys=lambda point: {"item": point_item(point.point_id)},
    from_keys=lambda row: {"point_id": number_of(row)},
)
