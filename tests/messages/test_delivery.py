"""Delivery of one batch on one channel, attempt by attempt. In memory.

The test plays the provider.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from chalicelib import clock, metrics
from chalicelib.clock import BANGKOK
from chalicelib.messages import confirm_calls, delivery, inbox, recipient_store, store, target_list_store
from chalicelib.messages.channels import ChannelRefused, ChannelUnavailable, OutboundBatch
from chalicelib.messages.delivery_rules import LEASE
from chalicelib.messages.jobs import ConfirmReading, DeliverBatch, DispatchBatches
from chalicelib.messages.model import SENDING, STOPPED, Batch, MatchingProgress, Message, Target
from chalicelib.tables import LineLinkItem
from tests.messages.conftest import message, take_jobs

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BANGKOK)
PEOPLE = [Target("1111111111119", "ก"), Target("1234567890121", "ข")]


@dataclass
class Provider:
    """Gives its `answers` one after the other, then success, and keeps the batches."""

    answers: list[Exception | frozenset[str]] = field(default_factory=list)
    batches: list[OutboundBatch] = field(default_factory=list)

    def send(self, outbound_batch: OutboundBatch) -> frozenset[str]:
        self.batches.append(outbound_batch)
        answer = self.answers.pop(0) if self.answers else frozenset[str]()
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class FakeClock:
    now: datetime = NOON


@pytest.fixture
def fake_clock() -> Iterator[FakeClock]:
    running = FakeClock()
    before = clock.run_on(lambda: running.now)
    yield running
    clock.run_on(before)


@pytest.fixture
def sending(memory: None, fake_clock: FakeClock) -> Message:
    """A message that is being sent to two people."""
    sent = message(state=SENDING, created_at=NOON.isoformat())
    store.put_new(sent)
    assert target_list_store.decide_chunk(MatchingProgress(sent.list_key, chunks_decided=1, batches=1), [PEOPLE])
    return sent


def deliver(provider: Provider, channel: str = "app", holder: str = "m1") -> None:
    delivery.deliver(channel, provider, DeliverBatch("00000", 1, batch=1), holder)


def outcome(message: Message, channel: str = "app") -> tuple[int | None, int | None]:
    stored = batch_of(message).on(channel)
    return stored.sent, stored.failed


def batch_of(message: Message) -> Batch:
    return target_list_store.batches(message)[0]


def unavailable(in_doubt: bool) -> ChannelUnavailable:
    return ChannelUnavailable("for a test", in_doubt=in_doubt)


def test_a_batch_that_is_done_is_not_sent_again(sending):
    provider = Provider()
    deliver(provider)
    deliver(provider)
    assert len(provider.batches) == 1
    assert outcome(sending) == (2, 0)


def test_a_batch_that_another_function_holds_is_not_sent_before_its_lease_ends(sending, fake_clock):
    assert target_list_store.hold(batch_of(sending), "app", "other", NOON)
    provider = Provider()
    with pytest.raises(delivery.AlreadyBeingDelivered):
        deliver(provider)
    assert provider.batches == []
    fake_clock.now += LEASE + timedelta(seconds=1)
    deliver(provider)
    assert outcome(sending) == (2, 0)


def test_the_same_queue_message_may_go_on_before_the_lease_ends(sending):
    assert target_list_store.hold(batch_of(sending), "app", "m1", NOON)
    deliver(Provider())
    assert outcome(sending) == (2, 0)


def test_every_attempt_has_the_same_key_and_each_channel_its_own(sending):
    app = Provider([unavailable(True), unavailable(False)])
    for _ in range(2):
        with pytest.raises(ChannelUnavailable):
            deliver(app)
    deliver(app)
    assert len({outbound_batch.key for outbound_batch in app.batches}) == 1
    line = Provider()
    LineLinkItem("cid#1111111111119", cid="1111111111119", user_id="U" + "a" * 32).save()
    deliver(line, "line")
    assert line.batches[0].key != app.batches[0].key


def test_a_batch_in_doubt_for_a_day_is_not_sent_again(sending, fake_clock):
    provider = Provider([unavailable(True)])
    with pytest.raises(ChannelUnavailable):
        deliver(provider)
    fake_clock.now += timedelta(hours=23, minutes=1)
    metrics.line({})  # what was counted before
    deliver(provider)
    assert len(provider.batches) == 1
    assert outcome(sending) == (0, 2)
    _, failures = target_list_store.failures(sending, 1)
    assert failures["app"] == {0: "outcome_unknown", 1: "outcome_unknown"}
    assert json.loads(metrics.line({}))["Undeliverable"] == 2


def test_a_batch_that_certainly_did_not_arrive_is_sent_days_later(sending, fake_clock):
    provider = Provider([unavailable(False)])
    with pytest.raises(ChannelUnavailable):
        deliver(provider)
    fake_clock.now += timedelta(days=3)
    deliver(provider)
    assert outcome(sending) == (2, 0)


def test_doubt_stays_after_a_later_attempt_that_did_not_arrive(sending, fake_clock):
    provider = Provider([unavailable(True), unavailable(False)])
    for _ in range(2):
        with pytest.raises(ChannelUnavailable):
            deliver(provider)
    fake_clock.now += timedelta(days=1)
    deliver(provider)
    assert outcome(sending) == (0, 2)


def test_a_batch_that_the_provider_refuses_has_failed(sending):
    deliver(Provider([ChannelRefused("for a test")]))
    assert outcome(sending) == (0, 2)
    assert target_list_store.failures(sending, 1)[1]["app"] == {0: "refused_by_provider", 1: "refused_by_provider"}


def test_line_is_not_called_for_people_without_a_link(sending):
    provider = Provider()
    deliver(provider, "line")
    assert provider.batches == []
    assert outcome(sending, "line") == (0, 2)


def test_a_stopped_message_is_not_sent_and_stays_queued(sending):
    assert store.save(replace(sending, state=STOPPED, version=sending.version + 1))
    provider = Provider()
    deliver(provider)
    assert provider.batches == []
    assert outcome(sending) == (None, None)


def test_doubt_that_another_function_left_after_the_batch_was_read_stays(sending, fake_clock):
    """Another function attempts the batch between this function's read and its lease.

    This function's attempt did not arrive.
    """

    def now() -> datetime:
        if batch_of(sending).app.in_doubt_since is None:
            held = target_list_store.hold(batch_of(sending), "app", "other", NOON)
            target_list_store.release(held, "app", clear_doubt=False)
        return NOON + timedelta(minutes=1)

    clock.run_on(now)
    with pytest.raises(ChannelUnavailable):
        deliver(Provider([unavailable(False)]))
    assert batch_of(sending).app.in_doubt_since == NOON


def test_a_batch_is_finished_once_and_by_its_first_outcome(sending):
    held = target_list_store.hold(batch_of(sending), "app", "m1", NOON)
    assert target_list_store.finish(held, "app", 1, {1: "unknown_to_provider"})
    assert not target_list_store.finish(held, "app", 2, {})
    assert not target_list_store.finish(held, "app", 0, {0: "outcome_unknown", 1: "outcome_unknown"})
    assert outcome(sending) == (1, 1)
    assert target_list_store.failures(sending, 1)[1] == {"app": {1: "unknown_to_provider"}, "line": {}}


def test_a_lost_lease_is_not_given_back_for_its_new_holder(sending, fake_clock):
    lost = target_list_store.hold(batch_of(sending), "app", "m1", NOON)
    fake_clock.now += LEASE + timedelta(seconds=1)
    assert target_list_store.hold(batch_of(sending), "app", "m2", fake_clock.now)
    target_list_store.release(lost, "app", clear_doubt=True)
    assert (batch_of(sending).app.holder, batch_of(sending).app.in_doubt_since) == ("m2", NOON)


def test_dispatch_queues_what_is_not_done_from_a_batch_on(sending):
    more = MatchingProgress(sending.list_key, chunks_decided=2, batches=3)
    assert target_list_store.decide_chunk(more, [[Target("8000000000031", "ค")], [Target("8000000000049", "ง")]])
    deliver(Provider(), "app")
    for first, in_app, in_line in ((1, [2, 3], [1, 2, 3]), (3, [3], [3])):
        delivery.dispatch(DispatchBatches("00000", 1, first))
        assert sorted(job["batch"] for job in take_jobs("message-app")) == in_app
        assert sorted(job["batch"] for job in take_jobs("message-line")) == in_line


# ---- message_confirm_url ----


JOB = ConfirmReading("00000", 1, batch=1, place=0)


def reading_of(message: Message) -> str:
    recipient_store.add(message, 1, PEOPLE)
    recipient = recipient_store.recipient(message, PEOPLE[0].cid)
    assert store.mark_read(recipient, "app", NOON.isoformat(), confirm=True)
    return PEOPLE[0].cid


def test_a_hospital_is_called_once_per_reading(sending):
    cid, calls = reading_of(sending), []
    for _ in range(3):
        confirm_calls.call(calls.append, JOB)
    assert calls == [sending.confirm_url]
    assert recipient_store.recipient(sending, cid).confirm_state == "called"


@pytest.mark.parametrize(("in_doubt", "calls"), [(True, 1), (False, 2)])
def test_a_call_that_may_have_arrived_is_not_repeated_and_one_that_did_not_is(sending, in_doubt, calls):
    reading_of(sending)
    made = []

    def call(url: str) -> None:
        made.append(url)
        if len(made) == 1:
            raise unavailable(in_doubt)

    for _ in range(2):
        try:
            confirm_calls.call(call, JOB)
        except ChannelUnavailable:
            assert not in_doubt
    assert len(made) == calls


def test_what_is_stored_is_handed_over_and_shown_as_it_is_without_reading_it_again(memory, fake_clock):
    stored = message(state=SENDING, created_at=NOON.isoformat(), content_html="<b>ก", content_text="  ข\n\n\nค")
    store.put_new(stored)
    assert target_list_store.decide_chunk(MatchingProgress(stored.list_key, chunks_decided=1, batches=1), [PEOPLE])
    recipient_store.add(stored, 1, PEOPLE)
    provider = Provider()
    deliver(provider)
    (handed_over,) = provider.batches
    assert (handed_over.content_html, handed_over.text) == ("<b>ก", "  ข\n\n\nค")
    ((shown, _read_at),) = inbox.newest(PEOPLE[0].cid)
    assert (shown.html, shown.content_text) == ("<b>ก", "  ข\n\n\nค")
