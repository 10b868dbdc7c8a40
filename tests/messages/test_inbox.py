"""A person's inbox, page by page. In memory.

Notices about appointments are apart from announcements.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from chalicelib.clock import BANGKOK
from chalicelib.messages import inbox, recipient_store, store, target_list_store
from chalicelib.messages.model import FIRST_NOTICE, OPTED_OUT, SENDING, MatchingProgress, Message, Target
from tests.messages.conftest import message

PERSON = Target("1111111111119", "ก")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BANGKOK)


def delivered(message_id: int, minute: int, content_html: str = "") -> Message:
    """A message that the person has got in the app, so many minutes after noon."""
    at = (NOON + timedelta(minutes=minute)).isoformat()
    sent = message(
        message_id=message_id,
        title=str(message_id),
        state=SENDING,
        created_at=at,
        sent_at=at,
        content_html=content_html,
    )
    store.put_new(sent)
    progress = MatchingProgress(sent.list_key, chunks_decided=1, batches=1)
    assert target_list_store.decide_chunk(progress, [[PERSON]])
    recipient_store.add(sent, 1, [PERSON])
    held = target_list_store.hold(target_list_store.batches(sent)[0], "app", "m1", NOON)
    assert held is not None
    assert target_list_store.finish(held, "app", 1, {})
    return sent


def numbers(messages: Sequence[tuple[Message, str]]) -> list[int]:
    return [each.message_id for each, _read_at in messages]


@pytest.fixture
def buried_notice(memory: None) -> int:
    """The number of a notice after which 51 announcements came."""
    notice = delivered(FIRST_NOTICE + 1, minute=0)
    for number in range(1, 52):
        delivered(number, minute=number)
    return notice.message_id


def test_no_number_of_announcements_hides_a_notice(buried_notice: int) -> None:
    shown = numbers(inbox.newest(PERSON.cid))
    assert shown == [*range(51, 1, -1), buried_notice]
    assert numbers(inbox.page(PERSON.cid, "", notices=True).messages) == [buried_notice]


def test_the_pages_of_announcements_show_each_once_and_no_notice(buried_notice: int) -> None:
    first = inbox.page(PERSON.cid, "", notices=False)
    second = inbox.page(PERSON.cid, first.next, notices=False)
    assert (numbers(first.messages), numbers(second.messages)) == ([*range(51, 1, -1)], [1])
    assert (bool(first.next), second.next) == (True, "")


def test_reading_gives_the_html_as_it_is_stored_and_parses_nothing(memory: None) -> None:
    """The HTML was made safe when it was sent.

    Parsing it again costs seconds, and would change it.
    """
    stored = "<svg>" + "<a " * 13_331
    delivered(1, minute=1, content_html=stored)
    ((shown, _read_at),) = inbox.page(PERSON.cid, "", notices=False).messages
    assert shown.html == stored


def test_a_message_that_is_withheld_from_the_person_is_in_no_inbox(memory: None) -> None:
    announcement = delivered(1, minute=1)
    recipient_store.withhold(announcement, {PERSON.cid: OPTED_OUT})
    assert inbox.newest(PERSON.cid) == inbox.page(PERSON.cid, "", notices=False).messages == []
