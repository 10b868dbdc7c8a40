"""The hospitals' own rows of their table: name, province, district, years.

The other rows of a hospital (departments, rooms, periods) belong to schedules. The counters on this row belong to
schedules too, so a change updates fields and never replaces the row.
"""

from itertools import islice
from typing import Any

from chalicelib import storage, text_cleaning
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rows import appends
from chalicelib.hospitals.model import Hospital
from chalicelib.hospitals.rules import matches, not_found
from chalicelib.row_mapper import Mapper
from chalicelib.storage import Write
from chalicelib.tables import CatalogueItem

OWN = "#"
HOSPITALS = Mapper(
    CatalogueItem,
    Hospital,
    keys=lambda hospital: {
        "item": OWN,
        "province_name": hospital.province_name,
        "search_name": text_cleaning.comparable(hospital.name),
    },
)


def get(hospital_code: str) -> Hospital:
    """One hospital. Raises HospitalNotFound."""
    row = storage.get(CatalogueItem, hospital_code, OWN)
    if row is None:
        raise not_found()
    return HOSPITALS.read(row)


def get_many(hospital_codes: list[str]) -> dict[str, Hospital]:
    """Code -> hospital, for those that exist; 100 a request."""
    hospitals = {}
    for start in range(0, len(hospital_codes), 100):
        rows = storage.batch_get((CatalogueItem, code, OWN) for code in hospital_codes[start : start + 100])
        hospitals.update({row.hospital_code: HOSPITALS.read(row) for row in rows if isinstance(row, CatalogueItem)})
    return hospitals


def of_province(province_code: str) -> list[Hospital]:
    """A province's hospitals in the order of codes.

    Read from an index: may be a moment behind.
    """
    return [HOSPITALS.read(row) for row in CatalogueItem.by_province.query(province_code)]


def names_of_province(province_code: str, after: str, limit: int) -> tuple[dict[str, str], str]:
    """A page of a province's hospitals, code -> name: one Query.

    after: the code after which the page begins; "" for the first page. Returns at most `limit` hospitals, and the code
    of the last one; "" if no more follow. Read from an index, which is a moment behind.
    """
    begin = None
    if after:
        keys = {"province_code": province_code, "hospital_code": after, "item": OWN}
        begin = {name: {"S": key} for name, key in keys.items()}
    rows = CatalogueItem.by_province.query(
        province_code, attributes_to_get=["hospital_code", "name"], limit=limit + 1, last_evaluated_key=begin
    )
    names = {row.hospital_code: row.name for row in islice(rows, limit)}
    more = next(iter(rows), None) is not None
    return names, list(names)[-1] if more else ""


def find(code_prefix: str, name_part: str, limit: int) -> list[Hospital]:
    """At most `limit` hospitals of the country that match, in no order.

    DynamoDB reads the whole index and returns what matches (docs/adr/0011). Hospitals that were written before rows had
    a `search_name` are compared in this function.
    """
    condition: Any = None
    if code_prefix:
        condition &= CatalogueItem.hospital_code.startswith(code_prefix)
    if name_part:
        search_name = CatalogueItem.search_name
        condition &= search_name.contains(text_cleaning.comparable(name_part)) | search_name.does_not_exist()
    hospitals = map(HOSPITALS.read, CatalogueItem.by_province.scan(condition))
    return list(islice((each for each in hospitals if matches(each, code_prefix, name_part)), limit))


def save(changes: list[tuple[Hospital | None, Hospital]], entries: list[AuditEntry]) -> bool:
    """Write new and changed hospitals, with audit entries, in one transaction.

    changes: (before, after); before is None for a new hospital. At most 100 items. False if one of them was added or
    changed in the meantime; then nothing was written.
    """
    writes = [_put(after) if before is None else _update(before, after) for before, after in changes]
    return storage.transact([*writes, *appends(entries)]) is None


def _put(hospital: Hospital) -> Write:
    row = HOSPITALS.row(hospital)
    row.next_department_id = row.next_room_id = row.next_period_id = 1
    row.next_appointment_id = 0
    return storage.put(row, CatalogueItem.item.does_not_exist())


def _update(before: Hospital, after: Hospital) -> Write:
    actions = [
        *HOSPITALS.changes(before, after),
        CatalogueItem.province_name.set(after.province_name),
        CatalogueItem.search_name.set(text_cleaning.comparable(after.name)),
    ]
    return storage.update(HOSPITALS.key(after), actions, CatalogueItem.version == before.version)
