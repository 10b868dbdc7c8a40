"""Deletion of target lists of deleted and emptied drafts. In memory, one thread."""

from dataclasses import replace

import pytest

from chalicelib.booking import announcement_targets
from chalicelib.messages import cleanup, file_store, recipient_store, store, target_list_store, workers
from chalicelib.messages.job_queues import encode
from chalicelib.messages.jobs import CleanUpTargetList
from chalicelib.messages.model import MatchingProgress, Message, Target
from chalicelib.settings import settings
from chalicelib.tables import BatchItem, RecipientItem
from infra.bench.message_environment import cid
from tests.messages.conftest import message, record, take_jobs

BATCHES, IN_EACH = 4, 3


@pytest.fixture
def draft(memory: None) -> Message:
    """A draft of four batches, and a second message to the same people."""
    first = draft_of(1)
    draft_of(2)
    return first


def draft_of(number: int) -> Message:
    draft = message(message_id=number, channels=frozenset({"app"}))
    store.put_new(draft)
    batches = [[Target(cid(n * IN_EACH + m), "ก") for m in range(IN_EACH)] for n in range(BATCHES)]
    decided = MatchingProgress(draft.list_key, chunks_decided=1, batches=BATCHES)
    assert target_list_store.decide_chunk(decided, batches)
    for batch, targets in enumerate(batches, 1):
        recipient_store.add(draft, batch, targets)
    return draft


def left_of(message: Message) -> tuple[int, int]:
    """(rows of the target list, its recipients)."""
    recipients = [row for row in RecipientItem.scan() if row.message == message.inbox_key]
    return len(list(BatchItem.query(message.list_key))), len(recipients)


WHOLE = (1 + 2 * BATCHES, BATCHES * IN_EACH)


def clean_up(message: Message, batches: int = 100) -> None:
    cleanup.clean_up(job_of(message), batches)


def job_of(message: Message) -> CleanUpTargetList:
    return CleanUpTargetList(message.hospital_code, message.message_id, message.target_list, message.created_at)


def test_the_target_list_of_a_deleted_draft_is_deleted_and_no_other(draft):
    other = replace(draft, message_id=draft.message_id + 1)
    assert store.delete(draft)
    clean_up(draft)
    assert (left_of(draft), left_of(other)) == ((0, 0), WHOLE)
    clean_up(draft)
    assert left_of(other) == WHOLE


def test_the_files_of_a_deleted_draft_are_deleted_and_no_others(draft):
    other, next_list = replace(draft, message_id=draft.message_id + 1), replace(draft, target_list=12)
    for owner in (draft, other, next_list):
        for upload in ("a", "b"):
            file_store.keep(owner.list_key, upload, b"1111111111119")
            file_store.put_report(owner.list_key, upload, 0, [(1, "malformed")])
    assert (len(kept(draft)), len(kept(other)), len(kept(next_list))) == (4, 4, 4)
    assert store.delete(draft)
    clean_up(draft)
    assert (len(kept(draft)), len(kept(other)), len(kept(next_list))) == (0, 4, 4)


def kept(message: Message) -> list[str]:
    """The keys of the target list's files in the bucket."""
    where = f"/{message.list_key.replace('#', '/')}/"
    found = file_store._s3().list_objects_v2(Bucket=settings().bucket).get("Contents", [])
    return [one["Key"] for one in found if where in one["Key"]]


def test_a_list_in_use_stays(draft):
    file_store.keep(draft.list_key, "a", b"1111111111119")
    clean_up(draft)
    assert (left_of(draft), len(kept(draft))) == (WHOLE, 1)


def test_of_an_emptied_draft_only_the_old_list_is_deleted(draft):
    emptied = replace(draft, target_list=2, version=2)
    assert store.save(emptied)
    progress = MatchingProgress(emptied.list_key, chunks_decided=1, batches=1)
    assert target_list_store.decide_chunk(progress, [[Target(cid(1), "ก")]])
    clean_up(draft)
    assert left_of(draft) == (0, 0)
    assert left_of(emptied)[0] == 3


def test_a_run_deletes_so_many_batches_and_queues_the_next_run(draft):
    assert store.delete(draft)
    clean_up(draft, batches=3)
    assert left_of(draft)[1] == IN_EACH
    (job,) = take_jobs("message-prepare")
    assert job == {"job": "CleanUpTargetList", "hospital_code": "00000", "message_id": 1, "target_list": 1,
                   "created_at": draft.created_at}  # fmt: skip
    assert workers.prepare([record(encode(job_of(draft)))], announcement_targets.read) == {"batchItemFailures": []}
    assert (left_of(draft), take_jobs("message-prepare")) == ((0, 0), [])


def test_a_run_completes_another_that_died_half_way(draft):
    assert store.delete(draft)
    for row in RecipientItem.scan():
        if row.message == draft.inbox_key and row.batch <= 2:
            row.delete()
    BatchItem(draft.list_key, "people#00001").delete()
    clean_up(draft)
    assert left_of(draft) == (0, 0)
