"""Copy the audit to an archive that nobody can change, and seal each day.

See docs/adr/0017.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from chalicelib import clock, metrics
from chalicelib.audit import archive_format, archive_store
from chalicelib.audit.archive_format import Change, Manifest

# The function has time for far more. Many days are left to seal only if it has not run for a long time.
_DAYS_PER_RUN = 30
log = logging.getLogger("moph")


def archive(records: Iterable[dict[str, Any]]) -> None:
    """Write records of the audit table's stream into one file.

    A repeat on the same day does nothing. Expired entries that DynamoDB removed are left out. A change that is not a
    new entry is counted for an alarm, because the code and the rights of the functions allow no such change.
    """
    now = clock.now()
    kept = [change for change in map(_change, records) if not change.is_expiry(now)]
    if not kept:
        return
    content = archive_format.content(kept)
    archive_store.put(archive_format.file_key(now.date(), content), content)
    if changed := sum(change.kind != archive_format.INSERT for change in kept):
        metrics.count("audit_changed", changed)


def _change(record: dict[str, Any]) -> Change:
    stored = record["dynamodb"]
    arrived_at = stored["ApproximateCreationDateTime"]
    return Change(record["eventName"], arrived_at, stored.get("OldImage"), stored.get("NewImage"))


def seal() -> int:
    """Write the manifest of each complete day that has none, the oldest first.

    Returns how many days are left. The number is logged for the alarm on `unsealed_audit_days`. One run seals a limited
    number of days; the next run continues.
    """
    last_day, sealed = archive_format.last_complete_day(clock.now()), archive_store.last_manifest()
    day = sealed[0] + timedelta(days=1) if sealed else archive_store.first_day() or last_day + timedelta(days=1)
    previous = archive_format.digest(sealed[1]) if sealed else ""
    for _ in range(_DAYS_PER_RUN):
        if day > last_day:
            break
        content = archive_format.manifest_content(Manifest(day, previous, archive_store.files_of(day)))
        if not archive_store.put(archive_format.manifest_key(day), content):
            break  # another run is doing the same
        day, previous = day + timedelta(days=1), archive_format.digest(content)
    unsealed = max(0, (last_day - day).days + 1)
    metrics.count("unsealed_audit_days", unsealed)
    at = clock.now().isoformat(timespec="milliseconds")
    log.info(metrics.line({"at": at, "function": "seal_audit", "outcome": "done"}))
    return unsealed
