"""Fixture: send access lines to the recording function, as its event source does."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import maker
from tests.hospitals import Hospital, Hospitals


@pytest.fixture
def record(hospitals: Hospitals, hospital: Hospital) -> Callable[[list[Any]], None]:
    """Function that records look-ups of the own hospital's system.

    It takes (national id, ISO time) of each look-up.
    """

    def do(readings: list[Any]) -> None:
        hospitals.run(maker.record_look_ups, hospital.code, "his.demo", readings)

    return do
