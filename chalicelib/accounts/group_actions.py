"""User groups of a hospital; their roles apply to every member (manual 1.4)."""

from dataclasses import replace

from chalicelib import text_cleaning
from chalicelib.accounts import access_changes, administrators, rules
from chalicelib.accounts.model import HospitalAccess
from chalicelib.audit import actions as audit
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rules import group_subject
from chalicelib.auth.model import Group
from chalicelib.caller import Caller
from chalicelib.errors import NameTaken


def groups(caller: Caller, hospital_code: str) -> HospitalAccess:
    """A hospital's groups with their members. Raises HospitalNotFound."""
    return administrators.load_access(caller, hospital_code, "see_groups")


def group(caller: Caller, hospital_code: str, group_id: int) -> tuple[HospitalAccess, Group]:
    """A group and its hospital's access. Raises HospitalNotFound, GroupNotFound."""
    access = groups(caller, hospital_code)
    return access, rules.find_group(access, group_id)


def add_group(caller: Caller, hospital_code: str, name: str, roles: frozenset[str]) -> tuple[HospitalAccess, Group]:
    """Add a group.

    If the same group is sent again, by a second click or because the answer was lost, the group that exists is
    returned.

    Raises HospitalNotFound, Invalid (roles), OutOfReach, NameTaken if another group has this name.
    """
    rules.check_roles(roles)

    def edit(access: HospitalAccess) -> HospitalAccess:
        stored = _of_name(access, name)
        if stored is None:
            return access.with_group(Group(hospital_code, max(access.groups, default=0) + 1, name, roles, 1))
        if (stored.name, stored.roles) != (name, roles):
            raise _name_taken()
        return access

    access = access_changes.apply(caller, hospital_code, "add_group", None, edit)
    return access, next(group for group in access.groups.values() if group.name == name)


def edit_group(
    caller: Caller, hospital_code: str, group_id: int, version: int, name: str, roles: frozenset[str]
) -> tuple[HospitalAccess, Group]:
    """Change a group, and with it the roles of every member.

    version: the one that the caller saw.

    If the same edit is sent again because its answer was lost, nothing changes and the answer is the same. Raises
    HospitalNotFound, GroupNotFound, Invalid (roles), EditConflict, NameTaken, OutOfReach, OwnAccount,
    LastAdministrator.
    """
    rules.check_roles(roles)

    def edit(access: HospitalAccess) -> HospitalAccess:
        stored = rules.find_group(access, group_id)
        changed = replace(stored, name=name, roles=roles)
        if changed == stored and stored.version in (version, version + 1):
            return access
        rules.require_group_version(stored, version, {"name": name, "roles": roles})
        if not text_cleaning.same(name, stored.name) and _of_name(access, name):
            raise _name_taken()
        return access.with_group(replace(changed, version=version + 1))

    access = access_changes.apply(caller, hospital_code, "edit_group", None, edit)
    return access, access.groups[group_id]


def _of_name(access: HospitalAccess, name: str) -> Group | None:
    """The group whose name a reader takes for the same; None if there is none."""
    return next((group for group in access.groups.values() if text_cleaning.same(group.name, name)), None)


def _name_taken() -> NameTaken:
    return NameTaken(fields={"name": "there is another group of this name"})


def set_member(
    caller: Caller, hospital_code: str, group_id: int, login: str, member: bool
) -> tuple[HospitalAccess, Group]:
    """Put an account into a group or take it out; no-op if nothing changes.

    Raises HospitalNotFound, GroupNotFound, AccountNotFound, OutOfReach, OwnAccount, LastAdministrator.
    """

    def edit(access: HospitalAccess) -> HospitalAccess:
        rules.find_group(access, group_id)
        stored = rules.find_account(access, login)
        groups = stored.groups | {group_id} if member else stored.groups - {group_id}
        if groups == stored.groups:
            return access
        return access.with_account(replace(stored, groups=groups, version=stored.version + 1))

    access = access_changes.apply(caller, hospital_code, "join_group" if member else "leave_group", login, edit)
    return access, access.groups[group_id]


def group_history(
    caller: Caller, hospital_code: str, group_id: int, before: str | None, limit: int
) -> list[AuditEntry]:
    """Changes of a group, newest first. Raises HospitalNotFound, GroupNotFound."""
    group(caller, hospital_code, group_id)
    return audit.newest(group_subject(hospital_code, group_id), before, limit)
