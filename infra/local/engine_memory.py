"""Patch the engine to need less memory.

`forget_read_records` deletes stream records after they were read, so the memory does not grow with every change.
DynamoDB keeps a record for a day, and so does the engine: both images of each row that changed. In the local stack each
stream has one reader (infra/local/event_sources.py). It asks for the next records after it has processed those before,
and notes its position. So a request for records shows which are done; the newest of these are kept for a restart.

`share_equal_values` stores equal values of rows once. The engine keeps each column of each row as a dictionary, such as
{"S": "00000"}, of 200 bytes and more, and most columns of an appointment are the same in thousands of rows.

`keep_digests_of_transactions` is for the ten minutes in which a transaction with the same client token is recognised.
"""

import hashlib
import json
import sys
from functools import lru_cache
from typing import Any

from ministack.services import dynamodb, dynamodb_streams

KEPT_RECORDS = 200
SHARED_VALUES = 10_000  # the least recently used one is dropped
_LONGEST_SHARED = 60  # characters; longer texts are hardly ever equal
_AT_ONCE = 100  # removing records from the front of a list costs the same for one and for many


def forget_read_records() -> None:
    """Make the engine's GetRecords delete the records that were read before.

    They are the records before the reader's position.
    """
    get_records = dynamodb_streams._get_records

    def forgetting(data: dict[str, Any]) -> Any:
        _forget(data.get("ShardIterator") or "")
        return get_records(data)

    dynamodb_streams._get_records = forgetting


def _forget(iterator: str) -> None:
    reader = dynamodb_streams._decode_iterator(iterator)
    if reader is None or "a" not in reader or "r" not in reader:
        return  # the engine answers what is wrong with it
    stream = (reader["a"], reader["r"], reader["t"])
    records = dynamodb._stream_records.get_scoped(*stream)
    forgotten = dynamodb._stream_trimmed.get_scoped(*stream, 0)
    position = int(reader.get("p", 0))
    done = position - forgotten - KEPT_RECORDS
    # A position beyond the last record is one in a stream that there was before: it says nothing of this one.
    if records and done >= _AT_ONCE and position <= forgotten + len(records):
        del records[:done]
        dynamodb._stream_trimmed.set_scoped(*stream, forgotten + done)


def share_equal_values() -> None:
    """Make the engine store equal short values and equal names of columns once.

    The engine replaces a column's value, and never changes it, so rows can have it in common.
    """
    set_item = dynamodb._set_item

    def sharing(table: Any, partition: Any, sort: Any, row: dict[str, Any]) -> Any:
        shared = {sys.intern(name): _shared(value) for name, value in row.items()}
        row.clear()  # the same dictionary, because the engine has it in the stream record too
        row.update(shared)
        return set_item(table, partition, sort, row)

    dynamodb._set_item = sharing


def _shared(value: dict[str, Any]) -> dict[str, Any]:
    """The one stored value that is equal to this one.

    Itself if it is a list, a map, a set or a long text.
    """
    ((kind, content),) = value.items()
    return _one(kind, content) if kind in ("S", "N") and len(content) <= _LONGEST_SHARED else value


@lru_cache(SHARED_VALUES)
def _one(kind: str, content: str) -> dict[str, Any]:
    return {kind: content}


def keep_digests_of_transactions() -> None:
    """Make the engine keep a digest of each transaction instead of its content.

    It compares a request with the earlier one that had the same client token.
    """
    store = dynamodb._txn_token_store

    def storing(token: str, entry: dict[str, Any]) -> None:
        store(token, {**entry, "signature": _Digest(entry["signature"])})

    dynamodb._txn_token_store = storing


class _Digest:
    """Equal to each request with the same content."""

    __slots__ = ("_digest",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, request: Any) -> None:
        self._digest = self._of(request)

    def __eq__(self, request: object) -> bool:
        return self._digest == self._of(request)

    @staticmethod
    def _of(request: Any) -> bytes:
        return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).digest()
