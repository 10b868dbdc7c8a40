"""User groups of a hospital (กลุ่มผู้ใช้งาน, manual 1.4): whoever is in one holds its roles."""

from dataclasses import replace

from chalicelib.accounts import access_changes, history, history_store, rules
from chalicelib.accounts.history import AuditEntry
from chalicelib.accounts.rules import Group, HospitalAccess
from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, NameTaken


def group(caller: Caller, hospital_code: str, group_id: int) -> tuple[HospitalAccess, Group]:
    """A user group with the hospital_access it stands in. Raises HospitalNotFound, GroupNotFound."""
    found = access_changes.hospital_access(caller, hospital_code, "see_groups")
    return found, access_changes.find_group(found, group_id)


def add_group(caller: Caller, hospital_code: str, name: str, roles: frozenset[str]) -> tuple[HospitalAccess, Group]:
    """Adds a user group; the very same again, by a second click or after a lost answer, is the one that is there.
    Raises HospitalNotFound, OutOfReach, NameTaken (another group of this name)."""
    access_changes.known_roles(roles)

    def edit(found: HospitalAccess) -> HospitalAccess:
        there = next((group for group in found.groups.values() if group.name == name), None)
        if there is None:
            number = max(found.groups, default=0) + 1
            return found.with_group(Group(hospital_code, number, name, roles, 1))
        if there.roles != roles:
            raise _name_taken()
        return found

    after = access_changes.apply(caller, hospital_code, "add_group", None, edit)
    return after, next(group for group in after.groups.values() if group.name == name)


def edit_group(
    caller: Caller, hospital_code: str, group_id: int, version: int, name: str, roles: frozenset[str]
) -> tuple[HospitalAccess, Group]:
    """Changes a group whose version the caller has seen, and with it what every member holds.
    Raises HospitalNotFound, GroupNotFound, EditConflict, NameTaken, OutOfReach, OwnAccount, LastAdministrator."""
    access_changes.known_roles(roles)

    def edit(found: HospitalAccess) -> HospitalAccess:
        old = access_changes.find_group(found, group_id)
        if old.version != version:
            theirs = {"name": old.name, "roles": rules.in_order(old.roles), "version": old.version}
            yours = {"name": name, "roles": rules.in_order(roles), "version": version}
            raise EditConflict(details={"yours": yours, "theirs": theirs})
        if name != old.name and name in {group.name for group in found.groups.values()}:
            raise _name_taken()
        changed = replace(old, name=name, roles=roles)
        return found if changed == old else found.with_group(replace(changed, version=version + 1))

    after = access_changes.apply(caller, hospital_code, "edit_group", None, edit)
    return after, after.groups[group_id]


def _name_taken() -> NameTaken:
    return NameTaken(fields={"name": "there is another group of this name"})


def set_member(
    caller: Caller, hospital_code: str, group_id: int, login: str, member: bool
) -> tuple[HospitalAccess, Group]:
    """Puts an account into a group or takes it out; no matter where it is so already.
    Raises HospitalNotFound, GroupNotFound, AccountNotFound, OutOfReach, OwnAccount, LastAdministrator."""

    def edit(found: HospitalAccess) -> HospitalAccess:
        access_changes.find_group(found, group_id)
        old = access_changes.find(found, login)
        groups = old.groups | {group_id} if member else old.groups - {group_id}
        if groups == old.groups:
            return found
        return found.with_account(replace(old, groups=groups, version=old.version + 1))

    after = access_changes.apply(caller, hospital_code, "join_group" if member else "leave_group", login, edit)
    return after, after.groups[group_id]


def group_history(
    caller: Caller, hospital_code: str, group_id: int, before: str | None, limit: int
) -> list[AuditEntry]:
    """What happened to a group, newest first. Raises HospitalNotFound, GroupNotFound."""
    access_changes.find_group(access_changes.hospital_access(caller, hospital_code, "see_groups"), group_id)
    return history_store.read(history.of_group(hospital_code, group_id), before, limit)
