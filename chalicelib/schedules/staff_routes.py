"""Dashboard API: the schedule table and the calendar (manual 2.4, 2.5)."""

from datetime import date
from typing import Annotated

import msgspec

from chalicelib import errors
from chalicelib.caller import APPOINTMENT_DASHBOARD, IMMUNIZATION_SLOT, IMMUNIZATION_SLOT_MANAGER, Caller
from chalicelib.edit_conflicts import edit_conflict_response
from chalicelib.endpoint import endpoint
from chalicelib.fields import Day, Id, Month, Year, items, number
from chalicelib.responses import respond
from chalicelib.schedules import actions, schedule_edits
from chalicelib.schedules.catalogue_model import HospitalCatalogue
from chalicelib.schedules.model import MAX_LINES, MAX_PLACES, Schedule, ScheduleSpec
from chalicelib.schedules.schedule_edits import Copied

SCHEDULES = "/api/dashboard/schedules"
SEES = (APPOINTMENT_DASHBOARD, IMMUNIZATION_SLOT, IMMUNIZATION_SLOT_MANAGER)
MANAGES = (IMMUNIZATION_SLOT_MANAGER,)


class CalendarQuery(msgspec.Struct):
    year: Year
    month: Month
    department_id: Id | None = None
    room_id: Id | None = None


class CalendarDay(msgspec.Struct):
    """A day of the calendar.

    places, available: places and free places of open schedules. closed_held: places of closed schedules that somebody
    still holds.
    """

    date: date
    places: int
    available: int
    closed_held: int


@endpoint(
    "GET",
    "/api/dashboard/calendar",
    roles=SEES,
    section="2.5",
    thai="ตารางปฏิทินการนัดหมาย: จำนวนที่เปิดและที่ว่างของแต่ละวัน",
)
def calendar(caller: Caller, params: CalendarQuery) -> list[CalendarDay]:
    """Places per day of a month, of one department or room if given.

    Lists only days that have schedules; a day without places has closed ones alone.
    """
    days = actions.calendar(caller.hospital_code, params.year, params.month, params.department_id, params.room_id)
    return [CalendarDay(*figures) for figures in days]


class TableQuery(msgspec.Struct):
    date: Day


class ScheduleTableRow(msgspec.Struct):
    """A schedule in the schedule table.

    state: open or closed. version: counts the staff's edits, not bookings. closing, closed_at, closed_login: the
    closing that closed it last, when and by whom; "" if none has.
    """

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
    closing: str
    closed_at: str
    closed_login: str


def table_row(schedule: Schedule) -> ScheduleTableRow:
    return respond(ScheduleTableRow, schedule, date=schedule.info.day)


@endpoint("GET", SCHEDULES, roles=SEES, section="2.4", thai="รายการ Slot ของวันที่ระบุ")
def list_schedules(caller: Caller, params: TableQuery) -> list[ScheduleTableRow]:
    """Every schedule of a day, closed ones included, by time and room."""
    return [table_row(schedule) for schedule in actions.schedules_of(caller.hospital_code, params.date)]


Weekday = Annotated[int, number(1, 7, "ISO week day, Monday is 1", 1)]
Capacity = Annotated[int, number(1, MAX_PLACES, "number of places", 20)]


class ScheduleSpecBody(msgspec.Struct):
    period_id: Id
    department_id: Id
    room_id: Id
    capacity: Capacity
    online: bool = True


class ScheduleSpecsBody(msgspec.Struct):
    date: Day
    lines: Annotated[list[ScheduleSpecBody], items(MAX_LINES, "at most 90 a call")]


@endpoint(
    "POST",
    SCHEDULES,
    roles=MANAGES,
    section="2.4",
    thai="เพิ่ม Slot เวลาในตารางนัดหมาย",
    errors=(errors.ScheduleExists,),
)
def add_schedules(caller: Caller, body: ScheduleSpecsBody) -> list[ScheduleTableRow]:
    """Open schedules on a day, all or none, and return them."""
    specs = [ScheduleSpec(**msgspec.structs.asdict(line)) for line in body.lines]
    return [table_row(schedule) for schedule in schedule_edits.open_schedules(caller, body.date, specs)]


class ScheduleId(msgspec.Struct):
    schedule_id: Id


class ScheduleChange(msgspec.Struct):
    capacity: Capacity
    online: bool
    version: Id


@endpoint(
    "PUT",
    f"{SCHEDULES}/{{schedule_id}}",
    roles=MANAGES,
    section="2.4",
    thai="แก้ไขจำนวน Slot และการเปิดให้จอง Online",
    errors=(errors.ScheduleNotFound, errors.ScheduleClosed, errors.EditConflict, errors.BelowBooked),
)
def change_schedule(caller: Caller, params: ScheduleId, body: ScheduleChange) -> ScheduleTableRow:
    """Change a schedule's number of places, and whether it can be booked online.

    There cannot be fewer places than are booked.
    """
    with edit_conflict_response(body, table_row):
        return table_row(schedule_edits.change(caller, params.schedule_id, body.version, body.capacity, body.online))


class CopyBody(msgspec.Struct):
    """What to copy.

    date_start, date_finish: a day, or up to a week. to_start, to_finish: the days to copy to, at most 62. weekdays: of
    these days only those, ISO, Monday is 1. preview: only say what would happen.
    """

    date_start: Day
    date_finish: Day
    to_start: Day
    to_finish: Day
    weekdays: Annotated[list[Weekday], items(7, "the days to copy to", "name each day once")]
    skip_holidays: bool = True
    preview: bool = False


class CopiedRow(msgspec.Struct):
    """A schedule on a day; if the whole day was left out, only date and reason."""

    date: date
    period_id: int = 0
    period_name: str = ""
    time_start: str = ""
    time_finish: str = ""
    department_id: int = 0
    department_name: str = ""
    room_id: int = 0
    room_name: str = ""
    capacity: int = 0
    online: bool = False
    reason: str = ""
    reason_en: str = ""


class CopyResult(msgspec.Struct):
    made: list[CopiedRow]
    clashes: list[CopiedRow]
    skipped: list[CopiedRow]


@endpoint("POST", f"{SCHEDULES}/copy", roles=MANAGES, section="2.4", thai="คัดลอกตารางของวันหรือสัปดาห์ไปยังวันอื่น")
def copy_schedules(caller: Caller, body: CopyBody) -> CopyResult:
    """Copy a day or a week to other days. A second copy makes only what is missing."""
    copied = schedule_edits.copy(
        caller,
        (body.date_start, body.date_finish),
        (body.to_start, body.to_finish),
        frozenset(body.weekdays),
        body.skip_holidays,
        body.preview,
    )
    return CopyResult(
        made=[_copied_row(copied.hospital, each) for each in copied.made],
        clashes=[_copied_row(copied.hospital, each) for each in copied.clashes],
        skipped=[_copied_row(copied.hospital, each) for each in copied.left_out],
    )


def _copied_row(hospital: HospitalCatalogue, copied: Copied) -> CopiedRow:
    row = CopiedRow(copied.day, reason=copied.reason, reason_en=copied.reason_english)
    spec = copied.spec
    if spec is None:
        return row
    period, room = hospital.periods.get(spec.period_id), hospital.rooms.get(spec.room_id)
    row.period_id, row.room_id = spec.period_id, spec.room_id
    row.capacity, row.online = spec.capacity, spec.online
    if period is not None:
        row.period_name, row.time_start, row.time_finish = period.name, period.time_start, period.time_finish
    if room is not None:
        row.room_name, row.department_id = room.name, room.department_id
        row.department_name = hospital.departments[room.department_id].name
    return row
