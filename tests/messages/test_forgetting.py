"""Removing the target lists of deleted drafts: single-threaded, on tables and queues in memory."""

import json
from dataclasses import replace
from typing import Any

import boto3
import pytest

from chalicelib.messages import batch_store, cleanup, files, store, workers
from chalicelib.messages.model import MatchingProgress, Message, Target
from chalicelib.tables import BatchItem, RecipientItem
from infra.bench.message_environment import cid

BATCHES, IN_EACH = 4, 3


@pytest.fixture
def draft(memory: None) -> Message:
    """A draft of four batches, and another one to the same people."""
    made = [draft_of(store.next_id("00000")) for _ in range(2)]
    return made[0]


def draft_of(number: int) -> Message:
    message = Message(
        hospital_code="00000",
        message_id=number,
        hospital_name="รพ.ทดสอบระบบ",
        title="ย้าย",
        content_html="<p>อาคาร 2</p>",
        channels=frozenset({"app"}),
        created_by="staff.demo",
        created_at="2026-11-23T12:00:00+07:00",
        key_seed="0f8fad5b-d9cb-469f-a165-70867728950e",
    )
    store.put_new(message)
    batches = [[Target(cid(n * IN_EACH + m), "ก") for m in range(IN_EACH)] for n in range(BATCHES)]
    assert batch_store.decide_portion(message, MatchingProgress(portion=1, batches=BATCHES), batches)
    for one, targets in enumerate(batches, 1):
        batch_store.write_recipients(message, one, targets)
    return message


def left_of(message: Message) -> tuple[int, int]:
    """(rows of the target list, its recipients)."""
    recipients = [row for row in RecipientItem.scan() if row.message == message.recipient_key]
    return len(list(BatchItem.query(message.key))), len(recipients)


WHOLE = (1 + 2 * BATCHES, BATCHES * IN_EACH)


def forget(message: Message, batches: int = 100) -> None:
    cleanup.forget(message.hospital_code, message.message_id, message.target_list, message.created_at, batches)


def queued() -> list[Any]:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="moph-local-message-prepare")["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for one in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
    return [json.loads(one["Body"]) for one in found]


def test_a_deleted_drafts_list_goes_with_its_people_and_no_other_does(draft):
    other = replace(draft, message_id=draft.message_id + 1)
    assert store.delete(draft)
    forget(draft)
    assert (left_of(draft), left_of(other)) == ((0, 0), WHOLE)
    forget(draft)
    assert left_of(other) == WHOLE


def test_a_deleted_drafts_files_go_and_no_others(draft):
    other, next_list = replace(draft, message_id=draft.message_id + 1), replace(draft, target_list=12)
    for message in (draft, other, next_list):
        for upload in ("a", "b"):
            files.keep(message.key, upload, b"1111111111119")
            files.put_report(message.key, upload, 0, [(1, "malformed")])
    assert (len(kept(draft)), len(kept(other)), len(kept(next_list))) == (4, 4, 4)
    assert store.delete(draft)
    forget(draft)
    assert (len(kept(draft)), len(kept(other)), len(kept(next_list))) == (0, 4, 4)


def kept(message: Message) -> list[str]:
    """What the bucket holds of a target list."""
    where = f"/{message.key.replace('#', '/')}/"
    found = boto3.client("s3").list_objects_v2(Bucket="moph-local-files").get("Contents", [])
    return [one["Key"] for one in found if where in one["Key"]]


def test_a_list_that_is_wanted_stays(draft):
    files.keep(draft.key, "a", b"1111111111119")
    forget(draft)
    assert (left_of(draft), len(kept(draft))) == (WHOLE, 1)


def test_a_list_that_was_begun_anew_loses_the_old_one_only(draft):
    begun_anew = replace(draft, target_list=2, version=2)
    assert store.replace(begun_anew)
    batch_store.decide_portion(begun_anew, MatchingProgress(portion=1, batches=1), [[Target(cid(1), "ก")]])
    forget(draft)
    assert left_of(draft) == (0, 0)
    assert left_of(begun_anew)[0] == 3


def test_a_run_does_so_many_batches_and_leaves_the_rest_to_the_next(draft):
    assert store.delete(draft)
    queued()
    runs = 0
    forget(draft, batches=3)
    while jobs := queued():
        assert left_of(draft)[1] in (IN_EACH, 0)
        runs += 1
        for job in jobs:
            record = {"messageId": "1", "receiptHandle": "1", "body": json.dumps(job), "attributes": {}}
            assert workers.prepare([record]) == {"batchItemFailures": []}
    assert runs == 1
    assert left_of(draft) == (0, 0)


def test_a_run_that_died_between_the_people_and_their_batch_is_made_good(draft):
    assert store.delete(draft)
    for row in RecipientItem.scan():
        if row.message == draft.recipient_key and row.batch <= 2:
            row.delete()
    BatchItem(draft.key, "people#00001").delete()
    forget(draft)
    assert left_of(draft) == (0, 0)
