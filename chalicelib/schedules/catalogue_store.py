"""The hospitals table: hospitals with their catalogue and rules, with versions.

Two changes at the same moment cannot break the catalogue:
- A room's write increments `uses` of its department, and a department is removed only if `uses` is still what it was
  when the rooms were read. So no department is removed while a room is added to it.
- A write that gives a name takes the hospital's next number of that kind, on condition that the number is still what
  was read with the names. So two people cannot give one name at once. If a name is only changed, the number is a gap.
"""

from datetime import date
from typing import Any, NamedTuple

from chalicelib import storage
from chalicelib.errors import HospitalNotFound
from chalicelib.row_mapper import Mapper
from chalicelib.schedules.catalogue_model import (
    Board,
    BookingRules,
    Department,
    HospitalCatalogue,
    OwnDay,
    OwnReasons,
    Period,
    Room,
    ServicePoint,
    VisitRules,
)
from chalicelib.schedules.rows import BOOKING_RULES, HOSPITAL, POINTS, hospital_day, number_of, waiting_item
from chalicelib.schedules.rows import POINT as POINT
from chalicelib.storage import Write
from chalicelib.tables import CatalogueItem, QueueItem

DEPARTMENT, ROOM, PERIOD, OWN_DAY, BOARD = "department", "room", "period", "holiday", "board"
VISIT_RULES, REASONS = "visits", "reasons"
FIRST_CHANGE = 2  # the version of rules that are set for the first time
Entry = Department | Room | Period | ServicePoint | Board


DEPARTMENTS = Mapper(
    CatalogueItem,
    Department,
    keys=lambda department: {"item": f"{DEPARTMENT}#{department.department_id}"},
    from_keys=lambda row: {"department_id": number_of(row)},
)
ROOMS = Mapper(
    CatalogueItem,
    Room,
    keys=lambda room: {"item": f"{ROOM}#{room.room_id}"},
    from_keys=lambda row: {"room_id": number_of(row)},
)
PERIODS = Mapper(
    CatalogueItem,
    Period,
    keys=lambda period: {"item": f"{PERIOD}#{period.period_id}"},
    from_keys=lambda row: {"period_id": number_of(row)},
)
OWN_DAYS = Mapper(
    CatalogueItem,
    OwnDay,
    keys=lambda own: {"item": f"{OWN_DAY}#{own.day.isoformat()}"},
    from_keys=lambda row: {"day": date.fromisoformat(row.item.split("#")[1])},
)
BOARDS = Mapper(
    CatalogueItem,
    Board,
    keys=lambda board: {"item": f"{BOARD}#{board.board_id}"},
    from_keys=lambda row: {"board_id": number_of(row)},
)
RULES_OF_VISITS = Mapper(CatalogueItem, VisitRules, keys=lambda rules: {"item": VISIT_RULES})
OWN_REASONS = Mapper(CatalogueItem, OwnReasons, keys=lambda own: {"item": REASONS})


class _Kind(NamedTuple):
    name: str
    mapper: Mapper[CatalogueItem, Any]
    counter: Any  # the column of the hospital's row that holds the next number


_KINDS: dict[type, _Kind] = {
    Department: _Kind(DEPARTMENT, DEPARTMENTS, CatalogueItem.next_department_id),
    Room: _Kind(ROOM, ROOMS, CatalogueItem.next_room_id),
    Period: _Kind(PERIOD, PERIODS, CatalogueItem.next_period_id),
    ServicePoint: _Kind(POINT, POINTS, CatalogueItem.next_point_id),
    Board: _Kind(BOARD, BOARDS, CatalogueItem.next_board_id),
}


def hospital(hospital_code: str) -> HospitalCatalogue:
    """The hospital and its catalogue in one Query. Raises HospitalNotFound."""
    own: CatalogueItem | None = None
    mappers = {kind.name: kind.mapper for kind in _KINDS.values()}
    entries: dict[str, dict[int, Any]] = {name: {} for name in mappers}
    own_days = []
    visit_rules = VisitRules()
    for row in CatalogueItem.query(hospital_code, consistent_read=True):
        name = row.item.split("#")[0]
        if row.item == HOSPITAL:
            own = row
        elif name == OWN_DAY:
            own_days.append(OWN_DAYS.read(row))
        elif name == VISIT_RULES:
            visit_rules = RULES_OF_VISITS.read(row)
        elif name in mappers:
            entries[name][number_of(row)] = mappers[name].read(row)
    if own is None:
        raise _no_hospital()
    return HospitalCatalogue(
        hospital_code=hospital_code,
        name=own.name,
        province_code=own.province_code or "",
        departments=entries[DEPARTMENT],
        rooms=entries[ROOM],
        periods=entries[PERIOD],
        next_numbers={
            DEPARTMENT: int(own.next_department_id or 1),
            ROOM: int(own.next_room_id or 1),
            PERIOD: int(own.next_period_id or 1),
            POINT: int(own.next_point_id or 1),
            BOARD: int(own.next_board_id or 1),
        },
        own_days={each.day: each for each in own_days},
        points=entries[POINT],
        boards=entries[BOARD],
        visit_rules=visit_rules,
    )


def hospital_codes() -> list[str]:
    """Every hospital's code, in order.

    Reads the whole index of hospitals: for jobs that run a few times an hour.
    """
    return sorted(row.hospital_code for row in CatalogueItem.by_province.scan())


def hospitals_that_ask() -> dict[str, BookingRules]:
    """Code -> rules of the hospitals that ask people to confirm, in order.

    DynamoDB filters the index of hospitals, which is a moment behind.
    """
    rows = CatalogueItem.by_province.scan(CatalogueItem.confirm_time.exists())
    return dict(sorted((row.hospital_code, BOOKING_RULES.read(row)) for row in rows))


def _no_hospital() -> HospitalNotFound:
    return HospitalNotFound(fields={"hospital_code": "no hospital has this code"})


def require(hospital_code: str) -> None:
    """Raise HospitalNotFound if there is no hospital of this code."""
    if storage.get(CatalogueItem, hospital_code, HOSPITAL, consistent=False) is None:
        raise _no_hospital()


def touch() -> None:
    """Make the cheapest read there is. Raises TryAgain if the table does not answer."""
    CatalogueItem.count("#nobody", limit=1)


def reserve_appointment_ids(hospital_code: str, count: int) -> int:
    """Reserve a run of appointment ids and return the first.

    Ids that are not used only leave a gap.
    """
    row = CatalogueItem(hospital_code, HOSPITAL)
    last = storage.increment(row, CatalogueItem.next_appointment_id, count, CatalogueItem.item.exists())
    return last - count + 1


def add(hospital: HospitalCatalogue, entry: Entry) -> bool:
    """Add an entry that has the next number of its kind.

    False if somebody has named another of its kind since the hospital was read, or the room's department is gone.
    """
    row = _row(hospital.hospital_code, entry)
    new = storage.put(row, CatalogueItem.item.does_not_exist())
    return _carry_out(_take_name(hospital, entry), new, *_use_department(hospital, entry))


def change(hospital: HospitalCatalogue, before: Entry, after: Entry, renamed: bool) -> bool:
    """Write `after` over `before`.

    False if that is not stored any more, or the room's department is gone, or (renamed) somebody has named another of
    its kind since the hospital was read.
    """
    actions = _KINDS[type(after)].mapper.changes(before, after)
    unchanged = CatalogueItem.version == before.version
    edit = storage.update(_key(hospital.hospital_code, after), actions, unchanged)
    named = [_take_name(hospital, after)] if renamed else []
    return _carry_out(*named, edit, *_use_department(hospital, after))


def _carry_out(*writes: Write) -> bool:
    return storage.transact(writes) is None


def _take_name(hospital: HospitalCatalogue, entry: Entry) -> Write:
    """Move the counter of the entry's kind.

    On condition that nobody has moved it since the hospital was read.
    """
    kind = _KINDS[type(entry)]
    number = hospital.next_numbers[kind.name]
    unmoved = kind.counter == number if number > 1 else kind.counter.does_not_exist() | (kind.counter == number)
    own = CatalogueItem(hospital.hospital_code, HOSPITAL)
    return storage.update(own, [kind.counter.set(number + 1)], CatalogueItem.item.exists() & unmoved)


def _use_department(hospital: HospitalCatalogue, entry: Entry) -> list[Write]:
    """Increment `uses` of a room's department, if that department exists.

    Nothing for other entries.
    """
    if not isinstance(entry, Room):
        return []
    department = CatalogueItem(hospital.hospital_code, f"{DEPARTMENT}#{entry.department_id}")
    return [storage.update(department, [CatalogueItem.uses.add(1)], CatalogueItem.item.exists())]


def uses(hospital_code: str, department_id: int) -> int:
    """How often rooms have been written into the department.

    0 if there is no such department.
    """
    row = storage.get(CatalogueItem, hospital_code, f"{DEPARTMENT}#{department_id}")
    return int(row.uses or 0) if row else 0


def remove(hospital_code: str, entry: Entry, seen_uses: int = 0) -> bool:
    """Remove the entry.

    Returns False if it has changed since it was read, or `uses` is not `seen_uses` any more: rooms have been written
    since.
    """
    unused = CatalogueItem.uses == seen_uses if seen_uses else CatalogueItem.uses.does_not_exist()
    condition = (CatalogueItem.version == entry.version) & unused
    return storage.write(storage.delete(_key(hospital_code, entry), condition))


def waiting_at(hospital_code: str, day: date, point_id: int) -> int:
    """How many wait at a service point."""
    row = QueueItem.item.startswith(waiting_item(point_id))
    return int(QueueItem.count(hospital_day(hospital_code, day), row, consistent_read=True))


def add_own_day(hospital_code: str, own: OwnDay) -> bool:
    """Set a day; False if the hospital has set it already."""
    row = OWN_DAYS.row(own)
    row.hospital_code = hospital_code
    return storage.write(storage.put(row, CatalogueItem.item.does_not_exist()))


def remove_own_day(hospital_code: str, day: date) -> bool:
    """Remove the hospital's own setting of a day; False if there is none."""
    row = CatalogueItem(hospital_code, f"{OWN_DAY}#{day.isoformat()}")
    return storage.write(storage.delete(row, CatalogueItem.item.exists()))


def booking_rules(hospital_code: str) -> BookingRules:
    """The rules the hospital has set, or the defaults. Raises HospitalNotFound."""
    row = storage.get(CatalogueItem, hospital_code, HOSPITAL)
    if row is None:
        raise _no_hospital()
    return BOOKING_RULES.read(row)


def put_booking_rules(hospital_code: str, wanted: BookingRules) -> bool:
    """Write the rules over the version before; False if that is not the stored one."""
    values = BOOKING_RULES.values(wanted)
    attributes = {column.name: getattr(CatalogueItem, column.name) for column in BOOKING_RULES.columns}
    actions = [
        attribute.set(values[name]) if name in values else attribute.remove() for name, attribute in attributes.items()
    ]
    row = CatalogueItem(hospital_code, HOSPITAL)
    return storage.write(storage.update(row, actions, CatalogueItem.version == wanted.version - 1))


def put_visit_rules(hospital_code: str, wanted: VisitRules) -> bool:
    """Write the rules over the version before; False if that is not the stored one.

    A hospital that has not set any has version 1 of them, which is not stored.
    """
    return _put_version(hospital_code, RULES_OF_VISITS.row(wanted))


def own_reasons(hospital_code: str) -> OwnReasons:
    """The hospital's own reasons, none if it has not set any."""
    row = storage.get(CatalogueItem, hospital_code, REASONS)
    return OWN_REASONS.read(row) if row else OwnReasons()


def put_own_reasons(hospital_code: str, wanted: OwnReasons) -> bool:
    """Write the reasons over the version before, as `put_visit_rules` does."""
    return _put_version(hospital_code, OWN_REASONS.row(wanted))


def _put_version(hospital_code: str, row: CatalogueItem) -> bool:
    row.hospital_code = hospital_code
    before = CatalogueItem.version == row.version - 1
    unset = CatalogueItem.item.does_not_exist()
    return storage.write(storage.put(row, unset | before if row.version == FIRST_CHANGE else before))


def _key(hospital_code: str, entry: Entry) -> CatalogueItem:
    return CatalogueItem(hospital_code, _KINDS[type(entry)].mapper.keys(entry)["item"])


def _row(hospital_code: str, entry: Entry) -> CatalogueItem:
    row = _KINDS[type(entry)].mapper.row(entry)
    row.hospital_code = hospital_code
    return row
