"""Bench: the speed and the requests of notices and reminders to single persons.

    python -m infra.bench.notices [--appointments 400]

The functions run in this process, on the embedded engine, which serialises its requests. The rates depend on the
machine, the numbers of requests do not. Exit code 1 if a person does not get a notice or reminder.
"""

import argparse
import json
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
from chalicelib.booking.model import BookingRequest, BookingSnapshot, Sender
from chalicelib.messages import workers
from chalicelib.people.model import Person
from chalicelib.schedules import catalogue_store as catalogue
from chalicelib.schedules import store as schedules
from chalicelib.schedules.catalogue_model import BookingRules
from chalicelib.schedules.model import ScheduleSpec
from chalicelib.settings import settings
from chalicelib.tables import CatalogueItem, LineLinkItem
from infra.bench.bench_environment import HOSPITAL, bench_environment, cid
from infra.local import child_processes, demo
from infra.local.event_sources import sqs_record

IN_DAYS = 40
CATALOGUE = {"department#1", "room#1", *(f"period#{number}" for number, *_ in demo.PERIODS)}


class RequestCounter:
    """Counts the AWS requests of this process.

    Only requests of clients that are made after it are counted.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.dynamodb = self.sqs = 0
        botocore.handlers.BUILTIN_HANDLERS.append(("before-send", self._count))

    def _count(self, event_name: str, **_: Any) -> None:
        with self._lock:
            self.dynamodb += ".dynamodb." in event_name
            self.sqs += ".sqs." in event_name

    def take(self) -> tuple[int, int]:
        """(DynamoDB requests, SQS requests) since the last call of this method."""
        taken, self.dynamodb, self.sqs = (self.dynamodb, self.sqs), 0, 0
        return taken


def book(count: int) -> None:
    """Book for `count` people, evenly over the demo hospitals, all on one day.

    Each person has a LINE account.
    """
    day, sender = clock.today() + timedelta(days=IN_DAYS), Sender(HOSPITAL, "HIS", "his", is_person=False)
    catalogue_rows = [row for row in CatalogueItem.query(HOSPITAL) if row.item in CATALOGUE]
    person = 0
    for n, (code, *_) in enumerate(demo.HOSPITALS):
        for row in catalogue_rows:
            CatalogueItem.from_raw_data({**row.serialize(), "hospital_code": {"S": code}}).save()
        share = count // len(demo.HOSPITALS) + (n < count % len(demo.HOSPITALS))
        specs = [ScheduleSpec(k // 999 + 1, 1, 1, min(999, share - k), online=True) for k in range(0, share, 999)]
        for schedule in schedules.open_schedules(catalogue.hospital(code), day, specs):
            for place in range(1, schedule.capacity + 1):
                who = Person(cid(person), first_name="ทดสอบ", last_name="ระบบ")
                request = BookingRequest(code, schedule.info.schedule_id, who, sender)
                snapshot = BookingSnapshot(schedule, who, None, BookingRules(), 0)
                made = rules.new_appointment(request, snapshot, place, f"{person:08x}", clock.now())
                assert bookings.take_place(made) is None
                LineLinkItem(f"cid#{made.cid}", cid=made.cid, user_id=f"U{person:032x}").save()
                person += 1


def changes() -> list[tuple[Any, Any]]:
    """[(old image, new image)] of all records in the stream of the appointments table."""
    streams = boto3.client("dynamodbstreams")
    table = boto3.client("dynamodb").describe_table(TableName="moph-local-appointments")["Table"]
    arn, images = table["LatestStreamArn"], []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        start = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = streams.get_shard_iterator(**start)["ShardIterator"]
        while (response := streams.get_records(ShardIterator=iterator))["Records"]:
            records = [record["dynamodb"] for record in response["Records"]]
            images += [(record.get("OldImage"), record["NewImage"]) for record in records]
            iterator = response["NextShardIterator"]
    return images


def deliver(queue: str, size: int) -> int:
    """Call a channel's function until its queue is empty.

    size: jobs a call. Returns how many notices there were.
    """
    functions = {"message-app": workers.deliver_app, "message-line": workers.deliver_line}
    sqs = boto3.client("sqs")
    url, done = sqs.get_queue_url(QueueName=f"moph-local-{queue}")["QueueUrl"], 0
    while messages := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=size, MessageSystemAttributeNames=["All"]
    ).get("Messages"):
        records = [sqs_record(message, url) for message in messages]
        assert functions[queue](records) == {"batchItemFailures": []}
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        done += sum(len(json.loads(message["Body"])["notices"]) for message in messages)
    return done


class Measurement:
    """Measures time, CPU time and AWS requests from its creation on."""

    def __init__(self, counter: RequestCounter) -> None:
        self._counter = counter
        counter.take()
        self._began, self._cpu = time.monotonic(), time.process_time()

    def row(self, what: str, count: int) -> None:
        """Print a row of the table; count: how many notices or jobs there were."""
        a_second = count / (time.monotonic() - self._began)
        cpu = 1000 * (time.process_time() - self._cpu) / count
        dynamodb, sqs = self._counter.take()
        print(f"| {what} | {a_second:,.0f} | {cpu:.1f} | {dynamodb / count:.2f} | {sqs / count:.2f} |", flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--appointments", type=int, default=400)
    count = parser.parse_args(arguments).appointments
    counter = RequestCounter()
    logging.getLogger("moph").handlers = [logging.NullHandler()]
    with bench_environment() as environment, child_processes.simulator(environment.env) as simulator:
        os.environ.update(child_processes.provider_settings(simulator))
        settings.cache_clear()  # they were read when the tables were named
        book(count)
        images = changes()
        print(f"\n{count} appointments at {len(demo.HOSPITALS)} hospitals")
        print("| what | a second | CPU ms each | DynamoDB requests each | SQS requests each |")
        print("|---|---:|---:|---:|---:|", flush=True)
        measurement = Measurement(counter)
        for start in range(0, len(images), 100):
            notices.tell(images[start : start + 100])
        measurement.row("notice of the booking", count)
        evening_before = datetime.now().astimezone(clock.BANGKOK).replace(hour=18) + timedelta(days=IN_DAYS - 1)
        clock.run_on(lambda: evening_before)
        measurement = Measurement(counter)
        first = notices.remind()
        measurement.row("reminder", count)
        measurement = Measurement(counter)
        second = notices.remind()
        measurement.row("next run, everybody reminded already", count)
        jobs = []
        for queue in ("message-app", "message-line"):
            measurement = Measurement(counter)
            jobs.append(deliver(queue, 5))
            measurement.row(f"delivery, {queue}", jobs[-1])
    expected = (notices.Reminders(count, count), notices.Reminders(), [2 * count] * 2)
    return int((first, second, jobs) != expected)


if __name__ == "__main__":
    sys.exit(main())
