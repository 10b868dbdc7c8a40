"""The present status of an account, whatever roles its token has (docs/adr/0010).

A token is valid for three hours, but a change of roles or a deactivation must take effect within a minute. Each process
reads the account when it receives the account's token, and caches the result for `account_cache_seconds` (30). That is
one or two small reads per account, process and half minute.
"""

from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.auth import store
from chalicelib.auth.model import Account, AccountStatus
from chalicelib.auth.rules import effective_roles, role_levels
from chalicelib.settings import settings

# An entry is about 1 kB. A full cache is emptied.
_CACHE_SIZE = 5_000
_cache: dict[tuple[str, str], AccountStatus] = {}


def cached(hospital_code: str, login: str, token_version: int) -> AccountStatus | None:
    """The status of an account, at most `account_cache_seconds` old.

    token_version: of a token. If the cached status has a lower one, the account is read again.

    None if there is no such account. The status of an account that may do nothing (inactive, or with a first password)
    is not cached, so that every process notices at once when this changes.
    """
    key = (hospital_code, login)
    status = _cache.get(key)
    lifetime = timedelta(seconds=settings().account_cache_seconds)
    if status and status.token_version >= token_version and clock.now() - status.read_at < lifetime:
        return status
    status = read(hospital_code, login)
    if status and status.active and not status.must_change_password:
        if len(_cache) >= _CACHE_SIZE:
            _cache.clear()
        _cache[key] = status
    else:
        _cache.pop(key, None)
    return status


def read(hospital_code: str, login: str) -> AccountStatus | None:
    """The status of an account as it is stored now; None if there is no such account."""
    read_at = clock.now()
    account = store.find(hospital_code, login)
    return of_account(account, read_at) if account else None


def of_account(account: Account, read_at: datetime) -> AccountStatus:
    """The status of an account, which was read at `read_at`.

    Reads its groups, if it has any.
    """
    roles = role_levels(effective_roles(account, store.groups_of(account)))
    return AccountStatus(
        account.name,
        account.active,
        account.must_change_password,
        roles,
        account.token_version,
        read_at,
        account.look_ups_blocked_until,
    )


def clear_cache() -> None:
    """Empty the cache, so that changes of this process take effect in it at once."""
    _cache.clear()
