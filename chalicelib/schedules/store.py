"""The hospitals, schedules and days tables."""

import uuid
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from pynamodb.exceptions import DoesNotExist, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from chalicelib import storage
from chalicelib.errors import HospitalNotFound, TryAgain
from chalicelib.schedules import rules
from chalicelib.schedules.rules import Block, Day, Department, Hospital, Line, Period, Room, Schedule
from chalicelib.tables import CatalogueItem, DayItem, ScheduleItem

HOSPITAL = "#"
SHEET = 0
_SHEET_ATTEMPTS = 8


def hospital_day(hospital_code: str, day: date) -> str:
    """The partition that holds a hospital's day."""
    return f"{hospital_code}#{day.isoformat()}"


def hospital(hospital_code: str) -> Hospital:
    """The hospital and its catalogue in one Query. Raises HospitalNotFound."""
    own: CatalogueItem | None = None
    departments: dict[int, Department] = {}
    rooms: dict[int, Room] = {}
    periods: dict[int, Period] = {}
    for row in CatalogueItem.query(hospital_code, consistent_read=True):
        kind, number, version = row.item.split("#")[0], int(row.number or 0), int(row.version)
        if row.item == HOSPITAL:
            own = row
        elif kind == "department":
            departments[number] = Department(number, row.name, version)
        elif kind == "room":
            rooms[number] = Room(
                number,
                row.name,
                int(row.department_id),
                row.queue_code or "",
                int(row.queue_length),
                row.phone_number or "",
                version,
            )
        elif kind == "period":
            periods[number] = Period(number, row.name, row.time_start, row.time_finish, version)
    if own is None:
        raise _no_hospital()
    return Hospital(
        hospital_code=hospital_code,
        name=own.name,
        province_code=own.province_code or "",
        province_name=own.province_name or "",
        district=own.district or "",
        years=int(own.years or 0),
        departments=departments,
        rooms=rooms,
        periods=periods,
        version=int(own.version),
        next_numbers={
            "department": int(own.next_department_id or 1),
            "room": int(own.next_room_id or 1),
            "period": int(own.next_period_id or 1),
        },
    )


def hospital_codes() -> list[str]:
    """Every hospital's code, in order. Reads the whole index of hospitals: for jobs that run a few times an hour."""
    return sorted(row.hospital_code for row in CatalogueItem.by_province.scan())


def _no_hospital() -> HospitalNotFound:
    return HospitalNotFound(fields={"hospital_code": "no hospital has this code"})


def require(hospital_code: str) -> None:
    """Raises HospitalNotFound where there is no hospital of this code."""
    try:
        CatalogueItem.get(hospital_code, HOSPITAL, attributes_to_get=["hospital_code"])
    except DoesNotExist:
        raise _no_hospital() from None


def touch() -> None:
    """The cheapest read there is; raises TryAgain where the table does not answer."""
    CatalogueItem.count("#nobody", limit=1)


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
    hospital: Hospital,
    day: date,
    lines: list[Line],
    choose: Callable[[list[Schedule]], list[Line]] | None = None,
) -> list[Schedule]:
    """Makes schedules with all their places free. Ids and queue numbers are reserved first: appointment ids from the
    hospital's counter (a run that is not used is only a gap), queue numbers from the day's sheet in the same
    transaction as the schedules. choose: which of the lines to make, seeing what the day has; it is asked again where
    somebody else has added to the day meanwhile, and may refuse. At most 90 lines."""
    first_id = _reserve_appointment_ids(hospital.hospital_code, sum(line.capacity for line in lines))
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
    first_id = _reserve_appointment_ids(seen.hospital_code, places)
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


def _reserve_appointment_ids(hospital_code: str, count: int) -> int:
    row = CatalogueItem(hospital_code, HOSPITAL)
    row.update([CatalogueItem.next_appointment_id.add(count)], condition=CatalogueItem.item.exists())
    return int(row.next_appointment_id) - count + 1


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


def _number(hospital: Hospital, day: date, lines: list[Line], sheet: ScheduleItem, first_id: int) -> list[Schedule]:
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


def save_day(hospital_code: str, day: date, schedules: list[Schedule], counted_at: str) -> None:
    """Replaces the count of a day; a day without schedules left has none."""
    if not schedules:
        DayItem(hospital_code, day.isoformat()).delete()
        return
    online_free, rooms = rules.count_day(schedules)
    DayItem(
        hospital_code,
        day.isoformat(),
        province_code=schedules[0].province_code,
        day_hospital=f"{day.isoformat()}#{hospital_code}",
        hospital_name=schedules[0].hospital_name,
        online_free=online_free,
        rooms={str(room): list(counts) for room, counts in rooms.items()},
        counted_at=counted_at,
    ).save()


def days_of_hospital(hospital_code: str, first: date, last: date) -> list[Day]:
    """The counted days of a hospital in a closed range: one Query, an item a day."""
    between = DayItem.day.between(first.isoformat(), last.isoformat())
    return [_read_day(row) for row in DayItem.query(hospital_code, between)]


def days_of_province(province_code: str, first: date, last: date) -> list[Day]:
    """The counted days of a province's hospitals in a closed range: one Query, paged."""
    between = DayItem.day_hospital.between(first.isoformat(), f"{last.isoformat()}#~")
    return [_read_day(row) for row in DayItem.by_province.query(province_code, between)]


def _read_day(row: DayItem) -> Day:
    return Day(
        hospital_code=row.hospital_code,
        hospital_name=row.hospital_name,
        day=date.fromisoformat(row.day),
        online_free={finish: int(free) for finish, free in row.online_free.attribute_values.items()},
        rooms={
            int(room): (int(counts[0]), int(counts[1]), int(counts[2]))
            for room, counts in row.rooms.attribute_values.items()
        },
    )
