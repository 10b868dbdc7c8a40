"""Open, change, copy, close and reopen schedules (manual 2.4)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from chalicelib import clock
from chalicelib.audit import actions as audit
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rules import hospital_subject
from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, Invalid, ScheduleClosed, ScheduleExists, ScheduleNotFound
from chalicelib.retry import RetryBudget
from chalicelib.schedules import catalogue_store, day_store, holiday_rules, rules, store
from chalicelib.schedules.catalogue_model import Holiday, HospitalCatalogue
from chalicelib.schedules.model import LAST_DAY, MAX_LINES, OPEN, Day, Schedule, ScheduleSpec
from chalicelib.schedules.thai_holidays import LAST_YEAR

MAX_SOURCE_DAYS, MAX_TARGET_DAYS = 7, 62
_ONE_DAY = timedelta(days=1)


def open_schedules(caller: Caller, day: date, specs: list[ScheduleSpec]) -> list[Schedule]:
    """Open schedules on a day, all or none.

    Raises Invalid, ScheduleExists (a room has an open schedule at that time), TryAgain.
    """
    _check_day("date", day)
    hospital = catalogue_store.hospital(caller.hospital_code)
    rules.check_specs(hospital, specs)

    def check_clashes(existing: list[Schedule]) -> list[ScheduleSpec]:
        taken = [n for n, spec in enumerate(specs) if rules.clashes(hospital, existing, spec)]
        if taken:
            raise ScheduleExists(fields={f"lines[{n}]": "the room has an open schedule at this time" for n in taken})
        return specs

    return store.open_schedules(hospital, day, specs, check_clashes)


def change(caller: Caller, schedule_id: int, version: int, capacity: int, online: bool) -> Schedule:
    """Set a schedule's number of places, and whether it can be booked online.

    version: the one that the caller has read. A larger capacity adds places; a smaller one removes free places, the
    highest first. Raises ScheduleNotFound, ScheduleClosed, EditConflict, BelowBooked, TryAgain.
    """
    budget = RetryBudget()
    while True:
        schedule = store.schedule(caller.hospital_code, schedule_id)
        if schedule is None:
            raise ScheduleNotFound(fields={"schedule_id": "this hospital has no such schedule"})
        if schedule.version == version + 1 and (schedule.capacity, schedule.online) == (capacity, online):
            return schedule  # the same change, sent a second time
        if schedule.version != version:
            raise EditConflict(details={"theirs": schedule})
        if schedule.state != OPEN:
            raise ScheduleClosed()
        if capacity > schedule.capacity:
            changed = store.grow(schedule, capacity - schedule.capacity, online)
        else:
            changed = store.shrink(schedule, rules.places_to_remove(schedule, capacity), online)
        if changed:
            return store.schedule(caller.hospital_code, schedule_id) or schedule
        budget.check()


def close(caller: Caller, schedule: Schedule, closing: str) -> Schedule | None:
    """Close a schedule for booking; its appointments stay.

    closing: the id of the closing; a schedule that the same closing has closed before stays as it is. Returns the
    schedule as it was closed; None if it was closed already.
    """
    return store.close(schedule, closing, caller.login, clock.now().isoformat(timespec="seconds"))


def obstacles(hospital_code: str, day: date, wanted: frozenset[int]) -> dict[int, str]:
    """Check which schedules `reopen` could open, without opening them.

    Returns schedule_id -> "", or the reason why it cannot be opened again (`rules.obstacles`).
    """
    hospital = catalogue_store.hospital(hospital_code)
    return rules.obstacles(hospital, store.schedules_of(hospital_code, day), wanted, clock.now())


def reopen(caller: Caller, day: date, wanted: frozenset[int]) -> tuple[int, dict[int, str]]:
    """Open closed schedules of a day again.

    wanted: ids of the schedules; those that are open already stay as they are. The hospital's audit gets an entry with
    the schedules that were opened. Returns how many were opened, and schedule_id -> reason of those that cannot be
    (`rules.obstacles`). Raises TryAgain.
    """
    hospital = catalogue_store.hospital(caller.hospital_code)
    refused: dict[int, str] = {}

    def choose(existing: list[Schedule]) -> list[Schedule]:
        obstacle_of = rules.obstacles(hospital, existing, wanted, clock.now())
        refused.clear()
        refused.update({schedule_id: obstacle for schedule_id, obstacle in obstacle_of.items() if obstacle})
        return [schedule for schedule in existing if obstacle_of.get(schedule.info.schedule_id) == ""]

    def entry_of(chosen: list[Schedule]) -> AuditEntry:
        ids = ", ".join(str(schedule.info.schedule_id) for schedule in chosen)
        changes = {"day": ["", day.isoformat()], "schedules": ["", ids]}
        return audit.new_entry(hospital_subject(caller.hospital_code), caller.actor, "reopen_schedules", changes)

    opened = 0
    for _ in range(0, len(wanted), MAX_LINES):
        opened += len(store.reopen(caller.hospital_code, day, choose, entry_of))
    return opened, refused


def days_between(hospital_code: str, first: date, last: date) -> list[tuple[Day, Holiday | None]]:
    """The counted days of a range, both ends included, each with its holiday.

    The holiday is that of the hospital (`holiday_rules.holiday_on`), or None.
    """
    hospital = catalogue_store.hospital(hospital_code)
    days = day_store.of_hospital(hospital_code, first, last)
    return [(counted, holiday_rules.holiday_on(hospital, counted.day)) for counted in days]


def holiday_on(hospital_code: str, day: date) -> Holiday | None:
    """The holiday, or the day that the hospital has set itself, on a day; else None."""
    return holiday_rules.holiday_on(catalogue_store.hospital(hospital_code), day)


@dataclass(frozen=True)
class Copied:
    """A schedule on a day of the copy. spec: None if the whole day was left out.

    reason, reason_english: why it was left out; "" if it was not.
    """

    day: date
    spec: ScheduleSpec | None = None
    reason: str = ""
    reason_english: str = ""


@dataclass
class CopyResult:
    """Result of a copy.

    made: schedules that were opened. clashes: not opened, because the room has an open schedule at that time. left_out:
    days that are holidays, and schedules whose room or period was deleted.
    """

    hospital: HospitalCatalogue
    made: list[Copied] = field(default_factory=list)
    clashes: list[Copied] = field(default_factory=list)
    left_out: list[Copied] = field(default_factory=list)


def copy(
    caller: Caller,
    source: tuple[date, date],
    target: tuple[date, date],
    weekdays: frozenset[int],
    skip_holidays: bool,
    preview: bool,
) -> CopyResult:
    """Copy the open schedules of a day, or of up to a week, to other days.

    source, target: first and last day, both included. Schedules of one day are copied to each chosen day of the target;
    those of several days to the same days of the week. weekdays: the chosen ones, ISO, Monday is 1. skip_holidays:
    leave out the days on which the hospital is closed (`holiday_rules`). preview: only say what would happen. A second
    copy makes only what is missing. Raises Invalid, TryAgain.
    """
    _check_ranges(source, target)
    hospital = catalogue_store.hospital(caller.hospital_code)
    by_weekday = _source_specs(caller.hospital_code, source)
    result = CopyResult(hospital)
    for day in _days(*target):
        wanted = by_weekday.get(day.isoweekday() if source[0] != source[1] else 0, [])
        if day.isoweekday() not in weekdays or not wanted:
            continue
        holiday = holiday_rules.holiday_on(hospital, day)
        if skip_holidays and holiday and holiday.closed:
            result.left_out.append(Copied(day, None, holiday.name, holiday.name_en))
            continue
        possible = [spec for spec in wanted if spec.room_id in hospital.rooms and spec.period_id in hospital.periods]
        gone = [spec for spec in wanted if spec not in possible]
        result.left_out += [
            Copied(day, spec, "ห้องตรวจหรือช่วงเวลานี้ถูกลบไปแล้ว", "the room or period is gone") for spec in gone
        ]
        new = _missing(hospital, day, possible) if preview else _open_missing(hospital, day, possible)
        result.made += [Copied(day, spec) for spec in possible if spec in new]
        result.clashes += [Copied(day, spec) for spec in possible if spec not in new]
    return result


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


def _source_specs(hospital_code: str, source: tuple[date, date]) -> dict[int, list[ScheduleSpec]]:
    """Specs of the open schedules by ISO week day; key 0 has those of the first day."""
    specs: dict[int, list[ScheduleSpec]] = {}
    for day in _days(*source):
        specs[day.isoweekday()] = [
            ScheduleSpec(
                schedule.period_id,
                schedule.info.department_id,
                schedule.info.room_id,
                schedule.capacity,
                schedule.online,
            )
            for schedule in store.schedules_of(hospital_code, day)
            if schedule.state == OPEN
        ]
    specs[0] = specs[source[0].isoweekday()]
    return specs


def _missing(hospital: HospitalCatalogue, day: date, specs: list[ScheduleSpec]) -> list[ScheduleSpec]:
    existing = store.schedules_of(hospital.hospital_code, day)
    return rules.without_clashes(hospital, existing, specs)


def _open_missing(hospital: HospitalCatalogue, day: date, specs: list[ScheduleSpec]) -> list[ScheduleSpec]:
    opened: list[ScheduleSpec] = []
    for start in range(0, len(specs), MAX_LINES):
        chunk = _missing(hospital, day, specs[start : start + MAX_LINES])
        chosen: list[ScheduleSpec] = []

        def choose(
            existing: list[Schedule], chunk: list[ScheduleSpec] = chunk, chosen: list[ScheduleSpec] = chosen
        ) -> list[ScheduleSpec]:
            chosen[:] = rules.without_clashes(hospital, existing, chunk)
            return chosen

        if chunk:
            store.open_schedules(hospital, day, chunk, choose)
            opened += chosen
    return opened


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _ONE_DAY
