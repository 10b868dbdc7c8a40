"""Call the app's functions for events, as event sources do on AWS.

    python -m infra.local.event_sources CHECKPOINT_FILE (--counts | --api-log FILE)

The events are stream records, queue messages, schedules and log lines. The app itself says which function has which
event source (`app.event_sources`). --counts: run only the function that counts days, in a process of its own. Without
it: run all other functions, at low priority, so that after many bookings the look-ups do not wait for the notices.
--api-log: the log of the API, whose access lines go to `record_accesses`.
"""

import base64
import gzip
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
from functools import cache, partial
from pathlib import Path
from typing import Any

import boto3
import urllib3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from chalice.local import LambdaContext

from chalicelib.settings import settings
from infra.local.stream_poll import StreamPoll

ATTEMPTS = 5
WAIT_SECONDS = 2  # how long a receive waits for messages, and so how long an end may take
COUNTS = "count_days"
ACCESSES = "record_accesses"
# The start of an access line (chalicelib/access_log/log_lines.py), and how much of the log is read at once.
ACCESS_LINE, LOG_BYTES = '{"access_record":', 4_000_000
LOG_PAUSE_SECONDS = 0.4
log = logging.getLogger("moph")


@cache
def aws_client(service: str) -> Any:
    """The client of an AWS service, which all feeds share.

    `main` makes them before the threads start: a client reads megabytes of JSON, and several at the same time would
    each read them.
    """
    return boto3.client(service, config=Config(max_pool_connections=50))


class Checkpoints:
    """The position in each stream, and the last run of each schedule.

    They are kept in a file for the next start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._positions: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    def get(self, key: str) -> str | None:
        return self._positions.get(key)

    def set(self, key: str, position: str) -> None:
        with self._lock:
            self._positions[key] = position
            part = self._path.with_suffix(".part")
            part.write_text(json.dumps(self._positions))
            part.replace(self._path)


def feed_stream(
    app: Any, source: Any, checkpoints: Checkpoints, stream_poll: StreamPoll, ending: threading.Event
) -> None:
    """Read the stream of one table, and call one function with its records.

    In order, and in batches.
    """
    table, function = source.stream_arn, source.name
    arn = aws_client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    streams = aws_client("dynamodbstreams")
    iterators: dict[str, str] = {}
    shards: list[str] = []
    read = source.batch_size
    # The engine does not save its streams, so their last records are processed before this ends.
    while read or not ending.is_set():
        if read < source.batch_size and not ending.is_set():
            stream_poll.wait(function)
        read = 0
        if not shards:
            description = streams.describe_stream(StreamArn=arn)["StreamDescription"]
            shards = [shard["ShardId"] for shard in description["Shards"]]
        for shard_id in list(shards):
            key = f"{function} {shard_id}"
            if shard_id not in iterators:
                iterators[shard_id] = _iterator(streams, arn, shard_id, checkpoints.get(key))
            response = streams.get_records(ShardIterator=iterators[shard_id], Limit=source.batch_size)
            records = response["Records"]
            if records:
                event = {"Records": [_stream_record(record, arn) for record in records]}
                if not _invoke_until_done(app, function, event, ending):
                    return  # the next start continues with this batch
                checkpoints.set(key, records[-1]["dynamodb"]["SequenceNumber"])
            read += len(records)
            if following := response.get("NextShardIterator"):
                iterators[shard_id] = following
            else:
                del iterators[shard_id]
                shards.clear()  # this shard has ended, so there is a new one


def skip_stream(table: str, function: str, checkpoints: Checkpoints) -> None:
    """Mark the stream of a table as read.

    After the next start, `function` gets none of its present records.
    """
    arn = aws_client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    streams = aws_client("dynamodbstreams")
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = _iterator(streams, arn, shard["ShardId"], None)
        while records := (page := streams.get_records(ShardIterator=iterator))["Records"]:
            checkpoints.set(f"{function} {shard['ShardId']}", records[-1]["dynamodb"]["SequenceNumber"])
            iterator = page["NextShardIterator"]


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
            pass  # the stream no longer holds that record: read the rest from its beginning
    response = streams.get_shard_iterator(StreamArn=arn, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON")
    return str(response["ShardIterator"])


def _stream_record(record: Any, arn: str) -> dict[str, Any]:
    change = dict(record["dynamodb"])
    if "ApproximateCreationDateTime" in change:
        change["ApproximateCreationDateTime"] = change["ApproximateCreationDateTime"].timestamp()
    return {**record, "dynamodb": change, "eventSourceARN": arn}


def _invoke_until_done(app: Any, function: str, event: dict[str, Any], ending: threading.Event) -> bool:
    """Call the function, at most five times.

    False if the process must end before that. After the fifth failure the batch is given up with a log line; on AWS it
    is tried for six hours and then kept in S3.
    """
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
    """Run one function at its rate.

    The time of its last run is kept over a restart.
    """
    every = seconds_of(source.schedule_expression)
    key = f"{source.name} schedule"
    while not ending.is_set():
        now, last = time.time(), checkpoints.get(key)
        if is_due(last, now, every):
            at = datetime.now(UTC).isoformat(timespec="seconds")
            event = {"version": "0", "account": "000000000000", "region": settings().region, "source": "aws.events",
                     "detail-type": "Scheduled Event", "detail": {}, "resources": [], "time": at, "id": at}  # fmt: skip
            if _invoke_until_done(app, source.name, event, ending):
                checkpoints.set(key, str(now))
        ending.wait(1)


def is_due(last: str | None, now: float, every: float) -> bool:
    """True if a function that last ran at `last` must run now.

    All in seconds since 1970; every: the rate in seconds. Also true if the clock was put back: otherwise the function
    could wait a day until the clock has caught up.
    """
    return last is None or not 0 <= now - float(last) < every


def seconds_of(schedule: Any) -> float:
    """Seconds of a rate such as `rate(15 minutes)`.

    Raises ValueError for anything else, such as a cron expression.
    """
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", str(schedule.to_string()))
    if rate is None:
        raise ValueError(f"only rates are supported, not {schedule.to_string()}")
    return int(rate[1]) * {"minute": 60.0, "hour": 3_600.0, "day": 86_400.0}[rate[2]]


def feed_queue(run: Callable[[dict[str, Any]], Any], source: Any, ending: threading.Event) -> None:
    """Receive from one queue, call `run` with each batch, delete what did not fail.

    A failed message comes back after the queue's visibility time-out; after five times it goes to the dead-letter
    queue.
    """
    sqs = aws_client("sqs")
    url = sqs.get_queue_url(QueueName=settings().queue(source.queue))["QueueUrl"]
    while not ending.is_set():
        size = min(source.batch_size, 10)
        response = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=size, WaitTimeSeconds=WAIT_SECONDS, AttributeNames=["All"]
        )
        messages = response.get("Messages", [])
        if not messages:
            continue
        event = {"Records": [sqs_record(message, url) for message in messages]}
        try:
            result = run(event)
        except Exception as fault:
            log.error(json.dumps({"function": source.name, "fault": type(fault).__name__}))
            continue
        failures = (result or {}).get("batchItemFailures", []) if isinstance(result, dict) else []
        failed = {failure["itemIdentifier"] for failure in failures}
        if done := [message for message in messages if message["MessageId"] not in failed]:
            entries = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(done)]
            sqs.delete_message_batch(QueueUrl=url, Entries=entries)


def feed_log(app: Any, path: Path, checkpoints: Checkpoints, ending: threading.Event) -> None:
    """Follow a log file, and call `record_accesses` with its access lines.

    A subscription of CloudWatch Logs does the same. The position is kept over a restart. If the file is shorter than
    the position, it is a new one and is read from its start.
    """
    key, at_end = f"{ACCESSES} {path.name}", False
    while not (ending.is_set() and at_end):
        position = int(checkpoints.get(key) or 0)
        lines, following = complete_lines(path, position)
        at_end = following == position
        if at_end:
            ending.wait(LOG_PAUSE_SECONDS)
            continue
        messages = [line for line in lines if line.startswith(ACCESS_LINE)]
        if messages and not _invoke_until_done(app, ACCESSES, subscription_event(messages), ending):
            return  # the next start continues with these lines
        checkpoints.set(key, str(following))


def complete_lines(path: Path, position: int) -> tuple[list[str], int]:
    """The complete lines of a file from a position on, and the position after them.

    A last line that is still being written is left out.
    """
    if not path.exists():
        return [], position
    with path.open("rb") as file:
        if path.stat().st_size < position:
            position = 0
        file.seek(position)
        content = file.read(LOG_BYTES)
    content = content[: content.rfind(b"\n") + 1]
    return content.decode(errors="replace").splitlines(), position + len(content)


def subscription_event(messages: list[str]) -> dict[str, Any]:
    """An event as a subscription of CloudWatch Logs sends it."""
    events = [{"id": str(n), "timestamp": int(time.time() * 1000), "message": each} for n, each in enumerate(messages)]
    content = {"messageType": "DATA_MESSAGE", "logGroup": "api", "logStream": "api", "logEvents": events}
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(content).encode())).decode()}}


def sqs_record(message: Any, url: str) -> dict[str, Any]:
    """A received SQS message in the form in which Lambda passes it to a function.

    url: the queue's.
    """
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
    """Call one of the app's functions with an event, as Lambda does."""
    import app as app_module

    return getattr(app_module, function)(event, LambdaContext(function, 512, max_runtime_ms=60_000))


def keep_feeding(feed: Any, *arguments: Any, ending: threading.Event) -> None:
    """Run a feed until the process ends.

    After an error of the engine it continues from its checkpoint, a second later.
    """
    while not ending.is_set():
        try:
            feed(*arguments, ending)
        except (BotoCoreError, ClientError, urllib3.exceptions.HTTPError) as fault:
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
    sources = [source for source in app.event_sources if (source.name == COUNTS) == counts]
    tables = {source.name: source.stream_arn for source in sources if hasattr(source, "stream_arn")}
    stream_poll = StreamPoll(os.environ["AWS_ENDPOINT_URL"], tables)
    for service in ("dynamodb", "dynamodbstreams") if counts else ("dynamodb", "dynamodbstreams", "sqs"):
        aws_client(service)
    polling = _thread(ending, stream_poll.run)
    threads = []
    for source in sources:
        kind = type(source).__name__
        if kind == "DynamoDBEventConfig":
            threads.append(_thread(ending, feed_stream, app, source, checkpoints, stream_poll))
        elif kind == "SQSEventConfig":
            threads.append(_thread(ending, feed_queue, partial(invoke, app, source.name), source))
        elif kind == "ScheduledEventConfig":
            threads.append(_thread(ending, feed_schedule, app, source, checkpoints))
    if not counts:
        threads.append(_thread(ending, feed_log, app, Path(sys.argv[sys.argv.index("--api-log") + 1]), checkpoints))
    while not ending.wait(0.5):
        if not all(thread.is_alive() for thread in (polling, *threads)):
            print("a feeding thread has ended", flush=True)
            sys.exit(1)
    stream_poll.stop_waiting()
    for thread in threads:
        thread.join(timeout=10)


def _thread(ending: threading.Event, *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=keep_feeding, args=arguments, kwargs={"ending": ending}, daemon=True)
    thread.start()
    return thread


if __name__ == "__main__":
    main()
