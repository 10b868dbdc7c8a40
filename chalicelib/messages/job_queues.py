"""The message queues: send jobs, read their bodies, and postpone them."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec

from chalicelib import aws
from chalicelib.errors import TryAgain
from chalicelib.messages.jobs import DeliverNotices, Job
from chalicelib.messages.model import APP, LINE
from chalicelib.messages.rules import chunked
from chalicelib.settings import settings

PREPARE, CONFIRM = "message-prepare", "message-confirm"
DELIVER = {APP: "message-app", LINE: "message-line"}
ALL = (PREPARE, *DELIVER.values(), CONFIRM)
_PER_REQUEST = 10


@cache
def _sqs() -> Any:
    return aws.client("sqs", read_timeout=5, attempts=3)


@cache
def _url(queue: str) -> str:
    url: str = _sqs().get_queue_url(QueueName=settings().queue(queue))["QueueUrl"]
    return url


def post(queue: str, jobs: Sequence[Job | DeliverNotices], delay_seconds: int = 0) -> None:
    """Put jobs on a queue, ten a request, to be received after the delay.

    Raises TryAgain if the queue did not take one of them; the jobs before it may be on the queue.
    """
    for chunk in chunked(jobs, _PER_REQUEST):
        entries = [
            {"Id": str(n), "MessageBody": encode(job), "DelaySeconds": delay_seconds} for n, job in enumerate(chunk)
        ]
        if _sqs().send_message_batch(QueueUrl=_url(queue), Entries=entries).get("Failed"):
            raise TryAgain()


def postpone(queue: str, receipt: str, seconds: int) -> None:
    """Hide a received job for some seconds before it is received again."""
    _sqs().change_message_visibility(QueueUrl=_url(queue), ReceiptHandle=receipt, VisibilityTimeout=seconds)


def encode(job: Job | DeliverNotices) -> str:
    """The body of a job on the queue."""
    return msgspec.json.encode(job).decode()


def decode(body: str, kind: Any) -> Any:
    """The job in a body.

    kind: a job class or a union of them. Raises msgspec.DecodeError if the body is not one.
    """
    return msgspec.json.decode(body, type=kind)
