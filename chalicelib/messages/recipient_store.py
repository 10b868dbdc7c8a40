"""The recipients table: each person as the target of a message, and whether they have read it."""

from collections.abc import Iterable, Sequence

from chalicelib import storage
from chalicelib.errors import MessageNotFound
from chalicelib.mapping import Mapper
from chalicelib.messages.model import Message, Recipient, Target, expiry
from chalicelib.messages.rules import chunked
from chalicelib.settings import settings
from chalicelib.tables import RecipientItem

_PER_REQUEST = 100

RECIPIENTS = Mapper(
    RecipientItem,
    Recipient,
    keys=lambda recipient: {"message": recipient.inbox_key},
    from_keys=lambda row: {"inbox_key": row.message},
)


def new_recipient(message: Message, batch: int, place: int, target: Target) -> storage.Write:
    """The write of a new recipient; its condition fails if the person is a target of the message already."""
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


def add(message: Message, batch: int, targets: Sequence[Target]) -> None:
    """Write the recipients of a batch. Those that exist stay as they are."""
    writes = [new_recipient(message, batch, place, target) for place, target in enumerate(targets)]
    for chunk in chunked(writes, _PER_REQUEST):
        pending = list(chunk)
        while pending and (existing := storage.transact(pending)) is not None:
            pending = [write for write, item in zip(pending, existing, strict=True) if item is None]


def of_message(message: Message, cids: Sequence[str]) -> dict[str, Recipient]:
    """id -> recipient, for those of the ids that are targets of the message. No id may come twice."""
    recipients = {}
    for chunk in chunked(cids, _PER_REQUEST):
        rows = storage.batch_get([(RecipientItem, cid, message.inbox_key) for cid in chunk])
        recipients.update({cid: RECIPIENTS.read(row) for cid, row in zip(chunk, rows, strict=True) if row})
    return recipients


def recipient(message: Message, cid: str) -> Recipient:
    """One recipient. Raises MessageNotFound if the person is not a target of the message."""
    row = storage.get(RecipientItem, cid, message.inbox_key)
    if row is None:
        raise MessageNotFound()
    return RECIPIENTS.read(row)


def latest(cid: str, limit: int) -> list[Recipient]:
    """The person as the target of their latest messages, newest first. Not consistent: may be a moment behind."""
    return [RECIPIENTS.read(row) for row in RecipientItem.query(cid, scan_index_forward=False, limit=limit)]


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
