"""Departments, rooms, periods and booking rules on the dashboard (manual 2.1-2.3)."""

from dataclasses import replace
from typing import Annotated

import msgspec

from chalicelib import errors
from chalicelib.caller import APPOINTMENT_DASHBOARD, IMMUNIZATION_SLOT, IMMUNIZATION_SLOT_MANAGER, Caller
from chalicelib.edit_conflicts import edit_conflict_response
from chalicelib.endpoint import endpoint
from chalicelib.fields import HospitalCode, Id, Time, items, number, one_of, shaped, text
from chalicelib.responses import respond
from chalicelib.schedules import catalogue_actions, hospital_settings
from chalicelib.schedules.catalogue_model import (
    EVERYBODY,
    LISTED,
    MOST_DAYS_BEFORE,
    NOBODY,
    BookingRules,
    Department,
    Period,
    Room,
)

DEPARTMENTS, ROOMS, PERIODS = "/api/dashboard/departments", "/api/dashboard/rooms", "/api/dashboard/periods"
SEES = (APPOINTMENT_DASHBOARD, IMMUNIZATION_SLOT, IMMUNIZATION_SLOT_MANAGER)
KEEPS = (APPOINTMENT_DASHBOARD,)
CHANGE = (errors.NotFound, errors.EditConflict, errors.NameTaken)
REMOVAL = (errors.NotFound, errors.EditConflict, errors.InUse)

Version = Annotated[int, number(1, 2**31 - 1, "the version that the screen shows", 1)]


class VersionQuery(msgspec.Struct):
    version: Version


class DepartmentResponse(msgspec.Struct):
    department_id: int
    department_name: str
    version: int


def _department(department: Department) -> DepartmentResponse:
    return respond(DepartmentResponse, department, department_name=department.name)


class DepartmentBody(msgspec.Struct):
    department_name: Annotated[str, text(100, "name of the department", shortest=1, example="อายุรกรรม")]


class DepartmentChange(DepartmentBody, kw_only=True):
    version: Version


class DepartmentId(msgspec.Struct):
    department_id: Id


class DepartmentRemoval(DepartmentId, kw_only=True):
    version: Version


@endpoint("GET", DEPARTMENTS, roles=SEES, section="2.1", thai="รายการแผนกที่เปิด")
def list_departments(caller: Caller) -> list[DepartmentResponse]:
    """The hospital's departments, by number."""
    departments = catalogue_actions.of_hospital(caller).departments
    return [_department(departments[number]) for number in sorted(departments)]


@endpoint("POST", DEPARTMENTS, roles=KEEPS, section="2.1", thai="เพิ่มแผนก", errors=(errors.NameTaken,))
def add_department(caller: Caller, body: DepartmentBody) -> DepartmentResponse:
    """Add a department; if there is one of this name, the answer is that one."""
    return _department(catalogue_actions.add_department(caller, body.department_name))


@endpoint("PUT", f"{DEPARTMENTS}/{{department_id}}", roles=KEEPS, section="2.1", thai="แก้ไขแผนก", errors=CHANGE)
def change_department(caller: Caller, params: DepartmentId, body: DepartmentChange) -> DepartmentResponse:
    """Rename a department.

    Its schedules and appointments from today on show the new name within a minute.
    """
    wanted = Department(params.department_id, body.department_name, body.version)
    with edit_conflict_response(body, _department):
        return _department(catalogue_actions.change_department(caller, wanted))


@endpoint("DELETE", f"{DEPARTMENTS}/{{department_id}}", roles=KEEPS, section="2.1", thai="ลบแผนก", errors=REMOVAL)
def remove_department(caller: Caller, params: DepartmentRemoval) -> DepartmentId:
    """Remove a department that is not in use.

    It is in use if a room, a coming schedule or somebody with an appointment has it.
    """
    with edit_conflict_response(VersionQuery(params.version), _department):
        catalogue_actions.remove_department(caller, params.department_id, params.version)
    return DepartmentId(params.department_id)


class RoomResponse(msgspec.Struct):
    room_id: int
    room_name: str
    department_id: int
    queue_code: str
    queue_length: int
    phone_number: str
    version: int


def _room(room: Room) -> RoomResponse:
    return respond(RoomResponse, room, room_name=room.name)


class RoomBody(msgspec.Struct):
    room_name: Annotated[str, text(100, "name of the room", shortest=1, example="ห้องตรวจ อายุรกรรม 1")]
    department_id: Id
    queue_code: Annotated[str, text(5, "what its queue numbers begin with", example="A")] = ""
    queue_length: Annotated[int, number(1, 6, "digits of its queue numbers: A and 3 make A001", 3)] = 3
    phone_number: Annotated[str, text(50, "telephone", example="000-0000000")] = ""

    def to_room(self, room_id: int, version: int) -> Room:
        return Room(
            room_id,
            self.room_name,
            self.department_id,
            self.queue_code,
            self.queue_length,
            self.phone_number,
            version,
        )


class RoomChange(RoomBody, kw_only=True):
    version: Version


class RoomId(msgspec.Struct):
    room_id: Id


class RoomRemoval(RoomId, kw_only=True):
    version: Version


@endpoint("GET", ROOMS, roles=SEES, section="2.2", thai="รายการห้องตรวจ")
def list_rooms(caller: Caller) -> list[RoomResponse]:
    """The hospital's rooms, by number."""
    rooms = catalogue_actions.of_hospital(caller).rooms
    return [_room(rooms[number]) for number in sorted(rooms)]


@endpoint("POST", ROOMS, roles=KEEPS, section="2.2", thai="เพิ่มห้องตรวจ", errors=(errors.NameTaken,))
def add_room(caller: Caller, body: RoomBody) -> RoomResponse:
    """Add a room to a department; if this very room is there, the answer is that one."""
    return _room(catalogue_actions.add_room(caller, body.to_room(0, 1)))


@endpoint("PUT", f"{ROOMS}/{{room_id}}", roles=KEEPS, section="2.2", thai="แก้ไขห้องตรวจ", errors=CHANGE)
def change_room(caller: Caller, params: RoomId, body: RoomChange) -> RoomResponse:
    """Change a room.

    Coming schedules and appointments show its new name and telephone within a minute. They keep their department and
    their queue numbers.
    """
    with edit_conflict_response(body, _room):
        return _room(catalogue_actions.change_room(caller, body.to_room(params.room_id, body.version)))


@endpoint("DELETE", f"{ROOMS}/{{room_id}}", roles=KEEPS, section="2.2", thai="ลบห้องตรวจ", errors=REMOVAL)
def remove_room(caller: Caller, params: RoomRemoval) -> RoomId:
    """Remove a room that no coming schedule and nobody with an appointment uses."""
    with edit_conflict_response(VersionQuery(params.version), _room):
        catalogue_actions.remove_room(caller, params.room_id, params.version)
    return RoomId(params.room_id)


class PeriodResponse(msgspec.Struct):
    period_id: int
    period_name: str
    time_start: str
    time_finish: str
    version: int


def _period(period: Period) -> PeriodResponse:
    return respond(PeriodResponse, period, period_name=period.name)


class PeriodBody(msgspec.Struct):
    """The end is inclusive: 08:00:00 to 08:59:59."""

    period_name: Annotated[str, text(100, "name of the period", shortest=1, example="08.00 - 08.59 น.")]
    time_start: Time
    time_finish: Time


class PeriodChange(PeriodBody, kw_only=True):
    version: Version


class PeriodId(msgspec.Struct):
    period_id: Id


class PeriodRemoval(PeriodId, kw_only=True):
    version: Version


@endpoint("GET", PERIODS, roles=SEES, section="2.3", thai="รายการช่วงเวลาที่ใช้งานในระบบนัดหมาย")
def list_periods(caller: Caller) -> list[PeriodResponse]:
    """The hospital's periods, by start."""
    periods = catalogue_actions.of_hospital(caller).periods.values()
    return [_period(period) for period in sorted(periods, key=lambda p: (p.time_start, p.time_finish, p.period_id))]


@endpoint("POST", PERIODS, roles=KEEPS, section="2.3", errors=(errors.NameTaken,), thai="เพิ่มช่วงเวลา")
def add_period(caller: Caller, body: PeriodBody) -> PeriodResponse:
    """Add a period; if this very period is there, the answer is that one."""
    return _period(catalogue_actions.add_period(caller, Period(0, body.period_name, body.time_start, body.time_finish)))


@endpoint("PUT", f"{PERIODS}/{{period_id}}", roles=KEEPS, section="2.3", thai="แก้ไขช่วงเวลา", errors=CHANGE)
def change_period(caller: Caller, params: PeriodId, body: PeriodChange) -> PeriodResponse:
    """Change a period.

    Existing schedules keep their times, so nobody's appointment moves.
    """
    wanted = Period(params.period_id, body.period_name, body.time_start, body.time_finish, body.version)
    with edit_conflict_response(body, _period):
        return _period(catalogue_actions.change_period(caller, wanted))


@endpoint("DELETE", f"{PERIODS}/{{period_id}}", roles=KEEPS, section="2.3", thai="ลบช่วงเวลา", errors=REMOVAL)
def remove_period(caller: Caller, params: PeriodRemoval) -> PeriodId:
    """Remove a period that no coming schedule and nobody with an appointment uses."""
    with edit_conflict_response(VersionQuery(params.version), _period):
        catalogue_actions.remove_period(caller, params.period_id, params.version)
    return PeriodId(params.period_id)


CancelMinutes = Annotated[int, number(0, 7 * 24 * 60, "minutes before the period starts", 60)]
MaxActive = Annotated[int, number(0, 100, "0 is unlimited", 1)]
OutsideBooking = Annotated[
    str, one_of((EVERYBODY, LISTED, NOBODY), "which other hospitals' systems may book: all, those listed, or nobody")
]
OutsideHospitals = Annotated[list[HospitalCode], items(200, "the hospitals listed", "list fewer")]
OutsidePercent = Annotated[int, number(0, 100, "per cent of a schedule's places, rounded up", 50)]
OutsideWithoutIdPercent = Annotated[int, number(0, 100, "per cent of the share of others, rounded up", 10)]


ConfirmTime = Annotated[
    str,
    shaped(
        "((0[7-9]|1[0-9]):[0-5][0-9]|20:00)?",
        'until when people are asked to confirm, 07:00 to 20:00, Thai local time; "" if they are not asked',
        'send HH:MM from 07:00 to 20:00, or ""',
        "16:00",
    ),
]
ConfirmDays = Annotated[int, number(1, MOST_DAYS_BEFORE, "how many days before the appointment", 1)]
Departments = Annotated[list[Id], items(200, "numbers of departments", "name fewer")]


class SettingsResponse(msgspec.Struct):
    """The hospital's rules for those who book from outside.

    cancel_minutes_before: until how many minutes before the period starts a person may cancel or postpone.
    max_active_per_department: active appointments one person may hold in a department; 0 is unlimited.
    department_in_line: notices in LINE, which locked phones show, name department and room.
    outside_percent: how much of a schedule the systems of other hospitals may hold together;
    outside_without_id_percent: how much of that for people without a national id (ids that begin with 0 or 9).
    confirm_time: people are asked to confirm by this time, confirm_days_before days before their appointment, except in
    unasked_departments. release_departments: those whose places the system releases if nobody confirms in time.
    """

    cancel_minutes_before: CancelMinutes
    max_active_per_department: MaxActive
    outside_booking: OutsideBooking
    outside_hospitals: OutsideHospitals
    outside_percent: OutsidePercent
    outside_without_id_percent: OutsideWithoutIdPercent
    version: Version
    department_in_line: bool = False
    confirm_time: ConfirmTime = ""
    confirm_days_before: ConfirmDays = 1
    unasked_departments: list[int] = []
    release_departments: list[int] = []


class SettingsBody(msgspec.Struct):
    """The rules to set. Those that are left out stay as they are."""

    version: Version
    cancel_minutes_before: CancelMinutes
    max_active_per_department: MaxActive
    outside_booking: OutsideBooking | None = None
    outside_hospitals: OutsideHospitals | None = None
    outside_percent: OutsidePercent | None = None
    outside_without_id_percent: OutsideWithoutIdPercent | None = None
    department_in_line: bool | None = None
    confirm_time: ConfirmTime | None = None
    confirm_days_before: ConfirmDays | None = None
    unasked_departments: Departments | None = None
    release_departments: Departments | None = None


_SETS = ("outside_hospitals", "unasked_departments", "release_departments")


def _settings(rules: BookingRules) -> SettingsResponse:
    return respond(SettingsResponse, rules, **{name: sorted(getattr(rules, name)) for name in _SETS})


@endpoint("GET", "/api/dashboard/settings", roles=SEES, section="New here", thai="กติกาที่หน่วยบริการกำหนด")
def read_settings(caller: Caller) -> SettingsResponse:
    """Show the rules for people in the app and for other hospitals' systems.

    Staff are exempt.
    """
    return _settings(hospital_settings.booking_rules(caller))


@endpoint(
    "PUT",
    "/api/dashboard/settings",
    roles=KEEPS,
    section="New here",
    thai="กำหนดกติกาของหน่วยบริการ",
    errors=(errors.EditConflict,),
)
def change_settings(caller: Caller, body: SettingsBody) -> SettingsResponse:
    """Change the rules for people in the app and for other hospitals' systems.

    An appointment keeps the time limit that was set when it was booked. A person who was asked to confirm keeps the
    time that they were told.
    """
    given = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not None}
    given |= {name: frozenset(given[name]) for name in _SETS if name in given}
    wanted = replace(hospital_settings.booking_rules(caller), **given)
    with edit_conflict_response(body, _settings):
        return _settings(hospital_settings.change_booking_rules(caller, wanted))
