"""Booking on tables in memory, with another write between read and transaction."""

import json
from typing import Any

from chalicelib.people import store as people
from chalicelib.people.model import Person, PersonEntry
from chalicelib.tables import CatalogueItem, PersonItem
from infra.local import demo
from tests.booking.hospital_in_memory import FakeClock, before_send, booked, opened


def test_a_booking_that_loses_the_race_to_register_its_person_reads_the_registry_consistently(
    fake_clock: FakeClock,
) -> None:
    sent = demo.PEOPLE[0]
    registered = Person(sent.cid, "นาง", "ทะเบียน", "ราษฎร")
    schedule = opened()
    first_attempt = [True]
    reads: list[dict[str, Any]] = []

    def register_first(request: Any, event_name: str, **_: Any) -> None:
        body = json.loads(request.body)
        if event_name.endswith("TransactWriteItems") and first_attempt:
            first_attempt.clear()
            people.register(PersonEntry(registered, "00002", "his2.demo", "2026-11-23T12:00:00+07:00"))
        elif event_name.endswith("BatchGetItem"):
            reads.append(body["RequestItems"][PersonItem.Meta.table_name])
        elif event_name.endswith("GetItem") and body["TableName"] == PersonItem.Meta.table_name:
            reads.append(body)

    with before_send("*", register_first):
        appointment = booked(schedule, sent)

    assert appointment.person_name == registered.name
    assert len(reads) == 2
    assert all(read["ConsistentRead"] for read in reads)


def test_a_hospital_that_has_saved_what_only_a_later_release_knows_is_booked_as_before(fake_clock: FakeClock) -> None:
    CatalogueItem("00000", "later-kind", version=1).save()
    CatalogueItem("00000", "later-kind#1", version=1).save()
    assert booked(opened()).is_active
