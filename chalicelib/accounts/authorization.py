"""How far an administrator reaches (manual 1; the table is in docs/accounts.md). Pure.

An administrator has a level: 1 the own hospital, 3 every hospital of the province, 5 every hospital. Within that reach
he gives and takes roles up to his level; of ACCOUNT_ADMIN only what lies below his own level, because the manual sends
whoever wants it to the provincial office; country level gives everything. Taking is bound like giving. Groups are no
way round: what counts is what every account holds before and after a change, however it comes to hold it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.accounts.rules import Account, HospitalAccess, order
from chalicelib.caller import ACCOUNT_ADMIN, COUNTRY, PROVINCE
from chalicelib.errors import LastAdministrator, OutOfReach, OwnAccount


@dataclass(frozen=True)
class Administrator:
    """Who changes something, as the storage says at this moment. level: of ACCOUNT_ADMIN."""

    login: str
    hospital_code: str
    province_code: str
    level: int

    def reaches(self, hospital_code: str, province_code: str) -> bool:
        """Whether a hospital of that province is one of his."""
        if self.level >= COUNTRY:
            return True
        if self.level >= PROVINCE:
            return province_code == self.province_code
        return hospital_code == self.hospital_code

    def is_self(self, account: Account) -> bool:
        return (account.hospital_code, account.login) == (self.hospital_code, self.login)


def may_grant(level: int, role: str) -> bool:
    """Whether an administrator of the level gives and takes this role ("APPOINTMENT_API:1") within his hospitals."""
    code, _, wanted = role.partition(":")
    if code == ACCOUNT_ADMIN and level < COUNTRY:
        return int(wanted) < level
    return int(wanted) <= level


def check(administrator: Administrator, before: HospitalAccess, after: HospitalAccess) -> None:
    """Raises OutOfReach, OwnAccount or LastAdministrator where this administrator may not turn the one into the other.
    That the hospital itself is within his reach has been checked."""
    for group in after.groups.values():
        old = before.groups.get(group.group_id)
        _all_grantable(administrator, group.roles ^ (old.roles if old else frozenset()))
    for account in after.accounts.values():
        old_account = before.accounts.get(account.login)
        was = before.held(old_account) if old_account else frozenset[str]()
        changed = after.held(account) ^ was
        turned = old_account is not None and old_account.active != account.active
        # A group may be joined for the roles that it will have, so joining counts even where it changes none now.
        moved = old_account is not None and old_account.groups != account.groups
        if administrator.is_self(account) and (changed or turned or moved):
            raise OwnAccount()
        _all_grantable(administrator, changed)
        if turned:
            _all_grantable(administrator, was)
    if before.administrators() and not after.administrators():
        raise LastAdministrator()


def check_whole(administrator: Administrator, hospital_access: HospitalAccess, account: Account) -> None:
    """Raises where the administrator could not have given every role that the account holds: whoever sets its password
    or lifts its lock could use them all. Raises OutOfReach, OwnAccount."""
    if administrator.is_self(account):
        raise OwnAccount()
    _all_grantable(administrator, hospital_access.held(account))


def _all_grantable(administrator: Administrator, roles: Iterable[str]) -> None:
    beyond = [role for role in sorted(roles, key=order) if not may_grant(administrator.level, role)]
    if beyond:
        raise OutOfReach(fields={"roles": f"not within your reach: {', '.join(beyond)}"})
