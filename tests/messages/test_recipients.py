"""The list of an announcement's recipients, and its filter by state. In memory."""

import pytest

from chalicelib import fields
from chalicelib.caller import Caller
from chalicelib.clock import now
from chalicelib.messages import actions, inbox, recipient_store, recipients, store, target_list_store
from chalicelib.messages.model import DELIVERY_STATES, SENDING, MatchingProgress, Message, Reach, Target
from chalicelib.messages.staff_routes import RecipientsQuery
from tests.messages.conftest import message

CLERK = Caller("staff.demo", "00000")
PEOPLE = [
    Target(cid, name)
    for cid, name in (("1111111111119", "ก"), ("1234567890121", "ข"), ("8000000000031", "ค"), ("8000000000049", "ง"))
]


@pytest.fixture
def sent(memory: None) -> Message:
    """Sent in the app to four people in three batches.

    The first has read it, the second is unknown there; the batch of the third is not done, that of the fourth failed.
    """
    sent = message(state=SENDING, channels=frozenset({"app"}))
    store.put_new(sent)
    batches = [PEOPLE[:2], PEOPLE[2:3], PEOPLE[3:]]
    assert target_list_store.decide_chunk(MatchingProgress(sent.list_key, chunks_decided=1, batches=3), batches)
    for number, targets in enumerate(batches, 1):
        recipient_store.add(sent, number, targets)
    first, _, third = target_list_store.batches(sent)
    for batch, delivered, failed in ((first, 1, {1: "unknown_to_provider"}), (third, 0, {0: "refused_by_provider"})):
        held = target_list_store.hold(batch, "app", "m1", now())
        assert held
        assert target_list_store.finish(held, "app", delivered, failed)
    reader = recipient_store.recipient(sent, PEOPLE[0].cid)
    assert store.mark_read(reader, "app", "2026-11-23T13:00:00+07:00", confirm=False)
    return sent


@pytest.mark.parametrize(
    ("state", "names"), [("", "ก ข ค ง"), ("read", "ก"), ("failed", "ข ง"), ("queued", "ค"), ("sent", "")]
)
def test_the_filter_keeps_who_has_a_delivery_in_the_state(sent, state, names):
    people, following = recipients.page(CLERK, sent.message_id, (0, 0), state, 50)
    assert ([person.name for person in people], following) == (names.split(), None)


class Sent:
    """An announcement that is being sent to the four, in one batch."""

    def __init__(self, *channels: str) -> None:
        self.message = message(state=SENDING, channels=frozenset(channels))
        store.put_new(self.message)
        progress = MatchingProgress(self.message.list_key, chunks_decided=1, batches=1)
        assert target_list_store.decide_chunk(progress, [PEOPLE])
        recipient_store.add(self.message, 1, PEOPLE)

    def finish(self, channel: str, *missed: int) -> None:
        held = target_list_store.hold(target_list_store.batches(self.message)[0], channel, "m1", now())
        assert held
        reasons = dict.fromkeys(missed, "unknown_to_provider")
        assert target_list_store.finish(held, channel, len(PEOPLE) - len(missed), reasons)

    def read(self, place: int) -> None:
        inbox.read(PEOPLE[place].cid, self.message.hospital_code, self.message.message_id, "app")

    def reach(self) -> Reach:
        return actions.overview(CLERK, self.message.message_id).totals.reach


def test_whom_no_channel_reached_and_who_reads_it_in_the_inbox_is_read_and_no_more_failed(memory: None) -> None:
    sent = Sent("app")
    sent.finish("app", 1)
    assert sent.reach() == Reach(read=0, delivered=3, failed=1, waiting=0)
    for _ in range(2):  # the second reading counts nothing
        sent.read(1)
        assert sent.reach() == Reach(read=1, delivered=3, failed=0, waiting=0)
    sent.read(0)
    assert sent.reach() == Reach(read=2, delivered=2, failed=0, waiting=0)


def test_whom_line_reaches_after_they_have_read_it_in_the_inbox_is_counted_once(memory: None) -> None:
    sent = Sent("app", "line")
    sent.finish("app", 0, 1)
    sent.read(0)
    assert sent.reach() == Reach(read=1, delivered=2, failed=0, waiting=1)
    sent.finish("line", 1, 2, 3)
    assert sent.reach() == Reach(read=1, delivered=2, failed=1, waiting=0)


def test_pages_hold_everybody_once(sent):
    found, start = [], (0, 0)
    while start:
        people, start = recipients.page(CLERK, sent.message_id, start, "", 1)
        found += [person.cid for person in people]
    assert found == [target.cid for target in PEOPLE]


def test_who_is_a_target_already_stays_in_their_batch(sent):
    newcomer = Target("8000000000057", "จ")
    recipient_store.add(sent, 4, [PEOPLE[0], newcomer, PEOPLE[2]])
    stored = recipient_store.of_message(sent, [target.cid for target in (*PEOPLE, newcomer)])
    assert [(each.batch, each.place) for each in stored.values()] == [(1, 0), (1, 1), (2, 0), (3, 0), (4, 1)]


@pytest.mark.parametrize("state", ["fialed", "READ", "stopped"])
def test_a_state_that_does_not_exist_is_refused_with_those_that_do(state):
    problems: dict[str, str] = {}
    fields.read_struct(RecipientsQuery, {"message_id": "1", "state": state}, "", problems)
    assert problems == {"state": "send one of queued, sent, failed, read"}


@pytest.mark.parametrize("state", ["", *DELIVERY_STATES])
def test_a_state_that_exists_or_none_is_taken(state):
    problems: dict[str, str] = {}
    assert fields.read_struct(RecipientsQuery, {"message_id": "1", "state": state}, "", problems).state == state
    assert problems == {}
