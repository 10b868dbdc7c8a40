"""Response types of histories."""

from typing import Annotated

import msgspec

from chalicelib.audit.model import AuditEntry
from chalicelib.fields import text

LineId = Annotated[str, text(60, "only lines older than the one of this line_id")]


class HistoryChange(msgspec.Struct):
    field: str
    before: str
    after: str


class HistoryResponse(msgspec.Struct):
    """An entry of a history.

    at: ISO time in Bangkok. actor: login@hospital_code, or the command that did it. outcome: done or refused.
    """

    line_id: str
    at: str
    subject: str
    actor: str
    action: str
    outcome: str
    changes: list[HistoryChange]


def history_response(entry: AuditEntry) -> HistoryResponse:
    """The response for an entry whose changes are [from, to]."""
    return HistoryResponse(
        line_id=entry.at,
        at=entry.when,
        subject=entry.subject,
        actor=entry.actor,
        action=entry.action,
        outcome=entry.outcome,
        changes=[HistoryChange(name, _text(old), _text(new)) for name, (old, new) in entry.changes.items()],
    )


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
