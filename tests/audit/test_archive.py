"""The archive of the audit: what it keeps and how its days are sealed.

Also which differences `make audit-verify` names.

In memory, single-threaded: the tests hand the table's changes on themselves, as the stream does.
"""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib import clock
from chalicelib.audit import actions, archive, archive_format, archive_store
from chalicelib.audit.rows import ENTRIES
from chalicelib.audit.rules import PUT_BACK, account_subject, place_subject, sign_ins_subject
from chalicelib.settings import settings
from chalicelib.tables import AuditItem
from infra.ops import audit_verify

SUBJECT = account_subject("00000", "staff.demo")
NOON = datetime(2026, 12, 1, 12, tzinfo=clock.BANGKOK)


class Audit:
    """The audit, day after day: writes entries and feeds every change to the archive."""

    def __init__(self) -> None:
        self.now = NOON
        self._seen: dict[Any, Any] = {}

    def note(self, subject: str = SUBJECT, action: str = "change") -> None:
        actions.append(actions.new_entry(subject, "admin.demo@00000", action))

    def feed(self) -> None:
        """One batch of the stream: every change of the table since the last batch."""
        rows = {(row.subject, row.at): row.serialize() for row in AuditItem.scan()}
        records = []
        for key in sorted(self._seen.keys() | rows.keys()):
            before, after = self._seen.get(key), rows.get(key)
            if before != after:
                kind = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
                images = {"OldImage": before, "NewImage": after}
                stored = {name: image for name, image in images.items() if image is not None}
                change = {"ApproximateCreationDateTime": self.now.timestamp(), **stored}
                records.append({"eventName": kind, "dynamodb": change})
        archive.archive(records)
        self._seen = rows

    def next_day(self) -> None:
        self.feed()
        self.now += timedelta(days=1)

    def differences(self) -> list[str]:
        return audit_verify.verify().differences


@pytest.fixture
def audit(memory: None) -> Iterator[Audit]:
    """Three sealed days with two entries each, and one of today."""
    bucket = boto3.client("s3")
    # The template says so; the library in memory does not read it there.
    bucket.put_bucket_versioning(Bucket=settings().audit_bucket, VersioningConfiguration={"Status": "Enabled"})
    erase("")
    made = Audit()
    ticks = itertools.count()
    real = clock.run_on(lambda: made.now + timedelta(microseconds=next(ticks)))
    for _ in range(3):
        made.note()
        made.note(action="deactivate")
        made.next_day()
    made.note()
    made.feed()
    archive.seal()
    yield made
    clock.run_on(real)


def one_entry(action: str = "deactivate") -> AuditItem:
    row: AuditItem = next(row for row in AuditItem.query(SUBJECT) if row.action == action)
    return row


def file_of(day: datetime) -> str:
    (key,) = archive_store.files_of(day.date())
    return key


def erase(key: str) -> None:
    """Delete every version of a file, as nobody can who meets the object lock."""
    bucket, name = boto3.client("s3"), settings().audit_bucket
    listed = bucket.list_object_versions(Bucket=name, Prefix=key)
    for version in (*listed.get("Versions", []), *listed.get("DeleteMarkers", [])):
        bucket.delete_object(Bucket=name, Key=version["Key"], VersionId=version["VersionId"])


def test_an_audit_that_nobody_touched_has_no_difference(audit: Audit) -> None:
    result = audit_verify.verify()
    assert result.differences == []
    assert (result.entries, result.archive.files, result.archive.days) == (7, 4, 3)


def test_a_changed_entry_is_named_also_if_the_archive_never_heard_of_the_change(audit: Audit) -> None:
    row = one_entry()
    row.update([AuditItem.actor.set("somebody.else@00000")])
    assert audit.differences() == [f"{SUBJECT} {row.at}: is not what the archive has"]


def test_a_change_that_was_taken_back_is_named_with_its_time(audit: Audit) -> None:
    row = one_entry()
    for actor in ("somebody.else@00000", "admin.demo@00000"):
        row.update([AuditItem.actor.set(actor)])
        audit.feed()
    assert audit.differences() == [f"{SUBJECT} {row.at}: changed at {audit.now.isoformat()}"] * 2


def test_a_deleted_entry_is_named(audit: Audit) -> None:
    row = one_entry()
    row.delete()
    assert audit.differences() == [f"{SUBJECT} {row.at}: is missing from the table"]
    audit.feed()
    assert f"{SUBJECT} {row.at}: removed at {audit.now.isoformat()}" in audit.differences()


def test_an_entry_of_an_earlier_day_that_is_added_later_is_named(audit: Audit) -> None:
    at = f"{NOON.isoformat()}#forged"
    forged = ENTRIES.read(one_entry())
    AuditItem(subject=SUBJECT, at=at, actor=forged.actor, action="activate").save()
    assert audit.differences() == [f"{SUBJECT} {at}: is not in the archive"]
    audit.feed()
    assert audit.differences() == [f"{SUBJECT} {at}: added later, at {audit.now.isoformat()}"]


@pytest.mark.parametrize(
    ("subject", "hours", "is_named"),
    [
        (place_subject("00000", 249_200_001, 3), 0, False),
        (place_subject("00000", 249_200_001, 3), 2, True),  # nobody has put anything back just before
        (SUBJECT, 0, True),  # no stream makes entries of accounts
    ],
)
def test_an_entry_of_an_appointment_may_come_days_late_if_stream_records_were_put_back(
    audit: Audit, subject: str, hours: int, is_named: bool
) -> None:
    actions.append(actions.new_entry(PUT_BACK, "redrive by somebody", "put_back", {"objects": 1}))
    audit.feed()
    audit.now += timedelta(hours=hours, minutes=1)
    at = f"{NOON.isoformat()}#late"
    AuditItem(subject=subject, at=at, actor="his.demo@00000", action="booked").save()
    audit.feed()
    named = [f"{subject} {at}: added later, at {audit.now.isoformat()}"]
    assert audit.differences() == (named if is_named else [])
    assert audit_verify.verify().put_back == (not is_named)


def test_an_entry_that_expired_may_be_gone(audit: Audit) -> None:
    subject = sign_ins_subject("00000", "staff.demo")
    audit.note(subject, "failed")
    audit.feed()
    audit.now += timedelta(days=401)
    for _ in range(20):
        archive.seal()
    for row in AuditItem.query(subject):
        row.delete()
    audit.feed()
    assert audit.differences() == []
    assert archive_store.files_of(audit.now.date()) == ()


def test_a_file_that_is_overwritten_deleted_or_added_is_named(audit: Audit) -> None:
    bucket, name = boto3.client("s3"), settings().audit_bucket
    overwritten, deleted = file_of(NOON), file_of(NOON + timedelta(days=1))
    bucket.put_object(Bucket=name, Key=overwritten, Body=b"")
    bucket.delete_object(Bucket=name, Key=deleted)
    content = archive_format.content([])
    added = archive_format.file_key((NOON + timedelta(days=2)).date(), content)
    bucket.put_object(Bucket=name, Key=added, Body=content)
    assert audit.differences() == [
        f"{deleted} was deleted",
        f"{overwritten} was overwritten",
        f"2026-12-03: {added} was added after the day was sealed",
    ]


def test_a_manifest_that_was_made_again_breaks_the_chain(audit: Audit) -> None:
    key = archive_format.manifest_key(NOON.date())
    erase(key)
    assert archive_store.put(key, archive_format.manifest_content(archive_format.Manifest(NOON.date(), "", ())))
    assert audit.differences() == [
        f"2026-12-01: {file_of(NOON)} was added after the day was sealed",
        "2026-12-02: the manifest does not follow from the one of the day before",
    ]


def test_days_that_were_not_sealed_are_sealed_by_the_next_run_and_are_counted_until_then(audit: Audit) -> None:
    audit.now += timedelta(days=40)
    assert audit.differences() == ["2026-12-04: the day is not sealed"]
    assert archive.seal() == 10
    assert archive.seal() == 0
    assert archive.seal() == 0
    assert audit.differences() == []


def test_a_batch_that_comes_twice_is_one_file(audit: Audit) -> None:
    record = {"eventName": "INSERT", "dynamodb": {"ApproximateCreationDateTime": 1.0, "NewImage": {}}}
    before = archive_store.files_of(audit.now.date())
    for _ in range(2):
        archive.archive([record])
    assert len(archive_store.files_of(audit.now.date())) == len(before) + 1


def test_a_day_is_sealed_an_hour_after_its_end_and_not_before() -> None:
    assert (
        archive_format.last_complete_day(datetime(2026, 12, 2, 0, 59, tzinfo=clock.BANGKOK)).isoformat() == "2026-11-30"
    )
    assert (
        archive_format.last_complete_day(datetime(2026, 12, 2, 1, 0, tzinfo=clock.BANGKOK)).isoformat() == "2026-12-01"
    )


def test_the_command_says_how_much_it_has_compared_and_ends_with_1_at_a_difference(
    audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit_verify.main([]) == 0
    assert capsys.readouterr().out == "7 entries, 4 files of the archive, 3 sealed days\nno difference\n"
    one_entry().delete()
    assert audit_verify.main(["--first", "2026-12-01", "--last", "2026-12-02"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 differences"
    assert audit_verify.main(["--first", "2026-12-02"]) == 0
