"""Notices of other rooms, many at a time: each made once and queued until delivered. In memory, single-threaded."""

import json
from dataclasses import replace
from typing import Any

import boto3
import pytest

from chalicelib.errors import TryAgain
from chalicelib.messages import batch_store, queues, rules, store
from chalicelib.messages.notices import AT_ONCE, Notice, notify
from chalicelib.tables import LineLinkItem, MessageItem

CID = "1111111111119"


@pytest.fixture(autouse=True)
def linked(memory: None) -> None:
    """CID has linked a LINE account."""
    LineLinkItem(f"cid#{CID}", cid=CID, user_id="U1").save()


def notices(count: int, hospital_code: str = "00000") -> list[Notice]:
    return [
        Notice("accepted", hospital_code, "รพ.ทดสอบระบบ", CID, "สมชาย", f"ข่าว {n}", "รับนัดแล้ว", f"accepted-{n}-1")
        for n in range(count)
    ]


def queued(channel: str) -> list[int]:
    """The message ids of the jobs on a channel's queue, which is empty afterwards."""
    client, found = boto3.client("sqs"), []
    url = client.get_queue_url(QueueName=f"moph-local-{queues.DELIVER[channel]}")["QueueUrl"]
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(one["Body"])["message_id"] for one in messages]
    return found


def titles() -> list[Any]:
    return [row.title for row in MessageItem.query("00000") if row.title]


def test_more_than_fit_into_one_transaction_are_made_in_order_and_queued_on_both_channels() -> None:
    ids = notify(notices(AT_ONCE + 5))
    assert titles() == [f"ข่าว {n}" for n in range(AT_ONCE + 5)]
    assert ids == sorted(ids)
    assert [sorted(queued(channel)) for channel in rules.CHANNELS] == [ids, ids]


def test_who_has_not_linked_line_is_told_in_the_app_alone() -> None:
    linked, unlinked = notices(2)
    told = [*notify([linked]), *notify([replace(unlinked, cid="1111111111127")])]
    assert (sorted(queued(rules.APP)), queued(rules.LINE)) == (told, told[:1])
    assert [store.message("00000", one).channels for one in told] == [{"app", "line"}, {"app"}]


def test_what_was_made_before_is_not_made_again_and_the_others_are() -> None:
    first = notify(notices(3)[1:])
    again = notify(notices(4))
    assert again[1:3] == first
    assert sorted(titles()) == [f"ข่าว {n}" for n in range(4)]


def test_what_was_made_before_is_queued_again_where_it_is_not_delivered() -> None:
    one, two = notify(notices(2))
    for channel in rules.CHANNELS:
        queued(channel)
    batch_store.finish(store.message("00000", one), 1, rules.APP, 1, {})
    assert notify(notices(2)) == [one, two]
    assert (sorted(queued(rules.APP)), sorted(queued(rules.LINE))) == ([two], [one, two])


def test_the_same_notice_twice_in_one_call_is_one() -> None:
    assert len(set(notify(notices(1) * 2))) == 1
    assert titles() == ["ข่าว 0"]


def test_two_hospitals_may_use_the_same_name() -> None:
    here, there = notices(1), notices(1, "00001")
    assert len(notify(here + there)) == 2
    assert [row.title for row in MessageItem.query("00001") if row.title] == titles()


def test_none_asks_for_nothing() -> None:
    assert notify([]) == []


def test_a_name_that_disappears_in_this_moment_is_left_to_the_next_attempt() -> None:
    (message_id,) = notify(notices(1))
    MessageItem("00000", f"{message_id:010d}").delete()
    with pytest.raises(TryAgain):
        notify([replace(notices(1)[0], title="ใหม่")])
