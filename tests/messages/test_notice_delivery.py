"""Delivery of notices, attempt by attempt. In memory.

The test plays the provider.

A function that dies leaves its queue message, which is received again: here, `receives` says how often.
"""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import metrics, storage
from chalicelib.errors import TryAgain
from chalicelib.messages import notice_delivery, notice_store
from chalicelib.messages.channels import ChannelRefused, ChannelUnavailable
from chalicelib.messages.delivery import AlreadyBeingDelivered
from chalicelib.messages.delivery_rules import LEASE
from chalicelib.messages.jobs import DeliverNotices
from chalicelib.messages.model import APP, LINE, ChannelDelivery, StoredNotice
from chalicelib.messages.notices import notify, withdraw
from chalicelib.tables import LineLinkItem, MessageItem
from tests.messages.test_delivery import FakeClock, Provider, fake_clock, unavailable  # noqa: F401  a fixture
from tests.messages.test_notices import CID, notices

A_DAY = timedelta(hours=23, minutes=1)


@pytest.fixture(autouse=True)
def numbers(memory: None, fake_clock: FakeClock) -> list[int]:  # noqa: F811
    """Three notices to a person who has linked LINE."""
    LineLinkItem(f"cid#{CID}", cid=CID, user_id="U" + "a" * 32).save()
    return notify(notices(3))


def job(numbers: list[int]) -> DeliverNotices:
    return DeliverNotices(tuple(("00000", number) for number in numbers))


def deliver(provider: Provider, numbers: list[int], receives: int = 1, holder: str = "m1", channel: str = APP) -> None:
    notice_delivery.deliver(channel, provider, job(numbers), holder, receives)


def stored(number: int) -> StoredNotice:
    (notice,) = notice_store.of_numbers([("00000", number)])
    assert notice is not None
    return notice


def outcomes(numbers: list[int], channel: str = APP) -> list[tuple[int | None, int | None]]:
    deliveries = [stored(number).on(channel) for number in numbers]
    return [(delivery.sent, delivery.failed) for delivery in deliveries]


def test_each_notice_of_a_job_is_handed_over_once_on_each_channel(numbers: list[int]) -> None:
    for channel in (APP, LINE):
        provider = Provider()
        for receives in (1, 2):
            deliver(provider, numbers, receives, channel=channel)
        assert [batch.title for batch in provider.batches] == ["ข่าว 0", "ข่าว 1", "ข่าว 2"]
        assert outcomes(numbers, channel) == [(1, 0)] * 3


def test_every_attempt_has_the_same_key_and_each_notice_and_channel_its_own(numbers: list[int]) -> None:
    keys = set()
    for channel in (APP, LINE):
        provider = Provider([unavailable(True)] * 3)
        with pytest.raises(ChannelUnavailable):
            deliver(provider, numbers, channel=channel)
        deliver(provider, numbers, receives=2, channel=channel)
        assert [batch.key for batch in provider.batches[:3]] == [batch.key for batch in provider.batches[3:]]
        keys |= {batch.key for batch in provider.batches}
    assert len(keys) == 6


def test_a_notice_that_fails_does_not_stop_the_others(numbers: list[int]) -> None:
    with pytest.raises(ChannelUnavailable):
        deliver(Provider([unavailable(False)]), numbers)
    assert outcomes(numbers) == [(None, None), (1, 0), (1, 0)]


def test_after_a_function_that_died_a_notice_is_sent_again_only_while_the_provider_knows_the_key(
    numbers: list[int],
    fake_clock: FakeClock,  # noqa: F811
) -> None:
    """A function that dies leaves no note in the row.

    The provider may have accepted the notice.
    """
    provider = Provider()
    fake_clock.now += timedelta(hours=22)
    deliver(provider, numbers[:1], receives=2)
    fake_clock.now += timedelta(hours=2)
    deliver(provider, numbers[1:], receives=2)
    assert [batch.title for batch in provider.batches] == ["ข่าว 0"]
    assert outcomes(numbers) == [(1, 0), (0, 1), (0, 1)]


@pytest.mark.parametrize(("kind", "has_button"), [("booked", True), ("confirm", False), ("reminder", False)])
def test_line_shows_no_button_where_a_notice_may_ask_to_confirm_an_appointment(kind: str, has_button: bool) -> None:
    (number,) = notify([replace(each, kind=kind, once=f"{kind}-1") for each in notices(1)])
    provider = Provider()
    deliver(provider, [number], channel=LINE)
    assert [batch.has_button for batch in provider.batches] == [has_button]


def test_a_notice_keeps_when_it_first_reached_the_person(numbers: list[int], fake_clock: FakeClock) -> None:  # noqa: F811
    unknown = Provider([frozenset({CID})])
    deliver(unknown, numbers[:1])
    assert stored(numbers[0]).reached_at == ""
    fake_clock.now += timedelta(hours=1)
    first = fake_clock.now.isoformat(timespec="seconds")
    deliver(Provider(), numbers[:2], channel=LINE)
    fake_clock.now += timedelta(hours=1)
    deliver(Provider(), numbers[:2])
    assert [stored(number).reached_at for number in numbers] == [first, first, ""]


def test_a_notice_that_was_never_tried_is_sent_days_later(numbers: list[int], fake_clock: FakeClock) -> None:  # noqa: F811
    fake_clock.now += timedelta(days=3)
    deliver(Provider(), numbers)
    assert outcomes(numbers) == [(1, 0)] * 3


@pytest.mark.parametrize("failures", [1, 2])
def test_a_notice_that_certainly_did_not_arrive_is_sent_days_later(
    numbers: list[int],
    fake_clock: FakeClock,  # noqa: F811
    failures: int,
) -> None:
    provider = Provider([unavailable(False)] * failures)
    for receives in range(1, failures + 1):
        with pytest.raises(ChannelUnavailable):
            deliver(provider, numbers[:1], receives)
        fake_clock.now += timedelta(days=3)
    deliver(provider, numbers[:1], failures + 1)
    assert outcomes(numbers[:1]) == [(1, 0)]


@pytest.mark.parametrize("answers", [[True], [True, False], [False, True]])
def test_a_notice_in_doubt_for_a_day_is_not_sent_again(
    numbers: list[int],
    fake_clock: FakeClock,  # noqa: F811
    answers: list[bool],
) -> None:
    provider = Provider([unavailable(in_doubt) for in_doubt in answers])
    for receives in range(1, len(answers) + 1):
        with pytest.raises(ChannelUnavailable):
            deliver(provider, numbers[:1], receives)
    fake_clock.now += A_DAY
    deliver(provider, numbers[:1], len(answers) + 1)
    assert len(provider.batches) == len(answers)
    assert outcomes(numbers[:1]) == [(0, 1)]


def test_a_notice_whose_outcome_stays_unknown_counts_as_undeliverable_once(
    numbers: list[int],
    fake_clock: FakeClock,  # noqa: F811
) -> None:
    fake_clock.now += A_DAY
    metrics.line({})  # what was counted before
    for _ in range(2):
        deliver(Provider(), numbers[:1], receives=2)
    assert json.loads(metrics.line({}))["Undeliverable"] == 1


def test_a_second_job_for_the_same_notice_waits_until_the_lease_of_the_first_ends(
    numbers: list[int],
    fake_clock: FakeClock,  # noqa: F811
) -> None:
    assert notice_store.LEASES.hold(stored(numbers[0]), APP, "other", fake_clock.now)
    provider = Provider()
    with pytest.raises(AlreadyBeingDelivered):
        deliver(provider, numbers)
    assert outcomes(numbers) == [(None, None), (1, 0), (1, 0)]
    fake_clock.now += LEASE + timedelta(seconds=1)
    deliver(provider, numbers, receives=2)
    assert outcomes(numbers) == [(1, 0)] * 3


def test_an_outcome_is_written_once(numbers: list[int]) -> None:
    notice = stored(numbers[0])
    assert notice_store.finish(notice, APP, 1)
    assert not notice_store.finish(notice, APP, 0)
    assert outcomes(numbers[:1]) == [(1, 0)]


def test_a_job_that_takes_too_long_leaves_the_rest_untried(
    numbers: list[int],
    fake_clock: FakeClock,  # noqa: F811
) -> None:
    provider = Provider()
    with pytest.raises(TryAgain):
        notice_delivery.deliver(APP, provider, job(numbers), "m1", 1, seconds=-1.0)
    assert provider.batches == []
    fake_clock.now += timedelta(days=3)
    deliver(provider, numbers, receives=2)
    assert outcomes(numbers) == [(1, 0)] * 3


def test_a_notice_that_a_dead_function_may_have_sent_stays_in_doubt_if_the_next_one_has_no_time_for_it(
    numbers: list[int],
    fake_clock: FakeClock,  # noqa: F811
) -> None:
    provider = Provider()
    with pytest.raises(TryAgain):
        notice_delivery.deliver(APP, provider, job(numbers), "m1", 2, seconds=-1.0)
    fake_clock.now += A_DAY
    deliver(provider, numbers, receives=3)
    assert (provider.batches, outcomes(numbers)) == ([], [(0, 1)] * 3)


def test_a_certain_failure_of_one_job_does_not_hide_the_doubt_of_another(
    numbers: list[int],
    fake_clock: FakeClock,  # noqa: F811
) -> None:
    """Two first attempts at the same time; the one without an answer is noted second."""
    notice = stored(numbers[0])
    notice_store.note_attempt(notice, APP, None)
    notice_store.note_attempt(notice, APP, fake_clock.now)
    fake_clock.now += A_DAY
    provider = Provider()
    deliver(provider, numbers[:1], receives=2)
    assert (provider.batches, outcomes(numbers[:1])) == ([], [(0, 1)])


def test_an_attempt_at_a_notice_that_has_expired_meanwhile_writes_no_row(
    numbers: list[int],
    fake_clock: FakeClock,  # noqa: F811
) -> None:
    notice = stored(numbers[0])
    notice_store.NOTICES.key(notice).delete()
    assert notice_store.LEASES.hold(notice, APP, "m1", fake_clock.now) is None
    notice_store.note_attempt(notice, APP, fake_clock.now)
    assert notice_store.of_numbers([("00000", numbers[0])]) == [None]


@pytest.mark.parametrize("provider", [Provider([ChannelRefused("for a test")]), Provider([frozenset([CID])])])
def test_a_notice_that_the_provider_refuses_or_whose_person_it_does_not_know_has_failed(
    numbers: list[int], provider: Provider
) -> None:
    deliver(provider, numbers[:1])
    assert outcomes(numbers[:1]) == [(0, 1)]


def test_line_is_not_called_for_a_person_who_has_ended_the_link(numbers: list[int]) -> None:
    LineLinkItem(f"cid#{CID}").delete()
    provider = Provider()
    deliver(provider, numbers, channel=LINE)
    assert (provider.batches, outcomes(numbers, LINE)) == ([], [(0, 1)] * 3)


def test_a_withdrawn_notice_is_not_delivered(numbers: list[int]) -> None:
    withdraw("00000", "accepted-1-1")
    provider = Provider()
    deliver(provider, numbers)
    assert [batch.title for batch in provider.batches] == ["ข่าว 0", "ข่าว 2"]
    assert stored(numbers[1]).on(APP) == ChannelDelivery()


def test_withdrawing_touches_neither_the_person_nor_the_deliveries(numbers: list[int]) -> None:
    deliver(Provider(), numbers)
    withdraw("00000", "accepted-0-1")
    assert (stored(numbers[0]).cid, outcomes(numbers)) == (CID, [(1, 0)] * 3)


def test_a_fresh_notice_is_delivered_with_one_write(numbers: list[int]) -> None:
    writes = []
    events = storage.connection().client.meta.events
    events.register("before-send.dynamodb.UpdateItem", lambda **request: writes.append(request), unique_id="count")
    try:
        deliver(Provider(), numbers)
    finally:
        events.unregister("before-send.dynamodb.UpdateItem", unique_id="count")
    assert len(writes) == 3
    assert {row.state for row in MessageItem.query("00000") if row.title} == {"sending"}
