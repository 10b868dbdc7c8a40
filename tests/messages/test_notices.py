"""Notices of other packages, many in one call: each made once and queued until it is delivered. In memory."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import TryAgain
from chalicelib.messages import queues, store, target_list_store
from chalicelib.messages.model import APP, CHANNELS, LINE
from chalicelib.messages.notices import AT_ONCE, Notice, notify
from chalicelib.tables import LineLinkItem, MessageItem
from tests.messages.conftest import take_jobs

CID = "1111111111119"


@pytest.fixture(autouse=True)
def linked(memory: None) -> None:
    """The person has linked LINE."""
    LineLinkItem(f"cid#{CID}", cid=CID, user_id="U1").save()


def notices(count: int, hospital_code: str = "00000") -> list[Notice]:
    return [
        Notice("accepted", hospital_code, "รพ.ทดสอบระบบ", CID, "สมชาย", f"ข่าว {n}", "รับนัดแล้ว", f"accepted-{n}-1")
        for n in range(count)
    ]


def queued(channel: str) -> list[int]:
    """The message ids of the jobs on a channel's queue, which is empty afterwards."""
    jobs = take_jobs(queues.DELIVER[channel])
    assert {(job["job"], job["batch"]) for job in jobs} <= {("DeliverBatch", 1)}
    return [job["message_id"] for job in jobs]


def titles() -> list[Any]:
    return [row.title for row in MessageItem.query("00000") if row.title]


def test_more_notices_than_fit_into_one_transaction_are_made_in_order_and_queued_on_both_channels() -> None:
    ids = notify(notices(AT_ONCE + 5))
    assert titles() == [f"ข่าว {n}" for n in range(AT_ONCE + 5)]
    assert ids == sorted(ids)
    assert [sorted(queued(channel)) for channel in CHANNELS] == [ids, ids]


def test_a_person_without_line_gets_the_notice_in_the_app_only() -> None:
    linked, unlinked = notices(2)
    sent = [*notify([linked]), *notify([replace(unlinked, cid="1111111111127")])]
    assert (sorted(queued(APP)), queued(LINE)) == (sent, sent[:1])
    assert [store.message("00000", each).channels for each in sent] == [{"app", "line"}, {"app"}]


def test_only_notices_that_do_not_exist_are_made() -> None:
    first = notify(notices(3)[1:])
    again = notify(notices(4))
    assert again[1:3] == first
    assert sorted(titles()) == [f"ข่าว {n}" for n in range(4)]


def test_an_existing_notice_is_queued_again_if_it_is_not_delivered() -> None:
    one, two = notify(notices(2))
    for channel in CHANNELS:
        queued(channel)
    target_list_store.finish(target_list_store.batches(store.message("00000", one))[0], APP, 1, {})
    assert notify(notices(2)) == [one, two]
    assert (sorted(queued(APP)), sorted(queued(LINE))) == ([two], [one, two])


def test_the_same_notice_twice_in_one_call_is_one() -> None:
    assert len(set(notify(notices(1) * 2))) == 1
    assert titles() == ["ข่าว 0"]


def test_two_hospitals_may_use_the_same_notice_name() -> None:
    of_one, there = notices(1), notices(1, "00001")
    assert len(notify(of_one + there)) == 2
    assert [row.title for row in MessageItem.query("00001") if row.title] == titles()


def test_no_notices_make_no_request() -> None:
    assert notify([]) == []


def test_a_reference_whose_message_is_gone_is_left_to_the_next_attempt() -> None:
    (message_id,) = notify(notices(1))
    MessageItem("00000", f"{message_id:010d}").delete()
    with pytest.raises(TryAgain):
        notify([replace(notices(1)[0], title="ใหม่")])
