"""Rate limits per account and per source of sign-ins (docs/adr/0006).

Each process counts alone, so a hospital whose calls reach several processes may send more. The API's stage limits all
calls together. This limit stops a client that calls in a loop.
"""

import threading
import time
from collections import OrderedDict

from chalicelib.caller import APPOINTMENT_API, Caller
from chalicelib.errors import TooMany
from chalicelib.settings import settings

_MOST_ACCOUNTS = 10_000


class Buckets:
    """A token bucket per account.

    A call takes one token, `rate` tokens a second are added, at most `burst` are kept.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, account: str, now: float) -> bool:
        """Take a token; return whether the account may call.

        now: seconds of a monotonic clock.
        """
        with self._lock:
            left, since = self._left.pop(account, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._rate)
            allowed = left >= 1
            self._left[account] = (left - 1 if allowed else left, now)
            if len(self._left) > _MOST_ACCOUNTS:
                self._left.popitem(last=False)
            return allowed


_buckets: Buckets | None = None
_staff: Buckets | None = None
_sign_ins: Buckets | None = None
# For many people behind one address in the morning. Verifying a password takes a process about 50 ms.
_BURST_SECONDS = 20
# A screen of the dashboard sends several requests at once, and a person opens several screens.
_STAFF_BURST_SECONDS = 5


def check(caller: Caller) -> None:
    """Check the rate of an account of a hospital's system or staff.

    The Mor Prom app's back end, which calls for the whole country, has only the stage's limit. Raises TooMany.
    """
    if caller.is_country:
        return
    buckets = _of_api() if APPOINTMENT_API in caller.roles else _of_staff()
    if buckets is not None and not buckets.take(caller.actor, time.monotonic()):
        raise TooMany()


def _of_api() -> Buckets | None:
    global _buckets
    if rate := settings().calls_per_second:
        _buckets = _buckets or Buckets(rate, rate)
    return _buckets


def _of_staff() -> Buckets | None:
    global _staff
    if rate := settings().staff_calls_per_second:
        _staff = _staff or Buckets(rate, rate * _STAFF_BURST_SECONDS)
    return _staff


def check_sign_in(source: str) -> None:
    """Check the rate of sign-ins from one source. Raises TooMany."""
    global _sign_ins
    rate = settings().sign_ins_per_second
    _sign_ins = _sign_ins or Buckets(rate, rate * _BURST_SECONDS)
    if not _sign_ins.take(source, time.monotonic()):
        raise TooMany()
