"""Decisions about messages (manual 3; docs/announcements.md)."""

import pytest

from chalicelib.errors import MessageNotDraft, MessageNotSending
from chalicelib.messages import rules
from chalicelib.messages.model import NOT_LINKED, Batch, ChannelDelivery, MatchingProgress, Reach, Totals
from chalicelib.messages.target_files import TargetLine


@pytest.mark.parametrize(
    ("state", "event", "following"),
    [
        ("draft", "send", "sending"),
        ("sending", "stop", "stopped"),
        ("stopped", "resume", "sending"),
        ("sending", "send", "sending"),
        ("stopped", "stop", "stopped"),
        ("sending", "resume", "sending"),
    ],
)
def test_allowed_transitions(state, event, following):
    assert rules.next_state(state, event) == following


@pytest.mark.parametrize(
    ("state", "event", "conflict"),
    [
        ("sending", "edit", MessageNotDraft),
        ("stopped", "edit", MessageNotDraft),
        ("stopped", "send", MessageNotDraft),
        ("draft", "stop", MessageNotSending),
        ("draft", "resume", MessageNotSending),
    ],
)
def test_transitions_that_are_refused(state, event, conflict):
    with pytest.raises(conflict):
        rules.next_state(state, event)


def test_a_delivery_that_was_read_is_read_whatever_the_provider_said():
    assert rules.delivery_state(False, "", False) == "queued"
    assert rules.delivery_state(True, "", False) == "sent"
    assert rules.delivery_state(True, NOT_LINKED, False) == "failed"
    assert rules.delivery_state(True, NOT_LINKED, True) == "read"


def test_totals_count_people_by_channel_and_what_is_not_done_as_queued():
    batches = [
        Batch(
            "list", 1, people=500, read=20, app=ChannelDelivery(sent=490, failed=10), line=ChannelDelivery(holder="m")
        ),
        Batch("list", 2, people=30),
    ]
    both = rules.totals(batches, frozenset({"app", "line"}))
    assert both == Totals(
        530, Reach(20, 470, 0, 40), {"app": 490, "line": 0}, {"app": 10, "line": 0}, {"app": 30, "line": 530}
    )
    assert rules.totals(batches, frozenset({"app"})).queued == {"app": 30}


def done(sent: int, failed: int, missed: str = "") -> ChannelDelivery:
    return ChannelDelivery(sent=sent, failed=failed, missed=missed)


@pytest.mark.parametrize(
    ("app", "line", "read", "expected"),
    [
        (done(2, 2, "3"), done(2, 2, "6"), 1, Reach(1, 2, 1, 0)),  # only the person at place 1 got it on no channel
        (done(2, 2, "3"), done(2, 2, "c"), 0, Reach(0, 4, 0, 0)),
        (done(0, 4), done(1, 3, "7"), 0, Reach(0, 1, 3, 0)),
        (done(2, 2, "3"), ChannelDelivery(), 0, Reach(0, 2, 0, 2)),  # LINE may still reach those whom the app missed
        (ChannelDelivery(), ChannelDelivery(), 0, Reach(0, 0, 0, 4)),
        (done(3, 1), done(2, 2), 0, Reach(0, 3, 1, 0)),  # of an earlier version: at least one was missed twice
        (done(0, 4), done(0, 4), 1, Reach(1, 0, 3, 0)),  # read in the inbox though the push failed
    ],
)
def test_everybody_is_counted_once_whatever_the_channels(app, line, read, expected):
    batch = Batch("list", 1, people=4, read=read, app=app, line=line)
    assert rules.reach([batch], frozenset({"app", "line"})) == expected


@pytest.mark.parametrize(
    ("app", "line", "read_missed", "expected"),
    [
        (done(2, 1, "4"), done(0, 3), {2}, Reach(1, 2, 0, 0)),  # the reader is the one whom no channel reached
        (done(2, 1, "4"), done(0, 3), set(), Reach(1, 1, 1, 0)),  # the reader is another one
        (done(2, 1, "4"), done(1, 2, "3"), {2}, Reach(1, 2, 0, 0)),  # LINE reached the reader after the reading
        (done(2, 1, "4"), ChannelDelivery(), {2}, Reach(1, 2, 0, 0)),
    ],
)
def test_who_reads_what_no_channel_brought_is_read_and_no_more_failed(app, line, read_missed, expected):
    batch = Batch("list", 1, people=3, read=1, read_missed=frozenset(read_missed), app=app, line=line)
    assert rules.reach([batch], frozenset({"app", "line"})) == expected


def lines(count: int) -> list[TargetLine]:
    return [TargetLine(n, "x", n * 14) for n in range(1, count + 1)]


UPLOAD = MatchingProgress("list", upload_id="u", upload_state="matching", upload_size=1_000_000)


def test_an_upload_continues_after_a_full_chunk_and_ends_with_one_that_is_not_full():
    after = rules.next_progress(UPLOAD, lines(rules.CHUNK_LINES), 4_999, 10, {7: "malformed"})
    assert (after.upload_state, after.next_line, after.next_offset) == ("matching", 5_001, 70_000)
    assert (after.chunks_decided, after.chunks_written, after.batches) == (1, 0, 10)
    last = rules.next_progress(after, lines(1), 1, 1, {})
    assert (last.upload_state, last.chunks_decided, last.batches) == ("matched", 2, 11)
    assert last.counts == {"matched": 5_000, "malformed": 1}
    assert rules.next_progress(after, [], 0, 0, {}).next_line == 5_001


def test_an_upload_of_too_many_lines_fails():
    after = rules.next_progress(UPLOAD, lines(rules.CHUNK_LINES), 0, 0, {1: "too_many_lines"})
    assert after.upload_state == "failed"


def test_targets_sent_through_the_api_leave_the_upload_as_it_is():
    after = rules.next_progress(MatchingProgress("list"), lines(2), 2, 1, {})
    assert (after.upload_state, after.next_line, after.next_offset) == ("", 1, 0)
    assert (after.chunks_decided, after.batches, after.counts) == (1, 1, {"matched": 2})


@pytest.mark.parametrize(("items", "parts"), [("", []), ("ab", ["ab"]), ("abcde", ["ab", "cd", "e"])])
def test_items_come_in_order_so_many_at_a_time(items, parts):
    assert list(rules.chunked(items, 2)) == parts
