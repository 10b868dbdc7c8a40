"""API of departments, rooms and free places (manual 4.3.2).

It is AppointmentSlot in the wire contract.
"""

from datetime import date
from typing import Annotated

import msgspec

from chalicelib.caller import APPOINTMENT_API, Caller
from chalicelib.endpoint import endpoint
from chalicelib.errors import HospitalNotFound
from chalicelib.fields import Day, HospitalCode, Id, Month, Year, text
from chalicelib.responses import respond
from chalicelib.schedules import actions

PATH = "/api/appointment/AppointmentSlot"


class HospitalQuery(msgspec.Struct):
    hospital_code: HospitalCode


class DepartmentQuery(HospitalQuery):
    """Whose departments to list.

    date_start, date_finish: not in the manual. With both, each department has its free places online in this range of
    at most 62 days.
    """

    date_start: Day | None = None
    date_finish: Day | None = None


class DepartmentRow(msgspec.Struct, omit_defaults=True):
    """A department. Fields other than its id and name are not in the manual.

    hospital_name: the hospital's present name. available_slot: free places online, if the request has a range of days.
    first_available_date: the first of these days with a free place, if there is one.
    """

    department_id: int
    department_name: str
    hospital_name: str
    available_slot: int | None = None
    first_available_date: date | None = None


@endpoint(
    "GET",
    PATH,
    action="GetHospitalDepartment",
    roles=(APPOINTMENT_API,),
    section="4.3.2",
    thai="ตรวจสอบข้อมูลแผนกที่เปิดจอง ด้วยรหัสหน่วยให้บริการ",
    errors=(HospitalNotFound,),
)
def get_hospital_department(params: DepartmentQuery) -> list[DepartmentRow]:
    """The departments of a hospital; on request with their free places in a range.

    A range has at most 62 days.
    """
    if params.date_start is None and params.date_finish is None:
        name, departments = actions.departments(params.hospital_code)
        return [DepartmentRow(each.department_id, each.name, name) for each in departments]
    name, counted = actions.places_by_department(params.hospital_code, params.date_start, params.date_finish)
    return [
        DepartmentRow(department.department_id, department.name, name, free.places, free.first_day)
        for department, free in counted
    ]


class RoomQuery(msgspec.Struct):
    hospital_code: HospitalCode
    department_id: Id | None = None


class RoomRow(msgspec.Struct):
    department_id: int
    department_name: str
    room_id: int
    room_name: str


@endpoint(
    "GET",
    PATH,
    action="GetHospitalRoom",
    roles=(APPOINTMENT_API,),
    section="4.3.2",
    thai="ตรวจสอบข้อมูลห้องที่เปิดจอง ด้วยรหัสหน่วยให้บริการ",
    errors=(HospitalNotFound,),
)
def get_hospital_room(params: RoomQuery) -> list[RoomRow]:
    """The rooms of a hospital, or of one of its departments."""
    rooms = actions.rooms(params.hospital_code, params.department_id)
    return [respond(RoomRow, room, room_name=room.name, department_name=department.name) for room, department in rooms]


class ProvinceQuery(msgspec.Struct):
    date_start: Day
    date_finish: Day
    province_code: Annotated[str, text(10, "province code; the caller's own if absent", example="10")] | None = None


class HospitalSlots(msgspec.Struct):
    hospital_code: str
    hospital_name: str
    available_slot: int


@endpoint(
    "GET",
    PATH,
    action="GetHospitalSlotGroupByProvince",
    roles=(APPOINTMENT_API,),
    section="4.3.2",
    thai="ตรวจสอบจำนวน slot ที่สามารถจองได้แยกตามรหัสจังหวัด ตามช่วงวันที่ (ไม่เกิน 62 วัน)",
)
def get_hospital_slot_group_by_province(caller: Caller, params: ProvinceQuery) -> list[HospitalSlots]:
    """Free places per hospital of a province in a range of at most 62 days."""
    hospitals = actions.places_by_province(caller, params.date_start, params.date_finish, params.province_code)
    return [HospitalSlots(code, name, free) for code, name, free in hospitals]


class MonthQuery(msgspec.Struct):
    """Which month to count.

    department_id: not in the manual; count only the places of this department.
    """

    hospital_code: HospitalCode
    year: Year
    month: Month
    department_id: Id | None = None


class DaySlots(msgspec.Struct):
    date: date
    available_slot: int


@endpoint(
    "GET",
    PATH,
    action="GetHospitalSlotByMonth",
    roles=(APPOINTMENT_API,),
    section="4.3.2",
    thai="ตรวจสอบจำนวน slot ที่สามารถจองได้ด้วยรหัสหน่วยให้บริการ ตามเดือน",
    errors=(HospitalNotFound,),
)
def get_hospital_slot_by_month(params: MonthQuery) -> list[DaySlots]:
    """Free places per day of a month, for days with schedules.

    They are those of one department if it is given.
    """
    days = actions.places_by_month(params.hospital_code, params.year, params.month, params.department_id)
    return [DaySlots(day, free) for day, free in days]


class DateQuery(msgspec.Struct):
    hospital_code: HospitalCode
    date: Day
    department_id: Id | None = None
    room_id: Id | None = None


class ScheduleRow(msgspec.Struct):
    schedule_id: int
    department_id: int
    department_name: str
    room_id: int
    room_name: str
    appointment_type_name: str
    time_start: str
    time_finish: str
    available_slot: int


@endpoint(
    "GET",
    PATH,
    action="GetHospitalSlotByDate",
    roles=(APPOINTMENT_API,),
    section="4.3.2",
    thai="ตรวจสอบจำนวน slot ที่สามารถจองได้ด้วยรหัสหน่วยให้บริการ ตามวันที่",
    errors=(HospitalNotFound,),
)
def get_hospital_slot_by_date(params: DateQuery) -> list[ScheduleRow]:
    """The schedules of a day that are open online and not over."""
    schedules = actions.online_schedules(params.hospital_code, params.date, params.department_id, params.room_id)
    return [
        respond(
            ScheduleRow,
            schedule,
            appointment_type_name=schedule.info.department_name,
            available_slot=schedule.available_count,
        )
        for schedule in schedules
    ]
