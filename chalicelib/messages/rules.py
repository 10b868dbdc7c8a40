"""Decisions about messages (manual 3; docs/announcements.md). Pure.

No storage, no clock, no randomness.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib.errors import Conflict, Invalid, MessageNotDraft, MessageNotSending
from chalicelib.messages.model import (
    DRAFT,
    FAILED,
    MATCHED,
    QUEUED,
    READ,
    SCHEDULED,
    SENDING,
    SENT,
    STOPPED,
    TOO_MANY_LINES,
    UPLOAD_FAILED,
    UPLOAD_MATCHED,
    UPLOAD_MATCHING,
    Batch,
    MatchingProgress,
    Reach,
    Totals,
)
from chalicelib.messages.target_files import TargetLine

# One batch is one call to a provider: LINE's multicast takes 500 user ids at most.
BATCH_SIZE = 500
# Progress is stored after each chunk, so its size bounds the memory and what a repeated job does again.
CHUNK_LINES = 5_000
BATCHES_PER_CHUNK = CHUNK_LINES // BATCH_SIZE

# (state, event) -> next state
TRANSITIONS = {
    (DRAFT, "edit"): DRAFT,
    (DRAFT, "send"): SENDING,
    (DRAFT, "schedule"): SCHEDULED,
    (SCHEDULED, "take back"): DRAFT,
    (SCHEDULED, "start"): SENDING,
    (SENDING, "send"): SENDING,  # a repeated send whose first answer was lost
    (SENDING, "stop"): STOPPED,
    (STOPPED, "stop"): STOPPED,
    (STOPPED, "resume"): SENDING,
    (SENDING, "resume"): SENDING,  # queues again what is not delivered, for example after a redrive
}
_CONFLICTS: dict[str, type[Conflict]] = dict.fromkeys(("edit", "send", "schedule", "take back"), MessageNotDraft)
# How far ahead the time of a scheduled announcement is.
SOONEST, LATEST = timedelta(minutes=5), timedelta(days=60)


def next_state(state: str, event: str) -> str:
    """The state of a message after an event.

    Raises MessageNotDraft or MessageNotSending if the event is not allowed.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise _CONFLICTS.get(event, MessageNotSending)() from None


def check_send_at(send_at: datetime, now: datetime) -> None:
    """Raise Invalid if an announcement may not be scheduled for this time."""
    if not SOONEST <= send_at - now <= LATEST:
        raise Invalid(fields={"time": "choose a time from 5 minutes to 60 days ahead"})


def delivery_state(done: bool, failure: str, read: bool) -> str:
    """State of one delivery.

    done: its batch is done on the channel. failure: why it failed, or "". read: the person read it on this channel.
    """
    if read:
        return READ
    if failure:
        return FAILED
    return SENT if done else QUEUED


def totals(batches: Sequence[Batch], channels: frozenset[str]) -> Totals:
    """The sums over the batches of a message."""
    sent, failed, queued = {}, {}, {}
    for channel in sorted(channels):
        sent[channel] = sum(batch.on(channel).sent or 0 for batch in batches)
        failed[channel] = sum(batch.on(channel).failed or 0 for batch in batches)
        queued[channel] = sum(batch.people for batch in batches if not batch.on(channel).done)
    return Totals(sum(batch.people for batch in batches), reach(batches, channels), sent, failed, queued)


def reach(batches: Sequence[Batch], channels: frozenset[str]) -> Reach:
    """What became of the people of the batches; each is counted once."""
    sums: Counter[str] = Counter()
    for batch in batches:
        done = all(batch.on(channel).done for channel in channels)
        missed = batch.missed_bits(channels)
        read_missed = sum(missed >> place & 1 for place in batch.read_missed)
        delivered = max(0, batch.people - missed.bit_count() - (batch.read - read_missed))
        sums["read"] += batch.read
        sums["delivered"] += delivered
        sums["failed" if done else "waiting"] += batch.people - batch.read - delivered
    return Reach(**sums)


def next_progress(
    progress: MatchingProgress, lines: Sequence[TargetLine], targets: int, batches: int, refused: dict[int, str]
) -> MatchingProgress:
    """The progress after one chunk.

    targets, batches: how many were made of it. refused: line number -> outcome. If no upload is being matched (targets
    sent through the API), only the counts, chunks and batches change. The upload is finished with a chunk that is not
    full, and failed if the file has too many lines.
    """
    counts = Counter(progress.counts)
    counts.update(refused.values())
    counts[MATCHED] += targets
    after = replace(
        progress,
        chunks_decided=progress.chunks_decided + 1,
        batches=progress.batches + batches,
        counts=dict(counts),
    )
    if progress.upload_state != UPLOAD_MATCHING:
        return after
    state = UPLOAD_MATCHED if len(lines) < CHUNK_LINES else UPLOAD_MATCHING
    if TOO_MANY_LINES in refused.values():
        state = UPLOAD_FAILED
    position = lines[-1].position if lines and state == UPLOAD_MATCHING else ""
    after = replace(after, upload_state=state, source=replace(progress.source, after=position))
    return replace(after, next_offset=lines[-1].next_offset, next_line=lines[-1].number + 1) if lines else after


Item = TypeVar("Item")


def chunked(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items in order, `size` at a time; the last part may be shorter."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
