"""The batches table: progress of a target list, its batches and their people.

It also has the people whom a channel did not reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib import storage
from chalicelib.messages import recipient_store
from chalicelib.messages.lease_store import ChannelLeases
from chalicelib.messages.model import CHANNELS, CID_LENGTH, Batch, MatchingProgress, Message, Recipient, Target, expiry
from chalicelib.row_mapper import Mapper
from chalicelib.settings import settings
from chalicelib.storage import Write
from chalicelib.tables import BatchItem

_PROGRESS = "#progress"


def _batch_item(number: int) -> str:
    return f"batch#{number:05d}"


def _people_item(number: int) -> str:
    return f"people#{number:05d}"


def _failed_item(channel: str, number: int) -> str:
    return f"failed#{channel}#{number:05d}"


PROGRESS = Mapper(
    BatchItem,
    MatchingProgress,
    keys=lambda progress: {"message": progress.list_key, "item": _PROGRESS},
    from_keys=lambda row: {"list_key": row.message},
)
BATCHES = Mapper(
    BatchItem,
    Batch,
    keys=lambda batch: {"message": batch.list_key, "item": _batch_item(batch.number)},
    from_keys=lambda row: {"list_key": row.message, "number": int(row.item.removeprefix("batch#"))},
)


# ---- making the target list ----


def progress_of(message: Message) -> MatchingProgress:
    """The progress of making the message's target list."""
    row = storage.get(BatchItem, message.list_key, _PROGRESS)
    if row is not None:
        return PROGRESS.read(row)
    return MatchingProgress(message.list_key, expiry(message.created_at, settings().messages_kept_days))


def save_progress(before: MatchingProgress, after: MatchingProgress) -> bool:
    """Write the progress.

    False if a chunk was decided, or another upload began, since `before` was read.
    """
    return storage.write(progress_write(before, after))


def progress_write(before: MatchingProgress, after: MatchingProgress) -> Write:
    """The write of `save_progress`."""
    same_upload = BatchItem.upload_id == before.upload_id if before.upload_id else BatchItem.upload_id.does_not_exist()
    return storage.put(PROGRESS.row(after), _decided(before.chunks_decided) & same_upload)


def _decided(chunks: int) -> Any:
    condition = BatchItem.chunks_decided == chunks
    return condition | BatchItem.chunks_decided.does_not_exist() if chunks == 0 else condition


def decide_chunk(progress: MatchingProgress, batches: Sequence[Sequence[Target]]) -> bool:
    """Write the batches of one chunk and the progress after it, all or nothing.

    The last of the batches gets the number `progress.batches`. False if the chunk was decided before.
    """
    writes = [storage.put(PROGRESS.row(progress), _decided(progress.chunks_decided - 1))]
    for number, targets in enumerate(batches, progress.batches - len(batches) + 1):
        writes += new_batch(Batch(progress.list_key, number, len(targets), expires_at=progress.expires_at), targets)
    return storage.transact(writes) is None


def new_batch(batch: Batch, targets: Sequence[Target]) -> list[Write]:
    """The writes of a new batch."""
    cids = "".join(target.cid for target in targets)
    people = BatchItem(batch.list_key, _people_item(batch.number), cids=cids, expires_at=batch.expires_at)
    return [storage.put(BATCHES.row(batch)), storage.put(people)]


# ---- reading ----


def cids_of(message: Message, number: int) -> list[str]:
    """The ids of the people of a batch, by place.

    Raises LookupError if there is no such batch.
    """
    row = storage.get(BatchItem, message.list_key, _people_item(number))
    if row is None:
        raise LookupError("the target list has no such batch")
    return _split(row.cids)


def _split(cids: str) -> list[str]:
    return [cids[start : start + CID_LENGTH] for start in range(0, len(cids), CID_LENGTH)]


def failures(message: Message, number: int) -> tuple[list[str], dict[str, dict[int, str]]]:
    """The ids of the people of a batch, by place, and who was not reached.

    The second value is channel -> place -> why the channel did not reach the person.
    """
    items = [_people_item(number), *(_failed_item(channel, number) for channel in CHANNELS)]
    people, *failed = storage.batch_get([(BatchItem, message.list_key, item) for item in items])
    reasons = {}
    for channel, row in zip(CHANNELS, failed, strict=True):
        reasons[channel] = _reasons(row.failures if isinstance(row, BatchItem) else None) or {}
    return _split(people.cids) if isinstance(people, BatchItem) else [], reasons


def batches(message: Message) -> list[Batch]:
    """Every batch of the message's target list, in order."""
    rows = BatchItem.query(message.list_key, BatchItem.item.startswith("batch#"), consistent_read=True)
    return [BATCHES.read(row) for row in rows]


def batch_key(recipient: Recipient) -> tuple[type[BatchItem], str, str]:
    """Key of the recipient's batch, for `storage.batch_get`."""
    return BatchItem, recipient.list_key, _batch_item(recipient.batch)


@dataclass(frozen=True)
class BatchWithPeople:
    """A batch, its people, and who of them gets the message on no channel.

    cids: ids by place. withheld: place -> why the person gets it on no channel; None if this is not decided yet.
    """

    batch: Batch
    cids: list[str]
    withheld: dict[int, str] | None


def batch(message: Message, number: int) -> BatchWithPeople:
    """One batch and its people; one request.

    Raises LookupError if there is no such batch.
    """
    items = (_batch_item(number), _people_item(number))
    state, people = storage.batch_get([(BatchItem, message.list_key, item) for item in items])
    if not isinstance(state, BatchItem) or not isinstance(people, BatchItem):
        raise LookupError("the target list has no such batch")
    return BatchWithPeople(BATCHES.read(state), _split(people.cids), _reasons(people.withheld))


def decide_withheld(message: Message, number: int, reasons: dict[int, str]) -> dict[int, str]:
    """Write who in a batch gets the message on no channel, once.

    Returns what is stored: place -> why. It may be what another function has decided at the same time.
    """
    row = BatchItem(message.list_key, _people_item(number))
    withheld = {str(place): reason for place, reason in reasons.items()}
    undecided = BatchItem.cids.exists() & BatchItem.withheld.does_not_exist()
    if storage.write(storage.update(row, [BatchItem.withheld.set(withheld)], undecided)):
        return reasons
    return batch(message, number).withheld or {}


def _reasons(stored: Any) -> dict[int, str] | None:
    return None if stored is None else {int(place): str(why) for place, why in stored.items()}


# ---- delivering ----


LEASES = ChannelLeases(BATCHES, BatchItem.people.exists())


def hold(batch: Batch, channel: str, holder: str, now: datetime) -> Batch | None:
    """Take the lease of a batch on a channel, as `ChannelLeases.hold`."""
    return LEASES.hold(batch, channel, holder, now)


def release(held: Batch, channel: str, clear_doubt: bool) -> None:
    """Give the lease back after an attempt that failed, as `ChannelLeases.release`."""
    LEASES.release(held, channel, clear_doubt)


def finish(held: Batch, channel: str, sent: int, failed: dict[int, str]) -> bool:
    """Write the outcome of a batch on a channel, once; False if it is written already.

    failed: place -> why the channel did not reach the person.
    """
    missed = f"{sum(1 << place for place in failed):x}" if failed and sent else ""
    outcome = LEASES.outcome(held, channel, sent, len(failed), missed)
    if not failed:
        return storage.write(outcome)
    reasons = {str(place): reason for place, reason in failed.items()}
    row = BatchItem(held.list_key, _failed_item(channel, held.number), failures=reasons, expires_at=held.expires_at)
    return storage.transact([outcome, storage.put(row)]) is None


def count_reading(recipient: Recipient) -> Write:
    """The write that counts one more person of a batch who has read the message.

    It also notes the person's place if no channel has reached them, because the app's inbox shows them the message all
    the same. If a channel reaches them later, `rules.reach` ignores the place.
    """
    row = BatchItem(recipient.list_key, _batch_item(recipient.batch))
    actions = [BatchItem.read.add(1)]
    stored = storage.get(*batch_key(recipient), consistent=False)
    if stored is not None and BATCHES.read(stored).missed_bits(CHANNELS) >> recipient.place & 1:
        actions.append(BatchItem.read_missed.add({recipient.place}))
    return storage.update(row, actions, BatchItem.people.exists())


# ---- cleaning up ----


def erase(list_key: str, inbox_key: str, max_batches: int) -> bool:
    """Delete a target list, at most `max_batches` batches; True if nothing is left.

    The recipients of a batch are deleted before the row that names them, so that another run finds the rest.
    """
    in_people = BatchItem.item.startswith("people#")
    people = list(BatchItem.query(list_key, in_people, limit=max_batches, consistent_read=True))
    for row in people:
        recipient_store.erase(_split(row.cids), inbox_key)
        row.delete()
    if len(people) == max_batches:
        return False
    with BatchItem.batch_write() as rest:
        for row in BatchItem.query(list_key, consistent_read=True):
            rest.delete(row)
    return True
