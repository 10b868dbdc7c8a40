"""Writing down and reading who did what."""

import secrets
from collections.abc import Iterable

from chalicelib import clock
from chalicelib.audit import rules, store
from chalicelib.audit.rules import Entry, Image


def record_appointments(changes: Iterable[tuple[Image | None, Image | None]]) -> None:
    """Writes what the stream of the appointments table tells: (row before, row after). Again: nothing changes."""
    entries = (rules.entry_of_change(old, new) for old, new in changes)
    store.append([entry for entry in entries if entry is not None])


def note(subject: str, action: str, actor: str) -> None:
    """Writes down something that leaves no other trace, such as a look at a national id."""
    at = f"{clock.now().isoformat(timespec='microseconds')}#{secrets.token_hex(3)}"
    store.append([Entry(subject, at, actor, action)])


def entries_of(subject: str, newest: int | None = None) -> list[Entry]:
    """Everything about a subject, oldest first, or so many of the newest."""
    return store.entries_of(subject, newest)
