"""The access that one hospital's accounts have, and administrators."""

from dataclasses import dataclass, replace

from chalicelib.auth.model import Account, Group
from chalicelib.auth.rules import effective_roles, role_levels, sorted_roles
from chalicelib.caller import ACCOUNT_ADMIN
from chalicelib.hospitals.model import Hospital
from chalicelib.hospitals.rules import administers


@dataclass(frozen=True)
class RoleSource:
    """A role of an account and where it comes from.

    direct: given to the account. groups: ids of groups with it.
    """

    role: str
    direct: bool
    groups: tuple[int, ...]


@dataclass(frozen=True)
class HospitalAccess:
    """All accounts and user groups of one hospital, by login and by id.

    version: counts every change of them, so that a change is written onto the state for which it was decided, or not at
    all.
    """

    hospital_code: str
    version: int
    accounts: dict[str, Account]
    groups: dict[int, Group]

    def effective_roles(self, account: Account) -> frozenset[str]:
        """Every role of an account, active or not, given directly or through a group."""
        return effective_roles(account, self.groups.values())

    def sources(self, account: Account) -> list[RoleSource]:
        """Every role of an account with its sources, in the manual's order (figure 5)."""
        sources = []
        for role in sorted_roles(self.effective_roles(account)):
            groups = sorted(n for n in account.groups if n in self.groups and role in self.groups[n].roles)
            sources.append(RoleSource(role, role in account.roles, tuple(groups)))
        return sources

    def members(self, group_id: int) -> list[Account]:
        """The accounts in a group, in the order of logins."""
        return [account for _, account in sorted(self.accounts.items()) if group_id in account.groups]

    def administrators(self) -> frozenset[str]:
        """The logins of the hospital's active login administrators."""
        return frozenset(
            account.login
            for account in self.accounts.values()
            if account.active and ACCOUNT_ADMIN in role_levels(self.effective_roles(account))
        )

    def with_account(self, account: Account) -> "HospitalAccess":
        return replace(self, accounts={**self.accounts, account.login: account})

    def with_group(self, group: Group) -> "HospitalAccess":
        return replace(self, groups={**self.groups, group.group_id: group})


@dataclass(frozen=True)
class Administrator:
    """A login administrator, as stored at this moment.

    hospital: the administrator's own. level: of ACCOUNT_ADMIN.
    """

    login: str
    hospital: Hospital
    level: int

    def administers(self, hospital: Hospital) -> bool:
        return administers(self.level, self.hospital, hospital)

    def is_self(self, account: Account) -> bool:
        return (account.hospital_code, account.login) == (self.hospital.hospital_code, self.login)
