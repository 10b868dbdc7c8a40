"""Fixtures: a hospital in memory, a clock that tests set, and the log lines."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.booking import confirmations
from chalicelib.booking.confirmations import Confirmations
from chalicelib.booking.model import Appointment
from chalicelib.schedules import catalogue_store as catalogue
from chalicelib.schedules.catalogue_model import Department, Period, Room
from chalicelib.tables import CatalogueItem
from tests.booking.confirming import AFTER, ASKED_FROM, RELEASES, deliver, now_of, set_rules
from tests.booking.hospital_in_memory import EVENING_BEFORE, FakeClock, booked, opened


@pytest.fixture
def fake_clock(memory: None) -> Iterator[FakeClock]:
    """Clock that a test sets, a week before DAY; with a hospital without bookings."""
    fake_clock = FakeClock(EVENING_BEFORE - timedelta(days=7))
    before = clock.run_on(lambda: fake_clock.now)
    CatalogueItem("00000", "#", name="รพ.ทดสอบระบบ", province_code="84").save()
    for entry in (
        Department(1, "อายุรกรรม"),
        Room(1, "ห้องตรวจ 1", 1, "A", 3),
        Period(1, "เช้า", "08:00:00", "08:59:59"),
    ):
        assert catalogue.add(catalogue.hospital("00000"), entry)
    yield fake_clock
    clock.run_on(before)


@pytest.fixture
def log_lines() -> Iterator[list[dict[str, Any]]]:
    """The log lines that are written during a test."""
    lines: list[dict[str, Any]] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(record.getMessage()))

    log, collect = logging.getLogger("moph"), Collect()
    level = log.level
    log.setLevel(logging.INFO)
    log.addHandler(collect)
    yield lines
    log.removeHandler(collect)
    log.setLevel(level)


@pytest.fixture
def held(fake_clock: FakeClock) -> Appointment:
    """An appointment in a department that releases unconfirmed places."""
    set_rules(RELEASES)
    return booked(opened())


@pytest.fixture
def late(held: Appointment, fake_clock: FakeClock) -> Appointment:
    """The same after the person was asked and the deadline has passed."""
    fake_clock.now = ASKED_FROM
    assert confirmations.run() == Confirmations(requested=1)
    deliver()
    fake_clock.now = AFTER
    return now_of(held)
