"""What the SQS functions do: hand batches to a provider, each once, however often a function dies
(docs/announcements.md).

A batch never changes, and every attempt at it shows the provider the same key. So a function that died after the
provider had accepted is repeated, the provider recognises the key, and nobody gets the message twice.
"""

from collections.abc import Callable

from chalicelib import clock, metrics
from chalicelib.errors import Invalid
from chalicelib.messages import batch_store, link_store, queues, rules, store
from chalicelib.messages.channels import Channel, ChannelRefused, ChannelUnavailable, OutboundBatch
from chalicelib.messages.model import Message
from chalicelib.messages.text import read_html

DUE, CALLING, CALLED, CALL_FAILED = "due", "calling", "called", "failed"


class HeldElsewhere(Exception):
    """Another function is at this batch; it is tried again when that one must be done."""


def dispatch(hospital_code: str, message_id: int, first: int) -> None:
    """Puts every batch of a message from the first on that is not done on its channel's queue. Twice does no harm."""
    message = store.message(hospital_code, message_id)
    if message.state != rules.SENDING:
        return
    batches = batch_store.batches(message)
    for channel in sorted(message.channels):
        waiting = [
            batch.number for batch in batches if batch.number >= first and not batch.channel_deliveries[channel].done
        ]
        queues.post(queues.DELIVER[channel], [delivery_job(message, number) for number in waiting])


def delivery_job(message: Message, number: int) -> dict[str, object]:
    return {"hospital_code": message.hospital_code, "message_id": message.message_id, "batch": number}


def deliver(name: str, channel: Channel, hospital_code: str, message_id: int, number: int, holder: str) -> None:
    """Hands one batch to a channel and writes down what became of it. holder: who is trying, the same for every attempt
    at one queue message. Raises ChannelUnavailable and HeldElsewhere where it must be tried again later."""
    message = store.message(hospital_code, message_id)
    if message.state != rules.SENDING:
        return  # stopped; to resume posts every batch again that is not done
    found = batch_store.batch(message, number)
    if found is None:
        raise LookupError("the message has no such batch")
    batch, cids = found
    delivery, now = batch.channel_deliveries[name], clock.now()
    if delivery.done:
        return
    if not rules.may_repeat(delivery.in_doubt_since, now):
        everyone = dict.fromkeys(range(len(cids)), rules.OUTCOME_UNKNOWN)
        batch_store.finish(message, number, name, 0, everyone)
        return
    if not batch_store.hold(message, number, name, holder, now):
        raise HeldElsewhere()
    addresses = _addresses(name, cids)
    failed = {place: rules.NOT_LINKED for place, cid in enumerate(cids) if cid not in addresses}
    if addresses:
        try:
            unknown = channel.send(_outbound_batch(message, number, name, list(addresses.values())))
            failed |= {
                place: rules.UNKNOWN_TO_PROVIDER for place, cid in enumerate(cids) if addresses.get(cid) in unknown
            }
        except ChannelRefused:
            failed |= {place: rules.REFUSED_BY_PROVIDER for place, cid in enumerate(cids) if cid in addresses}
        except ChannelUnavailable as failure:
            certainly_not = not failure.in_doubt and delivery.in_doubt_since is None
            batch_store.let_go(message, number, name, holder, clear_doubt=certainly_not)
            raise
    batch_store.finish(message, number, name, len(cids) - len(failed), failed)
    metrics.count("Delivered", len(cids) - len(failed))
    metrics.count("Undeliverable", len(failed))


def _addresses(name: str, cids: list[str]) -> dict[str, str]:
    """id -> what the provider calls the person, for those whom it can reach."""
    return {cid: cid for cid in cids} if name == rules.APP else link_store.line_users(cids)


def _outbound_batch(message: Message, number: int, name: str, to: list[str]) -> OutboundBatch:
    html, text = read_html(message.content_html)
    key = rules.repeat_key(message.key_seed, f"{message.target_list}.{number}", name)
    return OutboundBatch(key, message.ref, message.title, html, text, to)


def confirm_job(message: Message, number: int, place: int) -> dict[str, object]:
    return {**delivery_job(message, number), "place": place}


def confirm(call: Callable[[str], None], hospital_code: str, message_id: int, number: int, place: int) -> None:
    """Calls the hospital's message_confirm_url for one person's reading, once. A call that may have arrived is not
    repeated. Raises ChannelUnavailable where it certainly did not arrive and is to be tried again."""
    message = store.message(hospital_code, message_id)
    cid = batch_store.cids_of(message, number)[place]
    if not store.move_confirm(message, cid, DUE, CALLING):
        return
    try:
        call(message.confirm_url)
    except (ChannelRefused, Invalid):
        store.move_confirm(message, cid, CALLING, CALL_FAILED)
    except ChannelUnavailable as failure:
        store.move_confirm(message, cid, CALLING, CALL_FAILED if failure.in_doubt else DUE)
        if not failure.in_doubt:
            raise
    else:
        store.move_confirm(message, cid, CALLING, CALLED)
