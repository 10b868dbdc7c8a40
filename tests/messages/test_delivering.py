"""One batch on one channel, attempt by attempt: single-threaded, on tables in memory, with a provider that we play."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from chalicelib import clock
from chalicelib.clock import BANGKOK
from chalicelib.messages import batch_store, delivering, rules, store
from chalicelib.messages.channels import ChannelRefused, ChannelUnavailable, OutboundBatch
from chalicelib.messages.model import MatchingProgress, Message, Target
from chalicelib.tables import LineLinkItem

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BANGKOK)
PEOPLE = [Target("1111111111119", "ก"), Target("1234567890121", "ข")]


@dataclass
class Provider:
    """Answers as it is told, and remembers what it was given."""

    answers: list[Exception | frozenset[str]] = field(default_factory=list)
    parcels: list[OutboundBatch] = field(default_factory=list)

    def send(self, outbound_batch: OutboundBatch) -> frozenset[str]:
        self.parcels.append(outbound_batch)
        answer = self.answers.pop(0) if self.answers else frozenset[str]()
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Watch:
    now: datetime = NOON


@pytest.fixture
def watch() -> Iterator[Watch]:
    running = Watch()
    before = clock.run_on(lambda: running.now)
    yield running
    clock.run_on(before)


@pytest.fixture
def sending(memory: None, watch: Watch) -> Message:
    """A message of two people that is being sent, in tables in memory."""
    message = Message(
        hospital_code="00000",
        message_id=1,
        hospital_name="รพ.ทดสอบระบบ",
        title="ย้าย",
        content_html="<p>อาคาร 2</p>",
        channels=frozenset(rules.CHANNELS),
        created_by="staff.demo",
        created_at=NOON.isoformat(),
        key_seed="0f8fad5b-d9cb-469f-a165-70867728950e",
        state=rules.SENDING,
    )
    store.put_new(message)
    assert batch_store.decide_portion(message, MatchingProgress(portion=1, batches=1), [PEOPLE])
    return message


def deliver(provider: Provider, channel: str = "app", holder: str = "m1") -> None:
    delivering.deliver(channel, provider, "00000", 1, 1, holder)


def outcome(message: Message, channel: str = "app") -> tuple[int | None, int | None]:
    leg = batch_store.batches(message)[0].channel_deliveries[channel]
    return leg.sent, leg.failed


def unavailable(in_doubt: bool) -> ChannelUnavailable:
    return ChannelUnavailable("for a test", in_doubt=in_doubt)


def test_a_batch_that_is_done_is_not_sent_again(sending):
    provider = Provider()
    deliver(provider)
    deliver(provider)
    assert len(provider.parcels) == 1
    assert outcome(sending) == (2, 0)


def test_a_batch_that_another_function_holds_is_left_to_it_until_its_lease_is_over(sending, watch):
    assert batch_store.hold(sending, 1, "app", "other", NOON)
    provider = Provider()
    with pytest.raises(delivering.HeldElsewhere):
        deliver(provider)
    assert provider.parcels == []
    watch.now += rules.LEASE + timedelta(seconds=1)
    deliver(provider)
    assert outcome(sending) == (2, 0)


def test_the_same_queue_message_takes_over_from_its_dead_function_at_once(sending):
    assert batch_store.hold(sending, 1, "app", "m1", NOON)
    deliver(Provider())
    assert outcome(sending) == (2, 0)


def test_every_attempt_shows_the_same_key_and_channels_differ(sending):
    app = Provider([unavailable(True), unavailable(False)])
    for _ in range(2):
        with pytest.raises(ChannelUnavailable):
            deliver(app)
    deliver(app)
    assert len({outbound_batch.key for outbound_batch in app.parcels}) == 1
    line = Provider()
    LineLinkItem("cid#1111111111119", cid="1111111111119", user_id="U" + "a" * 32).save()
    deliver(line, "line")
    assert line.parcels[0].key != app.parcels[0].key


def test_after_a_day_of_doubt_nobody_is_risked_to_get_it_twice(sending, watch):
    provider = Provider([unavailable(True)])
    with pytest.raises(ChannelUnavailable):
        deliver(provider)
    watch.now += timedelta(hours=23, minutes=1)
    deliver(provider)
    assert len(provider.parcels) == 1
    assert outcome(sending) == (0, 2)
    _, failures = batch_store.failures(sending, 1)
    assert failures["app"] == {0: "outcome_unknown", 1: "outcome_unknown"}


def test_a_provider_that_was_never_reached_may_be_asked_days_later(sending, watch):
    provider = Provider([unavailable(False)])
    with pytest.raises(ChannelUnavailable):
        deliver(provider)
    watch.now += timedelta(days=3)
    deliver(provider)
    assert outcome(sending) == (2, 0)


def test_one_doubtful_attempt_is_not_forgotten_by_a_harmless_one(sending, watch):
    provider = Provider([unavailable(True), unavailable(False)])
    for _ in range(2):
        with pytest.raises(ChannelUnavailable):
            deliver(provider)
    watch.now += timedelta(days=1)
    deliver(provider)
    assert outcome(sending) == (0, 2)


def test_what_a_provider_refuses_is_failed_and_over(sending):
    deliver(Provider([ChannelRefused("for a test")]))
    assert outcome(sending) == (0, 2)
    assert batch_store.failures(sending, 1)[1]["app"] == {0: "refused_by_provider", 1: "refused_by_provider"}


def test_line_is_not_called_for_people_who_linked_nothing(sending):
    provider = Provider()
    deliver(provider, "line")
    assert provider.parcels == []
    assert outcome(sending, "line") == (0, 2)


def test_a_stopped_message_is_dropped_and_stays_queued(sending):
    store.replace(replace(sending, state=rules.STOPPED, version=sending.version + 1))
    provider = Provider()
    deliver(provider)
    assert provider.parcels == []
    assert outcome(sending) == (None, None)


# ---- message_confirm_url ----


def reading_of(message: Message) -> str:
    batch_store.write_recipients(message, 1, PEOPLE)
    row = store.recipient(message, PEOPLE[0].cid)
    assert store.mark_read(message, row, "app", NOON.isoformat(), confirm=True)
    return PEOPLE[0].cid


def test_a_hospital_is_called_once_per_reading(sending):
    cid, calls = reading_of(sending), []
    for _ in range(3):
        delivering.confirm(calls.append, "00000", 1, 1, 0)
    assert calls == [sending.confirm_url]
    assert store.recipient(sending, cid).confirm_state == "called"


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
            delivering.confirm(call, "00000", 1, 1, 0)
        except ChannelUnavailable:
            assert not in_doubt
    assert len(made) == calls
