"""When the local feeder runs a scheduled function."""

import pytest
from chalice import Cron, Rate

from infra.local.event_sources import is_due, seconds_of

EVERY = 900.0


@pytest.mark.parametrize(
    ("last", "now", "runs"),
    [
        (None, 10_000.0, True),
        ("10000.0", 10_001.0, False),
        ("10000.0", 10_899.0, False),
        ("10000.0", 10_900.0, True),
        ("10000.0", 90_000.0, True),  # it stood still for a day: once, not a time for each that was missed
        ("10000.0", 9_000.0, True),  # the clock was put back
    ],
)
def test_a_function_runs_when_its_time_has_come_however_long_nothing_ran(
    last: str | None, now: float, runs: bool
) -> None:
    assert is_due(last, now, EVERY) is runs


def test_a_rate_is_understood_and_a_cron_is_refused_at_the_start() -> None:
    assert seconds_of(Rate(15, unit=Rate.MINUTES)) == 900
    assert seconds_of(Rate(1, unit=Rate.HOURS)) == 3600
    with pytest.raises(ValueError, match="only rates"):
        seconds_of(Cron(0, 18, "*", "*", "?", "*"))
