"""Fixture: a hospital in memory with two rooms, three service points and a clock.

Tests set the clock.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib import clock, retry, storage
from chalicelib.schedules import catalogue_store as catalogue
from chalicelib.schedules.catalogue_model import Department, Period, Room, ServicePoint
from chalicelib.tables import CatalogueItem
from tests.visits.morning import DAY, EXAMINATION, PHARMACY, VACCINATION, Morning


@pytest.fixture
def morning(memory: None) -> Iterator[Morning]:
    """The hospital on the day before the visit, without bookings."""
    morning = Morning(DAY - timedelta(days=1))
    before = clock.run_on(lambda: morning.now)
    storage.write(storage.put(CatalogueItem("00000", "#", name="รพ.ทดสอบระบบ", province_code="84")))
    for entry in (
        Department(1, "อายุรกรรม"),
        Department(2, "ฉีดวัคซีน"),
        Room(1, "ห้องตรวจ 1", 1, "A", 3),
        Room(2, "ห้องฉีดวัคซีน 1", 2, "V", 3),
        *(Period(hour - 7, f"{hour} น.", f"{hour:02d}:00:00", f"{hour:02d}:59:59") for hour in (8, 9, 10)),
        ServicePoint(EXAMINATION, "ตรวจ อายุรกรรม", "Examination", frozenset({1}), frozenset(), PHARMACY),
        ServicePoint(PHARMACY, "ห้องยา", "Pharmacy"),
        ServicePoint(VACCINATION, "ฉีดวัคซีน", "Vaccination", frozenset(), frozenset({2})),
    ):
        assert catalogue.add(catalogue.hospital("00000"), entry)
    yield morning
    clock.run_on(before)


@pytest.fixture
def patient() -> Iterator[None]:
    """Retry budget of a minute, so that a slow machine does not change results."""
    before = retry.set_budget(60)
    yield
    retry.set_budget(before)
