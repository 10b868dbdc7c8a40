"""The message queues. What travels on them is numbers: hospital, message, batch, place; never a national id or a
text."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from chalicelib import aws
from chalicelib.errors import TryAgain
from chalicelib.messages import rules
from chalicelib.settings import settings

PREPARE, CONFIRM = "message-prepare", "message-confirm"
DELIVER = {rules.APP: "message-app", rules.LINE: "message-line"}
ALL = (PREPARE, *DELIVER.values(), CONFIRM)
_PER_REQUEST = 10


@cache
def _sqs() -> Any:
    return aws.client("sqs", read_timeout=5, attempts=3)


@cache
def _url(queue: str) -> str:
    url: str = _sqs().get_queue_url(QueueName=settings().queue(queue))["QueueUrl"]
    return url


def post(queue: str, jobs: Iterable[dict[str, Any]], delay_seconds: int = 0) -> None:
    """Puts jobs on a queue, ten a request, to be received after the delay. Raises TryAgain where one was not taken;
    those before it may have been."""
    for some in rules.batches(list(jobs), _PER_REQUEST):
        entries = [
            {"Id": str(n), "MessageBody": json.dumps(job), "DelaySeconds": delay_seconds} for n, job in enumerate(some)
        ]
        if _sqs().send_message_batch(QueueUrl=_url(queue), Entries=entries).get("Failed"):
            raise TryAgain()


def postpone(queue: str, receipt: str, seconds: int) -> None:
    """Lets a received job rest before it is received again."""
    _sqs().change_message_visibility(QueueUrl=_url(queue), ReceiptHandle=receipt, VisibilityTimeout=seconds)
