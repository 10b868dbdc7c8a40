"""The recipients table: each person as the target of a message.

It also has whether they have read it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from pynamodb.expressions.condition import size

from chalicelib import storage
from chalicelib.clock import BANGKOK
from chalicelib.errors import MessageNotFound
from chalicelib.messages.model import NO_BATCH, Message, Recipient, Target, expiry
from chalicelib.messages.rules import chunked
from chalicelib.row_mapper import Mapper
from chalicelib.settings import settings
from chalicelib.tables import RecipientItem

_PER_REQUEST = 100
_COUNT_KEPT_FOR = timedelta(days=2)

RECIPIENTS = Mapper(
    RecipientItem,
    Recipient,
    keys=lambda recipient: {"message": recipient.inbox_key},
    from_keys=lambda row: {"inbox_key": row.message},
)


def new_recipient(message: Message, batch: int, place: int, target: Target) -> storage.Write:
    """The write of a new recipient.

    Its condition fails if the person is a target of the message already.
    """
    recipient = Recipient(
        cid=target.cid,
        inbox_key=message.inbox_key,
        hospital_code=message.hospital_code,
        message_id=message.message_id,
        batch=batch,
        place=place,
        name=target.name,
        expires_at=expiry(message.created_at, settings().messages_kept_days),
    )
    return storage.put(RECIPIENTS.row(recipient), RecipientItem.cid.does_not_exist())


def notice_recipient(message: Message, cid: str) -> storage.Write:
    """The write of a notice's recipient; its condition fails if it is there."""
    return new_recipient(message, NO_BATCH, 0, Target(cid, ""))


def put_notices(notices: Sequence[tuple[Message, str]]) -> None:
    """Write the recipients of notices that nobody can have read yet.

    notices: (message, id). A request writes 25 of them.
    """
    if len(notices) == 1:
        storage.write(notice_recipient(*notices[0]))
    elif notices:
        with RecipientItem.batch_write() as rows:
            for message, cid in notices:
                rows.save(notice_recipient(message, cid).row)


def add(message: Message, batch: int, targets: Sequence[Target]) -> None:
    """Write the recipients of a batch. Those that exist stay as they are."""
    for chunk in chunked(list(enumerate(targets)), _PER_REQUEST):
        _write_all_that_may_be({target.cid: new_recipient(message, batch, place, target) for place, target in chunk})


def _write_all_that_may_be(writes: dict[str, storage.Write]) -> set[str]:
    """Carry out those of at most 100 writes whose conditions hold.

    Returns the names of the others.
    """
    pending = dict(writes)
    while pending and (failed := storage.transact(list(pending.values()))) is not None:
        pending = {name: write for (name, write), item in zip(pending.items(), failed, strict=True) if item is None}
    return writes.keys() - pending.keys()


def of_message(message: Message, cids: Sequence[str]) -> dict[str, Recipient]:
    """id -> recipient, for the ids among these that are targets of the message.

    No id may come twice.
    """
    recipients = {}
    for chunk in chunked(cids, _PER_REQUEST):
        rows = storage.batch_get([(RecipientItem, cid, message.inbox_key) for cid in chunk])
        recipients.update({cid: RECIPIENTS.read(row) for cid, row in zip(chunk, rows, strict=True) if row})
    return recipients


def recipient(message: Message, cid: str) -> Recipient:
    """One recipient.

    Raises MessageNotFound if the person is not a target of the message.
    """
    row = storage.get(RecipientItem, cid, message.inbox_key)
    if row is None:
        raise MessageNotFound()
    return RECIPIENTS.read(row)


def latest(cid: str, before: str, limit: int) -> list[Recipient]:
    """The person as the target of at most `limit` messages, newest first.

    Not consistent: may be a moment behind. before: only messages whose inbox key is smaller; "" for all.
    """
    # Keys of messages begin with a year. Those of counts are smaller.
    until = RecipientItem.message.between("1", before or "9")
    rows = RecipientItem.query(cid, until, scan_index_forward=False, limit=limit + 1)
    return [RECIPIENTS.read(row) for row in rows if row.message != before][:limit]


def count_announcement(message: Message, cids: Sequence[str], day: date, most: int) -> set[str]:
    """Count a message among those that each person gets on a day from its hospital.

    Returns the people who have got `most` others on this day. Counting the same message again changes nothing.
    """
    refused: set[str] = set()
    item = f"#{day.isoformat()}#{message.hospital_code}"
    lists = RecipientItem.announcements
    may_get = lists.does_not_exist() | (size(lists) < most) | lists.contains(message.list_key)
    kept_until = datetime.combine(day, time(), BANGKOK) + _COUNT_KEPT_FOR
    actions = [lists.add({message.list_key}), RecipientItem.expires_at.set(kept_until)]
    for chunk in chunked(cids, _PER_REQUEST):
        writes = {cid: storage.update(RecipientItem(cid, item), actions, may_get) for cid in chunk}
        refused |= _write_all_that_may_be(writes)
    return refused


def withhold(message: Message, reasons: Mapping[str, str]) -> None:
    """Keep a message out of people's inboxes. reasons: id -> why."""
    is_there = RecipientItem.batch.exists()
    for chunk in chunked(list(reasons), _PER_REQUEST):
        _write_all_that_may_be(
            {
                cid: storage.update(
                    RecipientItem(cid, message.inbox_key), [RecipientItem.withheld.set(reasons[cid])], is_there
                )
                for cid in chunk
            }
        )


def change_confirm_state(message: Message, cid: str, before: str, after: str) -> bool:
    """Change the state of a person's confirm call; False if it is not `before`."""
    row = RecipientItem(cid, message.inbox_key)
    is_before = RecipientItem.confirm_state == before
    return storage.write(storage.update(row, [RecipientItem.confirm_state.set(after)], is_before))


def erase(cids: Iterable[str], inbox_key: str) -> None:
    """Delete these people's recipients of one message."""
    with RecipientItem.batch_write() as rows:
        for cid in cids:
            rows.delete(RecipientItem(cid, inbox_key))
