"""A hospital's departments, rooms, periods and booking rules in the hospitals table, changed by version.

A department cannot go while a room comes: a room's write touches its department's row (`uses`), and removing the
department is conditional on nobody having done so since the rooms were read.
"""

import uuid
from typing import Any

from pynamodb.exceptions import DeleteError, DoesNotExist, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from chalicelib import storage
from chalicelib.schedules.rules import BookingRules, Department, Period, Room
from chalicelib.schedules.store import HOSPITAL
from chalicelib.tables import CatalogueItem

DEPARTMENT, ROOM, PERIOD = "department", "room", "period"
_COUNTERS = {
    DEPARTMENT: CatalogueItem.next_department_id,
    ROOM: CatalogueItem.next_room_id,
    PERIOD: CatalogueItem.next_period_id,
}


def next_number(hospital_code: str, kind: str) -> int:
    """A number that no department, room or period of the hospital has had."""
    counter = _COUNTERS[kind]
    row = CatalogueItem(hospital_code, HOSPITAL)
    row.update([counter.set((counter | 1) + 1)], condition=CatalogueItem.item.exists())
    return int(getattr(row, counter.attr_name)) - 1


def put_department(hospital_code: str, one: Department) -> bool:
    """Writes the department: a new one at version 1, else over the version before it; False where that is not there."""
    return _update(_row(hospital_code, DEPARTMENT, one.department_id), one.version, {"name": one.name})


def put_period(hospital_code: str, one: Period) -> bool:
    """As `put_department`."""
    columns = {"name": one.name, "time_start": one.time_start, "time_finish": one.time_finish}
    return _update(_row(hospital_code, PERIOD, one.period_id), one.version, columns)


def put_room(hospital_code: str, one: Room) -> bool:
    """As `put_department`; False as well where its department is not there."""
    columns = {
        "name": one.name,
        "department_id": one.department_id,
        "queue_code": one.queue_code,
        "queue_length": one.queue_length,
        "phone_number": one.phone_number,
    }
    try:
        with TransactWrite(connection=storage.connection(), client_request_token=str(uuid.uuid4())) as transaction:
            row = _row(hospital_code, ROOM, one.room_id)
            transaction.update(row, _actions(row, one.version, columns), condition=_at(one.version - 1))
            transaction.update(
                _row(hospital_code, DEPARTMENT, one.department_id),
                [CatalogueItem.uses.add(1)],
                condition=CatalogueItem.item.exists(),
            )
    except TransactWriteError as error:
        if error.cause_response_code != "TransactionCanceledException":
            raise
        return False
    return True


def uses(hospital_code: str, department_id: int) -> int | None:
    """How often rooms have been written into the department; None where there is no such department."""
    try:
        row = CatalogueItem.get(hospital_code, f"{DEPARTMENT}#{department_id}", consistent_read=True)
    except DoesNotExist:
        return None
    return int(row.uses or 0)


def remove(hospital_code: str, kind: str, number: int, version: int, seen_uses: int = 0) -> bool:
    """Removes it where it still is at the version, and no room has come since `seen_uses`; False where not."""
    untouched = CatalogueItem.uses == seen_uses if seen_uses else CatalogueItem.uses.does_not_exist()
    try:
        _row(hospital_code, kind, number).delete(condition=(CatalogueItem.version == version) & untouched)
    except DeleteError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def booking_rules(hospital_code: str) -> BookingRules:
    """The rules the hospital has set, or the defaults."""
    return BookingRules.read(CatalogueItem.get(hospital_code, HOSPITAL, consistent_read=True))


def put_booking_rules(hospital_code: str, wanted: BookingRules) -> bool:
    """Writes the rules over the version before; False where that is not what is there."""
    columns = {
        "cancel_minutes_before": wanted.cancel_minutes_before,
        "max_active_per_department": wanted.max_active_per_department,
    }
    return _update(CatalogueItem(hospital_code, HOSPITAL), wanted.version, columns)


def _row(hospital_code: str, kind: str, number: int) -> CatalogueItem:
    return CatalogueItem(hospital_code, f"{kind}#{number}", number=number)


def _update(row: CatalogueItem, version: int, columns: dict[str, Any]) -> bool:
    try:
        row.update(_actions(row, version, columns), condition=_at(version - 1))
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _actions(row: CatalogueItem, version: int, columns: dict[str, Any]) -> list[Any]:
    sets = [getattr(CatalogueItem, name).set(value) for name, value in {**columns, "version": version}.items()]
    return sets if row.number is None else [*sets, CatalogueItem.number.set(row.number)]


def _at(version: int) -> Any:
    return CatalogueItem.item.does_not_exist() if version == 0 else CatalogueItem.version == version
