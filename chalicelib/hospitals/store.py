"""Hospitals' own rows of the hospitals table: name, province, district, years.

The rest of a hospital's partition, its departments, rooms and periods, belongs to schedules; so do the counters on this
very row, which is why a change sets fields and never puts the row.
"""

import uuid
from itertools import islice
from typing import Any

from pynamodb.exceptions import DoesNotExist, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib import storage
from chalicelib.accounts.history import AuditEntry
from chalicelib.accounts.history_store import append_with
from chalicelib.errors import HospitalNotFound
from chalicelib.hospitals.rules import Hospital, read_record
from chalicelib.tables import CatalogueItem

OWN = "#"


def get(hospital_code: str) -> Hospital:
    """One hospital. Raises HospitalNotFound."""
    try:
        return read_record(CatalogueItem.get(hospital_code, OWN, consistent_read=True))
    except DoesNotExist:
        raise HospitalNotFound(fields={"hospital_code": "no hospital has this code"}) from None


def get_many(hospital_codes: list[str]) -> dict[str, Hospital]:
    """Those of the hospitals that exist, by code; 100 a request."""
    found = {}
    for start in range(0, len(hospital_codes), 100):
        rows = storage.batch_get((CatalogueItem, code, OWN) for code in hospital_codes[start : start + 100])
        found.update({row.hospital_code: read_record(row) for row in rows if isinstance(row, CatalogueItem)})
    return found


def of_province(province_code: str) -> list[Hospital]:
    """A province's hospitals by code; one Query of the index, paged, a moment behind at most."""
    return [read_record(row) for row in CatalogueItem.by_province.query(province_code)]


def find(code_prefix: str, name_part: str, most: int) -> list[Hospital]:
    """At most `most` hospitals of the whole country that match, in no order. The storage reads its index from one end
    to the other and hands over what matches; nothing is kept here, so a new hospital is found at once
    (docs/adr/0011)."""
    condition: Any = None
    if code_prefix:
        condition &= CatalogueItem.hospital_code.startswith(code_prefix)
    if name_part:
        condition &= CatalogueItem.name.contains(name_part)
    return [read_record(row) for row in islice(CatalogueItem.by_province.scan(condition), most)]


def save(changes: list[tuple[Hospital | None, Hospital]], history: list[AuditEntry]) -> bool:
    """Writes hospitals, new ones (None before) or changed ones, with their history in one transaction; False where one
    of them was changed or added in the meantime and nothing was written. At most 100 items."""
    token = str(uuid.uuid4())
    try:
        with TransactWrite(connection=storage.connection(), client_request_token=token) as transaction:
            for before, after in changes:
                if before is None:
                    transaction.save(_new_row(after), condition=CatalogueItem.item.does_not_exist())
                else:
                    row = CatalogueItem(after.hospital_code, OWN)
                    updates: list[Any] = [
                        CatalogueItem.name.set(after.name),
                        CatalogueItem.province_code.set(after.province_code),
                        CatalogueItem.province_name.set(after.province_name),
                        CatalogueItem.district.set(after.district),
                        CatalogueItem.years.set(after.years),
                        CatalogueItem.version.set(after.version),
                    ]
                    transaction.update(row, updates, condition=CatalogueItem.version == before.version)
            append_with(transaction, history)
    except TransactWriteError as error:
        if error.cause_response_code != "TransactionCanceledException":
            raise
        return False
    return True


def _new_row(record: Hospital) -> CatalogueItem:
    return CatalogueItem(
        record.hospital_code,
        OWN,
        name=record.name,
        province_code=record.province_code,
        province_name=record.province_name,
        district=record.district,
        years=record.years,
        version=record.version,
        next_department_id=1,
        next_room_id=1,
        next_period_id=1,
        next_appointment_id=0,
    )
