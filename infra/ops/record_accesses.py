"""Record the access lines of a time span again, from the API's logs.

    python -m infra.ops.record_accesses STAGE FROM TO    ISO times with their zone

docs/operations.md, unrecorded-accesses. Lines that are recorded already change nothing. Prints how many lines the logs
have; exit code 2 for a wrong time.
"""

import base64
import gzip
import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime

import boto3

FUNCTIONS = ("his", "dashboard")


def lines(stage: str, first: datetime, end: datetime) -> Iterator[list[str]]:
    """The access lines from `first` up to `end`, one log page at a time."""
    pages = boto3.client("logs").get_paginator("filter_log_events")
    for function in FUNCTIONS:
        for page in pages.paginate(
            logGroupName=f"/aws/lambda/moph-{stage}-{function}",
            filterPattern="access_record",
            startTime=int(first.timestamp() * 1000),
            endTime=int(end.timestamp() * 1000),
        ):
            yield [event["message"] for event in page["events"]]


def event(messages: list[str]) -> dict[str, dict[str, str]]:
    """The event with which a subscription of the logs calls the function."""
    content = {"messageType": "DATA_MESSAGE", "logEvents": [{"message": message} for message in messages]}
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(content).encode())).decode()}}


def main() -> int:
    stage, *times = sys.argv[1:]
    try:
        first, end = (datetime.fromisoformat(time) for time in times)
    except ValueError:
        first = end = datetime.min
    if first.tzinfo is None or end.tzinfo is None:
        print("FROM and TO are times such as 2026-11-27T09:00:00+07:00", file=sys.stderr)
        return 2
    os.environ["STAGE"] = stage
    from chalicelib.access_log import actions

    count = 0
    for messages in lines(stage, first, end):
        actions.record(event(messages))
        count += len(messages)
    print(f"{count} access lines of this time are recorded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
