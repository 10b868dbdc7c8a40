"""Retries of one request: how often and for how long."""

import random
import time

from chalicelib.errors import TryAgain

_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.4

_budget_seconds = 2.0


def set_budget(seconds: float) -> float:
    """Set how many seconds a request may try again; return the previous value.

    For tests: the product uses two seconds.
    """
    global _budget_seconds
    previous, _budget_seconds = _budget_seconds, seconds
    return previous


class RetryBudget:
    """The time that one piece of work may spend on attempts.

    It starts when the object is made.
    """

    def __init__(self) -> None:
        self._deadline = time.monotonic() + _budget_seconds
        self._pauses = 0

    def check(self) -> None:
        """Raise TryAgain if the time is over.

        For a caller that makes its next attempt at once.
        """
        if time.monotonic() > self._deadline:
            raise TryAgain()

    def pause(self, cause: Exception | None = None, *, once_more: bool = False) -> None:
        """Wait a random time before another attempt (full jitter).

        The bound of the random time doubles with each pause, up to a limit. Raises TryAgain from `cause` if the time
        would be over. once_more: the first pause is granted even then.
        """
        seconds = random.uniform(0, min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**self._pauses))
        granted = once_more and self._pauses == 0
        if time.monotonic() + seconds > self._deadline and not granted:
            raise TryAgain() from cause
        time.sleep(seconds)
        self._pauses += 1
