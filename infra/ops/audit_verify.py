"""Compare the audit table with its archive, and check the archive's chain.

    make audit-verify                                    everything
    make audit-verify FROM=2026-12-01 UNTIL=2026-12-31   the entries of these days, Bangkok

docs/adr/0017. Reads the archive of the days and scans the table once. It needs about half a kilobyte of memory an
entry: of a large system verify a month at a time. Entries of the last quarter of an hour may be on their way to the
archive and are left out. Entries from before the first day of the archive are left out too; their number is printed.

Prints what was checked and the first differences: an entry that was changed, is missing, was added later or is not in
the archive; a day that is not sealed; a file that was changed, deleted, or added to a sealed day. Entries of
appointments that came within an hour after `make redrive` had put stream records back are counted, and are no
difference. Exit code 0; 1 if there is a difference; 2 for wrong arguments.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import boto3

from chalicelib import clock
from chalicelib.audit import archive_format
from chalicelib.audit.rules import PLACES, PUT_BACK
from chalicelib.settings import settings

_SHOWN = 20
_ON_ITS_WAY = timedelta(minutes=15)
# An entry is written when the thing is done, or from a stream, which keeps its changes for a day.
_LATEST = timedelta(hours=26)
# Entries may arrive for this long after stream records were put back.
_PUT_BACK_FOR = timedelta(hours=1)
# Records that were set aside can put entries of a day into later files, as long as their bucket keeps them.
_LATE_DAYS = timedelta(days=31)

Key = tuple[str, str]  # subject, at


@dataclass
class Archive:
    """Contents of the archive.

    digests: entry -> SHA-256 of its item. expiries: entry -> seconds since 1970.
    """

    digests: dict[Key, str] = field(default_factory=dict)
    expiries: dict[Key, float] = field(default_factory=dict)
    files: int = 0
    days: int = 0


@dataclass
class Result:
    """Result of a verification.

    differences: sentences. entries: how many were compared with the table. uncovered: how many entries are older than
    the archive. put_back: how many entries came late because `make redrive` had put back the records that they are made
    of.
    """

    archive: Archive
    differences: list[str]
    entries: int = 0
    uncovered: int = 0
    put_back: int = 0


def verify(first: date | None = None, last: date | None = None) -> Result:
    """Check the entries of these days.

    None: from the beginning, to the end.
    """
    result = Result(Archive(), [])
    stored = _Bucket()
    first_archived = min(
        (archive_format.day_of(key) for key in stored.versions if key.startswith(archive_format.ENTRIES)), default=None
    )
    begin = max(first or date.min, first_archived or date.max)
    end = last or clock.today()
    result.differences += stored.problems
    result.differences += _check_chain(stored, result.archive)
    result.differences += _read_files(stored, result, begin, end)
    result.differences += _compare(result, first or date.min, begin, end)
    return result


def _bucket_name() -> str:
    """The name of the archive's bucket.

    On AWS it ends with the number of the account.
    """
    name = settings().audit_bucket
    return name if settings().stage == "local" else f"{name}-{boto3.client('sts').get_caller_identity()['Account']}"


class _Bucket:
    """Files of the archive: the first version of each key.

    problems: what was overwritten or deleted.
    """

    def __init__(self) -> None:
        self._s3, self._name = boto3.client("s3"), _bucket_name()
        self.versions: dict[str, str] = {}
        self.problems: list[str] = []
        listed: dict[str, list[Any]] = {}
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=self._name)
        for page in pages:
            for version in page.get("Versions", []):
                listed.setdefault(version["Key"], []).append(version)
            self.problems += [f"{marker['Key']} was deleted" for marker in page.get("DeleteMarkers", [])]
        for key, versions in sorted(listed.items()):
            # S3 lists the newest first, and its times are to the second.
            self.versions[key] = min(reversed(versions), key=lambda version: version["LastModified"])["VersionId"]
            if len(versions) > 1:
                self.problems.append(f"{key} was overwritten")

    def read(self, key: str) -> bytes:
        answer = self._s3.get_object(Bucket=self._name, Key=key, VersionId=self.versions[key])
        content: bytes = answer["Body"].read()
        return content


def _check_chain(stored: _Bucket, archive: Archive) -> Iterator[str]:
    """Check that every complete day has a valid manifest.

    The manifest names the day's files and the manifest before it. Yields a sentence for each difference.
    """
    files: dict[date, set[str]] = {}
    for key in stored.versions:
        if key.startswith(archive_format.ENTRIES):
            files.setdefault(archive_format.day_of(key), set()).add(key)
    last_day = archive_format.last_complete_day(clock.now())
    day, previous = min(files, default=last_day + timedelta(days=1)), ""
    while day <= last_day:
        key = archive_format.manifest_key(day)
        if key not in stored.versions:
            yield f"{day}: the day is not sealed"
            return
        content = stored.read(key)
        manifest = archive_format.read_manifest(content)
        if manifest.previous != previous:
            yield f"{day}: the manifest does not follow from the one of the day before"
        for file in sorted(set(manifest.files) - files.get(day, set())):
            yield f"{day}: {file} is missing"
        for file in sorted(files.get(day, set()) - set(manifest.files)):
            yield f"{day}: {file} was added after the day was sealed"
        archive.days += 1
        day, previous = day + timedelta(days=1), archive_format.digest(content)


def _read_files(stored: _Bucket, result: Result, begin: date, end: date) -> Iterator[str]:
    """Read the files that can have entries of the days.

    Yields a sentence for each change of an entry after it was written, and for each changed file.
    """
    archive, arrived = result.archive, dict[Key, float]()
    late: list[tuple[Key, datetime]] = []
    put_back_at: list[datetime] = []
    for key in stored.versions:
        if not key.startswith(archive_format.ENTRIES) or not begin <= archive_format.day_of(key) <= end + _LATE_DAYS:
            continue
        content = stored.read(key)
        archive.files += 1
        if archive_format.file_key(archive_format.day_of(key), content) != key:
            yield f"{key}: the content is not what the name says"
        for change in archive_format.changes_in(content):
            entry = _key(change.after or change.before or {})
            if entry[0] == PUT_BACK:
                put_back_at.append(_time_of(entry))
            if not begin.isoformat() <= entry[1][:10] <= end.isoformat():
                continue
            when = datetime.fromtimestamp(change.arrived_at, clock.BANGKOK)
            if change.kind != archive_format.INSERT:
                yield f"{_named(entry)}: {'removed' if change.after is None else 'changed'} at {when.isoformat()}"
            elif change.after is not None and change.arrived_at < arrived.get(entry, float("inf")):
                arrived[entry] = change.arrived_at
                archive.digests[entry] = archive_format.digest(archive_format.canonical(change.after).encode())
                if "expires_at" in change.after:
                    archive.expiries[entry] = float(change.after["expires_at"]["N"])
                if abs(when - _time_of(entry)) > _LATEST:
                    late.append((entry, when))
    for entry, when in late:
        if entry[0].startswith(PLACES) and any(at <= when <= at + _PUT_BACK_FOR for at in put_back_at):
            result.put_back += 1
        else:
            yield f"{_named(entry)}: added later, at {when.isoformat()}"


def _compare(result: Result, first: date, begin: date, end: date) -> Iterator[str]:
    """Compare the entries of the days in the table with those of the archive.

    In both directions. Yields a sentence for each difference.
    """
    now, archive = clock.now(), result.archive
    missing = set(archive.digests)
    for item in _scan(first, end):
        entry = _key(item)
        if entry[1][:10] < begin.isoformat():
            result.uncovered += 1
            continue
        result.entries += 1
        missing.discard(entry)
        if entry not in archive.digests:
            if _time_of(entry) < now - _ON_ITS_WAY:
                yield f"{_named(entry)}: is not in the archive"
        elif archive_format.digest(archive_format.canonical(item).encode()) != archive.digests[entry]:
            yield f"{_named(entry)}: is not what the archive has"
    for entry in sorted(missing):
        if archive.expiries.get(entry, float("inf")) > now.timestamp():
            yield f"{_named(entry)}: is missing from the table"


def _scan(first: date, last: date) -> Iterator[dict[str, Any]]:
    pages = (
        boto3.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=settings().table("audit"),
            ConsistentRead=True,
            FilterExpression="#at BETWEEN :first AND :last",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":first": {"S": first.isoformat()}, ":last": {"S": f"{last.isoformat()}~"}},
        )
    )
    for page in pages:
        yield from page["Items"]


def _key(item: dict[str, Any]) -> Key:
    return item["subject"]["S"], item["at"]["S"]


def _time_of(entry: Key) -> datetime:
    return datetime.fromisoformat(entry[1].split("#")[0])


def _named(entry: Key) -> str:
    return f"{entry[0]} {entry[1]}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m infra.ops.audit_verify", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--first", type=date.fromisoformat, help="the first day, as 2026-12-01")
    parser.add_argument("--last", type=date.fromisoformat, help="the last day")
    options = parser.parse_args(arguments)
    result = verify(options.first, options.last)
    print(f"{result.entries} entries, {result.archive.files} files of the archive, {result.archive.days} sealed days")
    if result.uncovered:
        print(f"{result.uncovered} entries are older than the archive and were not compared")
    if result.put_back:
        print(f"{result.put_back} entries came late, after `make redrive`")
    for difference in result.differences[:_SHOWN]:
        print(difference)
    if len(result.differences) > _SHOWN:
        print(f"and {len(result.differences) - _SHOWN} more")
    print(f"{len(result.differences)} differences" if result.differences else "no difference")
    return 1 if result.differences else 0


if __name__ == "__main__":
    sys.exit(main())
