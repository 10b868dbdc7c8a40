"""At most so many calls a second of one API account (docs/adr/0006).

Each process keeps its own count, so a hospital whose calls are spread over several processes may get more through; what
all of them together may send is held by the API's stage. What this stops is the client that calls in a loop.
"""

import threading
import time
from collections import OrderedDict

from chalicelib.caller import APPOINTMENT_API, Caller
from chalicelib.errors import TooMany
from chalicelib.settings import settings

_MOST_ACCOUNTS = 10_000


class Buckets:
    """A bucket of tokens per account: a call takes one, `rate` a second come back, `burst` fit in."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, account: str, now: float) -> bool:
        """Whether the account may call at `now` (seconds of any steady clock)."""
        with self._lock:
            left, since = self._left.pop(account, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._rate)
            allowed = left >= 1
            self._left[account] = (left - 1 if allowed else left, now)
            if len(self._left) > _MOST_ACCOUNTS:
                self._left.popitem(last=False)
            return allowed


_buckets: Buckets | None = None


def check(caller: Caller) -> None:
    """Raises TooMany where a hospital's API account calls faster than the deployment allows. The Mor Prom app's back
    end speaks for the whole country and is held by the stage's limit alone, as is staff at the dashboard."""
    global _buckets
    rate = settings().calls_per_second
    if not rate or APPOINTMENT_API not in caller.roles or caller.is_country:
        return
    _buckets = _buckets or Buckets(rate, rate)
    if not _buckets.take(f"{caller.login}@{caller.hospital_code}", time.monotonic()):
        raise TooMany()
