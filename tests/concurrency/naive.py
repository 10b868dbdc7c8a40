"""Negative controls: wrong implementations that write to the engine directly.

All clients wait between reading and writing until all others have read. So the lost updates do not depend on the speed
of the machine.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from tests.concurrency.client_pool import ClientTask
from tests.invariants import engine_keys

PLACES = 20
DAY = "00000#2026-12-01"
KEY = {"hospital_day": DAY, "schedule_id": 252600001}
APPOINTMENT = "2026-12-01#00000#252600001"
KEYS = {"schedules": ("hospital_day", "schedule_id"), "appointments": ("cid", "appointment")}


_making = threading.Lock()


@lru_cache(maxsize=1)
def _client(endpoint: str) -> Any:
    """The process's DynamoDB client. It is made once, because that is expensive."""
    keys = engine_keys()
    session = boto3.session.Session(
        keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"], region_name="ap-southeast-1"
    )
    return session.client("dynamodb", endpoint_url=endpoint)


def _wire(item: dict[str, Any]) -> dict[str, Any]:
    return {name: TypeSerializer().serialize(value) for name, value in item.items()}


class Table:
    """A table of the negative controls, with items as dictionaries."""

    def __init__(self, endpoint: str, name: str) -> None:
        with _making:
            self._client = _client(endpoint)
        self._name = f"moph-naive-{name}"

    def get(self, key: dict[str, Any]) -> dict[str, Any]:
        item = self._client.get_item(TableName=self._name, Key=_wire(key), ConsistentRead=True)["Item"]
        return {name: TypeDeserializer().deserialize(value) for name, value in item.items()}

    def put(self, item: dict[str, Any]) -> None:
        self._client.put_item(TableName=self._name, Item=_wire(item))

    def take(self, key: dict[str, Any], place: int) -> bool:
        """Take a place of a schedule on condition that it is free; False if it is not."""
        try:
            self._client.update_item(
                TableName=self._name,
                Key=_wire(key),
                UpdateExpression="ADD available_count :less DELETE #free :places",
                ConditionExpression="contains(#free, :place)",
                ExpressionAttributeNames={"#free": "free"},
                ExpressionAttributeValues=_wire({":less": -1, ":places": {place}, ":place": place}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def take_for_outside(self, key: dict[str, Any], place: int) -> bool:
        """Take a place as `take` does, and count it as held from outside.

        The count has no condition.
        """
        taken = self.take(key, place)
        if taken:
            self._client.update_item(
                TableName=self._name,
                Key=_wire(key),
                UpdateExpression="ADD outside_count :one",
                ExpressionAttributeValues=_wire({":one": 1}),
            )
        return taken

    def periods(self) -> list[int]:
        """Ids of the periods that have a schedule."""
        items = self._client.scan(TableName=self._name, ConsistentRead=True)["Items"]
        return [int(item["period_id"]["N"]) for item in items]


@contextmanager
def tables(endpoint: str) -> Iterator[None]:
    """Create the tables with one schedule of 20 places and no appointments."""
    client = _client(endpoint)
    for name, keys in KEYS.items():
        client.create_table(
            TableName=f"moph-naive-{name}",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": key, "AttributeType": "N" if key == "schedule_id" else "S"} for key in keys
            ],
            KeySchema=[
                {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=True)
            ],
        )
    Table(endpoint, "schedules").put(_schedule(KEY["schedule_id"], 1))
    try:
        yield
    finally:
        for name in KEYS:
            client.delete_table(TableName=f"moph-naive-{name}")


def _schedule(schedule_id: int, first_appointment_id: int) -> dict[str, Any]:
    block = {"first_place": 1, "places": PLACES, "first_appointment_id": first_appointment_id, "first_queue_number": 1}
    return {
        "hospital_day": DAY,
        "schedule_id": schedule_id,
        "capacity": PLACES,
        "available_count": PLACES,
        "free": set(range(1, PLACES + 1)),
        "blocks": [block],
        "queue_code": "A",
        "queue_length": 3,
        "room_id": 1,
        "period_id": 1,
        "time_start": "08:00:00",
        "time_finish": "08:59:59",
        "state": "open",
    }


def appointment(cid: str, place: int) -> dict[str, Any]:
    return {
        "cid": cid,
        "appointment": APPOINTMENT,
        "hospital_day": DAY,
        "hospital_code": "00000",
        "schedule_id": KEY["schedule_id"],
        "time_start": "08:00:00",
        "time_finish": "08:59:59",
        "room_id": 1,
        "place": place,
        "appointment_id": place,
        "queue_no": f"A{place:03d}",
        "state": "booked",
        "version": 1,
    }


def book(task: ClientTask) -> bool:
    """Read the schedule, and write it back without a place. given: (endpoint, cid)."""
    endpoint, cid = task.given
    schedules = Table(endpoint, "schedules")
    item = schedules.get(KEY)
    task.wait_for_all()
    if not item.get("free"):
        return False
    place = min(item["free"])
    item["free"].discard(place)
    item["available_count"] = len(item["free"])
    if not item["free"]:
        del item["free"]
    schedules.put(item)
    Table(endpoint, "appointments").put(appointment(cid, int(place)))
    return True


def book_with_care(task: ClientTask) -> bool:
    """Take a place if it is free, while others `edit`. given: (endpoint, cid)."""
    endpoint, cid = task.given
    place = task.number % PLACES + 1
    task.wait_for_all()
    taken = Table(endpoint, "schedules").take(KEY, place)
    if taken:
        Table(endpoint, "appointments").put(appointment(cid, place))
    task.wait_for_all()
    return taken


def book_from_outside(task: ClientTask) -> bool:
    """Read how many places outside systems hold, and take one if fewer than half.

    given: (endpoint, cid).
    """
    endpoint, cid = task.given
    place = task.number % PLACES + 1
    held = Table(endpoint, "schedules").get(KEY).get("outside_count", 0)
    task.wait_for_all()
    if held >= PLACES // 2 or not Table(endpoint, "schedules").take_for_outside(KEY, place):
        return False
    Table(endpoint, "appointments").put({**appointment(cid, place), "outside": True})
    return True


def edit(task: ClientTask) -> None:
    """Read the schedule before others book, and write it back with one place more.

    given: the endpoint.
    """
    schedules = Table(task.given, "schedules")
    item = schedules.get(KEY)
    task.wait_for_all()
    place = int(item["capacity"]) + 1
    item["capacity"], item["available_count"] = place, item["available_count"] + 1
    item["blocks"][0]["places"] = place
    item["free"] = item["free"] | {place}
    task.wait_for_all()
    schedules.put(item)


def accept(task: ClientTask) -> None:
    """Read an appointment, and write it back with the next version.

    given: (endpoint, cid).
    """
    endpoint, cid = task.given
    appointments = Table(endpoint, "appointments")
    item = appointments.get({"cid": cid, "appointment": APPOINTMENT})
    task.wait_for_all()
    appointments.put({**item, "version": item["version"] + 1})


def copy(task: ClientTask) -> None:
    """Check whether the day has a schedule for the period, and add one if it has none.

    given: (endpoint, period).
    """
    endpoint, period = task.given
    schedules = Table(endpoint, "schedules")
    periods = schedules.periods()
    task.wait_for_all()
    if period not in periods:
        number = task.number + 1
        new = _schedule(KEY["schedule_id"] + number, 1 + number * PLACES)
        schedules.put({**new, "period_id": period, "time_start": "09:00:00", "time_finish": "09:59:59"})


def call_next(task: ClientTask) -> int:
    """Read the waiting numbers, take the first, and write the rest back.

    given: the endpoint.
    """
    queue = Table(task.given, "schedules")
    item = queue.get(KEY)
    task.wait_for_all()
    first = min(item["free"])
    queue.put({**item, "free": item["free"] - {first}})
    return int(first)
