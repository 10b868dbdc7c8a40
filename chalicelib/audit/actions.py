"""Append to the audit and read it, for the other packages."""

import secrets
from collections.abc import Iterable
from typing import Any

from chalicelib import clock
from chalicelib.audit import store
from chalicelib.audit.model import DONE, AuditEntry
from chalicelib.errors import TryAgain


def new_entry(
    subject: str, actor: str, action: str, changes: dict[str, Any] | None = None, outcome: str = DONE
) -> AuditEntry:
    """An entry of this moment. It is not stored yet."""
    at = f"{clock.now().isoformat(timespec='microseconds')}#{secrets.token_hex(3)}"
    return AuditEntry(subject, at, actor, action, outcome, changes or {})


def append(*entries: AuditEntry) -> None:
    """Store entries that belong to no other write, one request each.

    Raises TryAgain if an entry of the same subject, microsecond and random suffix exists.
    """
    for entry in entries:
        if not store.append(entry):
            raise TryAgain()


def append_batch(entries: Iterable[AuditEntry]) -> None:
    """Store entries of a stream.

    Safe to repeat if each entry is made of its record alone.
    """
    store.append_batch(list(entries))


def newest(subject: str, before: str | None = None, limit: int | None = None) -> list[AuditEntry]:
    """A subject's entries, newest first. before: only entries older than this `at`."""
    return store.newest(subject, before, limit)
