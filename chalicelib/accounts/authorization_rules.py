"""Rules of what an administrator may change (manual 1; docs/accounts.md). Pure.

An administrator gives and takes roles up to their own level. They give ACCOUNT_ADMIN only below their own level,
because the manual sends people who want this role to the provincial office. The country level gives everything. Giving
and taking have the same limits, also through groups: each account's effective roles before and after a change are
compared.
"""

from collections.abc import Iterable

from chalicelib.accounts.model import Administrator, HospitalAccess
from chalicelib.auth.model import Account
from chalicelib.auth.rules import sorted_roles
from chalicelib.caller import ACCOUNT_ADMIN, COUNTRY
from chalicelib.errors import LastAdministrator, OutOfReach, OwnAccount


def may_grant(administrator_level: int, role: str) -> bool:
    """Return whether an administrator of the level may give and take this role."""
    code, _, level = role.partition(":")
    if code == ACCOUNT_ADMIN and administrator_level < COUNTRY:
        return int(level) < administrator_level
    return int(level) <= administrator_level


def check_change(administrator: Administrator, before: HospitalAccess, after: HospitalAccess) -> None:
    """Check that an administrator of the hospital may turn `before` into `after`.

    Raises OutOfReach, OwnAccount, LastAdministrator.
    """
    for group in after.groups.values():
        old_group = before.groups.get(group.group_id)
        _check_grantable(administrator, group.roles ^ (old_group.roles if old_group else frozenset()))
    for account in after.accounts.values():
        _check_account(administrator, before, after, account)
    if before.administrators() and not after.administrators():
        raise LastAdministrator()


def _check_account(
    administrator: Administrator, before: HospitalAccess, after: HospitalAccess, account: Account
) -> None:
    old = before.accounts.get(account.login)
    old_roles = before.effective_roles(old) if old else frozenset[str]()
    changed_roles = after.effective_roles(account) ^ old_roles
    status_changed = old is not None and old.active != account.active
    # A group may get roles later, so joining it counts even if it changes no role now.
    groups_changed = old is not None and old.groups != account.groups
    if administrator.is_self(account) and (changed_roles or status_changed or groups_changed):
        raise OwnAccount()
    _check_grantable(administrator, changed_roles)
    described_anew = old is not None and (old.name, old.details) != (account.name, account.details)
    if status_changed or (described_anew and not administrator.is_self(account)):
        _check_grantable(administrator, old_roles)


def check_control(administrator: Administrator, access: HospitalAccess, account: Account) -> None:
    """Check that the administrator may give every role that the account has.

    Whoever sets an account's password could use all its roles. Raises OutOfReach, OwnAccount.
    """
    if administrator.is_self(account):
        raise OwnAccount()
    _check_grantable(administrator, access.effective_roles(account))


def _check_grantable(administrator: Administrator, roles: Iterable[str]) -> None:
    beyond = [role for role in sorted_roles(roles) if not may_grant(administrator.level, role)]
    if beyond:
        raise OutOfReach(fields={"roles": f"above your level: {', '.join(beyond)}"})
