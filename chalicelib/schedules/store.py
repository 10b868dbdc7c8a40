"""The schedules table: make, grow, shrink, close and reopen schedules.

Places are taken in booking/store.py.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib import storage
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rows import appends
from chalicelib.retry import RetryBudget
from chalicelib.row_mapper import Mapper
from chalicelib.schedules import catalogue_store, rules
from chalicelib.schedules.catalogue_model import HospitalCatalogue
from chalicelib.schedules.figures_model import OverviewSchedule
from chalicelib.schedules.model import CLOSED, MAX_LINES, OPEN, DayCounter, Schedule, ScheduleSpec, day_of
from chalicelib.schedules.rows import SCHEDULES, has_names, hospital_and_day, hospital_day, schedule_key
from chalicelib.storage import Write
from chalicelib.tables import ScheduleItem

DAY_COUNTER = 0  # the schedule_id of the day counter
DAY_COUNTERS = Mapper(
    ScheduleItem,
    DayCounter,
    keys=lambda counter: {
        "hospital_day": hospital_day(counter.hospital_code, counter.day),
        "schedule_id": DAY_COUNTER,
    },
    from_keys=hospital_and_day,
)


BOARD_SCHEDULES = Mapper(ScheduleItem, OverviewSchedule, keys=lambda schedule: {})
_BOARD_COLUMNS = [*(each.name for each in BOARD_SCHEDULES.columns)]


def overview_of(hospital_code: str, day: date) -> list[OverviewSchedule]:
    """The columns of a day's schedules that the overview shows: one Query.

    A moment behind.
    """
    after_counter = ScheduleItem.schedule_id > DAY_COUNTER
    key = hospital_day(hospital_code, day)
    rows = ScheduleItem.query(key, after_counter, attributes_to_get=_BOARD_COLUMNS)
    return [BOARD_SCHEDULES.read(row) for row in rows]


def schedules_of(hospital_code: str, day: date) -> list[Schedule]:
    """Every schedule of a hospital's day, open or closed, by period, room and id."""
    after_counter = ScheduleItem.schedule_id > DAY_COUNTER
    rows = ScheduleItem.query(hospital_day(hospital_code, day), after_counter, consistent_read=True)
    return sorted((SCHEDULES.read(row) for row in rows), key=_order)


def _order(schedule: Schedule) -> tuple[str, int, int]:
    return schedule.info.time_start, schedule.info.room_id, schedule.info.schedule_id


def schedule(hospital_code: str, schedule_id: int) -> Schedule | None:
    """One schedule, or None."""
    row = storage.get(ScheduleItem, hospital_day(hospital_code, day_of(schedule_id)), schedule_id)
    return SCHEDULES.read(row) if row else None


def open_schedules(
    hospital: HospitalCatalogue,
    day: date,
    specs: list[ScheduleSpec],
    choose: Callable[[list[Schedule]], list[ScheduleSpec]] | None = None,
) -> list[Schedule]:
    """Make schedules with all their places free. At most 90 specs.

    Appointment ids come from the hospital's counter (a run that is not used is only a gap), queue numbers from the day
    counter, which is written in the same transaction as the schedules. choose: from the day's schedules, the specs to
    make; it is called again if somebody else has added to the day meanwhile, and may raise. Raises TryAgain.
    """
    places = sum(spec.capacity for spec in specs)
    first_id = catalogue_store.reserve_appointment_ids(hospital.hospital_code, places)
    budget = RetryBudget()
    while True:
        counter, existing = _counter_and_schedules(hospital.hospital_code, day)
        chosen = specs if choose is None else choose(existing)
        if not chosen:
            return []
        schedules, counted = rules.number_schedules(hospital, day, chosen, counter, first_id)
        is_new = ScheduleItem.schedule_id.does_not_exist()
        puts = [storage.put(SCHEDULES.row(schedule), is_new) for schedule in schedules]
        if storage.transact([_put_counter(counted), *puts]) is None:
            return schedules
        budget.check()


def grow(schedule: Schedule, places: int, online: bool) -> bool:
    """Add free places and set the online tick.

    Returns False if the staff changed the schedule since it was read. Raises TryAgain.
    """
    first_id = catalogue_store.reserve_appointment_ids(schedule.info.hospital_code, places)
    budget = RetryBudget()
    while True:
        counter = _counter(schedule.info.hospital_code, schedule.info.day)
        after, counted = rules.grown(schedule, places, online, counter, first_id)
        block = after.blocks[-1]
        added = set(range(block.first_place, block.first_place + places))
        places_added = [ScheduleItem.available_count.add(places), ScheduleItem.free.add(added)]
        edit = storage.update(
            schedule_key(schedule.info), [*SCHEDULES.changes(schedule, after), *places_added], _unedited(schedule)
        )
        failed = storage.transact([_put_counter(counted), edit])
        if failed is None:
            return True
        if failed[1] is not None:
            return False
        budget.check()


def shrink(schedule: Schedule, removed: frozenset[int], online: bool) -> bool:
    """Remove places, none or more, and set the online tick.

    False if the staff changed the schedule since it was read, or other places are free now. The places to remove are
    named and were free at that moment, so nobody loses one.
    """
    condition = _unedited(schedule)
    actions = SCHEDULES.changes(schedule, rules.shrunk(schedule, removed, online))
    if removed:
        actions += [ScheduleItem.available_count.add(-len(removed)), ScheduleItem.free.delete(set(removed))]
        condition &= ScheduleItem.free == set(schedule.free)
    return storage.write(storage.update(schedule_key(schedule.info), actions, condition))


def rename(before: Schedule, after: Schedule) -> bool:
    """Write the names and the province of `after`.

    Returns False if the stored names are not those of `before`. The version counts the staff's edits and stays, so a
    screen that shows the schedule can still change it.
    """
    actions = SCHEDULES.changes(before, after)
    return storage.write(storage.update(schedule_key(after.info), actions, has_names(ScheduleItem, before.info)))


def store_counts(schedule: Schedule, counted: Schedule) -> bool:
    """Replace the counts that are stored with a schedule.

    Returns False if, since it was read, a place was taken or given back, or a visit was recorded.
    """
    actions = SCHEDULES.changes(schedule, counted)
    same_taken = ScheduleItem.taken == schedule.events.taken
    if not schedule.events.taken:
        same_taken |= ScheduleItem.taken.does_not_exist()  # of the time before this counter
    visits = ScheduleItem.visits
    same_visits = visits == set(schedule.visits) if schedule.visits else visits.does_not_exist()
    unchanged = (ScheduleItem.available_count == schedule.available_count) & same_taken & same_visits
    return storage.write(storage.update(schedule_key(schedule.info), actions, unchanged))


def close(schedule: Schedule, closing: str, login: str, at: str) -> Schedule | None:
    """Take the schedule out of booking; its appointments stay as they are.

    Returns it as it was closed, with the places that were free at that moment; None if it was closed already, or this
    closing has closed it before. at: ISO time in Bangkok.
    """
    closed = replace(schedule, state=CLOSED, closing=closing, closed_login=login, closed_at=at)
    actions = [*SCHEDULES.changes(schedule, closed), ScheduleItem.version.add(1)]
    is_new = ScheduleItem.closing.does_not_exist() | (ScheduleItem.closing != closing)
    change = storage.update(schedule_key(schedule.info), actions, (ScheduleItem.state == OPEN) & is_new)
    return SCHEDULES.read(change.row) if storage.write(change) else None


def reopen(
    hospital_code: str,
    day: date,
    choose: Callable[[list[Schedule]], list[Schedule]],
    entry_of: Callable[[list[Schedule]], AuditEntry],
) -> list[Schedule]:
    """Open closed schedules again, at most MAX_LINES; returns them.

    choose: returns those of the day's schedules to open, at most MAX_LINES of which are opened; it is called again if
    somebody else has added to the day, opened or closed meanwhile. The day counter is written with them, as with new
    schedules: so two schedules of one room that overlap are never opened at the same moment. entry_of: makes the audit
    entry of opening these, stored with them. Raises TryAgain.
    """
    budget = RetryBudget()
    while True:
        counter, existing = _counter_and_schedules(hospital_code, day)
        chosen = choose(sorted(existing, key=_order))[:MAX_LINES]
        if not chosen:
            return []
        actions = [ScheduleItem.state.set(OPEN), ScheduleItem.version.add(1)]
        changes = [
            storage.update(
                schedule_key(schedule.info),
                actions,
                (ScheduleItem.state == CLOSED) & (ScheduleItem.version == schedule.version),
            )
            for schedule in chosen
        ]
        counted = replace(counter, version=counter.version + 1)
        if storage.transact([_put_counter(counted), *changes, *appends([entry_of(chosen)])]) is None:
            return chosen
        budget.check()


def _unedited(schedule: Schedule) -> Any:
    """The condition that the staff has not changed the schedule since it was read."""
    return (ScheduleItem.version == schedule.version) & (ScheduleItem.state == OPEN)


def _put_counter(counted: DayCounter) -> Write:
    """Write the day counter, if nobody has numbered anything since it was read.

    counted: its next version.
    """
    is_new = ScheduleItem.schedule_id.does_not_exist()
    condition = is_new if counted.version == 1 else ScheduleItem.version == counted.version - 1
    return storage.put(DAY_COUNTERS.row(counted), condition)


def _counter(hospital_code: str, day: date) -> DayCounter:
    row = storage.get(ScheduleItem, hospital_day(hospital_code, day), DAY_COUNTER)
    return DAY_COUNTERS.read(row) if row else DayCounter(hospital_code, day)


def _counter_and_schedules(hospital_code: str, day: date) -> tuple[DayCounter, list[Schedule]]:
    counter, schedules = DayCounter(hospital_code, day), []
    for row in ScheduleItem.query(hospital_day(hospital_code, day), consistent_read=True):
        if row.schedule_id == DAY_COUNTER:
            counter = DAY_COUNTERS.read(row)
        else:
            schedules.append(SCHEDULES.read(row))
    return counter, schedules
