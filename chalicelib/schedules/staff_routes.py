"""The schedule table and the calendar on the dashboard (manual 2.4, 2.5)."""

from datetime import date

import msgspec

from chalicelib.caller import (
    APPOINTMENT_DASHBOARD,
    IMMUNIZATION_SLOT,
    IMMUNIZATION_SLOT_MANAGER,
    Caller,
)
from chalicelib.endpoint import endpoint
from chalicelib.fields import Day, Id, Month, Year
from chalicelib.schedules import actions
from chalicelib.schedules.rules import Schedule

SCHEDULES = "/api/dashboard/schedules"
SEES = (APPOINTMENT_DASHBOARD, IMMUNIZATION_SLOT, IMMUNIZATION_SLOT_MANAGER)


class CalendarQuery(msgspec.Struct):
    year: Year
    month: Month
    department_id: Id | None = None
    room_id: Id | None = None


class CalendarDay(msgspec.Struct):
    date: date
    places: int
    available: int


@endpoint(
    "GET",
    "/api/dashboard/calendar",
    roles=SEES,
    section="2.5",
    thai="ตารางปฏิทินการนัดหมาย: จำนวนที่เปิดและที่ว่างของแต่ละวัน",
)
def calendar(caller: Caller, params: CalendarQuery) -> list[CalendarDay]:
    """Places and free places per day of a month, for the days that have open schedules of the department and room."""
    found = actions.calendar(caller.hospital_code, params.year, params.month, params.department_id, params.room_id)
    return [CalendarDay(day, places, free) for day, places, free in found]


class TableQuery(msgspec.Struct):
    date: Day


class TableRow(msgspec.Struct):
    """A line of the schedule table. state: open or closed. version: counts the staff's edits, not bookings."""

    schedule_id: int
    date: date
    period_id: int
    period_name: str
    time_start: str
    time_finish: str
    department_id: int
    department_name: str
    room_id: int
    room_name: str
    capacity: int
    available_count: int
    online: bool
    state: str
    version: int


def table_row(s: Schedule) -> TableRow:
    values = {name: getattr(s, name) for name in TableRow.__struct_fields__ if name != "date"}
    return TableRow(**values, date=s.day)


@endpoint("GET", SCHEDULES, roles=SEES, section="2.4", thai="รายการ Slot ของวันที่ระบุ")
def list_schedules(caller: Caller, params: TableQuery) -> list[TableRow]:
    """Every line of a day, closed ones included, by time and room."""
    return [table_row(one) for one in actions.schedules_of(caller.hospital_code, params.date)]
