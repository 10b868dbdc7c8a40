"""A message's target list: who is in it, in which batch, and what became of each batch on each channel."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import DoesNotExist, PutError, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from chalicelib import storage
from chalicelib.messages import rules
from chalicelib.messages.model import CID_LENGTH, Batch, ChannelDelivery, MatchingProgress, Message, Target
from chalicelib.tables import BatchItem, RecipientItem

FAILED_CONDITION = "ConditionalCheckFailedException"
_CURSOR = "#cursor"
_KEPT_FOR = timedelta(days=730)
_AT_ONCE = 100  # items in one transaction or one batched read


def transaction() -> TransactWrite:
    return TransactWrite(connection=storage.connection(), client_request_token=str(uuid.uuid4()))


def conditions_failed(error: TransactWriteError) -> bool:
    return any(reason and reason.code == "ConditionalCheckFailed" for reason in error.cancellation_reasons)


def expiry(created_at: str) -> datetime:
    """When what became of a message is forgotten."""
    return datetime.fromisoformat(created_at) + _KEPT_FOR


def cursor(message: Message) -> MatchingProgress:
    try:
        row = BatchItem.get(message.key, _CURSOR, consistent_read=True)
    except DoesNotExist:
        return MatchingProgress()
    return MatchingProgress(
        portion=int(row.portion or 0),
        portion_written=int(row.portion_written or 0),
        batches=int(row.batches or 0),
        upload_id=row.upload_id or "",
        upload_state=row.upload_state or "",
        upload_size=int(row.upload_size or 0),
        next_offset=int(row.next_offset or 0),
        next_line=int(row.next_line or 1),
        counts={name: int(count) for name, count in (row.counts.attribute_values if row.counts else {}).items()},
    )


def _cursor_row(message: Message, cursor: MatchingProgress) -> BatchItem:
    return BatchItem(
        message.key,
        _CURSOR,
        expires_at=expiry(message.created_at),
        portion=cursor.portion,
        portion_written=cursor.portion_written,
        batches=cursor.batches,
        upload_id=cursor.upload_id or None,
        upload_state=cursor.upload_state or None,
        upload_size=cursor.upload_size,
        next_offset=cursor.next_offset,
        next_line=cursor.next_line,
        counts=cursor.counts,
    )


def save_cursor(message: Message, changed: MatchingProgress) -> bool:
    """Writes the cursor where no portion was decided since it was read; False where one was."""
    try:
        _cursor_row(message, changed).save(condition=_still_at(changed.portion))
    except PutError as error:
        if error.cause_response_code != FAILED_CONDITION:
            raise
        return False
    return True


def _still_at(portion: int) -> Any:
    unchanged = BatchItem.portion == portion
    return unchanged | BatchItem.portion.does_not_exist() if portion == 0 else unchanged


def decide_portion(message: Message, changed: MatchingProgress, batches: list[list[Target]]) -> bool:
    """Makes the batches of one portion and moves the cursor, all or nothing; False where the portion was decided
    already. The batches are numbered on from where the cursor was."""
    first = changed.batches - len(batches) + 1
    try:
        with transaction() as together:
            together.save(_cursor_row(message, changed), condition=_still_at(changed.portion - 1))
            for number, targets in enumerate(batches, first):
                for row in batch_rows(message, number, targets):
                    together.save(row)
    except TransactWriteError as error:
        if conditions_failed(error):
            return False
        raise
    return True


def batch_rows(message: Message, number: int, targets: list[Target]) -> list[BatchItem]:
    expires_at = expiry(message.created_at)
    cids = "".join(target.cid for target in targets)
    return [
        BatchItem(message.key, f"batch#{number:05d}", people=len(targets), read=0, expires_at=expires_at),
        BatchItem(message.key, f"people#{number:05d}", cids=cids, expires_at=expires_at),
    ]


def write_recipients(message: Message, number: int, targets: list[Target]) -> None:
    """Writes a batch's recipients; those that are there already stay as they are."""
    rows = [recipient_row(message, number, place, target) for place, target in enumerate(targets)]
    for some in rules.batches(rows, _AT_ONCE):
        if not _put_all_new(list(some)):
            there = _existing(message, [row.cid for row in some])
            _put_all_new([row for row in some if row.cid not in there])


def _put_all_new(rows: list[RecipientItem]) -> bool:
    try:
        if rows:
            with transaction() as together:
                for row in rows:
                    together.save(row, condition=RecipientItem.cid.does_not_exist())
    except TransactWriteError as error:
        if conditions_failed(error):
            return False
        raise
    return True


def recipient_row(message: Message, number: int, place: int, target: Target) -> RecipientItem:
    return RecipientItem(
        target.cid,
        message.recipient_key,
        hospital_code=message.hospital_code,
        message_id=message.message_id,
        batch=number,
        place=place,
        name=target.name,
        expires_at=expiry(message.created_at),
    )


def targets_among(message: Message, cids: list[str]) -> set[str]:
    """Those of the ids that are targets of the message already."""
    return {cid for some in rules.batches(cids, _AT_ONCE) for cid in _existing(message, list(some))}


def _existing(message: Message, cids: list[str]) -> dict[str, RecipientItem]:
    rows = storage.batch_get([(RecipientItem, cid, message.recipient_key) for cid in cids])
    return {cid: row for cid, row in zip(cids, rows, strict=True) if isinstance(row, RecipientItem)}


def cids_of(message: Message, number: int) -> list[str]:
    """Who is in a batch, in order."""
    return _split(BatchItem.get(message.key, f"people#{number:05d}", consistent_read=True).cids)


def _split(cids: str) -> list[str]:
    return [cids[start : start + CID_LENGTH] for start in range(0, len(cids), CID_LENGTH)]


def recipients(message: Message, cids: list[str]) -> dict[str, RecipientItem]:
    """id -> the recipient's row (name, place, read_at, read_in), for up to 100 ids."""
    return _existing(message, cids)


def failures(message: Message, number: int) -> tuple[list[str], dict[str, dict[int, str]]]:
    """Who is in a batch; and channel -> place in the batch -> why that channel could not reach the person."""
    wanted = [(BatchItem, message.key, f"failed#{channel}#{number:05d}") for channel in rules.CHANNELS]
    people, *failed = storage.batch_get([(BatchItem, message.key, f"people#{number:05d}"), *wanted])
    found = {}
    for channel, row in zip(rules.CHANNELS, failed, strict=True):
        kept = row.failures.attribute_values if isinstance(row, BatchItem) and row.failures else {}
        found[channel] = {int(place): str(reason) for place, reason in kept.items()}
    return _split(people.cids) if isinstance(people, BatchItem) else [], found


# ---- deliveries ----


def batches(message: Message) -> list[Batch]:
    """Every batch of the message's target list, without who is in it."""
    rows = BatchItem.query(message.key, BatchItem.item.startswith("batch#"), consistent_read=True)
    return [_batch(row) for row in rows]


def first_batches(messages: list[Message]) -> list[Batch]:
    """The only batch of each of these notices, at most 100, in order and in one request."""
    rows = storage.batch_get([(BatchItem, message.key, "batch#00001") for message in messages])
    return [_batch(row) for row in rows]


def batch(message: Message, number: int) -> tuple[Batch, list[str]] | None:
    """One batch and who is in it, in one request; None where the target list has no such batch."""
    keys = [(BatchItem, message.key, f"{kind}#{number:05d}") for kind in ("batch", "people")]
    state, people = storage.batch_get(keys)
    if not isinstance(state, BatchItem) or not isinstance(people, BatchItem):
        return None
    return _batch(state), _split(people.cids)


def _batch(row: Any) -> Batch:
    return Batch(
        number=int(row.item.removeprefix("batch#")),
        people=int(row.people),
        read=int(row.read),
        channel_deliveries={channel: _channel_delivery(row, channel) for channel in rules.CHANNELS},
    )


def _channel_delivery(row: Any, channel: str) -> ChannelDelivery:
    sent, failed = getattr(row, f"{channel}_sent"), getattr(row, f"{channel}_failed")
    return ChannelDelivery(
        sent=None if sent is None else int(sent),
        failed=None if failed is None else int(failed),
        holder=getattr(row, f"{channel}_holder") or "",
        held_until=_moment(getattr(row, f"{channel}_held_until")),
        in_doubt_since=_moment(getattr(row, f"{channel}_in_doubt_since")),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def hold(message: Message, number: int, channel: str, holder: str, now: datetime) -> bool:
    """Takes a batch for one attempt, and notes that its outcome is in doubt from now on. False where it is done, or
    somebody else is at it."""
    column = _columns(channel)
    until, moment = (now + rules.LEASE).isoformat(), now.isoformat()
    free = column["held_until"].does_not_exist() | (column["held_until"] < moment) | (column["holder"] == holder)
    actions = [
        column["holder"].set(holder),
        column["held_until"].set(until),
        column["in_doubt_since"].set(column["in_doubt_since"] | moment),
    ]
    return _update_batch(message, number, actions, column["sent"].does_not_exist() & free)


def let_go(message: Message, number: int, channel: str, holder: str, clear_doubt: bool) -> None:
    """Ends an attempt that came to nothing. clear_doubt: it certainly delivered nothing, and none before it may
    have."""
    column = _columns(channel)
    actions = [column["holder"].remove(), column["held_until"].remove()]
    if clear_doubt:
        actions.append(column["in_doubt_since"].remove())
    _update_batch(message, number, actions, column["holder"] == holder)


def finish(message: Message, number: int, channel: str, sent: int, failed: dict[int, str]) -> bool:
    """Writes the outcome of a batch on a channel, once. False where it was written already."""
    column = _columns(channel)
    actions = [
        column["sent"].set(sent),
        column["failed"].set(len(failed)),
        column["holder"].remove(),
        column["held_until"].remove(),
        column["in_doubt_since"].remove(),
    ]
    condition = BatchItem.people.exists() & column["sent"].does_not_exist()
    if not failed:
        return _update_batch(message, number, actions, condition)
    reasons = {str(place): reason for place, reason in failed.items()}
    try:
        with transaction() as together:
            together.update(BatchItem(message.key, f"batch#{number:05d}"), actions, condition=condition)
            expires_at = expiry(message.created_at)
            together.save(
                BatchItem(message.key, f"failed#{channel}#{number:05d}", failures=reasons, expires_at=expires_at)
            )
    except TransactWriteError as error:
        if conditions_failed(error):
            return False
        raise
    return True


def _columns(channel: str) -> dict[str, Any]:
    names = ("sent", "failed", "holder", "held_until", "in_doubt_since")
    return {name: getattr(BatchItem, f"{channel}_{name}") for name in names}


def _update_batch(message: Message, number: int, actions: list[Any], condition: Any) -> bool:
    try:
        BatchItem(message.key, f"batch#{number:05d}").update(actions, condition=condition)
    except UpdateError as error:
        if error.cause_response_code != FAILED_CONDITION:
            raise
        return False
    return True


# ---- target lists that nobody needs any more ----


def erase(key: str, recipient_key: str, most: int) -> bool:
    """Deletes a target list from the tables, at most so many of its batches: their recipients first, so that the rest
    is found again by whoever goes on. Whether nothing is left."""
    people = list(BatchItem.query(key, BatchItem.item.startswith("people#"), limit=most, consistent_read=True))
    for row in people:
        with RecipientItem.batch_write() as recipients:
            for cid in _split(row.cids):
                recipients.delete(RecipientItem(cid, recipient_key))
        row.delete()
    if len(people) == most:
        return False
    with BatchItem.batch_write() as rest:
        for row in BatchItem.query(key, consistent_read=True):
            rest.delete(row)
    return True
