"""Change a hospital's departments, rooms and periods (manual 2.1-2.3).

They are its catalogue, with the service points and boards (`point_edits.py`, `board_edits.py`). A change or removal has
the version that the screen shows. If another version is stored, EditConflict carries what is stored, unless that is
this very change, sent a second time. An entry that is in use is not removed. Schedules keep their own times, department
and queue numbers, so a change does not move anybody; new names reach them a moment later (`booking/name_updates.py`).
Adding the same twice adds it once; two departments, two periods, or two rooms of one department never get the same
name, nor two names that a reader takes for the same.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from chalicelib import clock
from chalicelib.caller import Caller
from chalicelib.errors import InUse, Invalid
from chalicelib.retry import RetryBudget
from chalicelib.schedules import catalogue_store, day_store, entry_edits, rules, store
from chalicelib.schedules.catalogue_model import Department, HospitalCatalogue, Period, Room
from chalicelib.schedules.model import CLOSED, OPEN, Day

_LOOK_AHEAD = timedelta(days=3 * 366)


def of_hospital(caller: Caller) -> HospitalCatalogue:
    """The caller's hospital with its catalogue."""
    return catalogue_store.hospital(caller.hospital_code)


def add_department(caller: Caller, name: str) -> Department:
    """Add a department; if there is one of this name, return that.

    Raises NameTaken if one has a look-alike name.
    """
    return entry_edits.add(
        caller,
        "department_name",
        lambda hospital: Department(hospital.next_numbers[catalogue_store.DEPARTMENT], name),
        lambda hospital: hospital.departments.values(),
        lambda old, new: old.name == new.name,
    )


def change_department(caller: Caller, wanted: Department) -> Department:
    """Change a department.

    wanted.version: the version that the caller saw. Raises NotFound, EditConflict, NameTaken.
    """
    return entry_edits.change(
        caller,
        replace(wanted, version=wanted.version + 1),
        "department",
        lambda hospital: hospital.departments.get(wanted.department_id),
        lambda hospital: hospital.departments.values(),
    )


def remove_department(caller: Caller, department_id: int, version: int) -> None:
    """Remove a department.

    Raises NotFound, EditConflict, InUse (its rooms, coming schedules, or people in closed ones), TryAgain.
    """
    budget = RetryBudget()
    while True:
        uses = catalogue_store.uses(caller.hospital_code, department_id)
        hospital = of_hospital(caller)
        stored = entry_edits.at_version("department_id", hospital.departments.get(department_id), version)
        rooms = sorted(room.name for room in hospital.rooms.values() if room.department_id == department_id)
        if rooms:
            raise _in_use_by_rooms(rooms)
        _check_unused(caller, lambda day: _department_use(day, department_id))
        if catalogue_store.remove(caller.hospital_code, stored, uses):
            return
        budget.check()


def add_room(caller: Caller, wanted: Room) -> Room:
    """Add a room; if this very room is there, return that.

    A new number replaces its `room_id`. Raises NameTaken (within its department), Invalid (no such department, or a
    queue code like that of tickets).
    """

    def numbered(hospital: HospitalCatalogue) -> Room:
        _check_department(hospital, wanted.department_id)
        rules.check_queue_code(hospital, wanted)
        return replace(wanted, room_id=hospital.next_numbers[catalogue_store.ROOM], version=1)

    return entry_edits.add(
        caller,
        "room_name",
        numbered,
        lambda hospital: _rooms_of(hospital, wanted.department_id),
        lambda old, new: replace(old, room_id=new.room_id, version=1) == new,
    )


def change_room(caller: Caller, wanted: Room) -> Room:
    """Change a room. wanted.version: what the caller saw.

    Raises NotFound, EditConflict, Invalid (as `add_room`), NameTaken (within its department).
    """

    def rooms_of_department(hospital: HospitalCatalogue) -> list[Room]:
        _check_department(hospital, wanted.department_id)
        rules.check_queue_code(hospital, wanted)
        return _rooms_of(hospital, wanted.department_id)

    return entry_edits.change(
        caller,
        replace(wanted, version=wanted.version + 1),
        "room",
        lambda hospital: hospital.rooms.get(wanted.room_id),
        rooms_of_department,
    )


def remove_room(caller: Caller, room_id: int, version: int) -> None:
    """Remove a room.

    Raises NotFound, EditConflict, InUse (coming schedules, or people in closed ones).
    """
    stored = entry_edits.at_version("room_id", of_hospital(caller).rooms.get(room_id), version)
    _check_unused(caller, lambda day: OPEN if room_id in day.rooms else CLOSED if _held(day, room_id) else None)
    if not catalogue_store.remove(caller.hospital_code, stored):
        raise entry_edits.changed_meanwhile("room_id", of_hospital(caller).rooms.get(room_id))


def add_period(caller: Caller, wanted: Period) -> Period:
    """Add a period; if this very period is there, return that.

    A new number replaces its `period_id`. Raises NameTaken, Invalid (it ends before it starts).
    """
    rules.check_period(wanted)
    return entry_edits.add(
        caller,
        "period_name",
        lambda hospital: replace(wanted, period_id=hospital.next_numbers[catalogue_store.PERIOD], version=1),
        lambda hospital: hospital.periods.values(),
        lambda old, new: replace(old, period_id=new.period_id, version=1) == new,
    )


def change_period(caller: Caller, wanted: Period) -> Period:
    """Change a period.

    wanted.version: the version that the caller saw. Raises NotFound, EditConflict, Invalid, NameTaken.
    """
    rules.check_period(wanted)
    return entry_edits.change(
        caller,
        replace(wanted, version=wanted.version + 1),
        "period",
        lambda hospital: hospital.periods.get(wanted.period_id),
        lambda hospital: hospital.periods.values(),
    )


def remove_period(caller: Caller, period_id: int, version: int) -> None:
    """Remove a period.

    Raises NotFound, EditConflict, InUse (coming schedules, or people in closed ones).
    """

    def use(day: Day) -> str | None:
        schedules = store.schedules_of(caller.hospital_code, day.day)
        its = [schedule for schedule in schedules if schedule.period_id == period_id]
        if any(schedule.state == OPEN for schedule in its):
            return OPEN
        return CLOSED if any(schedule.held for schedule in its) else None

    stored = entry_edits.at_version("period_id", of_hospital(caller).periods.get(period_id), version)
    _check_unused(caller, use)
    if not catalogue_store.remove(caller.hospital_code, stored):
        raise entry_edits.changed_meanwhile("period_id", of_hospital(caller).periods.get(period_id))


def _rooms_of(hospital: HospitalCatalogue, department_id: int) -> list[Room]:
    return [room for room in hospital.rooms.values() if room.department_id == department_id]


def _check_department(hospital: HospitalCatalogue, department_id: int) -> None:
    if department_id not in hospital.departments:
        raise Invalid(fields={"department_id": "this hospital has no such department"})


def _in_use_by_rooms(names: list[str]) -> InUse:
    listed = ", ".join(names)
    return InUse(
        f"Rooms belong to it: {listed}. Remove or move them first.",
        f"ลบไม่ได้ เพราะมีห้องตรวจใช้อยู่: {listed} กรุณาลบหรือย้ายห้องตรวจก่อน",
        details={"used_by": {"rooms": names}},
    )


def _department_use(day: Day, department_id: int) -> str | None:
    if any(department == department_id for department, _, _ in day.rooms.values()):
        return OPEN
    return (
        CLOSED if any(held for department, held in day.closed_rooms.values() if department == department_id) else None
    )


def _held(day: Day, room_id: int) -> int:
    """How many places of the room's closed schedules somebody holds."""
    return day.closed_rooms.get(room_id, (0, 0))[1]


def _check_unused(caller: Caller, use: Callable[[Day], str | None]) -> None:
    """Raise InUse for the first counted day, from today on, that uses the thing.

    use: OPEN if an open schedule has it, CLOSED if only closed ones have it and somebody holds a place of them: these
    people can be moved only while the thing exists. A schedule that is made at the same moment may be missed.
    """
    today = clock.today()
    for day in day_store.of_hospital(caller.hospital_code, today, today + _LOOK_AHEAD):
        if state := use(day):
            raise _in_use_on(day.day, state)


def _in_use_on(day: date, state: str) -> InUse:
    english, thai = f"{day.day} {day:%B %Y}", f"{day.day}/{day.month}/{day.year + 543}"
    used_by: dict[str, object] = {"used_by": {"date": day.isoformat()}}
    if state == OPEN:
        return InUse(
            f"Schedules are open on {english}. Close them first.",
            f"ลบไม่ได้ เพราะมีตารางนัดหมายเปิดอยู่ในวันที่ {thai} กรุณาปิดตารางก่อน",
            details=used_by,
        )
    return InUse(
        f"People still hold appointments in closed schedules on {english}. Move or cancel them first.",
        f"ลบไม่ได้ เพราะยังมีผู้มีนัดอยู่ในตารางที่ปิดแล้วของวันที่ {thai} กรุณาเลื่อนหรือยกเลิกนัดก่อน",
        details=used_by,
    )
