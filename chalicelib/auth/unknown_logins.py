"""Failed sign-ins of logins that do not exist, counted in this process only.

They are not in the table, so that strangers cannot fill it. They are counted so that the answers do not reveal which
logins exist.
"""

import threading
from collections import OrderedDict
from datetime import datetime

from chalicelib.auth import rules
from chalicelib.auth.model import Attempts

_MOST_KEPT = 10_000
_lock = threading.Lock()
_attempts: OrderedDict[tuple[str, str, str], Attempts] = OrderedDict()


def is_locked(hospital_code: str, login: str, source: str, now: datetime) -> bool:
    with _lock:
        return rules.is_locked(_attempts.get((hospital_code, login, source), Attempts()), now)


def record_failure(hospital_code: str, login: str, source: str, now: datetime) -> bool:
    """Count one more failure; return whether it locks the login for this source."""
    key = (hospital_code, login, source)
    with _lock:
        before = _attempts.pop(key, Attempts()).failures
        failures = 1 if before >= rules.FAILURES_BEFORE_LOCK else before + 1
        _attempts[key] = Attempts(failures, failures, now + rules.LOCK)
        if len(_attempts) > _MOST_KEPT:
            _attempts.popitem(last=False)
        return rules.is_locked(_attempts[key], now)
