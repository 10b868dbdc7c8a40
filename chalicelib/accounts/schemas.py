"""What the Account Center's routes take and answer, shared by its route files."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from chalicelib.accounts.history import AuditEntry
from chalicelib.accounts.rules import Account, Attempts, Group, HospitalAccess, in_order
from chalicelib.fields import HospitalCode, Id, number, shaped, text

Login = Annotated[
    str,
    shaped(
        "[a-z0-9][a-z0-9._-]{2,49}",
        "Login: 3 to 50 small letters, digits, dots, dashes, underscores",
        "send 3 to 50 small letters, digits, dots, dashes or underscores",
        "staff.demo",
    ),
]
PasswordHash = Annotated[
    str,
    shaped(
        "[0-9A-Fa-f]{64}",
        "hex of HMAC-SHA256(key `$jwt@moph#`, password), either case; never the password itself",
        "send the 64 hex digits of HMAC-SHA256(key `$jwt@moph#`, password)",
        "A055B6DBB80A02C97EA5DFE2AB6AFD2C90DCA6769AEC92A5756D71EB4A3C6EC1",
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
Version = Annotated[int, number(1, 2**31 - 1, "the version that was read; EditConflict where it is another by now", 1)]
PersonName = Annotated[str, text(200, "name of the person or system", shortest=1, example="เจ้าหน้าที่ สาธิต")]
Details = Annotated[str, text(500, "details, may be empty")]
Search = Annotated[str, text(100, "any part of the login, the name or the details")]
Offset = Annotated[int, number(0, 1_000_000, "how many to pass over", 0)]
Limit = Annotated[int, number(1, 200, "how many at most", 50)]
LineId = Annotated[str, text(60, "only lines older than the one of this line_id")]


class HospitalPath(msgspec.Struct):
    hospital_code: HospitalCode


class AccountPath(msgspec.Struct):
    hospital_code: HospitalCode
    login: Login


class GroupPath(msgspec.Struct):
    hospital_code: HospitalCode
    group_id: Id


class RoleSource(msgspec.Struct):
    """A role that the account holds; direct: given to it; groups: the groups that give it."""

    role: str
    direct: bool
    groups: list[int]


class AccountRow(msgspec.Struct):
    """roles, groups: given directly; effective_roles: all of them with where each comes from."""

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


class AccountShown(AccountRow):
    """locked_until: ISO time in Bangkok while wrong passwords lock the login, else empty."""

    locked_until: str


class GroupRow(msgspec.Struct):
    hospital_code: str
    group_id: int
    name: str
    roles: list[str]
    members: list[str]
    version: int


class HistoryChange(msgspec.Struct):
    field: str
    before: str
    after: str


class HistoryResponse(msgspec.Struct):
    """at: ISO time in Bangkok. actor: login@hospital_code, or the command that did it. outcome: done or refused."""

    line_id: str
    at: str
    subject: str
    actor: str
    action: str
    outcome: str
    changes: list[HistoryChange]


def account_row(hospital_access: HospitalAccess, account: Account) -> AccountRow:
    return AccountRow(**_account(hospital_access, account))


def account_shown(hospital_access: HospitalAccess, login: str, attempts: Attempts, now: datetime) -> AccountShown:
    locked = attempts.locked_until.isoformat() if attempts.locked_until and attempts.locked(now) else ""
    return AccountShown(**_account(hospital_access, hospital_access.accounts[login]), locked_until=locked)


def _account(hospital_access: HospitalAccess, account: Account) -> dict[str, Any]:
    sources = [RoleSource(one.role, one.direct, list(one.groups)) for one in hospital_access.sources(account)]
    return {
        "hospital_code": account.hospital_code,
        "login": account.login,
        "name": account.name,
        "details": account.details,
        "active": account.active,
        "must_change_password": account.must_change_password,
        "roles": in_order(account.roles),
        "groups": sorted(account.groups),
        "effective_roles": sources,
        "version": account.version,
    }


def group_row(hospital_access: HospitalAccess, group: Group) -> GroupRow:
    return GroupRow(
        hospital_code=group.hospital_code,
        group_id=group.group_id,
        name=group.name,
        roles=in_order(group.roles),
        members=[account.login for account in hospital_access.members(group.group_id)],
        version=group.version,
    )


def history_line(line: AuditEntry) -> HistoryResponse:
    return HistoryResponse(
        line_id=line.at,
        at=line.at.split("#")[0],
        subject=line.subject,
        actor=line.actor,
        action=line.action,
        outcome=line.outcome,
        changes=[HistoryChange(name, _shown(old), _shown(new)) for name, (old, new) in line.changes.items()],
    )


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
