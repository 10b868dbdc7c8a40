"""Roles of an account, and when failed sign-ins lock a login. Pure."""

import ipaddress
from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.auth.model import Account, Attempts, Group
from chalicelib.caller import LEVELS, ROLES

FAILURES_BEFORE_LOCK = 5
LOCK = timedelta(minutes=15)


def is_locked(attempts: Attempts, now: datetime) -> bool:
    """Return whether failed sign-ins have locked this login for this source."""
    return attempts.failures >= FAILURES_BEFORE_LOCK and attempts.until is not None and now < attempts.until


def lock_end(account: Account, now: datetime) -> datetime | None:
    """The end of an account's lock by wrong passwords; None if it is not locked."""
    return account.locked_until if account.locked_until and now < account.locked_until else None


def network_of(address: str) -> str:
    """The source to which an address belongs: IPv4 address or IPv6 network.

    An IPv6 network has 64 bits. Text that is no address is returned as it is.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network(f"{address}/64", strict=False))


def effective_roles(account: Account, groups: Iterable[Group]) -> frozenset[str]:
    """Every role of an account, active or not: its own and those of its groups.

    groups: also others of the hospital.
    """
    return account.roles.union(*(group.roles for group in groups if group.group_id in account.groups))


def role_levels(roles: Iterable[str]) -> dict[str, int]:
    """Role code -> highest level, from "APPOINTMENT_API:1" and the like.

    Raises ValueError for an unknown role.
    """
    levels: dict[str, int] = {}
    for role in sorted(roles):
        code, _, level = role.partition(":")
        if code not in ROLES or not level.isdigit() or int(level) not in LEVELS:
            raise ValueError(f"no such role: {role}")
        levels[code] = max(levels.get(code, 0), int(level))
    return levels


def sorted_roles(roles: Iterable[str]) -> list[str]:
    """Roles in the order of the manual's figure 5, lower levels first."""
    return sorted(roles, key=_role_order)


def _role_order(role: str) -> tuple[int, int]:
    code, _, level = role.partition(":")
    return ROLES.index(code), int(level)
