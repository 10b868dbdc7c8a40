"""The function that reads the stream of appointments, called as Lambda calls it.

Its consumers, its log, and the records that it sets aside.
"""

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import pytest
from chalice.app import DynamoDBEvent

import app
from chalicelib import streams
from chalicelib.audit import actions as audit
from chalicelib.errors import TryAgain
from infra.ops import stream_failures
from tests.audit.test_stream import SUBJECT, image
from tests.booking.hospital_in_memory import FakeClock

UNREADABLE = {"cid": {"S": "1111111111119"}}  # no appointment can be read from this


def event(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One record for each change of the appointments table, from an hour ago."""
    same = {"Keys": {}, "SizeBytes": 1, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    records = [
        {
            "awsRegion": "ap-southeast-1",
            "eventID": str(n),
            "eventName": "MODIFY",
            "eventSource": "aws:dynamodb",
            "eventVersion": "1.1",
            "eventSourceARN": "arn",
            "dynamodb": {"ApproximateCreationDateTime": time.time() - 3600, "SequenceNumber": str(n), **same, **change},
        }
        for n, change in enumerate(changes)
    ]
    return {"Records": records, **more}


def objects() -> list[str]:
    return stream_failures.waiting()


@pytest.fixture
def bucket(memory: None) -> Iterator[None]:
    """An empty bucket of failed records."""
    streams._s3.cache_clear()
    for key in objects():
        boto3.client("s3").delete_object(Bucket="moph-local-stream-failures", Key=key)
    yield
    streams._s3.cache_clear()


class Consumer:
    """Keeps the numbers of the records that it gets, and fails at those in `fails_at`.

    It fails with TryAgain if it is busy.
    """

    def __init__(self, *fails_at: str, busy: bool = False) -> None:
        self.fails_at, self.busy, self.done, self.calls = set(fails_at), busy, list[str](), 0

    def __call__(self, records: Sequence[Any]) -> None:
        self.calls += 1
        if self.busy:
            raise TryAgain()
        for record in records:
            if record.sequence_number in self.fails_at:
                raise ValueError("a bug")
            self.done.append(record.sequence_number)


class Context:
    """A Lambda context with a minute left, of which each look takes some.

    Chalice's own counts the real seconds since it was made.
    """

    function_name = "appointments_stream"

    def __init__(self, each_look: int = 0) -> None:
        self.seconds, self.each_look = 60, each_look

    def get_remaining_time_in_millis(self) -> int:
        self.seconds -= self.each_look
        return 1000 * (self.seconds + self.each_look)


def dispatch(sent: dict[str, Any], context: Any = None, **consumers: Consumer) -> None:
    streams.dispatch("appointments_stream", DynamoDBEvent(sent, context or Context()), consumers)


def test_it_logs_that_it_is_done_and_how_long_after_the_change(
    fake_clock: FakeClock, log_lines: list[dict[str, Any]]
) -> None:
    app.appointments_stream(event({}), Context())
    (line,) = log_lines
    assert (line["function"], line["outcome"], line["records"]) == ("appointments_stream", "done", 1)
    assert line["appointments_stream_lag_ms"] >= 3_600_000


def test_a_record_that_nobody_can_read_is_set_aside_for_each_consumer_and_the_next_one_is_done(
    fake_clock: FakeClock, bucket: None, log_lines: list[dict[str, Any]]
) -> None:
    app.appointments_stream(event({"NewImage": UNREADABLE}, {"NewImage": image(1)}), Context())
    assert [entry.action for entry in audit.newest(SUBJECT)] == ["book"]
    assert sorted(line.split(":")[0] for line in stream_failures.descriptions(objects())) == [
        "moph-local-appointments-stream, acceptances",
        "moph-local-appointments-stream, audit",
        "moph-local-appointments-stream, notices",
        "moph-local-appointments-stream, visits",
    ]
    assert (log_lines[-1]["outcome"], log_lines[-1]["stream_records_set_aside"]) == ("done", 4)
    assert log_lines[-1]["appointments_stream_lag_ms"] >= 3_600_000
    assert "1111111111119" not in json.dumps(log_lines)


def test_a_consumer_that_fails_at_a_record_gets_the_others_and_stops_no_other_consumer(bucket: None) -> None:
    notices, access = Consumer("1"), Consumer()
    dispatch(event({}, {}, {}), notices=notices, audit=access)
    assert set(notices.done) == {"0", "2"}
    assert access.done == ["0", "1", "2"]
    assert len(objects()) == 1


def test_the_faulty_record_of_a_thousand_is_found_in_few_calls(bucket: None) -> None:
    consumer = Consumer("617")
    dispatch(event(*[{}] * 1000), boards=consumer)
    assert consumer.calls <= 1 + 2 * 10
    assert set(consumer.done) == {str(n) for n in range(1000)} - {"617"}
    (line,) = stream_failures.descriptions(objects())
    assert "1 records" in line


def test_the_search_for_faulty_records_leaves_half_of_the_time_to_the_other_consumers(bucket: None) -> None:
    faulty, last = Consumer(*map(str, range(1000))), Consumer()
    dispatch(event(*[{}] * 1000), Context(each_look=1), boards=faulty, near=last)
    assert faulty.calls < 70
    assert len(last.done) == 1000
    (line,) = stream_failures.descriptions(objects())
    assert "1000 records" in line


def test_a_busy_consumer_has_the_batch_repeated_after_the_others_were_called(bucket: None) -> None:
    busy, last = Consumer(busy=True), Consumer()
    with pytest.raises(TryAgain):
        dispatch(event({}), notices=busy, audit=last)
    assert last.done == ["0"]
    assert objects() == []


def test_redrive_calls_the_one_consumer_again_with_the_records_that_were_set_aside(
    bucket: None, fake_clock: FakeClock
) -> None:
    sent = event({"NewImage": image(1)}, {"NewImage": image(2, accepted_at="2026-11-23T13:00:00+07:00")})
    dispatch(sent, audit=Consumer("0", "1"), notices=Consumer())
    assert audit.newest(SUBJECT) == []

    assert stream_failures.put_back() == 1  # the app's own consumers have no such bug

    # Each record is a change by itself in this event: both look like bookings.
    assert {entry.changes["version"] for entry in audit.newest(SUBJECT)} == {1, 2}
    assert objects() == []


def test_an_event_for_one_consumer_reaches_no_other(bucket: None) -> None:
    meant, other = Consumer(), Consumer()
    dispatch(event({}, consumer="notices"), notices=meant, audit=other)
    assert (meant.done, other.done) == (["0"], [])


def test_a_batch_that_lambda_itself_gave_up_is_read_as_it_writes_it(bucket: None, fake_clock: FakeClock) -> None:
    # AWS Lambda, Retain discarded records for a DynamoDB event source: the payload is the event, as a string.
    arn = "arn:aws:lambda:ap-southeast-1:123456789012:function:moph-local-appointments-stream"
    kept = {"requestContext": {"functionArn": arn}, "payload": json.dumps(event({"NewImage": image(1)}))}
    boto3.client("s3").put_object(
        Bucket="moph-local-stream-failures", Key="aws/lambda/1/2/3", Body=json.dumps(kept).encode()
    )
    (line,) = stream_failures.descriptions(objects())
    assert line == "moph-local-appointments-stream, every consumer: 1 records, aws/lambda/1/2/3"
    assert stream_failures.put_back() == 1
    assert [entry.action for entry in audit.newest(SUBJECT)] == ["book"]
