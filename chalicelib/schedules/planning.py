"""Making, changing, copying and closing schedules (manual 2.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib import clock
from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, Invalid, ScheduleClosed, ScheduleExists, ScheduleNotFound, TryAgain
from chalicelib.schedules import catalogue_store, rules, store
from chalicelib.schedules.rules import LAST_DAY, HospitalCatalogue, Schedule, ScheduleSpec
from chalicelib.schedules.thai_holidays import FIRST_YEAR, HOLIDAYS, LAST_YEAR

MAX_SOURCE_DAYS, MAX_TARGET_DAYS = 7, 62
_ATTEMPTS = 10
_ONE_DAY = timedelta(days=1)


def holidays(year: int) -> list[tuple[date, str, str]]:
    """(day, Thai name, English name) of Thailand's public and government holidays. Raises Invalid for a year that is
    not known."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(fields={"year": f"holidays are known from {FIRST_YEAR} to {LAST_YEAR}"})
    days = (date.fromisoformat(day) for day in HOLIDAYS)
    return [(day, *HOLIDAYS[day.isoformat()]) for day in days if day.year == year]


def add_lines(caller: Caller, day: date, lines: list[ScheduleSpec]) -> list[Schedule]:
    """Opens lines on a day, all or none. Raises Invalid, ScheduleExists (a room has that period already)."""
    _check_day("date", day)
    hospital = catalogue_store.hospital(caller.hospital_code)
    rules.check_lines(hospital, lines)

    def none_there(there: list[Schedule]) -> list[ScheduleSpec]:
        taken = [n for n, line in enumerate(lines) if rules.clashes(there, line)]
        if taken:
            raise ScheduleExists(fields={f"lines[{n}]": "the room has an open schedule for this period" for n in taken})
        return lines

    return store.open_schedules(hospital, day, lines, none_there)


def change(caller: Caller, schedule_id: int, version: int, capacity: int, online: bool) -> Schedule:
    """Sets the number of places and the tick. Growing adds places; shrinking takes free ones out, the highest first.
    Raises ScheduleNotFound, ScheduleClosed, EditConflict, BelowBooked, TryAgain."""
    for _ in range(_ATTEMPTS):
        seen = store.schedule(caller.hospital_code, schedule_id)
        if seen is None:
            raise ScheduleNotFound(fields={"schedule_id": "this hospital has no such schedule"})
        if seen.version == version + 1 and (seen.capacity, seen.online) == (capacity, online):
            return seen  # this very change, sent a second time
        if seen.version != version:
            raise EditConflict(details={"theirs": seen})
        if seen.state != rules.OPEN:
            raise ScheduleClosed()
        if capacity > seen.capacity:
            done = store.grow(seen, capacity - seen.capacity, online)
        else:
            done = store.shrink(seen, rules.places_to_remove(seen, capacity), online)
        if done:
            return store.schedule(caller.hospital_code, schedule_id) or seen
    raise TryAgain()


def close(seen: Schedule) -> bool:
    """Takes a schedule out of booking; its appointments stay. False where it was closed already. For other rooms."""
    return store.close(seen)


@dataclass(frozen=True)
class Copied:
    """One line on one day. reason: why it was left out, in Thai and English; "" where it was not."""

    day: date
    line: ScheduleSpec | None = None
    reason: str = ""
    reason_english: str = ""


def copy(
    caller: Caller,
    source: tuple[date, date],
    target: tuple[date, date],
    weekdays: frozenset[int],
    skip_holidays: bool,
    preview: bool,
) -> tuple[HospitalCatalogue, list[Copied], list[Copied], list[Copied]]:
    """Copies the open lines of a day to every chosen day of a range, or those of up to a week to the same week days.

    weekdays: ISO, Monday is 1. preview: only says what would happen. Returns the hospital, the lines made, those that
    clash with what is there, and those left out (holidays; a room or period that is gone). Doing it again makes only
    what is missing. Raises Invalid.
    """
    _check_ranges(source, target)
    hospital = catalogue_store.hospital(caller.hospital_code)
    lines = _source_lines(caller.hospital_code, source)
    made: list[Copied] = []
    clashes: list[Copied] = []
    left_out: list[Copied] = []
    for day in _days(*target):
        wanted = lines.get(day.isoweekday() if source[0] != source[1] else 0, [])
        if day.isoweekday() not in weekdays or not wanted:
            continue
        if skip_holidays and day.isoformat() in HOLIDAYS:
            left_out.append(Copied(day, None, *HOLIDAYS[day.isoformat()]))
            continue
        possible = [line for line in wanted if line.room_id in hospital.rooms and line.period_id in hospital.periods]
        gone = [line for line in wanted if line not in possible]
        left_out += [Copied(day, line, "ห้องตรวจหรือช่วงเวลานี้ถูกลบไปแล้ว", "the room or period is gone") for line in gone]
        new = _missing(hospital, day, possible) if preview else _make_missing(hospital, day, possible)
        made += [Copied(day, line) for line in possible if line in new]
        clashes += [Copied(day, line) for line in possible if line not in new]
    return hospital, made, clashes, left_out


def _check_day(field: str, day: date) -> None:
    if day < clock.today():
        raise Invalid(fields={field: "this day is over; choose today or later"})
    if day > LAST_DAY:
        raise Invalid(fields={field: f"schedules can be opened until {LAST_DAY.isoformat()}"})


def _check_ranges(source: tuple[date, date], target: tuple[date, date]) -> None:
    problems = {}
    for names, (first, last), most in (
        (("date_start", "date_finish"), source, MAX_SOURCE_DAYS),
        (("to_start", "to_finish"), target, MAX_TARGET_DAYS),
    ):
        if last < first:
            problems[names[1]] = f"must not be before {names[0]}"
        elif (last - first).days + 1 > most:
            problems[names[1]] = f"the range may hold at most {most} days"
    if target[1].year > LAST_YEAR:
        problems["to_finish"] = f"holidays are known until {LAST_YEAR}"
    if problems:
        raise Invalid(fields=problems)
    _check_day("to_start", target[0])


def _source_lines(hospital_code: str, source: tuple[date, date]) -> dict[int, list[ScheduleSpec]]:
    """The open lines by ISO week day; 0 holds those of the first day."""
    lines: dict[int, list[ScheduleSpec]] = {}
    for day in _days(*source):
        lines[day.isoweekday()] = [
            ScheduleSpec(one.period_id, one.department_id, one.room_id, one.capacity, one.online)
            for one in store.schedules_of(hospital_code, day)
            if one.state == rules.OPEN
        ]
    lines[0] = lines[source[0].isoweekday()]
    return lines


def _missing(hospital: HospitalCatalogue, day: date, lines: list[ScheduleSpec]) -> list[ScheduleSpec]:
    there = store.schedules_of(hospital.hospital_code, day)
    return [line for line in lines if not rules.clashes(there, line)]


def _make_missing(hospital: HospitalCatalogue, day: date, lines: list[ScheduleSpec]) -> list[ScheduleSpec]:
    new: list[ScheduleSpec] = []
    for start in range(0, len(lines), rules.MAX_LINES):
        some = _missing(hospital, day, lines[start : start + rules.MAX_LINES])
        chosen: list[ScheduleSpec] = []

        def not_there(
            there: list[Schedule], some: list[ScheduleSpec] = some, chosen: list[ScheduleSpec] = chosen
        ) -> list[ScheduleSpec]:
            chosen[:] = [line for line in some if not rules.clashes(there, line)]
            return chosen

        if some:
            store.open_schedules(hospital, day, some, not_there)
            new += chosen
    return new


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _ONE_DAY
