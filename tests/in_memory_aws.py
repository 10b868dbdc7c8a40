"""Tables, queues and the bucket in memory.

For tests with one thread that need no engine. moto is not atomic, so it proves nothing about concurrency.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto import mock_aws
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID

from chalicelib import storage
from chalicelib.audit import archive_store
from chalicelib.messages import file_store, job_queues
from chalicelib.visits import board_store
from infra.aws import resources_stack


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

    The rows are deleted in moto itself, because requests would take ten times as long. So are the changes in the
    streams: moto copies a table for each item of a transaction, with all its changes.
    """
    for region in get_backend("dynamodb")[DEFAULT_ACCOUNT_ID].values():
        for table in region.tables.values():
            table.items.clear()
            if table.stream_shard:
                table.stream_shard.items.clear()
    for partition in get_backend("s3")[DEFAULT_ACCOUNT_ID].values():
        for bucket in partition.buckets.values():
            bucket.keys.clear()
    sqs = boto3.client("sqs")
    for url in sqs.list_queues()["QueueUrls"]:  # purging would be allowed once a minute
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _forget_connections() -> None:
    storage._connection = None
    for made_once in (job_queues._sqs, job_queues._url, file_store._s3, archive_store._s3, board_store._s3):
        made_once.cache_clear()
