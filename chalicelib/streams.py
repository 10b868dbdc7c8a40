"""Dispatch the records of one stream to several consumers.

One function reads the stream for all consumers, because DynamoDB serves at most two readers of a stream well. A
consumer that gets a record again must do nothing more. Records with which a consumer fails are set aside in a bucket of
their own, because they are whole rows of people. `make redrive` calls the function with them again (docs/operations.md,
set-aside).
"""

import json
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from chalicelib import aws, clock, metrics
from chalicelib.errors import TryAgain
from chalicelib.settings import settings

# A consumer gets Chalice's stream records, in the order of the changes.
Consumer = Callable[[Sequence[Any]], None]
log = logging.getLogger("moph")


def dispatch(function: str, event: Any, consumers: Mapping[str, Consumer]) -> None:
    """Call every consumer with the records of a stream event.

    A failure of one consumer does not affect the others. consumers: name -> consumer. An event that was set aside is
    for one of them. If a consumer fails at a record, the record is set aside for it, and it gets the others. TryAgain
    is raised after all consumers were called: Lambda calls again with the same records.
    """
    chosen = event.to_dict().get("consumer")
    busy: TryAgain | None = None
    for name, consumer in consumers.items():
        if chosen in (None, name):
            try:
                _consume(function, name, consumer, list(event), event.context)
            except TryAgain as error:
                busy = error
    if busy:
        raise busy


def _consume(function: str, name: str, consumer: Consumer, records: Sequence[Any], context: Any) -> None:
    """Call the consumer with all records, and set aside those with which it fails.

    If it fails, it gets the halves of the records, and their halves, until the faulty records are found. This takes at
    most half of the time that Lambda still gives the function. After that, a part that fails is set aside whole.
    Raises TryAgain.
    """
    milliseconds_kept = context.get_remaining_time_in_millis() / 2
    failed: list[Any] = []
    parts = [records]
    while parts:
        part = parts.pop()
        if not _fails(function, name, consumer, part):
            continue
        middle = len(part) // 2
        if middle and context.get_remaining_time_in_millis() > milliseconds_kept:
            parts += [part[middle:], part[:middle]]  # the first half is next, so the order of the changes is kept
        else:
            failed += part
    if failed:
        set_aside(function, {"consumer": name, "Records": [record.to_dict() for record in failed]})


def _fails(function: str, name: str, consumer: Consumer, records: Sequence[Any]) -> bool:
    """Call the consumer; returns whether it failed. Raises TryAgain."""
    try:
        consumer(records)
    except TryAgain:
        raise
    except Exception as fault:
        facts = {"function": function, "consumer": name, "records": len(records), "event_id": records[0].event_id}
        log.error(metrics.fault_line(fault, facts))
        return True
    return False


def set_aside(function: str, event: dict[str, Any]) -> None:
    """Store a stream event with which a function failed.

    The form is the one in which Lambda itself stores such an event. The bucket deletes it after 30 days. Raises
    TryAgain.
    """
    metrics.count("stream_records_set_aside", len(event["Records"]))
    kept = {"requestContext": {"functionArn": settings().function(function)}, "payload": event}
    key = f"{function}/{clock.today().isoformat()}/{uuid.uuid4()}.json"
    _s3().put_object(Bucket=settings().stream_failures_bucket, Key=key, Body=json.dumps(kept).encode())


@cache
def _s3() -> Any:
    return aws.client("s3", read_timeout=5, attempts=2, s3={"addressing_style": "path"})
