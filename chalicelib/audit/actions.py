"""Append to the audit and read it, for the other packages."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from typing import Any

from chalicelib import clock
from chalicelib.audit import rules, store
from chalicelib.audit.model import DONE, REFUSED, AuditEntry
from chalicelib.errors import TryAgain


def new_entry(
    subject: str, actor: str, action: str, changes: dict[str, Any] | None = None, outcome: str = DONE
) -> AuditEntry:
    """A new entry with the present time. It is not stored yet."""
    at = f"{clock.now().isoformat(timespec='microseconds')}#{secrets.token_hex(3)}"
    return AuditEntry(subject, at, actor, action, outcome, changes or {})


def append(*entries: AuditEntry) -> None:
    """Store entries that belong to no other write, one request each.

    Raises TryAgain if an entry of the same subject, microsecond and random suffix exists.
    """
    for entry in entries:
        if not store.append(entry):
            raise TryAgain()


def append_refused(
    subjects: Iterable[str], hospital_code: str, actor: str, action: str, changes: dict[str, Any]
) -> None:
    """Store an entry of a refused attempt for each subject.

    If equal attempts repeat within an hour, only the first, the tenth, the hundredth and so on get entries, which have
    the number. hospital_code: of the actor.
    """
    attempt = json.dumps([actor, action, changes], ensure_ascii=False, sort_keys=True)
    key = hashlib.sha256(attempt.encode()).hexdigest()[:32]
    times = store.count_refusal(hospital_code, key, clock.now())
    if not rules.is_worth_an_entry(times):
        return
    if times > 1:
        changes = {**changes, "times": ["", str(times)]}
    append(*(new_entry(subject, actor, action, changes, REFUSED) for subject in subjects))


def append_batch(entries: Iterable[AuditEntry]) -> None:
    """Store entries of a stream.

    Safe to repeat if each entry is made from its record alone: entries that exist stay as they are.
    """
    store.append_batch(list(entries))


def newest(subject: str, before: str | None = None, limit: int | None = None) -> list[AuditEntry]:
    """A subject's entries, newest first. before: only entries older than this `at`."""
    return store.newest(subject, before, limit)
