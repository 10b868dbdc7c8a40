"""The audit table: entries are added and read, never changed."""

from chalicelib import storage
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rows import ENTRIES, appends
from chalicelib.tables import AuditItem


def append(entry: AuditEntry) -> bool:
    """Add one entry; False if there is one of this subject and time."""
    return all(storage.write(put) for put in appends([entry]))


def append_batch(entries: list[AuditEntry]) -> None:
    """Add many entries.

    Their `at` must follow from what they tell, so that a repeat writes the same entry again.
    """
    once = {(entry.subject, entry.at): entry for entry in entries}
    with AuditItem.batch_write() as batch:
        for entry in once.values():
            batch.save(ENTRIES.row(entry))


def newest(subject: str, before: str | None, limit: int | None) -> list[AuditEntry]:
    """A subject's entries, newest first.

    before: only entries older than this `at`. limit: None means all.
    """
    older = AuditItem.at < before if before else None
    rows = AuditItem.query(subject, older, scan_index_forward=False, limit=limit, consistent_read=True)
    return [ENTRIES.read(row) for row in rows]
