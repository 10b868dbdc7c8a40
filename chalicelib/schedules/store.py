"""The schedules table: made, grown, shrunk and closed by staff. Places change hands in booking/store.py."""

import uuid
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from pynamodb.exceptions import DoesNotExist, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from chalicelib import storage
from chalicelib.errors import TryAgain
from chalicelib.schedules import catalogue_store, rules
from chalicelib.schedules.rules import Block, HospitalCatalogue, Schedule, ScheduleSpec, hospital_day
from chalicelib.tables import ScheduleItem

SHEET = 0  # the schedule_id of the day's sheet, which says what was numbered so far
_SHEET_ATTEMPTS = 8


def schedules_of(hospital_code: str, day: date) -> list[Schedule]:
    """Every schedule of a hospital's day, open or closed, by period, room and id."""
    found = ScheduleItem.query(hospital_day(hospital_code, day), ScheduleItem.schedule_id > SHEET, consistent_read=True)
    return sorted((rules.read_schedule(row) for row in found), key=lambda s: (s.time_start, s.room_id, s.schedule_id))


def schedule(hospital_code: str, schedule_id: int) -> Schedule | None:
    """One schedule, or None."""
    partition = hospital_day(hospital_code, rules.day_of(schedule_id))
    try:
        return rules.read_schedule(ScheduleItem.get(partition, schedule_id, consistent_read=True))
    except DoesNotExist:
        return None


def open_schedules(
    hospital: HospitalCatalogue,
    day: date,
    lines: list[ScheduleSpec],
    choose: Callable[[list[Schedule]], list[ScheduleSpec]] | None = None,
) -> list[Schedule]:
    """Makes schedules with all their places free. Ids and queue numbers are reserved first: appointment ids from the
    hospital's counter (a run that is not used is only a gap), queue numbers from the day's sheet in the same
    transaction as the schedules. choose: which of the lines to make, seeing what the day has; it is asked again where
    somebody else has added to the day meanwhile, and may refuse. At most 90 lines."""
    first_id = catalogue_store.reserve_appointment_ids(hospital.hospital_code, sum(line.capacity for line in lines))
    partition = hospital_day(hospital.hospital_code, day)
    for _ in range(_SHEET_ATTEMPTS):
        sheet, there = _sheet_and_schedules(partition)
        made = _number(hospital, day, lines if choose is None else choose(there), sheet, first_id)
        if not made:
            return []
        try:
            with _transaction() as transaction:
                transaction.save(sheet, condition=_unchanged(sheet))
                for schedule in made:
                    transaction.save(row_of(schedule), condition=ScheduleItem.schedule_id.does_not_exist())
            return made
        except TransactWriteError as error:
            if error.cause_response_code != "TransactionCanceledException":
                raise
    raise TryAgain()


def grow(seen: Schedule, places: int, online: bool) -> bool:
    """Adds a block of free places to the schedule and sets the tick; False where the staff changed it since `seen`."""
    first_id = catalogue_store.reserve_appointment_ids(seen.hospital_code, places)
    partition = hospital_day(seen.hospital_code, seen.day)
    room = str(seen.room_id)
    for _ in range(_SHEET_ATTEMPTS):
        sheet = _sheet(partition)
        queue_numbers = _queue_numbers(sheet)
        block = rules.next_block(seen, places, first_id, queue_numbers.get(room, 1))
        sheet.next_queue_numbers = {**queue_numbers, room: block.first_queue_number + places}
        new = set(range(block.first_place, block.first_place + places))
        counts = [ScheduleItem.available_count.add(places), ScheduleItem.free.add(new)]
        try:
            with _transaction() as transaction:
                transaction.save(sheet, condition=_unchanged(sheet))
                transaction.update(
                    ScheduleItem(partition, seen.schedule_id),
                    actions=[*_edited(seen, seen.capacity + places, (*seen.blocks, block), online), *counts],
                    condition=_as_seen(seen),
                )
            return True
        except TransactWriteError as error:
            if error.cause_response_code != "TransactionCanceledException":
                raise
            if _failed(error)[1]:
                return False
    raise TryAgain()


def shrink(seen: Schedule, removed: frozenset[int], online: bool) -> bool:
    """Takes places out, none or more, and sets the tick; False where the staff changed the schedule since `seen`, or
    its free places are others by now. What is taken out is named and was free at that moment, so nobody's place can go.
    """
    counts: list[Any] = []
    condition = _as_seen(seen)
    if removed:
        counts = [ScheduleItem.available_count.add(-len(removed)), ScheduleItem.free.delete(set(removed))]
        condition &= ScheduleItem.free == set(seen.free)
    blocks = rules.without_places(seen.blocks, removed)
    row = ScheduleItem(hospital_day(seen.hospital_code, seen.day), seen.schedule_id)
    return _update(row, [*_edited(seen, seen.capacity - len(removed), blocks, online), *counts], condition)


def close(seen: Schedule) -> bool:
    """Takes the schedule out of booking; False where it was closed already. Appointments in it stay as they are."""
    row = ScheduleItem(hospital_day(seen.hospital_code, seen.day), seen.schedule_id)
    actions = [ScheduleItem.state.set(rules.CLOSED), ScheduleItem.version.add(1)]
    return _update(row, actions, ScheduleItem.state == rules.OPEN)


def _transaction() -> TransactWrite:
    # The token lets the connection repeat a request whose answer was lost without doing it twice.
    return TransactWrite(connection=storage.connection(), client_request_token=str(uuid.uuid4()))


def _update(row: ScheduleItem, actions: list[Any], condition: Any) -> bool:
    try:
        row.update(actions, condition=condition)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _edited(seen: Schedule, capacity: int, blocks: Iterable[Block], online: bool) -> list[Any]:
    return [
        ScheduleItem.capacity.set(capacity),
        ScheduleItem.blocks.set(_block_rows(blocks)),
        ScheduleItem.online.set(online),
        ScheduleItem.version.set(seen.version + 1),
    ]


def _as_seen(seen: Schedule) -> Any:
    return (ScheduleItem.version == seen.version) & (ScheduleItem.state == rules.OPEN)


def _failed(error: TransactWriteError) -> list[bool]:
    return [reason is not None and reason.code == "ConditionalCheckFailed" for reason in error.cancellation_reasons]


def _block_rows(blocks: Iterable[Block]) -> list[dict[str, int]]:
    return [vars(block) for block in blocks]


def _sheet(partition: str) -> ScheduleItem:
    try:
        return ScheduleItem.get(partition, SHEET, consistent_read=True)
    except DoesNotExist:
        return ScheduleItem(partition, SHEET, version=0, next_number=1, next_queue_numbers={})


def _sheet_and_schedules(partition: str) -> tuple[ScheduleItem, list[Schedule]]:
    rows = list(ScheduleItem.query(partition, consistent_read=True))
    sheets = [row for row in rows if row.schedule_id == SHEET]
    sheet = sheets[0] if sheets else ScheduleItem(partition, SHEET, version=0, next_number=1, next_queue_numbers={})
    return sheet, [rules.read_schedule(row) for row in rows if row.schedule_id != SHEET]


def _queue_numbers(sheet: ScheduleItem) -> dict[str, int]:
    return {room: int(number) for room, number in sheet.next_queue_numbers.attribute_values.items()}


def _unchanged(sheet: ScheduleItem) -> Any:
    """The condition that nobody numbered anything since the sheet was read; bumps the version to be written."""
    seen = sheet.version
    sheet.version = seen + 1
    return ScheduleItem.schedule_id.does_not_exist() if seen == 0 else ScheduleItem.version == seen


def _number(
    hospital: HospitalCatalogue, day: date, lines: list[ScheduleSpec], sheet: ScheduleItem, first_id: int
) -> list[Schedule]:
    queue_numbers = _queue_numbers(sheet)
    number = int(sheet.next_number)
    made = []
    for line in lines:
        period, room = hospital.periods[line.period_id], hospital.rooms[line.room_id]
        first_queue = queue_numbers.get(str(room.room_id), 1)
        made.append(
            Schedule(
                hospital_code=hospital.hospital_code,
                schedule_id=rules.schedule_id(day, number),
                day=day,
                hospital_name=hospital.name,
                province_code=hospital.province_code,
                period_id=period.period_id,
                period_name=period.name,
                time_start=period.time_start,
                time_finish=period.time_finish,
                department_id=room.department_id,
                department_name=hospital.departments[room.department_id].name,
                room_id=room.room_id,
                room_name=room.name,
                room_phone_number=room.phone_number,
                queue_code=room.queue_code,
                queue_length=room.queue_length,
                capacity=line.capacity,
                available_count=line.capacity,
                free=frozenset(range(1, line.capacity + 1)),
                blocks=(Block(1, line.capacity, first_id, first_queue),),
                online=line.online,
                state=rules.OPEN,
                version=1,
            )
        )
        first_id += line.capacity
        number += 1
        queue_numbers[str(room.room_id)] = first_queue + line.capacity
    sheet.next_number = number
    sheet.next_queue_numbers = queue_numbers
    return made


def row_of(schedule: Schedule) -> ScheduleItem:
    """The schedule as a row."""
    same = (
        "hospital_name province_code period_id period_name time_start time_finish department_id department_name room_id"
        " room_name room_phone_number queue_code queue_length capacity available_count online state version"
    ).split()
    return ScheduleItem(
        hospital_day(schedule.hospital_code, schedule.day),
        schedule.schedule_id,
        free=set(schedule.free) or None,
        blocks=_block_rows(schedule.blocks),
        **{name: getattr(schedule, name) for name in same},
    )
