"""Access lines given to the function that records them, as its event source gives them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import maker
from tests.hospitals import Hospital, Hospitals


@pytest.fixture
def record(hospitals: Hospitals, hospital: Hospital) -> Callable[[list[Any]], None]:
    """Record look-ups of the own hospital's system: (national id, ISO time) of each."""

    def do(readings: list[Any]) -> None:
        hospitals.run(maker.record_look_ups, hospital.code, "his.demo", readings)

    return do
