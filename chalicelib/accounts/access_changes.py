"""One change of what is granted in a hospital, however it is asked for: decided on one state of the whole hospital,
written on that very state with its history; refused where it reaches too far, and that is in the history too."""

from collections.abc import Callable
from typing import Any

from chalicelib import clock
from chalicelib.accounts import administrators, authorization, history, rules, store
from chalicelib.accounts.history import AuditEntry
from chalicelib.accounts.rules import Account, Group, HospitalAccess
from chalicelib.auth import account_status
from chalicelib.caller import Caller
from chalicelib.errors import (
    AccountNotFound,
    EditConflict,
    Forbidden,
    GroupNotFound,
    HospitalNotFound,
    Invalid,
    LastAdministrator,
    TryAgain,
)

_ATTEMPTS = 6
# What a line of history says of an account and of a group; the verifier only that it changed.
_ACCOUNT_FIELDS = ("name", "details", "active", "roles", "groups")
_GROUP_FIELDS = ("name", "roles")


def hospital_access(caller: Caller, hospital_code: str, action: str, login: str | None = None) -> HospitalAccess:
    """Accounts and groups of a hospital that the caller may administer. action, login: what for, as the audit names it
    where it is refused. Raises HospitalNotFound."""
    administrators.authorised_hospital(caller, hospital_code, action, login)
    return store.hospital_access(hospital_code)


def apply(
    caller: Caller,
    hospital_code: str,
    action: str,
    login: str | None,
    edit: Callable[[HospitalAccess], HospitalAccess],
    whole: bool = False,
) -> HospitalAccess:
    """One change of what is granted in a hospital: read, decided, written on the very state it was decided on, or done
    again. whole: it also takes being able to give everything that the account holds. What is refused for want of reach
    is in the history."""
    asked: dict[str, str] = {}
    try:
        for _ in range(_ATTEMPTS):
            before = store.hospital_access(hospital_code)
            # Read after `before`: if the caller has lost the role since, the version has moved on and the save fails.
            administrator = administrators.load_administrator(caller)
            administrators.hospital(administrator, hospital_code)
            after = edit(before)
            asked = _asked(before, after)
            if whole and login is not None:
                authorization.check_whole(administrator, before, before.accounts[login])
            authorization.check(administrator, before, after)
            if after == before or store.save(before, after, told(administrators.actor(caller), action, before, after)):
                account_status.forget()
                return after
        raise TryAgain()
    except (Forbidden, HospitalNotFound, LastAdministrator):
        administrators.note_refused(caller, action, hospital_code, login, asked)
        raise


def told(actor: str, action: str, before: HospitalAccess, after: HospitalAccess) -> list[AuditEntry]:
    now = clock.now()
    lines = []
    for login, changes in _changed_accounts(before, after).items():
        lines.append(history.line(history.of_account(after.hospital_code, login), actor, action, now, changes))
    for number, changes in _changed_groups(before, after).items():
        lines.append(history.line(history.of_group(after.hospital_code, number), actor, action, now, changes))
    return lines


def _changed_accounts(before: HospitalAccess, after: HospitalAccess) -> dict[str, dict[str, list[Any]]]:
    found = {}
    for login, new in after.accounts.items():
        old = before.accounts.get(login)
        if old != new:
            found[login] = _changes(old, new, _ACCOUNT_FIELDS)
            if old is None or old.verifier != new.verifier:
                found[login]["password"] = ["", "set"]
    return found


def _changed_groups(before: HospitalAccess, after: HospitalAccess) -> dict[int, dict[str, list[Any]]]:
    changed = {n: new for n, new in after.groups.items() if before.groups.get(n) != new}
    return {n: _changes(before.groups.get(n), new, _GROUP_FIELDS) for n, new in changed.items()}


def _changes(old: Any, new: Any, fields: tuple[str, ...]) -> dict[str, list[Any]]:
    return {
        name: [_plain(getattr(old, name, "")), _plain(getattr(new, name))]
        for name in fields
        if old is None or getattr(old, name) != getattr(new, name)
    }


def _asked(before: HospitalAccess, after: HospitalAccess) -> dict[str, str]:
    """What a change would have made of roles, groups and account_status, for the history of a refusal."""
    everything = [*_changed_accounts(before, after).values(), *_changed_groups(before, after).values()]
    return {name: str(pair[1]) for changes in everything for name, pair in changes.items()}


def _plain(value: Any) -> Any:
    if not isinstance(value, frozenset):
        return value
    return rules.in_order(value) if all(isinstance(one, str) for one in value) else sorted(value)


def require_version(found: HospitalAccess, login: str, version: int, given: dict[str, Any]) -> Account:
    """The account, if it is still the version that the caller has seen. Raises AccountNotFound, EditConflict."""
    old = find(found, login)
    if old.version != version:
        theirs = {name: _plain(getattr(old, name)) for name in (*_ACCOUNT_FIELDS, "version")}
        yours = {name: _plain(value) for name, value in given.items()} | {"version": version}
        raise EditConflict(details={"yours": yours, "theirs": theirs})
    return old


def find(found: HospitalAccess, login: str) -> Account:
    if login not in found.accounts:
        raise AccountNotFound(fields={"login": "this hospital has no such login"})
    return found.accounts[login]


def find_group(found: HospitalAccess, group_id: int) -> Group:
    if group_id not in found.groups:
        raise GroupNotFound(fields={"group_id": "this hospital has no such user group"})
    return found.groups[group_id]


def known_groups(found: HospitalAccess, groups: frozenset[int]) -> None:
    unknown = sorted(groups - found.groups.keys())
    if unknown:
        raise Invalid(fields={"groups": f"this hospital has no user group {', '.join(map(str, unknown))}"})


def known_roles(roles: frozenset[str]) -> None:
    try:
        rules.effective(roles)
    except ValueError as problem:
        raise Invalid(fields={"roles": f"{problem}; GET /api/accounts/roles lists them"}) from None
