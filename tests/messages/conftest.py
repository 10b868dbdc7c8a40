"""Fixtures and helpers: a draft message, and the jobs on the queues."""

import json
from typing import Any

from chalicelib.messages import job_queues
from chalicelib.messages.model import Message


def message(**fields: Any) -> Message:
    """A draft of hospital 00000 for both channels; `fields` replace its own."""
    values: dict[str, Any] = {
        "hospital_code": "00000",
        "message_id": 1,
        "hospital_name": "รพ.ทดสอบระบบ",
        "title": "ย้าย",
        "content_text": "อาคาร 2",
        "channels": frozenset({"app", "line"}),
        "created_by": "staff.demo",
        "created_at": "2026-11-23T12:00:00+07:00",
        "key_seed": "0f8fad5b-d9cb-469f-a165-70867728950e",
    }
    return Message(**{**values, **fields})


def take_jobs(queue: str) -> list[dict[str, Any]]:
    """The jobs on a queue as JSON objects; the queue is empty afterwards."""
    client, url, jobs = job_queues._sqs(), job_queues._url(queue), []
    while received := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for each in received:
            jobs.append(json.loads(each["Body"]))
            client.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return jobs


def record(body: str, message_id: str = "m1", receives: int = 1) -> dict[str, Any]:
    """A record of an SQS event."""
    attributes = {"ApproximateReceiveCount": str(receives)}
    return {"messageId": message_id, "receiptHandle": "r1", "body": body, "attributes": attributes}
