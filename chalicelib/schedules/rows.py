"""Mappers and keys of rows that other packages' stores use too.

They are those of schedules, booking rules and service points.
"""

from datetime import date
from typing import Any

from chalicelib.row_mapper import Mapper
from chalicelib.schedules.catalogue_model import BookingRules, ServicePoint
from chalicelib.schedules.model import Schedule, ScheduleInfo
from chalicelib.tables import AppointmentItem, CatalogueItem, ScheduleItem

HOSPITAL = "#"  # the range key of the hospital's own row in the hospitals table
POINT = "point"


def hospital_day(hospital_code: str, day: date) -> str:
    """Key of a hospital's day in several tables: all rows of the day have it."""
    return f"{hospital_code}#{day.isoformat()}"


def read_hospital_day(key: str) -> tuple[str, date]:
    """Parse a key of `hospital_day` into (hospital code, day)."""
    hospital_code, day = key.split("#")
    return hospital_code, date.fromisoformat(day)


def hospital_and_day(row: Any) -> dict[str, Any]:
    """Fields that a row has only in its key `hospital_day`: hospital_code and day."""
    hospital_code, day = read_hospital_day(row.hospital_day)
    return {"hospital_code": hospital_code, "day": day}


def number_of(row: Any) -> int:
    """Id of the department, room, period or service point of a catalogue row."""
    return int(row.item.split("#")[1])


def point_item(point_id: int) -> str:
    """The range key of a service point in the hospitals table."""
    return f"{POINT}#{point_id}"


def waiting_item(point_id: int) -> str:
    """Return the beginning of the range keys of a service point's waiting entries."""
    return f"point#{point_id:05d}#waiting#"


def schedule_key(info: ScheduleInfo) -> ScheduleItem:
    """A row that has only the schedule's keys."""
    return ScheduleItem(hospital_day(info.hospital_code, info.day), info.schedule_id)


def has_names(table: type[ScheduleItem] | type[AppointmentItem], info: ScheduleInfo) -> Any:
    """Condition: the stored row has the names of `info`, and its telephone."""
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
