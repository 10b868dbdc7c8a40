"""Find, check and compare accounts and groups of a hospital. Pure."""

from collections.abc import Iterable
from typing import Any

from chalicelib import text_cleaning
from chalicelib.accounts.model import HospitalAccess
from chalicelib.auth.model import Account, Group
from chalicelib.auth.rules import role_levels, sorted_roles
from chalicelib.errors import AccountNotFound, EditConflict, GroupNotFound, Invalid

# The fields whose changes are in the audit. For the verifier, the audit has only that it was set.
_ACCOUNT_FIELDS = ("name", "details", "active", "roles", "groups")
_GROUP_FIELDS = ("name", "roles")

Changes = dict[str, list[Any]]  # field -> [from, to]


def matches(account: Account, part: str) -> bool:
    """Return whether login, name or details contain the text, as a reader compares."""
    wanted = text_cleaning.comparable(part)
    return any(wanted in text_cleaning.comparable(text) for text in (account.login, account.name, account.details))


def find_account(access: HospitalAccess, login: str) -> Account:
    if login not in access.accounts:
        raise AccountNotFound(fields={"login": "this hospital has no such login"})
    return access.accounts[login]


def find_group(access: HospitalAccess, group_id: int) -> Group:
    if group_id not in access.groups:
        raise GroupNotFound(fields={"group_id": "this hospital has no such user group"})
    return access.groups[group_id]


def require_account_version(account: Account, version: int, wanted: dict[str, Any]) -> None:
    """Raise EditConflict unless the account has this version.

    wanted: the fields that the caller sent.
    """
    _require_version(account, version, wanted, _ACCOUNT_FIELDS)


def require_group_version(group: Group, version: int, wanted: dict[str, Any]) -> None:
    """Raise EditConflict unless the group has this version.

    wanted: the fields that the caller sent.
    """
    _require_version(group, version, wanted, _GROUP_FIELDS)


def _require_version(stored: Account | Group, version: int, wanted: dict[str, Any], fields: Iterable[str]) -> None:
    if stored.version != version:
        theirs = {name: _plain(getattr(stored, name)) for name in (*fields, "version")}
        yours = {name: _plain(value) for name, value in wanted.items()} | {"version": version}
        raise EditConflict(details={"yours": yours, "theirs": theirs})


def check_groups(access: HospitalAccess, groups: frozenset[int]) -> None:
    """Raise Invalid if the hospital does not have all these groups."""
    unknown = sorted(groups - access.groups.keys())
    if unknown:
        raise Invalid(fields={"groups": f"this hospital has no user group {', '.join(map(str, unknown))}"})


def check_roles(roles: frozenset[str]) -> None:
    """Raise Invalid if one of the roles does not exist."""
    try:
        role_levels(roles)
    except ValueError as problem:
        raise Invalid(fields={"roles": f"{problem}; GET /api/accounts/roles lists them"}) from None


def account_changes(before: HospitalAccess, after: HospitalAccess) -> dict[str, Changes]:
    """Login -> changes, of the accounts that differ."""
    changes = {}
    for login, new in after.accounts.items():
        old = before.accounts.get(login)
        if old != new:
            changes[login] = _changes(old, new, _ACCOUNT_FIELDS)
            if old is None or old.verifier != new.verifier:
                changes[login]["password"] = ["", "set"]
    return changes


def group_changes(before: HospitalAccess, after: HospitalAccess) -> dict[int, Changes]:
    """Group id -> changes, of the groups that differ."""
    return {
        group_id: _changes(before.groups.get(group_id), new, _GROUP_FIELDS)
        for group_id, new in after.groups.items()
        if before.groups.get(group_id) != new
    }


def _changes(old: Account | Group | None, new: Account | Group, fields: Iterable[str]) -> Changes:
    return {
        name: [_plain(getattr(old, name, "")), _plain(getattr(new, name))]
        for name in fields
        if old is None or getattr(old, name) != getattr(new, name)
    }


def _plain(value: Any) -> Any:
    """A set of roles or of group ids as a sorted list; any other value as it is."""
    if not isinstance(value, frozenset):
        return value
    return sorted_roles(value) if all(isinstance(member, str) for member in value) else sorted(value)
