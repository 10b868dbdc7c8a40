"""The showcase hospital of `make run`: a hospital at work, made in few requests, of rows as the product writes them."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib import clock, storage
from chalicelib.caller import Caller
from chalicelib.messages import actions as messages
from chalicelib.schedules import availability, day_store
from chalicelib.settings import settings
from infra.local import demo, showcase
from tests.invariants import Row, Rows, plain, violations
from tests.memory import in_memory

NOW = datetime(2026, 12, 2, 10, 30, tzinfo=clock.BANGKOK)  # a Wednesday
CODE = demo.SHOWCASE[0]


@pytest.fixture(scope="module")
def requests() -> Iterator["Counter[str]"]:
    """The showcase hospital in tables in memory; the value: how many requests of each kind it took."""
    before = clock.run_on(lambda: NOW)
    with in_memory():
        counted: Counter[str] = Counter()
        client = storage.connection().client
        client.meta.events.register("before-call.dynamodb", lambda model, **_: counted.update([model.name]))
        showcase.load()
        client.meta.events.unregister("before-call.dynamodb")
        yield counted
    clock.run_on(before)


@pytest.fixture(scope="module")
def rows(requests: "Counter[str]") -> Rows:
    return Rows([row for row in _table("schedules") if row["schedule_id"] > 0], _table("appointments"))


def _table(name: str) -> list[Row]:
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=settings().table(name))
    return [_without_bytes(item) for page in pages for item in page["Items"]]


def _without_bytes(item: dict[str, Any]) -> Row:
    return {key: plain(value) for key, value in item.items()}


def _per_day(rows: Rows) -> "Counter[date]":
    return Counter(date.fromisoformat(one["day"]) for one in rows.active())


def test_it_is_made_in_few_requests(requests: "Counter[str]") -> None:
    assert requests["BatchWriteItem"] < 170
    assert requests.total() < 260


def test_its_rows_are_as_the_product_writes_them(rows: Rows) -> None:
    assert violations(rows) == []
    assert rows.active()
    broken = {**rows.schedules[0], "available_count": rows.schedules[0]["available_count"] + 1}
    assert violations(Rows([broken, *rows.schedules[1:]], rows.appointments)) != []


def test_the_counts_of_its_days_are_those_that_the_stream_would_make(requests: "Counter[str]") -> None:
    span = (CODE, NOW.date() - timedelta(days=40), NOW.date() + timedelta(days=40))
    made = day_store.of_hospital(*span)
    availability.recount({(CODE, day.day) for day in made})
    assert made
    assert day_store.of_hospital(*span) == made


def test_a_month_is_over_today_is_busy_and_weeks_are_ahead(rows: Rows) -> None:
    per_day, today = _per_day(rows), NOW.date()
    assert min(per_day) <= today - timedelta(days=28)
    assert max(per_day) >= today + timedelta(days=20)
    assert per_day[today] > 40
    assert per_day[today + timedelta(days=1)] > per_day[max(per_day)]
    assert {row["state"] for row in rows.appointments} == {"booked", "cancelled", "postponed"}
    assert any(row["available_count"] == 0 for row in rows.schedules)
    assert {row["state"] for row in rows.schedules} == {"open", "closed"}
    today_accepted = [bool(row.get("accepted_at")) for row in rows.active() if row["day"] == today.isoformat()]
    assert 0 < sum(today_accepted) < len(today_accepted)


def test_nobody_has_acted_in_the_future_and_nobody_waits_for_a_reminder(rows: Rows) -> None:
    tomorrow = (NOW.date() + timedelta(days=1)).isoformat()
    assert all(datetime.fromisoformat(row["changed_at"]) <= NOW for row in rows.appointments)
    due = [row for row in rows.active() if row["day"] <= tomorrow]
    assert all(row.get("reminded_at") for row in due)


def test_its_announcements_were_read(requests: "Counter[str]") -> None:
    listed = messages.announcements(Caller("clerk.demo", CODE), None, 20)
    assert [each.state for each in listed] == ["draft", "sent", "sent", "sent"]
    assert all(0 < each.totals.read < each.totals.targets for each in listed[1:])


def test_a_later_start_adds_only_the_days_that_are_missing_by_then(requests: "Counter[str]", rows: Rows) -> None:
    before, at = _per_day(rows), clock.run_on(lambda: NOW + timedelta(days=5))
    showcase.load()
    after = _per_day(Rows([], _table("appointments")))
    clock.run_on(at)
    assert {day: after[day] for day in before} == before
    assert set(after) > set(before)
