"""Hands notices to providers, each once, many a job (docs/announcements.md).

Every attempt at a notice carries the same idempotency key, as for a batch. The first attempt takes no lease: if its
function dies, the queue message is received again, and from then on the notice counts as sent and not answered since it
was made. So it is sent again only while the provider still knows the key.
"""

import time
from datetime import datetime

from chalicelib import clock, metrics
from chalicelib.errors import TryAgain
from chalicelib.messages import delivery, notice_store
from chalicelib.messages.channels import Channel, ChannelUnavailable
from chalicelib.messages.delivery import AlreadyBeingDelivered
from chalicelib.messages.delivery_rules import may_repeat
from chalicelib.messages.jobs import DeliverNotices
from chalicelib.messages.model import SENDING, ChannelDelivery, StoredNotice

# No call to a provider begins later than this after the job began, so that the other jobs of the event get their time
# (workers.DELIVER_SECONDS).
SECONDS = 8.0
_ONLY_BATCH = 1  # in the idempotency key


def deliver(
    channel: str, provider: Channel, job: DeliverNotices, holder: str, receives: int, seconds: float = SECONDS
) -> None:
    """Hand the job's notices to the provider of a channel, and write each outcome.

    They are handed over one after the other. holder: the same for every attempt at one queue message. receives: how
    often it was received, this time included. seconds: no call to the provider begins later. No-op for a notice that is
    stopped or done. Raises ChannelUnavailable, AlreadyBeingDelivered or TryAgain if some must be tried again later; the
    others are done then.
    """
    until = time.monotonic() + seconds
    stored = [each for each in notice_store.of_numbers(job.notices) if each is not None]
    due = [each for each in stored if each.message.state == SENDING and each.cid and not each.on(channel).done]
    addresses = delivery.addresses(channel, sorted({each.cid for each in due}))
    errors: list[Exception] = []
    for notice in due:
        to = [addresses[notice.cid]] if notice.cid in addresses else []
        try:
            if time.monotonic() > until:
                if receives == 1:  # else a function that died may have called the provider
                    notice_store.note_attempt(notice, channel, None)
                raise TryAgain()
            _deliver(channel, provider, notice, to, holder, receives)
        except Exception as error:  # one notice must not stop the others; the first error is raised below
            errors.append(error)
    if errors:
        raise errors[0]


def _deliver(channel: str, provider: Channel, notice: StoredNotice, to: list[str], holder: str, receives: int) -> None:
    """One attempt. to: the provider's own id of the person, or nothing."""
    now, before = clock.now(), notice.on(channel)
    held, lease = notice, None
    if receives > 1 or _was_tried(before):
        first_call = now if _was_tried(before) else datetime.fromisoformat(notice.message.created_at)
        held, lease = _hold(notice, channel, holder, now, first_call)
        if not may_repeat(lease.in_doubt_since or now, now):
            _finish(held, channel, reached=0)
            return
    try:
        unknown = delivery.send(channel, provider, notice.message, _ONLY_BATCH, to)[0] if to else frozenset()
    except ChannelUnavailable as failure:
        if lease is None:
            notice_store.note_attempt(notice, channel, now if failure.in_doubt else None)
        else:
            is_first = _was_tried(before) and before.in_doubt_since is None and lease.in_doubt_since == now
            notice_store.release(held, channel, clear_doubt=is_first and not failure.in_doubt)
        raise
    _finish(held, channel, len(to) - len(unknown))


def _finish(held: StoredNotice, channel: str, reached: int) -> None:
    if notice_store.finish(held, channel, reached):
        metrics.count("Delivered", reached)
        metrics.count("Undeliverable", 1 - reached)


def _was_tried(stored: ChannelDelivery) -> bool:
    """Whether the row shows an earlier attempt.

    If the function died at its first attempt, the row shows none.
    """
    return stored != ChannelDelivery()


def _hold(
    notice: StoredNotice, channel: str, holder: str, now: datetime, first_call: datetime
) -> tuple[StoredNotice, ChannelDelivery]:
    held = notice_store.LEASES.hold(notice, channel, holder, now, first_call)
    if held is None:
        raise AlreadyBeingDelivered()
    return held, held.on(channel)
