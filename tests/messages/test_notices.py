"""Notices of other packages, many in one call. In memory.

Each is made once and stays in the queue until it is delivered.
"""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.messages import inbox, job_queues, notice_delivery, notice_store, store
from chalicelib.messages.jobs import DeliverNotices
from chalicelib.messages.model import APP, CHANNELS, LINE
from chalicelib.messages.notices import AT_ONCE, Notice, notify, withdraw
from chalicelib.tables import LineLinkItem, MessageItem, RecipientItem
from tests.messages.conftest import take_jobs
from tests.messages.test_delivery import Provider

CID = "1111111111119"


@pytest.fixture(autouse=True)
def linked(memory: None) -> None:
    """The person has linked LINE."""
    LineLinkItem(f"cid#{CID}", cid=CID, user_id="U1").save()


def notices(count: int, hospital_code: str = "00000") -> list[Notice]:
    return [
        Notice("accepted", hospital_code, "รพ.ทดสอบระบบ", CID, f"ข่าว {n}", "รับนัดแล้ว", f"accepted-{n}-1")
        for n in range(count)
    ]


def queued(channel: str) -> list[int]:
    """The message ids of the jobs on a channel's queue, which is empty afterwards."""
    jobs = take_jobs(job_queues.DELIVER[channel])
    assert {job["job"] for job in jobs} <= {"DeliverNotices"}
    return [message_id for job in jobs for _, message_id in job["notices"]]


def titles() -> list[Any]:
    return [row.title for row in MessageItem.query("00000") if row.title]


def deliver_all(channel: str = APP) -> list[str]:
    """Deliver what is in a channel's queue.

    Returns the titles that the provider got, in order.
    """
    provider = Provider()
    for n, job in enumerate(take_jobs(job_queues.DELIVER[channel])):
        notices_of_job = tuple((code, message_id) for code, message_id in job["notices"])
        notice_delivery.deliver(channel, provider, DeliverNotices(notices_of_job), f"m{n}", 1)
    return [batch.title for batch in provider.batches]


def test_more_notices_than_one_job_takes_are_in_the_inbox_in_order_and_queued_on_both_channels() -> None:
    ids = notify(notices(AT_ONCE + 5))
    assert sorted(titles()) == sorted(f"ข่าว {n}" for n in range(AT_ONCE + 5))
    assert sorted(queued(LINE)) == sorted(ids)
    assert deliver_all() == [f"ข่าว {n}" for n in range(AT_ONCE + 5)]
    shown = [message.title for message, _ in inbox.page(CID, "", notices=True).messages]
    assert shown == [f"ข่าว {n}" for n in reversed(range(AT_ONCE + 5))]


def test_ten_notices_take_one_job_a_channel() -> None:
    notify(notices(10))
    assert [len(take_jobs(job_queues.DELIVER[channel])) for channel in CHANNELS] == [1, 1]


def test_a_notice_whose_number_another_one_has_takes_the_next_of_its_name() -> None:
    (first,) = notify(notices(1))
    row = MessageItem.get("00000", f"{first:010d}")
    row.once = "another"
    row.save()
    (second,) = notify(notices(1))
    assert second == notice_store.message_id("accepted-0-1", 1) != first
    assert notify(notices(1)) == [second]
    withdraw("00000", "accepted-0-1")
    assert [store.message("00000", each).state for each in (first, second)] == ["sending", "stopped"]


def test_a_notice_whose_first_attempt_died_before_its_recipient_is_in_the_inbox_after_the_next() -> None:
    (message_id,) = notify(notices(1))
    for row in RecipientItem.scan():
        row.delete()
    assert notify(notices(1)) == [message_id]
    assert set(deliver_all()) == {"ข่าว 0"}
    assert [message.title for message, _ in inbox.page(CID, "", notices=True).messages] == ["ข่าว 0"]


def test_the_reading_of_a_notice_stays_if_the_notice_is_made_again() -> None:
    (message_id,) = notify(notices(1))
    deliver_all()
    read_at = inbox.read(CID, "00000", message_id, APP)
    notify(notices(1))
    assert [at for _, at in inbox.page(CID, "", notices=True).messages] == [read_at]


def test_a_person_without_line_gets_the_notice_in_the_app_only() -> None:
    linked, unlinked = notices(2)
    sent = [*notify([linked]), *notify([replace(unlinked, cid="1111111111127")])]
    assert (sorted(queued(APP)), queued(LINE)) == (sorted(sent), sent[:1])
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
    (stored,) = notice_store.of_numbers([("00000", one)])
    assert stored
    assert notice_store.finish(stored, APP, 1)
    assert notify(notices(2)) == [one, two]
    assert (queued(APP), queued(LINE)) == ([two], [one, two])


def test_the_same_notice_twice_in_one_call_is_one() -> None:
    assert len(set(notify(notices(1) * 2))) == 1
    assert titles() == ["ข่าว 0"]


def test_two_hospitals_may_use_the_same_notice_name() -> None:
    of_one, there = notices(1), notices(1, "00001")
    assert len(notify(of_one + there)) == 2
    assert [row.title for row in MessageItem.query("00001") if row.title] == titles()


def test_no_notices_make_no_request() -> None:
    assert notify([]) == []
