"""The only clock of the system.

All times are Thai local time (Asia/Bangkok, UTC+7, no daylight saving).
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

# Thailand has had one fixed offset since 1920, so no time zone database is needed.
BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")

_source: Callable[[], datetime] = lambda: datetime.now(BANGKOK)  # noqa: E731


def now() -> datetime:
    """Return the present time in Bangkok, as a datetime with time zone."""
    return _source().astimezone(BANGKOK)


def today() -> date:
    """Return today's date in Bangkok, independent of the machine's time zone."""
    return now().date()


def run_on(source: Callable[[], datetime]) -> Callable[[], datetime]:
    """Set the source of the time; return the previous one.

    For tests and recorded examples.
    """
    global _source
    previous, _source = _source, source
    return previous
