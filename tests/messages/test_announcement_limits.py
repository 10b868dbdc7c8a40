"""Who gets no announcement: who wants none, and who got many today. In memory."""

from collections.abc import Sequence

import pytest

from chalicelib.messages import delivery, inbox, recipient_store, store, target_list_store
from chalicelib.messages.channels import ChannelUnavailable
from chalicelib.messages.jobs import DeliverBatch
from chalicelib.messages.model import FIRST_NOTICE, SENDING, MatchingProgress, Message, Target
from chalicelib.people import opt_out_store
from chalicelib.people.model import OptOut
from chalicelib.tables import LineLinkItem
from tests.messages.conftest import message
from tests.messages.test_delivery import NOON, FakeClock, Provider, fake_clock

__all__ = ["fake_clock"]
FIRST, SECOND = Target("1111111111119", "ก"), Target("1234567890121", "ข")
PER_DAY = 10

pytestmark = pytest.mark.usefixtures("memory", "fake_clock")


def sending(number: int, people: Sequence[Target] = (FIRST,), **fields: object) -> Message:
    sent = message(message_id=number, state=SENDING, created_at=NOON.isoformat(), **fields)
    store.put_new(sent)
    progress = MatchingProgress(sent.list_key, chunks_decided=1, batches=1)
    assert target_list_store.decide_chunk(progress, [people])
    recipient_store.add(sent, 1, people)
    return sent


def deliver(sent: Message, provider: Provider, channel: str = "app") -> list[str]:
    """The ids that the provider was handed."""
    before = len(provider.batches)
    delivery.deliver(channel, provider, DeliverBatch(sent.hospital_code, sent.message_id, batch=1), "m1")
    return [cid for batch in provider.batches[before:] for cid in batch.to]


def reasons(sent: Message, channel: str = "app") -> dict[int, str]:
    return target_list_store.failures(sent, 1)[1][channel]


def opt_out(target: Target, hospital_code: str = "00000") -> None:
    opt_out_store.add(OptOut(target.cid, hospital_code, "รพ."))


def link_line(target: Target, user_id: str) -> None:
    LineLinkItem(f"cid#{target.cid}", cid=target.cid, user_id=user_id).save()


def test_who_wants_none_of_the_hospital_gets_it_on_no_channel_and_the_hospital_sees_why() -> None:
    opt_out(FIRST)
    for n, target in enumerate((FIRST, SECOND)):
        link_line(target, f"U{n}" * 16)
    sent = sending(1, [FIRST, SECOND])
    assert deliver(sent, Provider()) == [SECOND.cid]
    assert deliver(sent, Provider(), "line") == ["U1" * 16]
    assert reasons(sent) == reasons(sent, "line") == {0: "opted_out"}
    assert inbox.newest(FIRST.cid) == []
    assert len(inbox.newest(SECOND.cid)) == 1


def test_a_choice_about_another_hospital_and_a_choice_taken_back_withhold_nothing() -> None:
    opt_out(FIRST, "00001")
    opt_out(FIRST)
    opt_out_store.remove(FIRST.cid, "00000")
    assert deliver(sending(1), Provider()) == [FIRST.cid]


def test_a_notice_is_delivered_whatever_the_person_chose_and_however_much_came_before() -> None:
    opt_out(FIRST)
    sent = [sending(FIRST_NOTICE + n, kind="booked") for n in range(1, PER_DAY + 2)]
    assert [deliver(notice, Provider()) for notice in sent] == [[FIRST.cid]] * (PER_DAY + 1)


def test_a_person_gets_so_many_announcements_of_one_hospital_a_day_and_more_on_the_next(fake_clock: FakeClock) -> None:
    sent = [sending(n, [FIRST]) for n in range(1, PER_DAY + 1)]
    assert [deliver(each, Provider()) for each in sent] == [[FIRST.cid]] * PER_DAY
    one_more = sending(PER_DAY + 1, [FIRST, SECOND])
    assert deliver(one_more, Provider()) == [SECOND.cid]
    assert reasons(one_more) == {0: "day_limit"}
    assert deliver(sending(1, hospital_code="00001"), Provider()) == [FIRST.cid]
    fake_clock.now = NOON.replace(day=24, hour=0)
    assert deliver(sending(PER_DAY + 2), Provider()) == [FIRST.cid]


def test_attempts_and_channels_count_an_announcement_once_and_reach_the_same_people(fake_clock: FakeClock) -> None:
    link_line(FIRST, "U" * 32)
    down = Provider([ChannelUnavailable("for a test", in_doubt=True) for _ in range(PER_DAY)])
    sent = sending(1)
    for _ in range(PER_DAY):
        with pytest.raises(ChannelUnavailable):
            deliver(sent, down)
    opt_out(FIRST)  # after the first attempt, which may have reached the person
    assert deliver(sent, down) == [FIRST.cid]
    assert deliver(sent, Provider(), "line") == ["U" * 32]
    opt_out_store.remove(FIRST.cid, "00000")
    assert [deliver(sending(n), Provider()) for n in range(2, PER_DAY + 2)] == [[FIRST.cid]] * (PER_DAY - 1) + [[]]
