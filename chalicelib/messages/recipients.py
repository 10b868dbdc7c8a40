"""Recipients of an announcement with their deliveries (manual 3, figure 27).

As staff see them.
"""

from dataclasses import dataclass

from chalicelib.caller import Caller
from chalicelib.messages import recipient_store, rules, store, target_list_store
from chalicelib.messages.model import FAILED, QUEUED, READ, Batch, Message, Recipient

# The most batches that are read for one page of a filtered list. A page before the last one may be short.
_BATCHES_PER_PAGE = 4


@dataclass(frozen=True)
class RecipientDeliveries:
    """One person's deliveries.

    batch, place: batch number, and position in it from 0. deliveries: channel -> (delivery state, why it failed or "").
    read_at: ISO with offset, Bangkok, or "". read_in: channel of the first reading.
    """

    batch: int
    place: int
    cid: str
    name: str
    deliveries: dict[str, tuple[str, str]]
    read_at: str
    read_in: str


Position = tuple[int, int]


def page(
    caller: Caller, message_id: int, start: Position, state: str, limit: int
) -> tuple[list[RecipientDeliveries], Position | None]:
    """A page of an announcement's recipients, and the position of the next page.

    start: a position (batch, place). state: one of DELIVERY_STATES, only people with a delivery in it; "" for
    everybody. Raises MessageNotFound.
    """
    message = store.announcement(caller.hospital_code, message_id)
    people: list[RecipientDeliveries] = []
    batches_read = 0
    for batch in target_list_store.batches(message):
        if batch.number < start[0] or not _may_have(batch, message, state):
            continue
        if batches_read == _BATCHES_PER_PAGE:
            return people, (batch.number, 0)
        batches_read += 1
        first = start[1] if batch.number == start[0] else 0
        for person in _people_of(message, batch, first, batch.people if state else limit):
            if len(people) == limit:
                return people, (person.batch, person.place)
            if not state or state in {delivery for delivery, _ in person.deliveries.values()}:
                people.append(person)
        if not state and len(people) == limit and first + limit < batch.people:
            return people, (batch.number, first + limit)
    return people, None


def _may_have(batch: Batch, message: Message, state: str) -> bool:
    """Return whether a batch can have a delivery in this state, by its counts."""
    deliveries = [batch.on(channel) for channel in message.channels]
    if state == READ:
        return batch.read > 0
    if state == FAILED:
        return any(delivery.failed for delivery in deliveries)
    if state == QUEUED:
        return not all(delivery.done for delivery in deliveries)
    return not state or any(delivery.sent for delivery in deliveries)


def _people_of(message: Message, batch: Batch, first: int, limit: int) -> list[RecipientDeliveries]:
    cids, failures = target_list_store.failures(message, batch.number)
    chosen = list(enumerate(cids))[first : first + limit]
    recipients = recipient_store.of_message(message, [cid for _, cid in chosen])
    return [_deliveries(message, batch, place, cid, recipients.get(cid), failures) for place, cid in chosen]


def _deliveries(
    message: Message,
    batch: Batch,
    place: int,
    cid: str,
    recipient: Recipient | None,
    failures: dict[str, dict[int, str]],
) -> RecipientDeliveries:
    # The recipients of a batch are written after the batch, so for a moment there may be none.
    name, read_at, read_in = (recipient.name, recipient.read_at, recipient.read_in) if recipient else ("", "", "")
    deliveries = {}
    for channel in sorted(message.channels):
        failure = failures[channel].get(place, "")
        read_here = bool(read_at) and read_in == channel
        deliveries[channel] = (rules.delivery_state(batch.on(channel).done, failure, read_here), failure)
    return RecipientDeliveries(batch.number, place, cid, name, deliveries, read_at, read_in)
