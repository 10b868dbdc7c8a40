"""Request and response types of accounts and groups."""

from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.accounts.model import HospitalAccess
from chalicelib.auth.model import Account, Group
from chalicelib.auth.rules import lock_end, sorted_roles
from chalicelib.fields import HospitalCode, Id, items, shaped, text

Login = Annotated[
    str,
    shaped(
        "[a-z0-9][a-z0-9._-]{2,49}",
        "Login: 3 to 50 small letters, digits, dots, dashes, underscores",
        "send 3 to 50 small letters, digits, dots, dashes or underscores",
        "staff.demo",
    ),
]
Role = Annotated[
    str,
    shaped(
        "[A-Z_]{1,40}:[135]",
        "a role at a level: 1 this hospital, 3 province, 5 country",
        "send a role and its level, such as APPOINTMENT_API:1",
        "APPOINTMENT_API:1",
    ),
]
# Each of the roles at each of the three levels; a list may name one twice.
Roles = Annotated[list[Role], items(50, "roles given directly", "name each role once")]
GroupIds = Annotated[list[Id], items(200, "ids of user groups of the hospital", "name each group once")]
PersonName = Annotated[str, text(200, "name of the person or system", shortest=1, example="เจ้าหน้าที่ สาธิต")]
Details = Annotated[str, text(500, "details, may be empty", lines=True)]
Search = Annotated[str, text(100, "any part of the login, the name or the details")]


class AccountPath(msgspec.Struct):
    hospital_code: HospitalCode
    login: Login


class GroupPath(msgspec.Struct):
    hospital_code: HospitalCode
    group_id: Id


class RoleSource(msgspec.Struct):
    """A role of the account. direct: given to it; groups: the groups that give it."""

    role: str
    direct: bool
    groups: list[int]


class AccountRow(msgspec.Struct):
    """An account.

    roles, groups: given directly. effective_roles: all roles with their sources. locked_until: ISO time in Bangkok if
    wrong passwords have locked it, else empty.
    """

    hospital_code: str
    login: str
    name: str
    details: str
    active: bool
    must_change_password: bool
    roles: list[str]
    groups: list[int]
    effective_roles: list[RoleSource]
    version: int
    locked_until: str


class GroupRow(msgspec.Struct):
    hospital_code: str
    group_id: int
    name: str
    roles: list[str]
    members: list[str]
    version: int


def account_row(access: HospitalAccess, account: Account, now: datetime) -> AccountRow:
    locked_until = lock_end(account, now)
    return AccountRow(
        hospital_code=account.hospital_code,
        login=account.login,
        name=account.name,
        details=account.details,
        active=account.active,
        must_change_password=account.must_change_password,
        roles=sorted_roles(account.roles),
        groups=sorted(account.groups),
        effective_roles=[RoleSource(each.role, each.direct, list(each.groups)) for each in access.sources(account)],
        version=account.version,
        locked_until=locked_until.isoformat() if locked_until else "",
    )


def group_row(access: HospitalAccess, group: Group) -> GroupRow:
    return GroupRow(
        hospital_code=group.hospital_code,
        group_id=group.group_id,
        name=group.name,
        roles=sorted_roles(group.roles),
        members=[account.login for account in access.members(group.group_id)],
        version=group.version,
    )
