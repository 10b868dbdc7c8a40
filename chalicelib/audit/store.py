"""The audit table, as this room uses it: what happened to appointments."""

from chalicelib.audit.rules import Entry
from chalicelib.tables import AuditItem


def append(entries: list[Entry]) -> None:
    """Writes the entries; one that is there already is written as it was."""
    once = {(entry.subject, entry.at): entry for entry in entries}
    with AuditItem.batch_write() as batch:
        for entry in once.values():
            batch.save(
                AuditItem(entry.subject, entry.at, actor=entry.actor, action=entry.action, changes=entry.changes)
            )


def entries_of(subject: str, newest: int | None) -> list[Entry]:
    """The subject's entries, oldest first; so many of the newest where a number is given."""
    rows = AuditItem.query(subject, consistent_read=True, scan_index_forward=False, limit=newest)
    entries = [Entry(row.subject, row.at, row.actor, row.action, dict(row.changes or {})) for row in rows]
    return entries[::-1]
