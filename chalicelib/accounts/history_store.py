"""The accounts' part of the audit table: lines are added and read, never changed."""

from datetime import datetime, timedelta

from pynamodb.transactions import TransactWrite

from chalicelib.accounts.history import SIGN_IN, AuditEntry
from chalicelib.tables import AuditItem

SIGN_INS_KEPT = timedelta(days=400)


def append(*lines: AuditEntry) -> None:
    """Writes lines that no other write carries along."""
    for line in lines:
        _row(line).save(condition=_UNWRITTEN)


def append_with(transaction: TransactWrite, lines: list[AuditEntry]) -> None:
    """Writes lines in the transaction of the change that they tell of."""
    for line in lines:
        transaction.save(_row(line), condition=_UNWRITTEN)


_UNWRITTEN = AuditItem.subject.does_not_exist()


def _row(line: AuditEntry) -> AuditItem:
    row = AuditItem(line.subject, line.at, actor=line.actor, action=line.action, outcome=line.outcome)
    row.changes = line.changes
    if line.subject.startswith(SIGN_IN):
        row.expires_at = datetime.fromisoformat(line.at.split("#")[0]) + SIGN_INS_KEPT
    return row


def read(subject: str, before: str | None, limit: int) -> list[AuditEntry]:
    """The newest lines of a subject, newest first; those older than the line at `before`, if given."""
    older = AuditItem.at < before if before else None
    found = AuditItem.query(subject, older, scan_index_forward=False, limit=limit, consistent_read=True)
    return [AuditEntry(row.subject, row.at, row.actor, row.action, row.outcome, row.changes or {}) for row in found]
