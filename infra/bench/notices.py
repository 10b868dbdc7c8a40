"""Notices to people, one by one: what each asks for, and how fast they are handed over and delivered.

    python -m infra.bench.notices [--appointments 400]

On the embedded engine, which serialises its requests, with the functions in this process. Rates are this machine's; the
requests are not. Ends with 1 where somebody is not told.
"""

import argparse
import logging
import os
import sys
import threading
import time
from datetime import datetime, timedelta
from typing import Any

import boto3
import botocore.handlers

from chalicelib import clock
from chalicelib.booking import notices, rules
from chalicelib.booking import store as bookings
from chalicelib.booking.rules import Sender
from chalicelib.messages import workers
from chalicelib.schedules import catalogue_store as catalogue
from chalicelib.schedules import store as schedules
from chalicelib.schedules.rules import ScheduleSpec
from chalicelib.settings import settings
from chalicelib.tables import CatalogueItem, LineLinkItem
from infra.bench.bench_environment import HOSPITAL, bench_environment, cid
from infra.local import demo, processes

IN_DAYS = 40
CATALOGUE = {"department#1", "room#1", *(f"period#{number}" for number, *_ in demo.PERIODS)}


class Counted:
    """Every AWS request of this process, from clients made after this."""

    def __init__(self) -> None:
        self._counting = threading.Lock()
        self.dynamodb = self.sqs = 0
        botocore.handlers.BUILTIN_HANDLERS.append(("before-send", self._one_more))

    def _one_more(self, event_name: str, **_: Any) -> None:
        with self._counting:
            self.dynamodb += ".dynamodb." in event_name
            self.sqs += ".sqs." in event_name

    def take(self) -> tuple[int, int]:
        taken, self.dynamodb, self.sqs = (self.dynamodb, self.sqs), 0, 0
        return taken


def book(count: int) -> None:
    """Books that many people at the desk, evenly over the demo hospitals, all on one day; each has linked LINE."""
    day, sender = clock.today() + timedelta(days=IN_DAYS), Sender(HOSPITAL, "HIS", "his", is_person=False)
    known = [row for row in CatalogueItem.query(HOSPITAL) if row.item in CATALOGUE]
    person = 0
    for n, (code, *_) in enumerate(demo.HOSPITALS):
        for row in known:
            CatalogueItem.from_raw_data({**row.serialize(), "hospital_code": {"S": code}}).save()
        mine = count // len(demo.HOSPITALS) + (n < count % len(demo.HOSPITALS))
        lines = [ScheduleSpec(k // 999 + 1, 1, 1, min(999, mine - k), online=True) for k in range(0, mine, 999)]
        for schedule in schedules.open_schedules(catalogue.hospital(code), day, lines):
            for place in range(1, schedule.capacity + 1):
                check_code = f"{person:08x}"
                made = rules.new_appointment(
                    schedule, place, cid(person), "ทดสอบ ระบบ", sender, "", clock.now(), check_code, None
                )
                assert bookings.take_place(made, None) is None
                LineLinkItem(f"cid#{made.cid}", cid=made.cid, user_id=f"U{person:032x}").save()
                person += 1


def changes() -> list[tuple[Any, Any]]:
    """What the stream of the appointments table holds."""
    streams = boto3.client("dynamodbstreams")
    table = boto3.client("dynamodb").describe_table(TableName="moph-local-appointments")["Table"]
    arn, found = table["LatestStreamArn"], []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        asked = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        following = streams.get_shard_iterator(**asked)["ShardIterator"]
        while (answer := streams.get_records(ShardIterator=following))["Records"]:
            found += [(one["dynamodb"].get("OldImage"), one["dynamodb"]["NewImage"]) for one in answer["Records"]]
            following = answer["NextShardIterator"]
    return found


def deliver(queue: str, size: int) -> int:
    """Lets a channel's function do what is queued, so many jobs a call; how many jobs it was."""
    sqs, do = boto3.client("sqs"), {"message-app": workers.deliver_app, "message-line": workers.deliver_line}[queue]
    url, done = sqs.get_queue_url(QueueName=f"moph-local-{queue}")["QueueUrl"], 0
    while messages := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=size, MessageSystemAttributeNames=["All"]
    ).get("Messages"):
        records = [{"messageId": one["MessageId"], "receiptHandle": one["ReceiptHandle"], "body": one["Body"],
                    "attributes": one["Attributes"]} for one in messages]  # fmt: skip
        assert do(records) == {"batchItemFailures": []}
        for one in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        done += len(messages)
    return done


class Watch:
    """Measures from when it is made."""

    def __init__(self, counted: Counted) -> None:
        self._counted = counted
        counted.take()
        self._began, self._cpu = time.monotonic(), time.process_time()

    def row(self, what: str, count: int) -> None:
        a_second = count / (time.monotonic() - self._began)
        cpu = 1000 * (time.process_time() - self._cpu) / count
        dynamodb, sqs = self._counted.take()
        print(f"| {what} | {a_second:,.0f} | {cpu:.1f} | {dynamodb / count:.2f} | {sqs / count:.2f} |", flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--appointments", type=int, default=400)
    count = parser.parse_args(arguments).appointments
    counted, outside = Counted(), f"http://127.0.0.1:{processes.free_port()}"
    os.environ.update({"APP_GATEWAY_URL": f"{outside}/app", "LINE_API_URL": f"{outside}/line"})
    logging.getLogger("moph").handlers = [logging.NullHandler()]
    with bench_environment() as here:
        settings.cache_clear()  # it was read when the tables were named
        simulator = processes.start("infra.local.provider_simulator", "--port", outside.rsplit(":", 1)[1], env=here.env)
        try:
            processes.wait_for(f"{outside}/health", simulator)
            book(count)
            images = changes()
            print(f"\n{count} appointments at {len(demo.HOSPITALS)} hospitals")
            print("| what | a second | CPU ms each | DynamoDB requests each | SQS requests each |")
            print("|---|---:|---:|---:|---:|", flush=True)
            watch = Watch(counted)
            for start in range(0, len(images), 100):
                notices.tell(images[start : start + 100])
            watch.row("told that they are booked", count)
            eve = datetime.now().astimezone(clock.BANGKOK).replace(hour=18) + timedelta(days=IN_DAYS - 1)
            clock.run_on(lambda: eve)
            watch = Watch(counted)
            told = notices.remind()
            watch.row("reminded", count)
            watch = Watch(counted)
            nobody = notices.remind()
            watch.row("looked at again, all of them reminded", count)
            jobs = []
            for queue in ("message-app", "message-line"):
                watch = Watch(counted)
                jobs.append(deliver(queue, 5))
                watch.row(f"delivered, {queue}", jobs[-1])
        finally:
            processes.stop(simulator)
    everybody = (told, nobody, jobs) == (notices.Reminders(count, count), notices.Reminders(), [2 * count] * 2)
    return int(not everybody)


if __name__ == "__main__":
    sys.exit(main())
