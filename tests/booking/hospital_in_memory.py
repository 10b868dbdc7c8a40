"""Hospital on tables in memory (moto), for tests with one thread."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.awsrequest import AWSResponse

from chalicelib import storage
from chalicelib.booking import actions
from chalicelib.booking.model import Appointment, BookingRequest, Sender
from chalicelib.caller import APPOINTMENT_API, Caller
from chalicelib.clock import BANGKOK
from chalicelib.people.model import Person
from chalicelib.schedules import catalogue_store as catalogue
from chalicelib.schedules import store as schedules
from chalicelib.schedules.model import Schedule, ScheduleSpec
from infra.local import demo

EVENING_BEFORE = datetime(2026, 11, 30, 18, 0, tzinfo=BANGKOK)
DAY = EVENING_BEFORE.date() + timedelta(days=1)
APP = Caller("mohprompt.demo", "00000", roles={APPOINTMENT_API: 5})


@dataclass
class FakeClock:
    """The time that the product reads."""

    now: datetime


def opened(days_later: int = 0) -> Schedule:
    specs = [ScheduleSpec(1, 1, 1, 5, online=True)]
    (made,) = schedules.open_schedules(catalogue.hospital("00000"), DAY + timedelta(days=days_later), specs)
    return made


def booked(schedule: Schedule, person: Person = demo.PEOPLE[0]) -> Appointment:
    sender = Sender("00000", "Mor Prom", APP.login, is_person=True)
    return actions.book(APP, BookingRequest("00000", schedule.info.schedule_id, person, sender))


@contextmanager
def before_send(operation: str, handler: Callable[..., AWSResponse | None]) -> Iterator[None]:
    """Call the handler before each DynamoDB request of an operation ("*": of all).

    If the handler returns a response, it is used and nothing is sent.
    """
    name = "before-send.dynamodb" + ("" if operation == "*" else f".{operation}")
    events = storage.connection().client.meta.events
    events.register_first(name, handler)
    try:
        yield
    finally:
        events.unregister(name, handler)


@dataclass
class _Body:
    content: bytes

    def stream(self) -> Iterator[bytes]:
        yield self.content


def error(request: Any, code: str) -> AWSResponse:
    """DynamoDB's error response with this code (HTTP 400)."""
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code}).encode()
    return AWSResponse(request.url, 400, {}, _Body(body))
