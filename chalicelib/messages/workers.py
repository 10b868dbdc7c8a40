"""Queue functions: prepare messages, deliver them, and call hospitals back.

Each channel has a delivery function of its own. Each function takes the records of one event and returns those that
must be received again, as `batchItemFailures` (docs/announcements.md). A job that may succeed later is postponed, each
time longer; after five attempts the queue moves it to its dead-letter queue.
"""

import logging
import random
import time
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import msgspec

from chalicelib import metrics
from chalicelib.errors import TryAgain
from chalicelib.messages import (
    cleanup,
    confirm_calls,
    delivery,
    delivery_rules,
    job_queues,
    notice_delivery,
    recipient_import,
    scheduled_sending,
)
from chalicelib.messages.channels import Channel, ChannelUnavailable
from chalicelib.messages.jobs import (
    CleanUpTargetList,
    ConfirmReading,
    DeliverNotices,
    DeliveryJob,
    MatchTargets,
    PrepareJob,
    StartScheduled,
)
from chalicelib.messages.model import APP, LINE
from chalicelib.secret_parameters import secret
from chalicelib.settings import settings

# A call takes up to thirteen seconds, and a channel function is ended after a minute (.chalice/config.json). Notices
# that are left then would count as sent and not answered, and be lost if the provider does not answer for a day.
DELIVER_SECONDS = 40.0
log = logging.getLogger("moph")

SqsRecord = dict[str, Any]
# job, the record of its queue message
Work = Callable[[Any, SqsRecord], None]


def prepare(records: list[SqsRecord], read_bookings: recipient_import.ReadBookings) -> dict[str, Any]:
    """Prepare messages.

    The jobs make target lists, start scheduled announcements, queue the deliveries of messages, and delete unused
    target lists.
    """

    def work(job: PrepareJob, _record: SqsRecord) -> None:
        if isinstance(job, MatchTargets):
            recipient_import.run(job, read_bookings)
        elif isinstance(job, CleanUpTargetList):
            cleanup.clean_up(job)
        elif isinstance(job, StartScheduled):
            scheduled_sending.start(job)
        else:
            delivery.dispatch(job)

    return _run(job_queues.PREPARE, records, PrepareJob, work)


def deliver_app(records: list[SqsRecord]) -> dict[str, Any]:
    """Hand batches and notices to the Mor Prom app's gateway."""
    names = ("app_gateway_token", "app_gateway_client_key", "app_gateway_secret_key")
    return deliver(APP, _app_gateway(*map(secret, names)), records)


def deliver_line(records: list[SqsRecord]) -> dict[str, Any]:
    """Hand batches and notices to LINE."""
    return deliver(LINE, _line(secret("line_channel_access_token")), records)


def deliver(
    channel: str, provider: Channel, records: list[SqsRecord], seconds: float = DELIVER_SECONDS
) -> dict[str, Any]:
    """Hand batches and notices to the provider of a channel.

    seconds: no call for a notice begins later.
    """
    until = time.monotonic() + seconds

    def work(job: DeliveryJob, record: SqsRecord) -> None:
        holder = record["messageId"]
        if isinstance(job, DeliverNotices):
            left = min(notice_delivery.SECONDS, until - time.monotonic())
            notice_delivery.deliver(channel, provider, job, holder, _receives(record), left)
        else:
            delivery.deliver(channel, provider, job, holder)

    return _run(job_queues.DELIVER[channel], records, DeliveryJob, work)


def confirm(records: list[SqsRecord], get: Callable[[str], None] | None = None) -> dict[str, Any]:
    """Call the hospitals' message_confirm_url.

    get: sends the request; given by tests, which have no public host.
    """
    send = get or _confirm_caller()

    def work(job: ConfirmReading, _record: SqsRecord) -> None:
        confirm_calls.call(send, job)

    return _run(job_queues.CONFIRM, records, ConfirmReading, work)


@cache
def _confirm_caller() -> Callable[[str], None]:
    from chalicelib.messages.channels.confirm import ConfirmCaller

    return ConfirmCaller().call


# A new one only if a secret has changed: each keeps its connections.
@lru_cache(maxsize=1)
def _app_gateway(token: str, client_key: str, secret_key: str) -> Channel:
    from chalicelib.messages.channels.app import AppGateway, credentials

    return AppGateway(settings().app_gateway_url, credentials(token, client_key, secret_key))


@lru_cache(maxsize=1)
def _line(access_token: str) -> Channel:
    # The SDK costs half a second at start, so only the function that needs it imports it.
    from chalicelib.messages.channels.line import LineChannel

    return LineChannel(settings().line_api_url, access_token)


def _run(queue: str, records: list[SqsRecord], kind: Any, work: Work) -> dict[str, Any]:
    """Do the jobs of the records, and return those to be received again.

    Each is logged with its type and numbers. kind: the job class of the queue, or a union of them.
    """
    failed = []
    for record in records:
        facts: dict[str, Any] = {"queue": queue, "receives": _receives(record)}
        try:
            job = job_queues.decode(record["body"], kind)
            facts |= msgspec.to_builtins(job)
            work(job, record)
            outcome = "done"
        except (ChannelUnavailable, delivery.AlreadyBeingDelivered, TryAgain) as failure:
            outcome = type(failure).__name__
            _postpone(queue, record, _pause_seconds(record, failure), facts)
        except Exception as fault:
            # A faulty job must not stop the others of the event; after five attempts it is in the dead-letter queue.
            outcome = f"fault {type(fault).__qualname__}"
            log.error(metrics.fault_line(fault, facts))
        if outcome != "done":
            failed.append({"itemIdentifier": record["messageId"]})
        log.info(metrics.line({**facts, "outcome": outcome}))
    return {"batchItemFailures": failed}


def _postpone(queue: str, record: SqsRecord, seconds: int, facts: dict[str, Any]) -> None:
    """Hide a failed job for some seconds.

    If SQS does not do it, the job comes back after the queue's visibility time-out. This must not fail the event: its
    other jobs are done, and would all be received again.
    """
    try:
        job_queues.postpone(queue, record["receiptHandle"], seconds)
    except Exception as fault:
        log.error(metrics.fault_line(fault, facts))


def _receives(record: SqsRecord) -> int:
    """How often the message was received, this time included.

    It also counts receipts for which Lambda had no function free (docs/adr/0026).
    """
    return int(record["attributes"].get("ApproximateReceiveCount", 1))


def _pause_seconds(record: SqsRecord, failure: Exception) -> int:
    if isinstance(failure, delivery.AlreadyBeingDelivered):
        return int(delivery_rules.LEASE.total_seconds())
    retry_after = getattr(failure, "retry_after", None)
    first = settings().channel_retry_seconds
    return delivery_rules.pause_seconds(_receives(record), first, retry_after, random.random())
