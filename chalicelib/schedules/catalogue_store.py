"""The hospitals table: a hospital with its departments, rooms, periods and booking rules, changed by version.

A department cannot go while a room comes: a room's write touches its department's row (`uses`), and removing the
department is conditional on nobody having done so since the rooms were read. Of two that are added or renamed at once,
one is told: whoever gives a name takes the hospital's next number, conditional on that being the one that was read; of
a renaming, that number is only a gap.
"""

import uuid
from typing import Any

from pynamodb.exceptions import DeleteError, DoesNotExist, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from chalicelib import storage
from chalicelib.errors import HospitalNotFound
from chalicelib.schedules.rules import BookingRules, Department, HospitalCatalogue, Period, Room
from chalicelib.tables import CatalogueItem

HOSPITAL = "#"  # the hospital itself, beside its catalogue
DEPARTMENT, ROOM, PERIOD = "department", "room", "period"
_COUNTERS = {
    DEPARTMENT: CatalogueItem.next_department_id,
    ROOM: CatalogueItem.next_room_id,
    PERIOD: CatalogueItem.next_period_id,
}
_Write = tuple[CatalogueItem, list[Any], Any]


def hospital(hospital_code: str) -> HospitalCatalogue:
    """The hospital and its catalogue in one Query. Raises HospitalNotFound."""
    own: CatalogueItem | None = None
    departments: dict[int, Department] = {}
    rooms: dict[int, Room] = {}
    periods: dict[int, Period] = {}
    for row in CatalogueItem.query(hospital_code, consistent_read=True):
        kind, number, version = row.item.split("#")[0], int(row.number or 0), int(row.version)
        if row.item == HOSPITAL:
            own = row
        elif kind == DEPARTMENT:
            departments[number] = Department(number, row.name, version)
        elif kind == ROOM:
            rooms[number] = Room(
                number,
                row.name,
                int(row.department_id),
                row.queue_code or "",
                int(row.queue_length),
                row.phone_number or "",
                version,
            )
        elif kind == PERIOD:
            periods[number] = Period(number, row.name, row.time_start, row.time_finish, version)
    if own is None:
        raise _no_hospital()
    return HospitalCatalogue(
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
            DEPARTMENT: int(own.next_department_id or 1),
            ROOM: int(own.next_room_id or 1),
            PERIOD: int(own.next_period_id or 1),
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


def reserve_appointment_ids(hospital_code: str, count: int) -> int:
    """The first of so many appointment ids that nobody else gets; what is not used is only a gap."""
    row = CatalogueItem(hospital_code, HOSPITAL)
    row.update([CatalogueItem.next_appointment_id.add(count)], condition=CatalogueItem.item.exists())
    return int(row.next_appointment_id) - count + 1


def add(hospital: HospitalCatalogue, one: Department | Room | Period) -> bool:
    """Adds what has the hospital's next number, as the hospital was read; False where somebody has named another of its
    kind since, or where the room's department is gone."""
    return _together(_naming(hospital, one), *_writes(hospital.hospital_code, one))


def put(hospital: HospitalCatalogue, one: Department | Room | Period, renamed: bool) -> bool:
    """Writes it over the version before it; False where that is not there, or where the room's department is not, or,
    if this gives it another name, where somebody has named another of its kind since the hospital was read."""
    writes = _writes(hospital.hospital_code, one)
    return _together(_naming(hospital, one), *writes) if renamed else _together(*writes)


def _naming(hospital: HospitalCatalogue, one: Department | Room | Period) -> _Write:
    kind, _ = _kind_and_number(one)
    counter, number = _COUNTERS[kind], hospital.next_numbers[kind]
    unmoved = counter == number if number > 1 else counter.does_not_exist() | (counter == number)
    own = CatalogueItem(hospital.hospital_code, HOSPITAL)
    return own, [counter.set(number + 1)], CatalogueItem.item.exists() & unmoved


def _writes(hospital_code: str, one: Department | Room | Period) -> list[_Write]:
    row = _row(hospital_code, *_kind_and_number(one))
    writes = [(row, _actions(row, one.version, _columns(one)), _at(one.version - 1))]
    if isinstance(one, Room):
        department = _row(hospital_code, DEPARTMENT, one.department_id)
        writes.append((department, [CatalogueItem.uses.add(1)], CatalogueItem.item.exists()))
    return writes


def _together(*writes: _Write) -> bool:
    try:
        with TransactWrite(connection=storage.connection(), client_request_token=str(uuid.uuid4())) as transaction:
            for row, actions, condition in writes:
                transaction.update(row, actions, condition=condition)
    except TransactWriteError as error:
        if error.cause_response_code != "TransactionCanceledException":
            raise
        return False
    return True


def _kind_and_number(one: Department | Room | Period) -> tuple[str, int]:
    if isinstance(one, Department):
        return DEPARTMENT, one.department_id
    return (ROOM, one.room_id) if isinstance(one, Room) else (PERIOD, one.period_id)


def _columns(one: Department | Room | Period) -> dict[str, Any]:
    names: tuple[str, ...] = ("name",)
    if isinstance(one, Room):
        names = ("name", "department_id", "queue_code", "queue_length", "phone_number")
    elif isinstance(one, Period):
        names = ("name", "time_start", "time_finish")
    return {name: getattr(one, name) for name in names}


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
