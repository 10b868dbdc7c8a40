"""Change the catalogue and the rules of the caller's hospital (manual 2.1-2.3).

The catalogue: departments, rooms, periods, service points and boards. A change or removal has the version that the
screen shows. If another version is stored, EditConflict carries what is stored, unless that is this very change, sent a
second time. An entry that is in use is not removed. Schedules keep their own times, department and queue numbers, so a
change does not move anybody; new names reach them a moment later (`booking/name_updates.py`). Adding the same twice
adds it once; two departments, two periods, or two rooms of one department never get the same name, nor two names that a
reader takes for the same.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from chalicelib import clock, text_cleaning
from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, InUse, Invalid, NameTaken, NotFound
from chalicelib.hospitals import actions as hospitals
from chalicelib.retry import RetryBudget
from chalicelib.schedules import catalogue_store, day_store, rules, store
from chalicelib.schedules.model import (
    CLOSED,
    LISTED,
    OPEN,
    Board,
    BookingRules,
    Day,
    Department,
    HospitalCatalogue,
    Period,
    Room,
    ServicePoint,
    VisitRules,
)

_LOOK_AHEAD = timedelta(days=3 * 366)
_Entry = TypeVar("_Entry", Department, Room, Period, ServicePoint, Board)


def of_hospital(caller: Caller) -> HospitalCatalogue:
    """The caller's hospital with its catalogue."""
    return catalogue_store.hospital(caller.hospital_code)


def add_department(caller: Caller, name: str) -> Department:
    """Add a department; if there is one of this name, return that.

    Raises NameTaken if one has a look-alike name.
    """
    return _add(
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
    return _change(
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
        stored = _at_version("department_id", hospital.departments.get(department_id), version)
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

    return _add(
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

    return _change(
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
    stored = _at_version("room_id", of_hospital(caller).rooms.get(room_id), version)
    _check_unused(caller, lambda day: OPEN if room_id in day.rooms else CLOSED if room_id in day.closed_rooms else None)
    if not catalogue_store.remove(caller.hospital_code, stored):
        raise _changed_meanwhile("room_id", of_hospital(caller).rooms.get(room_id))


def add_period(caller: Caller, wanted: Period) -> Period:
    """Add a period; if this very period is there, return that.

    A new number replaces its `period_id`. Raises NameTaken, Invalid (it ends before it starts).
    """
    rules.check_period(wanted)
    return _add(
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
    return _change(
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

    stored = _at_version("period_id", of_hospital(caller).periods.get(period_id), version)
    _check_unused(caller, use)
    if not catalogue_store.remove(caller.hospital_code, stored):
        raise _changed_meanwhile("period_id", of_hospital(caller).periods.get(period_id))


def add_point(caller: Caller, wanted: ServicePoint) -> ServicePoint:
    """Add a service point; if this very point is there, return that.

    A new number replaces its `point_id`. Raises NameTaken, Invalid (no such room, department or next point).
    """

    def numbered(hospital: HospitalCatalogue) -> ServicePoint:
        rules.check_point(hospital, wanted)
        return replace(wanted, point_id=hospital.next_numbers[catalogue_store.POINT], version=1)

    return _add(
        caller,
        "point_name",
        numbered,
        lambda hospital: hospital.points.values(),
        lambda old, new: replace(old, point_id=new.point_id, version=1) == new,
    )


def change_point(caller: Caller, wanted: ServicePoint) -> ServicePoint:
    """Change a service point. wanted.version: what the caller saw.

    Raises NotFound, EditConflict, Invalid (no such room, department or next point), NameTaken.
    """

    def points_of(hospital: HospitalCatalogue) -> Iterable[ServicePoint]:
        rules.check_point(hospital, wanted)
        return hospital.points.values()

    return _change(
        caller,
        replace(wanted, version=wanted.version + 1),
        "point",
        lambda hospital: hospital.points.get(wanted.point_id),
        points_of,
    )


def remove_point(caller: Caller, point_id: int, version: int) -> None:
    """Remove a service point, unless somebody waits there today.

    No screen could call them any more. Raises NotFound, EditConflict, InUse (another point sends people there, or
    somebody waits).
    """
    hospital = of_hospital(caller)
    stored = _at_version("point_id", hospital.points.get(point_id), version)
    sending = sorted(point.name for point in hospital.points.values() if point.next_point == point_id)
    if sending:
        listed = ", ".join(sending)
        raise InUse(
            f"Other service points send people there: {listed}. Change them first.",
            f"ลบไม่ได้ เพราะมีจุดบริการส่งต่อมาที่นี่: {listed} กรุณาแก้ไขจุดบริการนั้นก่อน",
            details={"used_by": {"points": sending}},
        )
    if waiting := catalogue_store.waiting_at(caller.hospital_code, clock.today(), point_id):
        raise InUse(
            f"People wait there ({waiting}). Call them or send them on first, or remove the point after the day.",
            f"ลบไม่ได้ เพราะยังมีผู้รออยู่ที่จุดนี้ {waiting} คน กรุณาเรียกหรือส่งต่อให้หมดก่อน หรือลบหลังเลิกงาน",
        )
    if not catalogue_store.remove(caller.hospital_code, stored):
        raise _changed_meanwhile("point_id", of_hospital(caller).points.get(point_id))


def add_board(caller: Caller, wanted: Board) -> Board:
    """Add a board; if there is one of this name with these points, return that.

    A new number and a new token replace those of `wanted`. Raises NameTaken, Invalid (no such service point).
    """

    def numbered(hospital: HospitalCatalogue) -> Board:
        rules.check_board(hospital, wanted)
        return replace(wanted, board_id=hospital.next_numbers[catalogue_store.BOARD], token=_new_token(), version=1)

    return _add(
        caller,
        "board_name",
        numbered,
        lambda hospital: hospital.boards.values(),
        lambda old, new: old.name == new.name and old.points == new.points,
    )


def change_board(caller: Caller, wanted: Board) -> Board:
    """Change a board's name and service points; its token stays.

    wanted.version: the version that the caller saw. Raises NotFound, EditConflict, Invalid (no such service point),
    NameTaken.
    """
    hospital = of_hospital(caller)
    rules.check_board(hospital, wanted)
    stored = hospital.boards.get(wanted.board_id)
    return _change_board(caller, replace(wanted, token=stored.token if stored else ""))


def replace_board_token(caller: Caller, board_id: int, version: int) -> Board:
    """Give a board a new token, so that its old address shows nothing any more.

    Raises NotFound, EditConflict.
    """
    stored = _at_version("board_id", of_hospital(caller).boards.get(board_id), version)
    return _change_board(caller, replace(stored, token=_new_token()))


def _change_board(caller: Caller, wanted: Board) -> Board:
    return _change(
        caller,
        replace(wanted, version=wanted.version + 1),
        "board",
        lambda hospital: hospital.boards.get(wanted.board_id),
        lambda hospital: hospital.boards.values(),
    )


def remove_board(caller: Caller, board_id: int, version: int) -> None:
    """Remove a board; its address shows nothing any more.

    Raises NotFound, EditConflict.
    """
    stored = _at_version("board_id", of_hospital(caller).boards.get(board_id), version)
    if not catalogue_store.remove(caller.hospital_code, stored):
        raise _changed_meanwhile("board_id", of_hospital(caller).boards.get(board_id))


def _new_token() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)


def change_visit_rules(caller: Caller, wanted: VisitRules) -> VisitRules:
    """Change the rules for the day of the visit.

    wanted.version: the version that the caller saw. Raises Invalid, EditConflict.
    """
    hospital = of_hospital(caller)
    rules.check_visit_rules(hospital, wanted)
    changed = replace(wanted, version=wanted.version + 1)
    if not catalogue_store.put_visit_rules(caller.hospital_code, changed):
        stored = of_hospital(caller).visit_rules
        if stored != changed:
            raise EditConflict(details={"theirs": stored})
    return changed


def booking_rules(caller: Caller) -> BookingRules:
    """The hospital's rules for the app and for the systems of other hospitals."""
    return catalogue_store.booking_rules(caller.hospital_code)


def change_booking_rules(caller: Caller, wanted: BookingRules) -> BookingRules:
    """Change the rules for the app and for the systems of other hospitals.

    wanted.version: the version that the caller saw. Raises Invalid (outside_hospitals, departments), EditConflict.
    """
    _check_listed(wanted)
    _check_departments(caller, wanted)
    changed = replace(wanted, version=wanted.version + 1)
    if not catalogue_store.put_booking_rules(caller.hospital_code, changed):
        stored = booking_rules(caller)
        if stored != changed:
            raise EditConflict(details={"theirs": stored})
    return changed


def _check_listed(wanted: BookingRules) -> None:
    """Check the hospitals of which the systems may book from outside.

    Raises Invalid if only listed hospitals may book and none is listed, or if a listed one does not exist.
    """
    if wanted.outside_booking == LISTED and not wanted.outside_hospitals:
        raise Invalid(fields={"outside_hospitals": "list at least one hospital, or let nobody book from outside"})
    known = hospitals.existing(sorted(wanted.outside_hospitals))
    if unknown := sorted(wanted.outside_hospitals - known):
        raise Invalid(fields={"outside_hospitals": f"no hospital has the code {', '.join(unknown[:10])}"})


def _check_departments(caller: Caller, wanted: BookingRules) -> None:
    """Raise Invalid if a department that the rules name does not exist.

    Those that were removed since they were named may stay.
    """
    named = {name: getattr(wanted, name) for name in ("unasked_departments", "release_departments")}
    if not any(named.values()):
        return
    known, stored = set(of_hospital(caller).departments), booking_rules(caller)
    unknown = {name: sorted(ids - known - getattr(stored, name)) for name, ids in named.items()}
    problems = {name: f"this hospital has no department {ids[0]}" for name, ids in unknown.items() if ids}
    if problems:
        raise Invalid(fields=problems)


def _add(
    caller: Caller,
    name_field: str,
    numbered: Callable[[HospitalCatalogue], _Entry],
    siblings: Callable[[HospitalCatalogue], Iterable[_Entry]],
    same: Callable[[_Entry, _Entry], bool],
) -> _Entry:
    """Add what `numbered` makes, unless a sibling has its name.

    If that sibling is the `same`, it is the answer, so a second click or a repeated request adds nothing. Raises
    NameTaken if it is another, TryAgain.
    """
    budget = RetryBudget()
    while True:
        hospital = of_hospital(caller)
        new = numbered(hospital)
        namesakes = [sibling for sibling in siblings(hospital) if text_cleaning.same(sibling.name, new.name)]
        for namesake in namesakes:
            if same(namesake, new):
                return namesake
        if namesakes:
            raise _name_taken(name_field)
        if catalogue_store.add(hospital, new):
            return new
        budget.check()


def _change(
    caller: Caller,
    changed: _Entry,
    kind: str,
    stored_in: Callable[[HospitalCatalogue], _Entry | None],
    siblings: Callable[[HospitalCatalogue], Iterable[_Entry]],
) -> _Entry:
    """Write `changed` over the version before it, unless another sibling has its name.

    If two have had the same name since before, the rest of them can still be changed. Raises NotFound, EditConflict,
    NameTaken, TryAgain.
    """
    budget = RetryBudget()
    while True:
        hospital = of_hospital(caller)
        stored = stored_in(hospital)
        if stored == changed:
            return changed
        before = _at_version(f"{kind}_id", stored, changed.version - 1)
        namesakes = [sibling for sibling in siblings(hospital) if text_cleaning.same(sibling.name, changed.name)]
        renamed = before not in namesakes
        if renamed and namesakes:
            raise _name_taken(f"{kind}_name")
        if catalogue_store.change(hospital, before, changed, renamed):
            return changed
        budget.check()


def _rooms_of(hospital: HospitalCatalogue, department_id: int) -> list[Room]:
    return [room for room in hospital.rooms.values() if room.department_id == department_id]


def _name_taken(field: str) -> NameTaken:
    return NameTaken(fields={field: "there is another of this name"})


def _changed_meanwhile(field: str, stored: catalogue_store.Entry | None) -> EditConflict | NotFound:
    if stored is None:
        return NotFound(fields={field: "this hospital has no such thing, or no longer"})
    return EditConflict(details={"theirs": stored})


def _at_version(field: str, stored: _Entry | None, version: int) -> _Entry:
    """The stored entry if it has this version. Raises NotFound, EditConflict."""
    if stored is None or stored.version != version:
        raise _changed_meanwhile(field, stored)
    return stored


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
    return CLOSED if any(department == department_id for department, _ in day.closed_rooms.values()) else None


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
