"""What an account may do now, whatever its token says (docs/adr/0010).

A token lives three hours; a change of roles or a deactivation has to be felt within a minute. So every process looks
the account up when it sees its token, and believes what it read for half a minute: one or two small reads per account,
process and half-minute, none for the requests in between.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.accounts import rules, store
from chalicelib.settings import settings

# An account's entry is about 1 kB; a process that has seen this many starts anew.
_MOST = 5_000


@dataclass(frozen=True)
class AccountStatus:
    """roles: code -> level, from the account and its groups. read_at: when it was read, Bangkok."""

    name: str
    active: bool
    must_change_password: bool
    roles: dict[str, int]
    read_at: datetime


_seen: dict[tuple[str, str], AccountStatus] = {}


def of(hospital_code: str, login: str) -> AccountStatus | None:
    """The standing of an account, at most `account_cache_seconds` old; None where there is no such account.

    Only what is allowed is believed for a while: who may do nothing yet (a first password to change) is looked up
    again, so that a change for the better is felt at once on every process.
    """
    now = clock.now()
    key = (hospital_code, login)
    seen = _seen.get(key)
    if seen is not None and now - seen.read_at < timedelta(seconds=settings().account_cache_seconds):
        return seen
    account = store.find(hospital_code, login)
    if account is None:
        return None
    standing = read(account, now)
    if account.active and not account.must_change_password:
        if len(_seen) >= _MOST:
            _seen.clear()
        _seen[key] = standing
    else:
        _seen.pop(key, None)
    return standing


def read(account: rules.Account, now: datetime) -> AccountStatus:
    """The standing of an account that was just read."""
    roles = rules.effective(rules.held(account, store.groups_of(account)))
    return AccountStatus(account.name, account.active, account.must_change_password, roles, now)


def forget() -> None:
    """After a change made by this process: it need not wait for its own half-minute."""
    _seen.clear()
