"""The messages table, and what a person has received and read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.exceptions import DeleteError, DoesNotExist, PutError, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from chalicelib import storage
from chalicelib.errors import MessageNotFound, TryAgain
from chalicelib.messages import batch_store
from chalicelib.messages.batch_store import FAILED_CONDITION, conditions_failed, transaction
from chalicelib.messages.model import Message, NewNotice
from chalicelib.tables import BatchItem, MessageItem, RecipientItem

# Announcements and notices are numbered apart, so that a hospital's announcements are one run of keys.
FIRST_NOTICE = 1_000_000_000
# Five items each, and a transaction takes a hundred.
NOTICES_AT_ONCE = 20
_COUNTER = "#"
_TEXTS = (
    "kind",
    "state",
    "hospital_name",
    "title",
    "content_html",
    "ref_code",
    "confirm_url",
    "created_by",
    "created_at",
    "sent_at",
    "key_seed",
)


def next_id(hospital_code: str) -> int:
    """A number that no other announcement of the hospital has. One that is not used is only a gap."""
    row = MessageItem(hospital_code, _COUNTER)
    row.update([MessageItem.last_announcement.add(1)])
    return int(row.last_announcement)


def next_notice_ids(hospital_code: str, count: int) -> range:
    """The same for so many notices."""
    row = MessageItem(hospital_code, _COUNTER)
    row.update([MessageItem.last_notice.add(count)])
    last = FIRST_NOTICE + int(row.last_notice)
    return range(last - count + 1, last + 1)


def put_new(message: Message, ref: str = "", ref_until: datetime | None = None) -> bool:
    """Puts a new message with an empty target list. False where the hospital has another one under `ref` already.
    ref_until: when the reference, not the message, is forgotten."""
    try:
        with transaction() as together:
            _save_new(together, message, ref, ref_until)
    except TransactWriteError as error:
        if conditions_failed(error):
            return False
        raise
    return True


def put_notices(notices: Sequence[NewNotice]) -> set[int]:
    """Puts up to NOTICES_AT_ONCE, each complete with its batch, in one transaction. Where references are taken nothing
    is put, and the places of those notices come back."""
    if not notices:
        return set()
    try:
        with transaction() as together:
            for one in notices:
                _save_new(together, one.message, one.ref, _expiry_of(one.message))
                for row in batch_store.batch_rows(one.message, 1, [one.target]):
                    together.save(row)
                together.save(batch_store.recipient_row(one.message, 1, 0, one.target))
    except TransactWriteError as error:
        if not conditions_failed(error):
            raise
        items = len(error.cancellation_reasons) // len(notices)
        return {
            n // items
            for n, reason in enumerate(error.cancellation_reasons)
            if reason and reason.code == "ConditionalCheckFailed"
        }
    return set()


def _save_new(together: TransactWrite, message: Message, ref: str, ref_until: datetime | None) -> None:
    if ref:
        row = MessageItem(message.hospital_code, f"ref#{ref}", message_id=message.message_id, expires_at=ref_until)
        together.save(row, condition=MessageItem.item.does_not_exist())
    together.save(_message_row(message), condition=MessageItem.item.does_not_exist())


def message(hospital_code: str, message_id: int) -> Message:
    """Raises MessageNotFound, for another hospital's too."""
    try:
        return _message(MessageItem.get(hospital_code, f"{message_id:010d}", consistent_read=True))
    except DoesNotExist:
        raise MessageNotFound() from None


def announcement(hospital_code: str, message_id: int) -> Message:
    """The same for what staff may see: a notice to one person is not theirs."""
    if message_id >= FIRST_NOTICE:
        raise MessageNotFound()
    return message(hospital_code, message_id)


def message_of_ref(hospital_code: str, ref: str) -> Message | None:
    """The message that the hospital made under a reference code."""
    try:
        row = MessageItem.get(hospital_code, f"ref#{ref}", consistent_read=True)
    except DoesNotExist:
        return None
    return message(hospital_code, int(row.message_id))


def messages_of_refs(refs: Sequence[tuple[str, str]]) -> list[Message]:
    """The messages that hospitals made under (hospital code, reference), at most 100, in order and in two requests.
    Raises TryAgain where one is not there any more."""
    named = storage.batch_get([(MessageItem, code, f"ref#{ref}") for code, ref in refs])
    keys = [(code, row.message_id) for (code, _), row in zip(refs, named, strict=True) if isinstance(row, MessageItem)]
    rows = storage.batch_get([(MessageItem, code, f"{int(number):010d}") for code, number in keys])
    found = [_message(row) for row in rows if row is not None]
    if len(found) < len(refs):
        raise TryAgain()
    return found


def announcements(hospital_code: str, before: int | None, limit: int) -> list[Message]:
    """A hospital's announcements, newest first, from the one before `before` on."""
    below = f"{FIRST_NOTICE if before is None else before:010d}"
    rows = MessageItem.query(
        hospital_code,
        MessageItem.item.between("0", below),
        scan_index_forward=False,
        limit=limit + 1,
        consistent_read=True,
    )
    return [_message(row) for row in rows if row.item != below][:limit]


def replace(changed: Message) -> bool:
    """Writes the message where it is still at the version before; False where somebody else was first."""
    try:
        _message_row(changed).save(condition=MessageItem.version == changed.version - 1)
    except PutError as error:
        if error.cause_response_code != FAILED_CONDITION:
            raise
        return False
    return True


def delete(message: Message) -> bool:
    """Deletes a draft at the version that was read; False where somebody else was first."""
    try:
        _message_row(message).delete(condition=(MessageItem.version == message.version))
    except DeleteError as error:
        if error.cause_response_code != FAILED_CONDITION:
            raise
        return False
    return True


def _message_row(message: Message) -> MessageItem:
    return MessageItem(
        message.hospital_code,
        f"{message.message_id:010d}",
        message_id=message.message_id,
        version=message.version,
        channels=set(message.channels),
        target_list=message.target_list,
        expires_at=_expiry_of(message),
        **{name: getattr(message, name) for name in _TEXTS},
    )


def _expiry_of(message: Message) -> datetime | None:
    """A notice goes with what became of it; what a hospital has announced stays."""
    return batch_store.expiry(message.created_at) if message.kind else None


def _message(row: Any) -> Message:
    return Message(
        hospital_code=row.hospital_code,
        message_id=int(row.message_id),
        channels=frozenset(row.channels),
        target_list=int(row.target_list),
        version=int(row.version),
        **{name: getattr(row, name) or "" for name in _TEXTS},
    )


# ---- reading ----


def inbox(cid: str, limit: int) -> list[tuple[RecipientItem, Message]]:
    """A person's messages that the app was given, newest first: one Query and one batched read."""
    rows = list(RecipientItem.query(cid, scan_index_forward=False, limit=limit))
    if not rows:
        return []
    wanted: list[tuple[type[storage.Table], str, str | int]] = []
    for row in rows:
        partition = row.message.split("#", 1)[1]
        wanted += [
            (MessageItem, row.hospital_code, f"{int(row.message_id):010d}"),
            (BatchItem, partition, f"batch#{int(row.batch):05d}"),
        ]
    unique = list(dict.fromkeys(wanted))
    found = dict(zip(unique, storage.batch_get(unique), strict=True))
    shown = []
    for row, message_key, batch_key in zip(rows, wanted[::2], wanted[1::2], strict=True):
        message, batch = found[message_key], found[batch_key]
        if isinstance(message, MessageItem) and isinstance(batch, BatchItem) and batch.app_sent is not None:
            shown.append((row, _message(message)))
    return shown


def recipient(message: Message, cid: str) -> RecipientItem:
    """Raises MessageNotFound where the person is no target of the message."""
    try:
        return RecipientItem.get(cid, message.recipient_key, consistent_read=True)
    except DoesNotExist:
        raise MessageNotFound() from None


def mark_read(message: Message, row: RecipientItem, channel: str, at: str, confirm: bool) -> bool:
    """Notes the person's reading and counts it, once: the first time wins. False where it was noted before."""
    actions: list[Any] = [RecipientItem.read_at.set(at), RecipientItem.read_in.set(channel)]
    if confirm:
        actions.append(RecipientItem.confirm_state.set("due"))
    try:
        with transaction() as together:
            key = RecipientItem(row.cid, row.message)
            together.update(
                key, actions, condition=RecipientItem.batch.exists() & RecipientItem.read_at.does_not_exist()
            )
            counted = BatchItem(message.key, f"batch#{int(row.batch):05d}")
            together.update(counted, [BatchItem.read.add(1)], condition=BatchItem.people.exists())
    except TransactWriteError as error:
        if conditions_failed(error):
            return False
        raise
    return True


def move_confirm(message: Message, cid: str, before: str, after: str) -> bool:
    """Compare-and-set on the state of a person's confirm call: due, calling, called, failed."""
    try:
        RecipientItem(cid, message.recipient_key).update(
            [RecipientItem.confirm_state.set(after)], condition=RecipientItem.confirm_state == before
        )
    except UpdateError as error:
        if error.cause_response_code != FAILED_CONDITION:
            raise
        return False
    return True
