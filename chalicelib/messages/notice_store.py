"""Rows of notices: in the messages table and in the inbox (docs/adr/0026).

The row in the messages table has the deliveries too. The message id is computed from the notice's own name, so that
writing the row also makes sure that there is no other notice of this name. If two names have the same number, the later
one takes the next number that is computed from its name.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib import clock, storage
from chalicelib.errors import TryAgain
from chalicelib.messages import recipient_store, store
from chalicelib.messages.lease_store import ChannelLeases
from chalicelib.messages.model import FIRST_NOTICE, LAST_NOTICE, STOPPED, StoredNotice
from chalicelib.row_mapper import Mapper
from chalicelib.tables import MessageItem

# Of a million notices of a hospital, one in a thousand meets a number that is taken, and one in a million meets two.
_NUMBERS_OF_A_NAME = 8

NOTICES = Mapper(
    MessageItem, StoredNotice, keys=lambda notice: dict(zip(("hospital_code", "item"), _key(notice), strict=True))
)
LEASES = ChannelLeases(NOTICES, MessageItem.cid.exists())

_Key = tuple[str, str]  # hospital code, sort key


def _key(notice: StoredNotice) -> _Key:
    return notice.message.hospital_code, store.item_of(notice.message.message_id)


def message_id(once: str, attempt: int = 0) -> int:
    """The number of a notice, computed from its name.

    attempt: how many numbers of this name were taken by others.
    """
    digest = hashlib.sha256(f"{once}#{attempt}".encode()).digest()
    return FIRST_NOTICE + int.from_bytes(digest[:8]) % (LAST_NOTICE - FIRST_NOTICE + 1)


def put(notices: Sequence[StoredNotice]) -> tuple[list[StoredNotice], list[int]]:
    """Write those of at most 100 notices that are not there yet.

    It costs one write unit for each small notice. Each notice has the first number of its name. Returns the notices as
    they are stored, in order, and the positions of the new ones. Raises TryAgain.
    """
    stored = list(notices)
    new: list[int] = []
    left = list(range(len(stored)))
    for attempt in range(_NUMBERS_OF_A_NAME):
        for n in left if attempt else ():
            stored[n] = _numbered(notices[n], attempt)
        is_new = MessageItem.item.does_not_exist()
        written = storage.write_each([storage.put(NOTICES.row(stored[n]), is_new) for n in left])
        new += [n for n, done in zip(left, written, strict=True) if done]
        there = [n for n, done in zip(left, written, strict=True) if not done]
        if not there:
            return stored, sorted(new)
        left = []
        for n, present in zip(there, read([_key(stored[n]) for n in there]), strict=True):
            if present is None:
                raise TryAgain()  # it has expired at this moment
            if present.once == stored[n].once:
                stored[n] = present
            else:
                left.append(n)
        if not left:
            return stored, sorted(new)
    raise TryAgain()


def _numbered(notice: StoredNotice, attempt: int) -> StoredNotice:
    return replace(notice, message=replace(notice.message, message_id=message_id(notice.once, attempt)))


def read(keys: Sequence[_Key]) -> list[StoredNotice | None]:
    """Read the notices of at most 100 keys, in order; one request.

    None for a key without a row. A message that is no notice, or one of an earlier version, has no person and no name.
    """
    rows = storage.batch_get([(MessageItem, hospital_code, item) for hospital_code, item in keys])
    return [NOTICES.read(row) if row else None for row in rows]


def of_numbers(numbers: Sequence[tuple[str, int]]) -> list[StoredNotice | None]:
    """The notices with these (hospital code, message id), as `read`."""
    return read([(hospital_code, store.item_of(number)) for hospital_code, number in numbers])


def find(hospital_code: str, once: str) -> StoredNotice | None:
    """The notice of this name, or None."""
    for attempt in range(_NUMBERS_OF_A_NAME):
        (notice,) = of_numbers([(hospital_code, message_id(once, attempt))])
        if notice is None or notice.once == once:
            return notice
    return None


def stop(notice: StoredNotice) -> bool:
    """Stop a notice; what is not delivered stays undelivered.

    Returns False if it is not the stored version.
    """
    message = notice.message
    actions = [MessageItem.state.set(STOPPED), MessageItem.version.set(message.version + 1)]
    return storage.write(storage.update(NOTICES.key(notice), actions, MessageItem.version == message.version))


def note_attempt(notice: StoredNotice, channel: str, in_doubt_since: datetime | None) -> None:
    """Note on a row without attempts that the first attempt is over.

    Without this note, the next attempt must assume that the provider was called. in_doubt_since: when the provider was
    called, if it may have accepted the notice. No-op if another attempt is noted.
    """
    LEASES.note_attempt(notice, channel, _over(notice), in_doubt_since)


def release(held: StoredNotice, channel: str, clear_doubt: bool) -> None:
    """Give the lease back after an attempt that failed, as `ChannelLeases.release`."""
    LEASES.release(held, channel, clear_doubt, held_until=_over(held))


def finish(held: StoredNotice, channel: str, sent: int) -> bool:
    """Write the outcome of a notice on a channel, once.

    Also when the notice first reached the person. sent: 1 if the person was reached, else 0. Returns False if an
    outcome is written already.
    """
    outcome, at = LEASES.outcome(held, channel, sent, 1 - sent), MessageItem.reached_at
    if sent:
        first = at.set(at | clock.now().isoformat(timespec="seconds"))
        outcome = replace(outcome, actions=[*outcome.actions, first])
    return storage.write(outcome)


def _over(notice: StoredNotice) -> datetime:
    """The end of a lease that is over, before any real lease of the notice.

    Written to record that there was an attempt.
    """
    return datetime.fromisoformat(notice.message.created_at) - timedelta(seconds=1)


def put_into_inboxes(notices: Sequence[StoredNotice], new: Sequence[int]) -> None:
    """Write the persons' rows of notices.

    new: positions of the notices that were written a moment ago. The rows of the other notices may exist already, and
    be read; then they stay as they are.
    """
    recipient_store.put_notices([(notices[n].message, notices[n].cid) for n in new])
    others = [notice for n, notice in enumerate(notices) if n not in new]
    if others:
        storage.write_each([recipient_store.notice_recipient(each.message, each.cid) for each in others])
