"""The SQS functions: one that prepares, one per channel, one that calls hospitals back (docs/announcements.md).

Each takes the records of one event and returns those that are to come again, as `batchItemFailures`. A record that may
pass later rests for a while that doubles; after five times the queue moves it to its dead-letter queue.
"""

import json
import logging
import random
from collections.abc import Callable
from functools import cache
from typing import Any

from chalicelib import metrics
from chalicelib.errors import TryAgain
from chalicelib.messages import cleanup, delivering, queues, recipient_import, rules
from chalicelib.messages.channels import Channel, ChannelUnavailable
from chalicelib.settings import settings

log = logging.getLogger("moph")

SqsRecord = dict[str, Any]


def prepare(records: list[SqsRecord]) -> dict[str, Any]:
    """Matches target files, puts batches on the channels' queues, removes target lists that nobody needs."""

    def do(job: dict[str, Any], record: SqsRecord) -> None:
        if job["do"] == "match":
            recipient_import.run(job["hospital_code"], job["message_id"], job["upload_id"])
        elif job["do"] == "forget":
            cleanup.forget(job["hospital_code"], job["message_id"], job["target_list"], job["created_at"])
        else:
            delivering.dispatch(job["hospital_code"], job["message_id"], job["first"])

    return _each(queues.PREPARE, records, do)


def deliver_app(records: list[SqsRecord]) -> dict[str, Any]:
    """Hands batches to the Mor Prom app's gateway."""
    return _deliver(rules.APP, _app_gateway(), records)


def deliver_line(records: list[SqsRecord]) -> dict[str, Any]:
    """Hands batches to LINE."""
    return _deliver(rules.LINE, _line(), records)


def _deliver(name: str, channel: Channel, records: list[SqsRecord]) -> dict[str, Any]:
    def do(job: dict[str, Any], record: SqsRecord) -> None:
        holder = record["messageId"]
        delivering.deliver(name, channel, job["hospital_code"], job["message_id"], job["batch"], holder)

    return _each(queues.DELIVER[name], records, do)


def confirm(records: list[SqsRecord], call: Callable[[str], None] | None = None) -> dict[str, Any]:
    """Calls the hospitals' message_confirm_url. call: for tests, which have no public host."""
    call = call or _confirm_caller()

    def do(job: dict[str, Any], record: SqsRecord) -> None:
        delivering.confirm(call, job["hospital_code"], job["message_id"], job["batch"], job["place"])

    return _each(queues.CONFIRM, records, do)


@cache
def _confirm_caller() -> Callable[[str], None]:
    from chalicelib.messages.channels.confirm import ConfirmCaller

    return ConfirmCaller().call


@cache
def _app_gateway() -> Channel:
    from chalicelib.messages.channels.app import AppGateway

    return AppGateway(settings().app_gateway_url, settings().app_gateway_credentials)


@cache
def _line() -> Channel:
    # The SDK costs half a second at start, so only the function that needs it imports it.
    from chalicelib.messages.channels.line import LineChannel

    return LineChannel(settings().line_api_url, settings().line_channel_access_token)


def _each(queue: str, records: list[SqsRecord], do: Callable[[dict[str, Any], SqsRecord], None]) -> dict[str, Any]:
    failed = []
    for record in records:
        try:
            do(json.loads(record["body"]), record)
            outcome = "done"
        except (ChannelUnavailable, delivering.HeldElsewhere, TryAgain) as failure:
            outcome = type(failure).__name__
            queues.postpone(queue, record["receiptHandle"], _pause(record, failure))
        except Exception as fault:
            # One bad record must not hold up the others; it comes again and ends in the dead-letter queue.
            outcome = f"fault {type(fault).__qualname__}"
        if outcome != "done":
            failed.append({"itemIdentifier": record["messageId"]})
        receives = int(record["attributes"].get("ApproximateReceiveCount", 1))
        facts = {"queue": queue, "outcome": outcome, "receives": receives, **_numbers(record["body"])}
        log.info(metrics.line(facts))
    return {"batchItemFailures": failed}


def _pause(record: SqsRecord, failure: Exception) -> int:
    if isinstance(failure, delivering.HeldElsewhere):
        return int(rules.LEASE.total_seconds())
    receives = int(record["attributes"].get("ApproximateReceiveCount", 1))
    asked = getattr(failure, "retry_after", None)
    return rules.pause_seconds(receives, settings().channel_retry_seconds, asked, random.Random())


def _numbers(body: str) -> dict[str, Any]:
    """What of a job goes into the log: names and numbers that we put there ourselves."""
    try:
        job = json.loads(body)
        return {name: job[name] for name in ("do", "hospital_code", "message_id", "batch") if name in job}
    except (ValueError, TypeError):
        return {}
