"""Lists what waits in the dead-letter queues, and puts it back to be tried again (docs/operations.md).

    make redrive                      what waits, by queue, with hospital, message and batch
    make redrive QUEUE=message-line   puts that queue's jobs back; QUEUE=all puts back all of them

Safe at any time: a batch that was delivered in the meantime is passed over, and providers recognise what they had
accepted. What was put back is counted when it starts, so jobs that fail again do not go round for ever.
"""

import json
import sys
from typing import Any

import boto3

from chalicelib.messages import queues
from chalicelib.settings import settings

_AT_ONCE = 10


def dead_url(sqs: Any, queue: str) -> str:
    return str(sqs.get_queue_url(QueueName=settings().queue(f"{queue}-dead"))["QueueUrl"])


def waiting(sqs: Any, queue: str) -> int:
    """How many jobs wait in a queue's dead-letter queue."""
    names = ["ApproximateNumberOfMessages"]
    found = sqs.get_queue_attributes(QueueUrl=dead_url(sqs, queue), AttributeNames=names)["Attributes"]
    return int(found[names[0]])


def listed(sqs: Any, queue: str) -> list[str]:
    """The jobs that wait, at most ten of them; they are given back at once, so a redrive right after finds them."""
    url = dead_url(sqs, queue)
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=_AT_ONCE).get("Messages", [])
    for one in messages:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"], VisibilityTimeout=0)
    return [one["Body"] for one in messages]


def put_back(sqs: Any, queue: str) -> int:
    """Moves what waits now back to its queue and returns how many: sent first, deleted after, so that none is lost."""
    dead = dead_url(sqs, queue)
    alive = sqs.get_queue_url(QueueName=settings().queue(queue))["QueueUrl"]
    left = waiting(sqs, queue)
    moved = 0
    while left > 0:
        answer = sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=min(_AT_ONCE, left), WaitTimeSeconds=1)
        messages = answer.get("Messages", [])
        if not messages:
            break
        for one in messages:
            sqs.send_message(QueueUrl=alive, MessageBody=one["Body"])
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=one["ReceiptHandle"])
        moved += len(messages)
        left -= len(messages)
    return moved


def main() -> int:
    sqs = boto3.client("sqs", region_name=settings().region)
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    if wanted and wanted not in (*queues.ALL, "all"):
        print(f"QUEUE must be all or one of {', '.join(queues.ALL)}", file=sys.stderr)
        return 1
    for queue in queues.ALL:
        if wanted in (queue, "all"):
            print(f"{queue}: {put_back(sqs, queue)} put back")
        else:
            print(f"{queue}: {waiting(sqs, queue)} waiting")
            for body in listed(sqs, queue) if not wanted else []:
                print(f"  {_numbers(body)}")
    return 0


def _numbers(body: str) -> str:
    try:
        return json.dumps(json.loads(body))
    except ValueError:
        return f"unreadable, {len(body)} bytes"


if __name__ == "__main__":
    sys.exit(main())
