"""Feeds the engine's streams and queues to the app's functions, as Lambda's event sources do on AWS.

Which function listens to what is read from the app itself, so a new one needs nothing here.

    python -m infra.local.event_sources CHECKPOINT_FILE [--counts]

With --counts it feeds the function that counts days, as a process of its own; without, all others, and lets the rest of
the machine go first: after a storm of bookings, what people look up must not wait behind what they are told.
"""

import json
import logging
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from chalice.local import LambdaContext

from chalicelib.settings import settings

# Between two looks at a stream, after records and after a while without. Lambda looks once a second.
SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.15, 0.4
ATTEMPTS = 5
COUNTS = "count_days"
log = logging.getLogger("moph")


class Checkpoints:
    """How far each stream was read, kept in a file so that a restart goes on from there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    def get(self, shard: str) -> str | None:
        return self._seen.get(shard)

    def set(self, shard: str, sequence_number: str) -> None:
        with self._lock:
            self._seen[shard] = sequence_number
            part = self._path.with_suffix(".part")
            part.write_text(json.dumps(self._seen))
            part.replace(self._path)


def feed_stream(app: Any, source: Any, checkpoints: Checkpoints, ending: threading.Event) -> None:
    """Reads the stream of one table and hands its records to one function, in order, in batches."""
    table, function = source.stream_arn, source.name
    arn = boto3.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    streams = boto3.client("dynamodbstreams")
    iterators: dict[str, str] = {}
    shards: list[str] = []
    found, pause = source.batch_size, SHORTEST_PAUSE_SECONDS
    # The engine forgets its streams when it ends, so what they still hold is fed before this ends.
    while found or not ending.is_set():
        if found < source.batch_size:  # what comes meanwhile makes one batch: fewer requests than one by one
            ending.wait(pause)
        found = 0
        if not shards:
            shards = [one["ShardId"] for one in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]]
        for shard_id in list(shards):
            key = f"{function} {shard_id}"
            if shard_id not in iterators:
                iterators[shard_id] = _iterator(streams, arn, shard_id, checkpoints.get(key))
            answer = streams.get_records(ShardIterator=iterators[shard_id], Limit=source.batch_size)
            records = answer["Records"]
            if records:
                event = {"Records": [_json_ready(one, arn) for one in records]}
                if not _invoke_until_done(app, function, event, ending):
                    return  # the next start goes on from the batch before
                checkpoints.set(key, records[-1]["dynamodb"]["SequenceNumber"])
            found += len(records)
            if following := answer.get("NextShardIterator"):
                iterators[shard_id] = following
            else:
                del iterators[shard_id]
                shards.clear()  # where one ends, another has begun
        pause = SHORTEST_PAUSE_SECONDS if found else min(pause * 1.2, LONGEST_PAUSE_SECONDS)


def _iterator(streams: Any, arn: str, shard_id: str, after: str | None) -> str:
    if after is not None:
        try:
            return str(
                streams.get_shard_iterator(
                    StreamArn=arn,
                    ShardId=shard_id,
                    ShardIteratorType="AFTER_SEQUENCE_NUMBER",
                    SequenceNumber=after,
                )["ShardIterator"]
            )
        except streams.exceptions.TrimmedDataAccessException:
            pass  # the stream no longer holds that place; what is left of it is read from its beginning
    answer = streams.get_shard_iterator(StreamArn=arn, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON")
    return str(answer["ShardIterator"])


def _json_ready(record: Any, arn: str) -> dict[str, Any]:
    change = dict(record["dynamodb"])
    if "ApproximateCreationDateTime" in change:
        change["ApproximateCreationDateTime"] = change["ApproximateCreationDateTime"].timestamp()
    return {**record, "dynamodb": change, "eventSourceARN": arn}


def _invoke_until_done(app: Any, function: str, event: dict[str, Any], ending: threading.Event) -> bool:
    """A batch that fails is tried again, and after five attempts set aside with a log line, as on AWS (where it goes to
    the function's failure queue). False where the end came before that."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            invoke(app, function, event)
            return True
        except Exception as fault:
            log.error(json.dumps({"function": function, "fault": type(fault).__name__, "attempt": attempt}))
            if ending.wait(0.2 * attempt):
                return False
    return True


def feed_schedule(app: Any, source: Any, checkpoints: Checkpoints, ending: threading.Event) -> None:
    """Runs one function at its rate, across restarts."""
    every = seconds_of(source.schedule_expression)
    key = f"{source.name} schedule"
    while not ending.is_set():
        now, last = time.time(), checkpoints.get(key)
        if is_time(last, now, every):
            at = datetime.now(UTC).isoformat(timespec="seconds")
            event = {"version": "0", "account": "000000000000", "region": settings().region, "source": "aws.events",
                     "detail-type": "Scheduled Event", "detail": {}, "resources": [], "time": at, "id": at}  # fmt: skip
            if _invoke_until_done(app, source.name, event, ending):
                checkpoints.set(key, str(now))
        ending.wait(1)


def is_time(last: str | None, now: float, every: float) -> bool:
    """Whether a function last run at `last` shall run: its time has come, also while nothing ran; or the clock was put
    back, and waiting until it has caught up might take a day."""
    return last is None or not 0 <= now - float(last) < every


def seconds_of(schedule: Any) -> float:
    """Of a rate such as `rate(15 minutes)`. Raises ValueError for anything else: nothing here keeps a cron."""
    found = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", str(schedule.to_string()))
    if found is None:
        raise ValueError(f"the feeder knows rates only, not {schedule.to_string()}")
    return int(found[1]) * {"minute": 60.0, "hour": 3_600.0, "day": 86_400.0}[found[2]]


def feed_queue(run: Callable[[dict[str, Any]], Any], source: Any, ending: threading.Event) -> None:
    """Receives from one queue, hands each batch to `run`, and deletes what was not reported as failed. The rest
    comes back after the queue's visibility time-out and goes to its dead-letter queue after five times."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=settings().queue(source.queue))["QueueUrl"]
    while not ending.is_set():
        size = min(source.batch_size, 10)
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=size, WaitTimeSeconds=1, AttributeNames=["All"])
        messages = answer.get("Messages", [])
        if not messages:
            continue
        event = {"Records": [_sqs_record(one, url) for one in messages]}
        try:
            result = run(event)
        except Exception as fault:
            log.error(json.dumps({"function": source.name, "fault": type(fault).__name__}))
            continue
        failures = (result or {}).get("batchItemFailures", []) if isinstance(result, dict) else []
        failed = {one["itemIdentifier"] for one in failures}
        if done := [one for one in messages if one["MessageId"] not in failed]:
            entries = [{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(done)]
            sqs.delete_message_batch(QueueUrl=url, Entries=entries)


def _sqs_record(message: Any, url: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:local:000000000000:{url.rsplit('/', 1)[-1]}",
        "awsRegion": settings().region,
    }


def invoke(app: Any, function: str, event: dict[str, Any]) -> Any:
    """Runs one of the app's functions on an event as Lambda would."""
    import app as app_module

    return getattr(app_module, function)(event, LambdaContext(function, 512, max_runtime_ms=60_000))


def keep_feeding(feed: Any, *arguments: Any, ending: threading.Event) -> None:
    """Runs a feed until the end; where the engine fails it for a moment, it goes on from its checkpoint."""
    while not ending.is_set():
        try:
            feed(*arguments, ending)
        except (BotoCoreError, ClientError) as fault:
            log.error(json.dumps({"feed": feed.__name__, "fault": type(fault).__name__}))
            ending.wait(1)


def main() -> None:
    from app import app

    ending = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ending.set())
    checkpoints = Checkpoints(Path(sys.argv[1]))
    counts = "--counts" in sys.argv
    if not counts:
        os.nice(10)
    threads = []
    for source in app.event_sources:
        if (source.name == COUNTS) != counts:
            continue
        kind = type(source).__name__
        if kind == "DynamoDBEventConfig":
            threads.append(_thread(ending, feed_stream, app, source, checkpoints))
        elif kind == "SQSEventConfig":
            threads.append(_thread(ending, feed_queue, partial(invoke, app, source.name), source))
        elif kind == "ScheduledEventConfig":
            threads.append(_thread(ending, feed_schedule, app, source, checkpoints))
    while not ending.wait(0.5):
        if not all(thread.is_alive() for thread in threads):
            print("a feeding thread has ended", flush=True)
            sys.exit(1)
    for thread in threads:
        thread.join(timeout=10)


def _thread(ending: threading.Event, *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=keep_feeding, args=arguments, kwargs={"ending": ending}, daemon=True)
    thread.start()
    return thread


if __name__ == "__main__":
    main()
