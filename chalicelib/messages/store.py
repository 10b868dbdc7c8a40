"""The messages table: announcements, notices and their references.

It also has what reads or writes several tables at once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib import storage
from chalicelib.errors import MessageNotFound
from chalicelib.messages import target_list_store
from chalicelib.messages.model import DUE, FIRST_NOTICE, NO_BATCH, SCHEDULED, MatchingProgress, Message, Recipient
from chalicelib.messages.recipient_store import RECIPIENTS
from chalicelib.row_mapper import Mapper
from chalicelib.storage import Table, Write
from chalicelib.tables import MessageItem, RecipientItem

_COUNTER = "#"
_COUNT_KEPT_FOR = timedelta(days=1)
# Where a hospital's code would be: the partition of what waits for its time.
_SCHEDULED = "#scheduled"

MESSAGES = Mapper(MessageItem, Message, keys=lambda message: {"item": item_of(message.message_id)})


def item_of(message_id: int) -> str:
    """The sort key of a message's row."""
    return f"{message_id:010d}"


def _ref_item(ref: str) -> str:
    return f"ref#{ref}"


# ---- writing ----


def next_id(hospital_code: str) -> int:
    """A number for a new announcement of the hospital.

    A number that is not used leaves a gap.
    """
    return storage.increment(MessageItem(hospital_code, _COUNTER), MessageItem.last_announcement)


def count_announcement(hospital_code: str, hour: datetime, most: int) -> bool:
    """Count one more announcement of a hospital in this hour.

    False if it has sent `most` already.
    """
    row = MessageItem(hospital_code, f"sent#{hour.isoformat(timespec='hours')}")
    actions = [MessageItem.sent_count.add(1), MessageItem.expires_at.set(hour + _COUNT_KEPT_FOR)]
    below = MessageItem.sent_count.does_not_exist() | (MessageItem.sent_count < most)
    return storage.write(storage.update(row, actions, below))


def put_new(message: Message, ref: str = "", ref_until: datetime | None = None) -> bool:
    """Write a new message; False if the hospital has another one under `ref`.

    ref_until: when the reference is deleted, if it is before the message.
    """
    return storage.transact(_new_message(message, ref, ref_until)) is None


def _new_message(message: Message, ref: str, ref_until: datetime | None) -> list[Write]:
    is_new = MessageItem.item.does_not_exist()
    writes = [storage.put(MESSAGES.row(message), is_new)]
    if ref:
        until = ref_until or message.expires_at
        row = MessageItem(message.hospital_code, _ref_item(ref), message_id=message.message_id, expires_at=until)
        writes.append(storage.put(row, is_new))
    return writes


def save(changed: Message) -> bool:
    """Write the next version of a message.

    False if the stored version is not the one before it.
    """
    return storage.write(_next_version(changed))


def _next_version(changed: Message) -> Write:
    return storage.put(MESSAGES.row(changed), MessageItem.version == changed.version - 1)


def save_with_progress(changed: Message, before: MatchingProgress, after: MatchingProgress) -> bool:
    """Write a message's next version and its target list's progress, both or neither.

    False if the stored version is not the one before it, or as `target_list_store.save_progress`.
    """
    return storage.transact([_next_version(changed), target_list_store.progress_write(before, after)]) is None


def save_scheduled(changed: Message, send_at: str) -> bool:
    """Write the next version of a message, and whether it waits for its time.

    It is one transaction. send_at: the time for which it waits, or has waited. False if the stored version is not
    the one before it.
    """
    entry = MessageItem(_SCHEDULED, f"{send_at}#{changed.hospital_code}#{item_of(changed.message_id)}")
    entry.expires_at = changed.expires_at
    waits = storage.put(entry) if changed.state == SCHEDULED else storage.delete(entry)
    return storage.transact([_next_version(changed), waits]) is None


def scheduled_until(last: datetime, most: int) -> list[tuple[str, str, int]]:
    """At most `most` announcements that are scheduled for `last` or earlier.

    In the order of time: (send_at, hospital code, message id) of each. It makes one request.
    """
    until = MessageItem.item < f"{last.isoformat(timespec='seconds')}$"  # "$" follows "#"
    rows = MessageItem.query(_SCHEDULED, until, limit=most, consistent_read=True)
    keys = (row.item.split("#") for row in rows)
    return [(send_at, hospital_code, int(number)) for send_at, hospital_code, number in keys]


def delete(message: Message) -> bool:
    """Delete a draft; False if its version is not stored any more."""
    return storage.write(storage.delete(MESSAGES.key(message), MessageItem.version == message.version))


def mark_read(recipient: Recipient, channel: str, at: str, confirm: bool) -> bool:
    """Write the first reading of a person and count it in the batch, all or nothing.

    confirm: a confirm call is due. The reading of a notice is counted nowhere.
    """
    actions = [RecipientItem.read_at.set(at), RecipientItem.read_in.set(channel)]
    if confirm:
        actions.append(RecipientItem.confirm_state.set(DUE))
    unread = RecipientItem.batch.exists() & RecipientItem.read_at.does_not_exist()
    reading = storage.update(RECIPIENTS.key(recipient), actions, unread)
    if recipient.batch == NO_BATCH:
        return storage.write(reading)
    return storage.transact([reading, target_list_store.count_reading(recipient)]) is None


# ---- reading ----


def message(hospital_code: str, message_id: int) -> Message:
    """One message. Raises MessageNotFound, also for another hospital's."""
    row = storage.get(MessageItem, hospital_code, item_of(message_id))
    if row is None:
        raise MessageNotFound()
    return MESSAGES.read(row)


def announcement(hospital_code: str, message_id: int) -> Message:
    """One announcement.

    Raises MessageNotFound, also for a notice: staff may not see those.
    """
    if message_id >= FIRST_NOTICE:
        raise MessageNotFound()
    return message(hospital_code, message_id)


def message_of_ref(hospital_code: str, ref: str) -> Message | None:
    """The message that the hospital has under a reference, or None.

    Raises MessageNotFound if it was deleted.
    """
    row = storage.get(MessageItem, hospital_code, _ref_item(ref))
    return message(hospital_code, int(row.message_id)) if row else None


def announcements(hospital_code: str, before: int | None, limit: int) -> list[Message]:
    """At most `limit` announcements of a hospital, newest first.

    before: only those with a smaller number.
    """
    below = item_of(FIRST_NOTICE if before is None else before)
    rows = MessageItem.query(
        hospital_code,
        MessageItem.item.between("0", below),
        scan_index_forward=False,
        limit=limit + 1,
        consistent_read=True,
    )
    return [MESSAGES.read(row) for row in rows if row.item != below][:limit]


def delivered_in_app(recipients: Sequence[Recipient]) -> list[tuple[Recipient, Message]]:
    """Those of at most 50 recipients whose message was delivered in the app.

    Returns (recipient, message) of each. It makes one request.
    """
    message_keys = [(MessageItem, each.hospital_code, item_of(each.message_id)) for each in recipients]
    state_keys = [
        message_key if each.batch == NO_BATCH else target_list_store.batch_key(each)
        for each, message_key in zip(recipients, message_keys, strict=True)
    ]
    keys: list[tuple[type[Table], str, str]] = list(dict.fromkeys([*message_keys, *state_keys]))
    rows: dict[Any, Any] = dict(zip(keys, storage.batch_get(keys), strict=True)) if keys else {}
    delivered = []
    for recipient, message_key, state_key in zip(recipients, message_keys, state_keys, strict=True):
        message_row, state_row = rows[message_key], rows[state_key]
        # The row of a notice and the row of a batch name the number of people who were reached alike.
        if message_row and state_row and state_row.app_sent is not None:
            delivered.append((recipient, MESSAGES.read(message_row)))
    return delivered
