"""Tables, queues and the bucket in memory.

For tests with one thread that need no engine. moto is not atomic, so it proves nothing about concurrency.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto import mock_aws
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from chalicelib import storage
from chalicelib.audit import archive_store
from chalicelib.messages import file_store, job_queues
from chalicelib.visits import board_store
from infra.aws import resources_stack

# Their answers are JSON as they are: no time and no binary value.
OF_ITEMS = {
    "BatchGetItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
}
_serialized = DynamoHandler.serialized


def _quickly_serialized(handler: DynamoHandler, answer: Any) -> Any:
    """Encode an answer with items directly.

    moto compares each of its values with the service's description.
    """
    if not isinstance(answer, DynamoResult) or handler._get_action() not in OF_ITEMS:
        return _serialized(handler, answer)
    given = {name: value for name, value in answer.result.items() if value is not None}  # type: ignore[attr-defined]
    return 200, {"Content-Type": "application/x-amz-json-1.0", **handler.response_headers}, json.dumps(given)


DynamoHandler.serialized = _quickly_serialized


@contextmanager
def in_memory() -> Iterator[None]:
    """Empty tables, queues and buckets in memory.

    Connections that are made inside talk to them. The stack of the template is made once in a process, and kept in
    between, because it takes two seconds.
    """
    memory = mock_aws()
    memory.start(reset=False)
    _forget_connections()
    try:
        if not any(region.tables for region in get_backend("dynamodb")[DEFAULT_ACCOUNT_ID].values()):
            resources_stack.apply("local")
        clear()
        yield
    finally:
        _forget_connections()
        memory.stop(remove_data=False)


def clear() -> None:
    """Empty every table, stream, bucket and queue.

    All is deleted in moto itself, because requests would take ten times as long. The changes in the streams go too:
    moto copies a table for each item of a transaction, with all its changes.
    """
    for region in get_backend("dynamodb")[DEFAULT_ACCOUNT_ID].values():
        for table in region.tables.values():
            table.items.clear()
            if table.stream_shard:
                table.stream_shard.items.clear()
    for partition in get_backend("s3")[DEFAULT_ACCOUNT_ID].values():
        for bucket in partition.buckets.values():
            bucket.keys.clear()
    for region in get_backend("sqs")[DEFAULT_ACCOUNT_ID].values():
        for queue in region.queues.values():
            queue._messages.clear()
            queue.pending_messages.clear()


def _forget_connections() -> None:
    storage._connection = None
    for made_once in (job_queues._sqs, job_queues._url, file_store._s3, archive_store._s3, board_store._s3):
        made_once.cache_clear()
