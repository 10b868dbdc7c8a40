"""The only clock. Everything a hospital says about time is Thai local time (Asia/Bangkok, UTC+7, no DST)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

# Thailand has had one fixed offset since 1920, so no time zone database has to be shipped.
BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")

_source: Callable[[], datetime] = lambda: datetime.now(BANGKOK)  # noqa: E731


def now() -> datetime:
    """The present moment, aware, in Bangkok."""
    return _source().astimezone(BANGKOK)


def today() -> date:
    """Today's date in Bangkok, whatever the machine's zone is."""
    return now().date()


def run_on(source: Callable[[], datetime]) -> Callable[[], datetime]:
    """Take the time from `source` from now on; returns the previous source. For tests and recorded examples."""
    global _source
    previous, _source = _source, source
    return previous
