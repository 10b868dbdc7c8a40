"""Hand batches to providers, each once, even if functions die.

See docs/announcements.md. A batch never changes, and every attempt at it carries the same idempotency key. If a
function dies after the provider accepted the batch, the attempt is repeated, the provider recognises the key, and
nobody gets the message twice.
"""

from chalicelib import clock, metrics
from chalicelib.messages import (
    announcement_limits,
    job_queues,
    line_link_store,
    recipient_store,
    store,
    target_list_store,
)
from chalicelib.messages.channels import Channel, ChannelRefused, ChannelUnavailable, OutboundBatch
from chalicelib.messages.delivery_rules import idempotency_key, may_repeat
from chalicelib.messages.jobs import DeliverBatch, DispatchBatches
from chalicelib.messages.model import (
    APP,
    LINE,
    NOT_LINKED,
    OUTCOME_UNKNOWN,
    REFUSED_BY_PROVIDER,
    SENDING,
    UNKNOWN_TO_PROVIDER,
    Batch,
    Message,
)


class AlreadyBeingDelivered(Exception):
    """Another job works on this batch. Try again after its lease."""


def dispatch(job: DispatchBatches) -> None:
    """Queue the deliveries of a message that are not done.

    It begins with the job's first batch.
    """
    message = store.message(job.hospital_code, job.message_id)
    if message.state != SENDING:
        return
    batches = [each for each in target_list_store.batches(message) if each.number >= job.first_batch]
    for channel in sorted(message.channels):
        pending = [batch.number for batch in batches if not batch.on(channel).done]
        job_queues.post(job_queues.DELIVER[channel], [delivery_job(message, number) for number in pending])


def delivery_job(message: Message, batch: int) -> DeliverBatch:
    """The job that delivers one batch of a message."""
    return DeliverBatch(message.hospital_code, message.message_id, batch)


def deliver(channel: str, provider: Channel, job: DeliverBatch, holder: str) -> None:
    """Hand one batch to the provider of a channel and write the outcome.

    holder: the same for every attempt at one queue message. No-op if the message is stopped or the batch is done.
    Raises ChannelUnavailable or AlreadyBeingDelivered if it must be tried again later.
    """
    message = store.message(job.hospital_code, job.message_id)
    if message.state != SENDING:
        return  # stopped: resume queues again every batch that is not done
    stored = target_list_store.batch(message, job.batch)
    batch, cids = stored.batch, stored.cids
    if batch.on(channel).done:
        return
    withheld = _withheld(channel, message, stored)
    now = clock.now()
    held = target_list_store.hold(batch, channel, holder, now)
    if held is None:
        raise AlreadyBeingDelivered()
    in_doubt_since = held.on(channel).in_doubt_since or now
    if not may_repeat(in_doubt_since, now):
        _finish(held, channel, len(cids), dict.fromkeys(range(len(cids)), OUTCOME_UNKNOWN))
        return
    try:
        wanted = {place: cid for place, cid in enumerate(cids) if place not in withheld}
        failed = withheld | _hand_over(channel, provider, message, job.batch, wanted)
    except ChannelUnavailable as failure:
        is_first = batch.on(channel).in_doubt_since is None and in_doubt_since == now
        target_list_store.release(held, channel, clear_doubt=is_first and not failure.in_doubt)
        raise
    _finish(held, channel, len(cids), failed)


def _finish(held: Batch, channel: str, people: int, failed: dict[int, str]) -> None:
    """Write and count the outcome. failed: place -> why the person was not reached."""
    if target_list_store.finish(held, channel, people - len(failed), failed):
        metrics.count("Delivered", people - len(failed))
        metrics.count("Undeliverable", len(failed))


def _withheld(channel: str, message: Message, stored: target_list_store.BatchWithPeople) -> dict[int, str]:
    """Place -> why a person gets the message on no channel.

    A message that is withheld is not in the app's inbox either.
    """
    withheld = stored.withheld
    if withheld is None:
        withheld = {} if message.is_notice else announcement_limits.withhold(message, stored.batch.number, stored.cids)
    if channel == APP:
        recipient_store.withhold(message, {stored.cids[place]: reason for place, reason in withheld.items()})
    return withheld


def _hand_over(channel: str, provider: Channel, message: Message, batch: int, people: dict[int, str]) -> dict[int, str]:
    """Call the provider for those of the people whom it can reach.

    people: place -> id. Returns place -> why a person was not reached.
    """
    address_of = addresses(channel, list(people.values()))
    if not address_of:
        return dict.fromkeys(people, NOT_LINKED)
    unknown, failure = send(channel, provider, message, batch, list(address_of.values()))
    failed = {}
    for place, cid in people.items():
        if cid not in address_of:
            failed[place] = NOT_LINKED
        elif address_of[cid] in unknown:
            failed[place] = failure
    return failed


def send(channel: str, provider: Channel, message: Message, batch: int, to: list[str]) -> tuple[frozenset[str], str]:
    """Call the provider for a batch.

    to: the provider's own ids of people. Returns those of them that were not reached, and why. Raises
    ChannelUnavailable.
    """
    outbound = OutboundBatch(
        key=idempotency_key(message.key_seed, message.target_list, batch, channel),
        message_ref=message.ref,
        sender=message.sender,
        title=message.title,
        content_html=message.html,
        text=message.line_text if channel == LINE else message.content_text,
        to=to,
        has_button=message.has_button,
    )
    try:
        return provider.send(outbound), UNKNOWN_TO_PROVIDER
    except ChannelRefused:
        return frozenset(to), REFUSED_BY_PROVIDER


def addresses(channel: str, cids: list[str]) -> dict[str, str]:
    """id -> the provider's own id of the person, for those whom it can reach."""
    return {cid: cid for cid in cids} if channel == APP else line_link_store.line_users(cids)
