"""The audit table: entries are added and read, never changed (docs/adr/0017)."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib import storage
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rows import ENTRIES, appends
from chalicelib.audit.rules import REFUSALS_TOGETHER
from chalicelib.tables import AccountItem, AuditItem


def append(entry: AuditEntry) -> bool:
    """Add one entry; False if an entry of this subject and time exists."""
    return all(storage.write(put) for put in appends([entry]))


def append_batch(entries: Sequence[AuditEntry]) -> None:
    """Add many entries, several at a time. An entry that exists stays as it is.

    Each entry's `at` must be made from what it records, so that a repeat has the same key.
    """
    storage.write_each(appends(entries))


def count_refusal(hospital_code: str, key: str, now: datetime) -> int:
    """Count one more refusal of this key, and return their number.

    They are counted within `REFUSALS_TOGETHER`. The count is stored beside the accounts, because audit entries are
    never changed.
    """
    row = AccountItem(hospital_code, f"refusal#{key}")
    until = now + REFUSALS_TOGETHER
    dates = [AccountItem.counted_until.set(until.isoformat()), AccountItem.expires_at.set(until)]
    if not storage.write(
        storage.update(row, [AccountItem.failures.add(1)], AccountItem.counted_until > now.isoformat())
    ):
        storage.write(storage.update(row, [AccountItem.failures.set(1), *dates]))
    return int(row.failures)


def newest(subject: str, before: str | None, limit: int | None) -> list[AuditEntry]:
    """A subject's entries, newest first.

    before: only entries older than this `at`. limit: None means all.
    """
    older = AuditItem.at < before if before else None
    rows = AuditItem.query(subject, older, scan_index_forward=False, limit=limit, consistent_read=True)
    return [ENTRIES.read(row) for row in rows]
