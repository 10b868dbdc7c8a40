"""User groups of a hospital (กลุ่มผู้ใช้งาน, manual 1.4)."""

from typing import Annotated

import msgspec

from chalicelib.accounts import access_changes
from chalicelib.accounts import group_actions as actions
from chalicelib.accounts.schemas import (
    GroupPath,
    GroupRow,
    HistoryResponse,
    HospitalPath,
    Limit,
    LineId,
    Login,
    Role,
    Version,
    group_row,
    history_line,
)
from chalicelib.caller import ACCOUNT_ADMIN, Caller
from chalicelib.endpoint import endpoint
from chalicelib.errors import (
    AccountNotFound,
    EditConflict,
    GroupNotFound,
    HospitalNotFound,
    LastAdministrator,
    NameTaken,
    OutOfReach,
    OwnAccount,
)
from chalicelib.fields import HospitalCode, Id, text

GROUPS = "/api/accounts/hospitals/{hospital_code}/groups"
GROUP = GROUPS + "/{group_id}"
MEMBERS = GROUP + "/members"
ADMINISTRATORS = (ACCOUNT_ADMIN,)
GroupName = Annotated[str, text(100, "name of the group", shortest=1, example="เจ้าหน้าที่ห้องบัตร")]


class NewGroup(msgspec.Struct):
    name: GroupName
    roles: list[Role]


class EditedGroup(msgspec.Struct):
    version: Version
    name: GroupName
    roles: list[Role]


class NewMember(msgspec.Struct):
    login: Login


class MemberPath(msgspec.Struct):
    hospital_code: HospitalCode
    group_id: Id
    login: Login


class GroupHistoryQuery(msgspec.Struct):
    hospital_code: HospitalCode
    group_id: Id
    before: LineId | None = None
    limit: Limit = 50


@endpoint(
    "GET",
    GROUPS,
    roles=ADMINISTRATORS,
    section="1.4",
    thai="รายการกลุ่มผู้ใช้งานของหน่วยบริการ",
    refusals=(HospitalNotFound,),
)
def get_groups(caller: Caller, params: HospitalPath) -> list[GroupRow]:
    """The user groups of a hospital with their members."""
    hospital_access = access_changes.hospital_access(caller, params.hospital_code, "see_groups")
    return [group_row(hospital_access, group) for _, group in sorted(hospital_access.groups.items())]


@endpoint(
    "POST",
    GROUPS,
    roles=ADMINISTRATORS,
    section="1.4",
    thai="เพิ่มกลุ่มผู้ใช้งาน",
    refusals=(HospitalNotFound, OutOfReach, NameTaken),
)
def post_group(caller: Caller, params: HospitalPath, body: NewGroup) -> GroupRow:
    """Adds a user group; whoever joins it holds its roles. The same again answers with the one that is there."""
    return group_row(*actions.add_group(caller, params.hospital_code, body.name, frozenset(body.roles)))


@endpoint(
    "GET",
    GROUP,
    roles=ADMINISTRATORS,
    section="1.4",
    thai="แสดงกลุ่มผู้ใช้งาน",
    refusals=(HospitalNotFound, GroupNotFound),
)
def get_group(caller: Caller, params: GroupPath) -> GroupRow:
    """A user group with its members."""
    return group_row(*actions.group(caller, params.hospital_code, params.group_id))


@endpoint(
    "PUT",
    GROUP,
    roles=ADMINISTRATORS,
    section="1.4",
    thai="แก้ไขกลุ่มผู้ใช้งาน",
    refusals=(HospitalNotFound, GroupNotFound, EditConflict, NameTaken, OutOfReach, OwnAccount, LastAdministrator),
)
def put_group(caller: Caller, params: GroupPath, body: EditedGroup) -> GroupRow:
    """Changes a group's name and roles, and with them what every member holds."""
    return group_row(
        *actions.edit_group(
            caller, params.hospital_code, params.group_id, body.version, body.name, frozenset(body.roles)
        )
    )


@endpoint(
    "POST",
    MEMBERS,
    roles=ADMINISTRATORS,
    section="1.4",
    thai="เพิ่มเจ้าหน้าที่เข้ากลุ่ม",
    refusals=(HospitalNotFound, GroupNotFound, AccountNotFound, OutOfReach, OwnAccount),
)
def post_member(caller: Caller, params: GroupPath, body: NewMember) -> GroupRow:
    """Puts an account into a group; the same answer where it is in it already."""
    return group_row(*actions.set_member(caller, params.hospital_code, params.group_id, body.login, True))


@endpoint(
    "DELETE",
    MEMBERS + "/{login}",
    roles=ADMINISTRATORS,
    section="1.4",
    thai="นำเจ้าหน้าที่ออกจากกลุ่ม",
    refusals=(HospitalNotFound, GroupNotFound, AccountNotFound, OutOfReach, OwnAccount, LastAdministrator),
)
def delete_member(caller: Caller, params: MemberPath) -> GroupRow:
    """Takes an account out of a group; the same answer where it is not in it."""
    return group_row(*actions.set_member(caller, params.hospital_code, params.group_id, params.login, False))


@endpoint(
    "GET",
    GROUP + "/history",
    roles=ADMINISTRATORS,
    section="1",
    thai="ประวัติการเปลี่ยนแปลงกลุ่มผู้ใช้งาน",
    refusals=(HospitalNotFound, GroupNotFound),
)
def get_group_history(caller: Caller, params: GroupHistoryQuery) -> list[HistoryResponse]:
    """Who changed what on a user group, newest first."""
    lines = actions.group_history(caller, params.hospital_code, params.group_id, params.before, params.limit)
    return [history_line(line) for line in lines]
