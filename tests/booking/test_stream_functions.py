"""The function that tells people, as Lambda calls it: its log line, also if it fails."""

import time
from typing import Any

import pytest
from chalice.local import LambdaContext

import app
from tests.booking.hospital_in_memory import FakeClock


def event(**images: Any) -> dict[str, Any]:
    """One record of the appointments table's stream, of a change an hour ago."""
    change = {"Keys": {}, "SequenceNumber": "1", "SizeBytes": 1, "StreamViewType": "NEW_AND_OLD_IMAGES", **images}
    record = {
        "awsRegion": "ap-southeast-1",
        "eventID": "1",
        "eventName": "MODIFY",
        "eventSource": "aws:dynamodb",
        "eventVersion": "1.1",
        "eventSourceARN": "arn",
        "dynamodb": {"ApproximateCreationDateTime": time.time() - 3600, **change},
    }
    return {"Records": [record]}


def tell(records: dict[str, Any]) -> None:
    app.tell_people(records, LambdaContext("tell_people", 512, max_runtime_ms=60_000))


def test_it_logs_that_it_is_done_and_how_long_after_the_change(
    fake_clock: FakeClock, log_lines: list[dict[str, Any]]
) -> None:
    tell(event())
    (line,) = log_lines
    assert (line["function"], line["outcome"], line["records"]) == ("tell_people", "done", 1)
    assert line["tell_people_lag_ms"] >= 3_600_000


def test_it_logs_the_lag_if_it_fails_too(fake_clock: FakeClock, log_lines: list[dict[str, Any]]) -> None:
    with pytest.raises(TypeError):
        tell(event(NewImage={"cid": {"S": "1111111111119"}}))  # no appointment can be read from this
    (line,) = log_lines
    assert line["outcome"] == "failed"
    assert line["tell_people_lag_ms"] >= 3_600_000
