"""Mapper of audit entries.

For every store that writes an entry in the transaction of the change itself.
"""

from collections.abc import Iterable

from chalicelib import storage
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rules import expires_at
from chalicelib.row_mapper import Mapper
from chalicelib.storage import Write
from chalicelib.tables import AuditItem

ENTRIES = Mapper(AuditItem, AuditEntry, keys=lambda entry: {"expires_at": expires_at(entry)})


def appends(entries: Iterable[AuditEntry]) -> list[Write]:
    """The writes that add entries. An entry that exists is never changed."""
    return [storage.put(ENTRIES.row(entry), AuditItem.subject.does_not_exist()) for entry in entries]
