"""Delete stream records from the engine after they were read.

So the engine's memory does not grow with every change. DynamoDB keeps a record for a day, and so does the engine: both
images of each row that changed. In the local stack each stream has one reader (infra/local/event_sources.py). It asks
for the next records after it has processed those before, and notes its position. So a request for records shows which
are done; the newest of these are kept for a restart.
"""

from typing import Any

from ministack.services import dynamodb, dynamodb_streams

KEPT_RECORDS = 200
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
