"""Stream records that were set aside: list them, or process them again.

Part of `make redrive`. An object of the bucket is what Lambda writes for a batch that it gave up (AWS Lambda, Retain
discarded records for a DynamoDB event source), or what `chalicelib.streams` writes in the same form for one consumer.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.config import Config
from chalice.local import LambdaContext

from chalicelib.audit import actions as audit
from chalicelib.audit.rules import PUT_BACK
from chalicelib.settings import settings
from infra.ops import audited_operator


class StillFailing(Exception):
    """The function failed again; the records stay where they are."""


def bucket() -> str:
    """The name of the bucket.

    On AWS it ends with the account's number, which an operator's environment does not have.
    """
    name = settings().stream_failures_bucket
    if settings().stage == "local" or "STREAM_FAILURES_BUCKET" in os.environ:
        return name
    return f"{name}-{boto3.client('sts').get_caller_identity()['Account']}"


def waiting() -> list[str]:
    """The keys of the objects in the bucket, oldest first."""
    pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket())
    objects = [each for page in pages for each in page.get("Contents", [])]
    return [each["Key"] for each in sorted(objects, key=lambda each: each["LastModified"])]


def descriptions(keys: list[str]) -> Iterator[str]:
    """One line for each object, without personal data.

    It has the function, the consumer and how many records.
    """
    for key in keys:
        function, event = _read(key)
        consumer = event.get("consumer", "every consumer")
        yield f"{function.rsplit(':function:', 1)[-1]}, {consumer}: {len(event['Records'])} records, {key}"


def put_back() -> int:
    """Call the functions with the objects that wait now; return how many.

    Each object is deleted when it is done. An audit entry is written before it begins, because entries of earlier days
    may follow. A record at which a consumer fails again is set aside anew, under another key. Raises StillFailing at
    the first object with which the function itself ends in an error.
    """
    if keys := waiting():
        changes = {"objects": len(keys)}
        audit.append(audit.new_entry(PUT_BACK, audited_operator.actor("redrive"), "put_back", changes))
    for key in keys:
        function, event = _read(key)
        if settings().stage == "local":
            _invoke_on_this_machine(function, event)
        else:
            _invoke(function, event)
        boto3.client("s3").delete_object(Bucket=bucket(), Key=key)
    return len(keys)


def _read(key: str) -> tuple[str, dict[str, Any]]:
    """The function's name or ARN, and the event.

    Lambda keeps the event as a string of JSON.
    """
    content = boto3.client("s3").get_object(Bucket=bucket(), Key=key)["Body"].read()
    kept = json.loads(content)
    payload = kept["payload"]
    return kept["requestContext"]["functionArn"], json.loads(payload) if isinstance(payload, str) else payload


def _invoke(function: str, event: dict[str, Any]) -> None:
    # One attempt, as long as the function may run: a second call does no harm, but the first would not be waited for.
    client = boto3.client("lambda", config=Config(read_timeout=310, retries={"total_max_attempts": 1}))
    answer = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
    if "FunctionError" in answer:
        raise StillFailing(f"{function} fails again; its log says why, and the records stay in the bucket")


def _invoke_on_this_machine(function: str, event: dict[str, Any]) -> None:
    """Call the function of the app, because there is no Lambda."""
    import app

    name = function.rsplit(":", 1)[-1].removeprefix(settings().function("")).replace("-", "_")
    getattr(app, name)(event, LambdaContext(name, 512, max_runtime_ms=120_000))
