"""List jobs and stream records that were set aside, or try them again.

    make redrive                      lists up to ten jobs of each queue, with hospital, message and batch
    make redrive QUEUE=message-line   puts back the jobs of this queue
    make redrive QUEUE=streams        calls the stream functions again with the records that were set aside
    make redrive QUEUE=all            both

docs/operations.md, set-aside. Put jobs back after the cause of their failure is repaired. It is safe at any time: a
batch that was delivered meanwhile is skipped, the providers recognise a batch that they accepted, and a consumer of a
stream recognises a record. Only jobs that wait at the start are put back, so a job that fails again does not circulate.

Prints a line for each queue: how many jobs wait, or were put back. Exit code 0; 1 for an unknown queue or an error.
"""

import json
import sys
from typing import Any

import boto3

from chalicelib.messages import job_queues
from chalicelib.settings import settings
from infra.ops import stream_failures

_BATCH_SIZE = 10
STREAMS = "streams"


def dead_url(sqs: Any, queue: str) -> str:
    return str(sqs.get_queue_url(QueueName=settings().queue(f"{queue}-dead"))["QueueUrl"])


def waiting(sqs: Any, queue: str) -> int:
    """How many jobs wait in the dead-letter queue of a queue."""
    name = "ApproximateNumberOfMessages"
    response = sqs.get_queue_attributes(QueueUrl=dead_url(sqs, queue), AttributeNames=[name])
    return int(response["Attributes"][name])


def listed(sqs: Any, queue: str) -> list[str]:
    """The bodies of up to ten waiting jobs.

    They stay visible, so that a redrive just afterwards receives them.
    """
    url = dead_url(sqs, queue)
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=_BATCH_SIZE).get("Messages", [])
    for message in messages:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    return [message["Body"] for message in messages]


def put_back(sqs: Any, queue: str) -> int:
    """Move the jobs that wait now back to their queue; returns how many.

    A job is sent first and deleted afterwards, so that none is lost.
    """
    dead = dead_url(sqs, queue)
    target = sqs.get_queue_url(QueueName=settings().queue(queue))["QueueUrl"]
    left = waiting(sqs, queue)
    moved = 0
    while left > 0:
        response = sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=min(_BATCH_SIZE, left), WaitTimeSeconds=1)
        messages = response.get("Messages", [])
        if not messages:
            break
        for message in messages:
            sqs.send_message(QueueUrl=target, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
        moved += len(messages)
        left -= len(messages)
    return moved


def main() -> int:
    sqs = boto3.client("sqs", region_name=settings().region)
    chosen = sys.argv[1] if len(sys.argv) > 1 else ""
    if chosen and chosen not in (*job_queues.ALL, STREAMS, "all"):
        print(f"QUEUE must be all or one of {', '.join((*job_queues.ALL, STREAMS))}", file=sys.stderr)
        return 1
    for queue in job_queues.ALL:
        if chosen in (queue, "all"):
            print(f"{queue}: {put_back(sqs, queue)} put back")
        else:
            print(f"{queue}: {waiting(sqs, queue)} waiting")
            for body in listed(sqs, queue) if not chosen else []:
                print(f"  {_description(body)}")
    if chosen in (STREAMS, "all"):
        print(f"{STREAMS}: {stream_failures.put_back()} put back")
    else:
        keys = stream_failures.waiting()
        print(f"{STREAMS}: {len(keys)} waiting")
        for line in stream_failures.descriptions([] if chosen else keys[:_BATCH_SIZE]):
            print(f"  {line}")
    return 0


def _description(body: str) -> str:
    """A job on one line, without personal data.

    A job has numbers and keys only. Of an unreadable job only the size is shown.
    """
    try:
        return json.dumps(json.loads(body))
    except ValueError:
        return f"unreadable, {len(body)} bytes"


if __name__ == "__main__":
    sys.exit(main())
