"""Accounts of a hospital and their roles (manual 1.3, 1.4): who administrates whom, and how far."""

from dataclasses import replace

from chalicelib import clock
from chalicelib.accounts import access_changes, administrators, history, history_store, store
from chalicelib.accounts.history import AuditEntry
from chalicelib.accounts.rules import Account, Attempts, HospitalAccess
from chalicelib.auth import passwords
from chalicelib.caller import Caller
from chalicelib.errors import LoginTaken, TryAgain
from chalicelib.hospitals import store as hospital_store


def attempts(hospital_code: str, login: str) -> Attempts:
    """Failed sign-ins of an account that the caller was just allowed to change."""
    return store.attempts(hospital_code, login)


def account(caller: Caller, hospital_code: str, login: str) -> tuple[HospitalAccess, Account, Attempts]:
    """An account, the hospital's access and its failed sign-ins. Raises HospitalNotFound, AccountNotFound."""
    found = access_changes.hospital_access(caller, hospital_code, "see_account", login)
    return found, access_changes.find(found, login), store.attempts(hospital_code, login)


def add_account(
    caller: Caller,
    hospital_code: str,
    login: str,
    name: str,
    details: str,
    roles: frozenset[str],
    groups: frozenset[int],
    password_hash: str,
) -> HospitalAccess:
    """Adds an active account with a first password. Raises HospitalNotFound, LoginTaken, GroupNotFound, OutOfReach."""
    access_changes.known_roles(roles)
    verifier = passwords.new_verifier(password_hash)
    user_id = store.next_user_id()

    def edit(found: HospitalAccess) -> HospitalAccess:
        if login in found.accounts:
            raise LoginTaken(fields={"login": "the hospital has this login already"})
        access_changes.known_groups(found, groups)
        new = Account(hospital_code, login, user_id, name, details, True, roles, groups, verifier, True, 1)
        return found.with_account(new)

    return access_changes.apply(caller, hospital_code, "add_account", login, edit)


def found_account(
    actor: str,
    hospital_code: str,
    login: str,
    name: str,
    roles: frozenset[str],
    password_hash: str,
    must_change_password: bool,
) -> None:
    """Adds an account where nobody's reach is asked: the first administrator of a deployment, and demo data. actor: the
    command's name. Raises HospitalNotFound, LoginTaken, Invalid, TryAgain."""
    access_changes.known_roles(roles)
    hospital_store.get(hospital_code)
    before = store.hospital_access(hospital_code)
    if login in before.accounts:
        raise LoginTaken(fields={"login": "the hospital has this login already"})
    account = Account(
        hospital_code=hospital_code,
        login=login,
        user_id=store.next_user_id(),
        name=name,
        details="",
        active=True,
        roles=roles,
        groups=frozenset(),
        verifier=passwords.new_verifier(password_hash),
        must_change_password=must_change_password,
        version=1,
    )
    after = before.with_account(account)
    if not store.save(before, after, access_changes.told(actor, "add_account", before, after)):
        raise TryAgain()


def edit_account(
    caller: Caller,
    hospital_code: str,
    login: str,
    version: int,
    name: str,
    details: str,
    roles: frozenset[str],
    groups: frozenset[int],
) -> HospitalAccess:
    """Changes an account whose version the caller has seen.

    Raises HospitalNotFound, AccountNotFound, EditConflict, OutOfReach, OwnAccount, LastAdministrator.
    """
    access_changes.known_roles(roles)

    def edit(found: HospitalAccess) -> HospitalAccess:
        access_changes.known_groups(found, groups)
        given = {"name": name, "details": details, "roles": roles, "groups": groups}
        old = access_changes.require_version(found, login, version, given)
        changed = replace(old, name=name, details=details, roles=roles, groups=groups)
        return found if changed == old else found.with_account(replace(changed, version=old.version + 1))

    return access_changes.apply(caller, hospital_code, "edit_account", login, edit)


def set_active(caller: Caller, hospital_code: str, login: str, version: int, active: bool) -> HospitalAccess:
    """Deactivates or reactivates an account. Raises as edit_account does."""

    def edit(found: HospitalAccess) -> HospitalAccess:
        old = access_changes.find(found, login)
        if old.active == active:
            return found
        access_changes.require_version(found, login, version, {"active": active})
        return found.with_account(replace(old, active=active, version=old.version + 1))

    return access_changes.apply(caller, hospital_code, "reactivate" if active else "deactivate", login, edit)


def set_first_password(
    caller: Caller, hospital_code: str, login: str, version: int, password_hash: str
) -> HospitalAccess:
    """Gives an account a password that must be changed at the next sign-in. Raises as edit_account does."""
    verifier = passwords.new_verifier(password_hash)

    def edit(found: HospitalAccess) -> HospitalAccess:
        old = access_changes.require_version(found, login, version, {})
        return found.with_account(replace(old, verifier=verifier, must_change_password=True, version=old.version + 1))

    return access_changes.apply(caller, hospital_code, "set_first_password", login, edit, whole=True)


def unlock(caller: Caller, hospital_code: str, login: str) -> HospitalAccess:
    """Lets an account that is locked after wrong passwords sign in again; no matter where it is not locked.
    Raises HospitalNotFound, AccountNotFound, OutOfReach, OwnAccount."""

    def same(found: HospitalAccess) -> HospitalAccess:
        access_changes.find(found, login)
        return found

    found = access_changes.apply(caller, hospital_code, "unlock", login, same, whole=True)
    store.forget_failures(hospital_code, login)
    subject, actor = history.of_sign_ins(hospital_code, login), administrators.actor(caller)
    history_store.append(history.line(subject, actor, "unlocked", clock.now(), {}))
    return found


def account_history(caller: Caller, hospital_code: str, login: str, before: str | None, limit: int) -> list[AuditEntry]:
    """What happened to an account and to the groups it is in now, newest first. Raises HospitalNotFound,
    AccountNotFound."""
    found = access_changes.find(access_changes.hospital_access(caller, hospital_code, "see_account", login), login)
    subjects = [
        history.of_account(hospital_code, login),
        *(history.of_group(hospital_code, n) for n in sorted(found.groups)),
    ]
    lines = [line for subject in subjects for line in history_store.read(subject, before, limit)]
    return sorted(lines, key=lambda line: str(line.at), reverse=True)[:limit]


def sign_ins(caller: Caller, hospital_code: str, login: str, before: str | None, limit: int) -> list[AuditEntry]:
    """An account's sign-in events, newest first. Raises HospitalNotFound, AccountNotFound."""
    access_changes.find(access_changes.hospital_access(caller, hospital_code, "see_account", login), login)
    return history_store.read(history.of_sign_ins(hospital_code, login), before, limit)


def note_refused(caller: Caller, action: str, target: dict[str, str]) -> None:
    """What the door refused already, because the caller is no administrator of the level that the action needs."""
    hospital_code = target.get("hospital_code", caller.hospital_code)
    administrators.note_refused(caller, action, hospital_code, target.get("login"), {})
