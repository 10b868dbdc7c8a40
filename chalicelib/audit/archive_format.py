"""Format of the audit's archive: lines, file names and chained manifests. Pure.

A file has the changes of the audit table that arrived together, one JSON object a line: {"change": INSERT, MODIFY or
REMOVE, "arrived_at": seconds since 1970, "before": item or null, "after": item or null}, the items as DynamoDB has
them. A file is named after the SHA-256 of its content. The manifest of a day names the day's files and has the SHA-256
of the manifest before it, so no file and no day can be changed, left out or added later without a difference
(docs/adr/0017).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

ENTRIES, MANIFESTS = "entries/", "manifests/"
INSERT = "INSERT"
# A file is named after the day on which it is written, so no file of a day is written later than this after its end.
FILES_COMPLETE_AFTER = timedelta(hours=1)

Item = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One change of the audit table, as its stream has it.

    kind: INSERT, MODIFY or REMOVE. arrived_at: seconds since 1970. before, after: the item, None if there is none.
    """

    kind: str
    arrived_at: float
    before: Item | None
    after: Item | None

    def is_expiry(self, now: datetime) -> bool:
        """Return whether this is the removal of an entry that had expired."""
        if self.after or not self.before or "expires_at" not in self.before:
            return False
        return float(self.before["expires_at"]["N"]) <= now.timestamp()


@dataclass(frozen=True)
class Manifest:
    """The manifest that seals a day.

    previous: SHA-256 of the manifest of the day before, "" for the first day. files: keys of the day's files.
    """

    day: date
    previous: str
    files: tuple[str, ...]


def canonical(value: Any) -> str:
    """The canonical JSON text of a value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content(changes: Iterable[Change]) -> bytes:
    """The content of a file. The same changes always make the same content."""
    return "".join(f"{canonical(_line(change))}\n" for change in changes).encode()


def _line(change: Change) -> dict[str, Any]:
    return {
        "change": change.kind,
        "arrived_at": change.arrived_at,
        "before": change.before,
        "after": change.after,
    }


def changes_in(stored: bytes) -> list[Change]:
    """The changes in a file."""
    lines = [json.loads(line) for line in stored.splitlines()]
    return [Change(line["change"], line["arrived_at"], line["before"], line["after"]) for line in lines]


def digest(stored: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(stored).hexdigest()


def folder(day: date) -> str:
    """The prefix of the keys of a day's files."""
    return f"{ENTRIES}{day.isoformat()}/"


def file_key(day: date, stored: bytes) -> str:
    """The key of a file that is written on this day, Bangkok."""
    return f"{folder(day)}{digest(stored)}.jsonl"


def day_of(key: str) -> date:
    """The day in the key of a file or of a manifest."""
    return date.fromisoformat(key.split("/")[1][:10])


def manifest_key(day: date) -> str:
    return f"{MANIFESTS}{day.isoformat()}.json"


def manifest_content(manifest: Manifest) -> bytes:
    """The content of a manifest. The same manifest always has the same content."""
    fields = {"day": manifest.day.isoformat(), "previous": manifest.previous, "files": sorted(manifest.files)}
    return f"{canonical(fields)}\n".encode()


def read_manifest(stored: bytes) -> Manifest:
    fields = json.loads(stored)
    return Manifest(date.fromisoformat(fields["day"]), fields["previous"], tuple(fields["files"]))


def last_complete_day(now: datetime) -> date:
    """The last day to which no file is added any more."""
    return (now - FILES_COMPLETE_AFTER).date() - timedelta(days=1)
