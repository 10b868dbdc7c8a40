"""Accounts, user groups and failed sign-ins. Pure. What an administrator may do is in reach.py."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.caller import ACCOUNT_ADMIN, LEVELS, ROLES

FAILURES_BEFORE_LOCK = 5
LOCK = timedelta(minutes=15)


@dataclass(frozen=True)
class Account:
    """A login of one hospital. roles: "APPOINTMENT_API:1" and so on, given directly. groups: the numbers of the groups
    it is in. user_id: the integer that the token's client claim carries."""

    hospital_code: str
    login: str
    user_id: int
    name: str
    details: str
    active: bool
    roles: frozenset[str]
    groups: frozenset[int]
    verifier: str
    must_change_password: bool
    version: int


@dataclass(frozen=True)
class Group:
    """A user group (กลุ่มผู้ใช้งาน) of one hospital: whoever is in it holds its roles."""

    hospital_code: str
    group_id: int
    name: str
    roles: frozenset[str]
    version: int


@dataclass(frozen=True)
class RoleSource:
    """A role that an account holds, and where it comes from: given directly, or through groups (their numbers)."""

    role: str
    direct: bool
    groups: tuple[int, ...]


@dataclass(frozen=True)
class HospitalAccess:
    """Everything that is granted in one hospital. version: counts every change of it, so that a change that was
    decided on one state is written on that very state or not at all."""

    hospital_code: str
    version: int
    accounts: dict[str, Account]
    groups: dict[int, Group]

    def held(self, account: Account) -> frozenset[str]:
        """Every role of an account, active or not, given directly or through a group."""
        return held(account, self.groups.values())

    def sources(self, account: Account) -> list[RoleSource]:
        """Every role of an account with where each comes from, in the order of the manual's figure 5."""
        found = []
        for role in sorted(self.held(account), key=order):
            through = sorted(n for n in account.groups if n in self.groups and role in self.groups[n].roles)
            found.append(RoleSource(role, role in account.roles, tuple(through)))
        return found

    def members(self, group_id: int) -> list[Account]:
        return sorted((a for a in self.accounts.values() if group_id in a.groups), key=lambda a: a.login)

    def administrators(self) -> frozenset[str]:
        """The logins that look after the hospital's logins, and can sign in."""
        return frozenset(
            a.login for a in self.accounts.values() if a.active and ACCOUNT_ADMIN in effective(self.held(a))
        )

    def with_account(self, account: Account) -> "HospitalAccess":
        return replace(self, accounts={**self.accounts, account.login: account})

    def with_group(self, group: Group) -> "HospitalAccess":
        return replace(self, groups={**self.groups, group.group_id: group})


def matches(account: Account, part: str) -> bool:
    """Whether an account is one that was searched for: any part of its login, name or details, in any case."""
    return any(part.casefold() in text.casefold() for text in (account.login, account.name, account.details))


def held(account: Account, groups: Iterable[Group]) -> frozenset[str]:
    """Every role of an account: its own and those of the groups it is in."""
    return account.roles.union(*(g.roles for g in groups if g.group_id in account.groups))


def order(role: str) -> tuple[int, int]:
    """Sorts roles like the manual's figure 5, lower levels first."""
    code, _, level = role.partition(":")
    return ROLES.index(code), int(level)


def in_order(roles: Iterable[str]) -> list[str]:
    """Roles in the order of the manual's figure 5."""
    return sorted(roles, key=order)


@dataclass(frozen=True)
class Attempts:
    """Failed sign-ins in a row, for a login that exists or does not. locked_until: None where it is not locked."""

    failures: int = 0
    locked_until: datetime | None = None

    def locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until


def effective(roles: Iterable[str]) -> dict[str, int]:
    """Role code -> highest level, from "APPOINTMENT_API:1" and the like. Raises ValueError for an unknown one."""
    highest: dict[str, int] = {}
    for one in sorted(roles):
        code, _, level = one.partition(":")
        if code not in ROLES or not level.isdigit() or int(level) not in LEVELS:
            raise ValueError(f"no such role: {one}")
        highest[code] = max(highest.get(code, 0), int(level))
    return highest


def read_account(row: Any) -> Account:
    """The account in a row of the accounts table."""
    return Account(
        hospital_code=row.hospital_code,
        login=row.login,
        user_id=int(row.user_id),
        name=row.name or "",
        details=row.details or "",
        active=bool(row.active),
        roles=frozenset(row.roles or ()),
        groups=frozenset(int(one) for one in row.groups or ()),
        verifier=row.verifier,
        must_change_password=bool(row.must_change_password),
        version=int(row.version),
    )


def read_group(row: Any) -> Group:
    """The user group in a row of the accounts table."""
    return Group(
        hospital_code=row.hospital_code,
        group_id=int(row.group_id),
        name=row.name or "",
        roles=frozenset(row.roles or ()),
        version=int(row.version),
    )
