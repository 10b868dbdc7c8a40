"""Departments, rooms and periods of the caller's hospital, and the rules it has set (manual 2.1-2.3).

Whoever changes or removes something names the version that the screen shows; where that is not what is stored,
EditConflict carries what is, unless that is this very change, sent a second time. What is in use is not removed.
Schedules carry names and times of their own, so a change here moves nobody. Adding the same twice adds it once; two
departments, periods or rooms of a department never get one name.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from chalicelib import clock
from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, InUse, Invalid, NameTaken, NotFound, TryAgain
from chalicelib.schedules import catalogue_store, day_store, rules, store
from chalicelib.schedules.rules import BookingRules, Day, Department, HospitalCatalogue, Period, Room

_FAR = timedelta(days=3 * 366)
_ATTEMPTS = 8
_One = TypeVar("_One", Department, Room, Period)


def of_hospital(caller: Caller) -> HospitalCatalogue:
    """The caller's hospital with everything in it."""
    return catalogue_store.hospital(caller.hospital_code)


def add_department(caller: Caller, name: str) -> Department:
    """A new department, or the one of this name that is there."""
    return _add(
        caller,
        "department_name",
        lambda hospital: Department(hospital.next_numbers[catalogue_store.DEPARTMENT], name),
        lambda hospital: hospital.departments.values(),
        lambda old, new: True,
    )


def change_department(caller: Caller, wanted: Department) -> Department:
    """`wanted` at the version that the caller saw. Raises NotFound, EditConflict, NameTaken."""
    return _change(
        caller,
        replace(wanted, version=wanted.version + 1),
        "department",
        lambda hospital: hospital.departments.get(wanted.department_id),
        lambda hospital: hospital.departments.values(),
    )


def remove_department(caller: Caller, department_id: int, version: int) -> None:
    """Raises NotFound, EditConflict, InUse (its rooms, or coming schedules)."""
    for _ in range(_ATTEMPTS):
        uses = catalogue_store.uses(caller.hospital_code, department_id)
        hospital = of_hospital(caller)
        _check_version("department_id", hospital.departments.get(department_id), version)
        rooms = sorted(room.name for room in hospital.rooms.values() if room.department_id == department_id)
        if rooms:
            raise _in_use_by_rooms(rooms)
        _refuse_coming(caller, lambda day: any(one == department_id for one, _, _ in day.rooms.values()))
        if catalogue_store.remove(caller.hospital_code, catalogue_store.DEPARTMENT, department_id, version, uses or 0):
            return
    raise TryAgain()


def add_room(caller: Caller, wanted: Room) -> Room:
    """A new room, or this very one that is there; the number it is given replaces `room_id`. Raises NameTaken (within
    its department), and Invalid where there is no such department."""

    def numbered(hospital: HospitalCatalogue) -> Room:
        _check_department(hospital, wanted.department_id)
        return replace(wanted, room_id=hospital.next_numbers[catalogue_store.ROOM], version=1)

    return _add(
        caller,
        "room_name",
        numbered,
        lambda hospital: [one for one in hospital.rooms.values() if one.department_id == wanted.department_id],
        lambda old, new: replace(old, room_id=new.room_id, version=1) == new,
    )


def change_room(caller: Caller, wanted: Room) -> Room:
    """`wanted` at the version that the caller saw. Raises NotFound, EditConflict, Invalid (department), NameTaken
    (within its department)."""

    def of_department(hospital: HospitalCatalogue) -> list[Room]:
        _check_department(hospital, wanted.department_id)
        return [one for one in hospital.rooms.values() if one.department_id == wanted.department_id]

    return _change(
        caller,
        replace(wanted, version=wanted.version + 1),
        "room",
        lambda hospital: hospital.rooms.get(wanted.room_id),
        of_department,
    )


def remove_room(caller: Caller, room_id: int, version: int) -> None:
    """Raises NotFound, EditConflict, InUse (coming schedules)."""
    _check_version("room_id", of_hospital(caller).rooms.get(room_id), version)
    _refuse_coming(caller, lambda day: room_id in day.rooms)
    if not catalogue_store.remove(caller.hospital_code, catalogue_store.ROOM, room_id, version):
        raise _overtaken("room_id", of_hospital(caller).rooms.get(room_id))


def add_period(caller: Caller, wanted: Period) -> Period:
    """A new period, or this very one that is there; the number it is given replaces `period_id`. Raises NameTaken, and
    Invalid where it ends before it starts."""
    rules.check_period(wanted)
    return _add(
        caller,
        "period_name",
        lambda hospital: replace(wanted, period_id=hospital.next_numbers[catalogue_store.PERIOD], version=1),
        lambda hospital: hospital.periods.values(),
        lambda old, new: replace(old, period_id=new.period_id, version=1) == new,
    )


def change_period(caller: Caller, wanted: Period) -> Period:
    """`wanted` at the version that the caller saw. Raises NotFound, EditConflict, Invalid, NameTaken."""
    rules.check_period(wanted)
    return _change(
        caller,
        replace(wanted, version=wanted.version + 1),
        "period",
        lambda hospital: hospital.periods.get(wanted.period_id),
        lambda hospital: hospital.periods.values(),
    )


def remove_period(caller: Caller, period_id: int, version: int) -> None:
    """Raises NotFound, EditConflict, InUse (coming schedules)."""

    def in_use(day: Day) -> bool:
        schedules = store.schedules_of(caller.hospital_code, day.day)
        return any(one.period_id == period_id and one.state == rules.OPEN for one in schedules)

    _check_version("period_id", of_hospital(caller).periods.get(period_id), version)
    _refuse_coming(caller, in_use)
    if not catalogue_store.remove(caller.hospital_code, catalogue_store.PERIOD, period_id, version):
        raise _overtaken("period_id", of_hospital(caller).periods.get(period_id))


def booking_rules(caller: Caller) -> BookingRules:
    """What the hospital asks of people who book, cancel and postpone by themselves."""
    return catalogue_store.booking_rules(caller.hospital_code)


def change_booking_rules(caller: Caller, wanted: BookingRules) -> BookingRules:
    """`wanted` at the version that the caller saw. Raises EditConflict."""
    changed = replace(wanted, version=wanted.version + 1)
    if not catalogue_store.put_booking_rules(caller.hospital_code, changed):
        stored = booking_rules(caller)
        if stored != changed:
            raise EditConflict(details={"theirs": stored})
    return changed


def _add(
    caller: Caller,
    name_field: str,
    numbered: Callable[[HospitalCatalogue], _One],
    siblings: Callable[[HospitalCatalogue], Iterable[_One]],
    same: Callable[[_One, _One], bool],
) -> _One:
    """Adds what `numbered` makes, unless a sibling has its name: that one is the answer where it is the `same`, so that
    a second click or a request sent again adds nothing. Raises NameTaken where it is another."""
    for _ in range(_ATTEMPTS):
        hospital = of_hospital(caller)
        new = numbered(hospital)
        namesakes = [one for one in siblings(hospital) if one.name == new.name]
        for one in namesakes:
            if same(one, new):
                return one
        if namesakes:
            raise _name_taken(name_field)
        if catalogue_store.add(hospital, new):
            return new
    raise TryAgain()


def _change(
    caller: Caller,
    changed: _One,
    kind: str,
    stored_in: Callable[[HospitalCatalogue], _One | None],
    siblings: Callable[[HospitalCatalogue], Iterable[_One]],
) -> _One:
    """Writes `changed` over the version before it, unless another sibling has its name. A name that two have had since
    before is no hindrance to changing the rest. Raises NotFound, EditConflict, NameTaken."""
    for _ in range(_ATTEMPTS):
        hospital = of_hospital(caller)
        stored = stored_in(hospital)
        if stored == changed:
            return changed
        _check_version(f"{kind}_id", stored, changed.version - 1)
        named_alike = [one for one in siblings(hospital) if one.name == changed.name]
        renamed = stored not in named_alike
        if renamed and named_alike:
            raise _name_taken(f"{kind}_name")
        if catalogue_store.put(hospital, changed, renamed):
            return changed
    raise TryAgain()


def _name_taken(field: str) -> NameTaken:
    return NameTaken(fields={field: "there is another of this name"})


def _overtaken(field: str, stored: Department | Room | Period | None) -> EditConflict | NotFound:
    if stored is None:
        return NotFound(fields={field: "this hospital has no such thing, or no longer"})
    return EditConflict(details={"theirs": stored})


def _check_version(field: str, stored: Department | Room | Period | None, version: int) -> None:
    if stored is None or stored.version != version:
        raise _overtaken(field, stored)


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


def _refuse_coming(caller: Caller, uses: Callable[[Day], bool]) -> None:
    """Raises InUse for the first counted day, from today on, that uses the thing. A schedule that is being made at this
    very moment is not seen; it carries names of its own and does not need the thing."""
    today = clock.today()
    for day in day_store.of_hospital(caller.hospital_code, today, today + _FAR):
        if uses(day):
            raise _in_use_on(day.day)


def _in_use_on(day: date) -> InUse:
    return InUse(
        f"Schedules are open on {day.day} {day:%B %Y}. Close them first.",
        f"ลบไม่ได้ เพราะมีตารางนัดหมายเปิดอยู่ในวันที่ {day.day}/{day.month}/{day.year + 543} กรุณาปิดตารางก่อน",
        details={"used_by": {"date": day.isoformat()}},
    )
