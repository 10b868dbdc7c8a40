"""Accounts of a hospital and their roles (manual 1.3, 1.4)."""

from dataclasses import replace

from chalicelib.accounts import access_changes, administrators, rules, store
from chalicelib.accounts.model import HospitalAccess
from chalicelib.audit import actions as audit
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rules import account_subject, group_subject, sign_ins_subject
from chalicelib.auth import actions as auth
from chalicelib.auth import passwords
from chalicelib.auth.model import Account
from chalicelib.caller import Caller
from chalicelib.errors import LoginTaken, TryAgain
from chalicelib.hospitals import actions as hospitals


def search(caller: Caller, hospital_code: str, part: str) -> tuple[HospitalAccess, list[Account]]:
    """The accounts of a hospital with the text in login, name or details.

    In the order of logins; with the hospital's access. Raises HospitalNotFound.
    """
    access = administrators.load_access(caller, hospital_code, "see_accounts")
    return access, [account for _, account in sorted(access.accounts.items()) if rules.matches(account, part)]


def account(caller: Caller, hospital_code: str, login: str) -> HospitalAccess:
    """The access of a hospital that has this account.

    Raises HospitalNotFound, AccountNotFound.
    """
    access = administrators.load_access(caller, hospital_code, "see_account", login)
    rules.find_account(access, login)
    return access


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
    """Add an active account with a first password.

    Raises HospitalNotFound, LoginTaken, Invalid (roles, groups, password_hash), OutOfReach.
    """
    rules.check_roles(roles)
    auth.check_new_password(password_hash, login, hospital_code, "password_hash")
    verifier = passwords.new_verifier(password_hash)
    user_id = store.next_user_id()

    def edit(access: HospitalAccess) -> HospitalAccess:
        _check_login_free(access, login)
        rules.check_groups(access, groups)
        new = Account(hospital_code, login, user_id, name, details, True, roles, groups, verifier, True, 1)
        return access.with_account(new)

    return access_changes.apply(caller, hospital_code, "add_account", login, edit)


def add_account_by_command(
    command: str,
    hospital_code: str,
    login: str,
    name: str,
    roles: frozenset[str],
    password_hash: str,
    must_change_password: bool,
) -> None:
    """Add an account without authorisation.

    For the first administrator of a deployment, and for demo data. command: the audit's actor. Raises HospitalNotFound,
    LoginTaken, Invalid, TryAgain.
    """
    rules.check_roles(roles)
    hospitals.get(hospital_code)
    before = store.hospital_access(hospital_code)
    _check_login_free(before, login)
    new = Account(
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
    after = before.with_account(new)
    if not store.save(before, after, access_changes.audit_entries(command, "add_account", before, after)):
        raise TryAgain()


def deactivate_by_command(command: str, hospital_code: str, login: str) -> None:
    """Deactivate an account without authorisation, and end its tokens.

    For the account of one run of a command. command: the audit's actor. Raises HospitalNotFound, AccountNotFound,
    TryAgain.
    """
    before = store.hospital_access(hospital_code)
    stored = rules.find_account(before, login)
    ended = replace(stored, active=False, token_version=stored.token_version + 1, version=stored.version + 1)
    after = before.with_account(ended)
    if not store.save(before, after, access_changes.audit_entries(command, "deactivate", before, after)):
        raise TryAgain()


def _check_login_free(access: HospitalAccess, login: str) -> None:
    if login in access.accounts:
        raise LoginTaken(fields={"login": "the hospital has this login already"})


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
    """Change an account. version: the one that the caller saw.

    If the same edit is sent again because its answer was lost, nothing changes and the answer is the same. Raises
    HospitalNotFound, AccountNotFound, Invalid (roles, groups), EditConflict, OutOfReach, OwnAccount, LastAdministrator.
    """
    rules.check_roles(roles)
    wanted = {"name": name, "details": details, "roles": roles, "groups": groups}

    def edit(access: HospitalAccess) -> HospitalAccess:
        rules.check_groups(access, groups)
        stored = rules.find_account(access, login)
        changed = replace(stored, name=name, details=details, roles=roles, groups=groups)
        if changed == stored and stored.version in (version, version + 1):
            return access
        rules.require_account_version(stored, version, wanted)
        return access.with_account(replace(changed, version=version + 1))

    return access_changes.apply(caller, hospital_code, "edit_account", login, edit)


def set_active(caller: Caller, hospital_code: str, login: str, version: int, active: bool) -> HospitalAccess:
    """Deactivate or reactivate an account; no-op if the state is the same.

    Raises the same errors as edit_account.
    """

    def edit(access: HospitalAccess) -> HospitalAccess:
        stored = rules.find_account(access, login)
        if stored.active == active:
            return access
        rules.require_account_version(stored, version, {"active": active})
        token_version = stored.token_version + 1
        return access.with_account(replace(stored, active=active, token_version=token_version, version=version + 1))

    return access_changes.apply(caller, hospital_code, "reactivate" if active else "deactivate", login, edit)


def set_first_password(
    caller: Caller, hospital_code: str, login: str, version: int, password_hash: str
) -> HospitalAccess:
    """Give an account a password that it must change at the next sign-in.

    If the same password is sent again because the answer was lost, nothing changes. Raises the same errors as
    edit_account.
    """
    auth.check_new_password(password_hash, login, hospital_code, "password_hash")
    verifier = passwords.new_verifier(password_hash)

    def edit(access: HospitalAccess) -> HospitalAccess:
        stored = rules.find_account(access, login)
        is_repeat = stored.version == version + 1 and stored.must_change_password
        if is_repeat and passwords.verify(password_hash, stored.verifier):
            return access
        rules.require_account_version(stored, version, {})
        new = stored.with_verifier(verifier, must_change_password=True)
        return access.with_account(replace(new, version=version + 1))

    return access_changes.apply(caller, hospital_code, "set_first_password", login, edit, takes_control=True)


def unlock(caller: Caller, hospital_code: str, login: str) -> HospitalAccess:
    """Unlock an account that wrong passwords have locked; no-op if it is not locked.

    The roles of the account do not matter, because unlocking gives nobody a password. Raises HospitalNotFound,
    AccountNotFound.
    """
    access = administrators.load_access(caller, hospital_code, "unlock", login)
    stored = rules.find_account(access, login)
    auth.unlock(hospital_code, login, caller.actor)
    return access.with_account(replace(stored, locked_until=None))


def account_history(caller: Caller, hospital_code: str, login: str, before: str | None, limit: int) -> list[AuditEntry]:
    """Changes of an account and of the groups it is in now, newest first.

    Raises HospitalNotFound, AccountNotFound.
    """
    access = administrators.load_access(caller, hospital_code, "see_account", login)
    groups = sorted(rules.find_account(access, login).groups)
    subjects = [account_subject(hospital_code, login), *(group_subject(hospital_code, n) for n in groups)]
    entries = [entry for subject in subjects for entry in audit.newest(subject, before, limit)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def sign_ins(caller: Caller, hospital_code: str, login: str, before: str | None, limit: int) -> list[AuditEntry]:
    """An account's sign-ins, wrong passwords, locks and unlocks, newest first.

    Raises HospitalNotFound, AccountNotFound.
    """
    rules.find_account(administrators.load_access(caller, hospital_code, "see_account", login), login)
    return audit.newest(sign_ins_subject(hospital_code, login), before, limit)


def check_account(caller: Caller, hospital_code: str, login: str, action: str) -> None:
    """Check that the caller administers the account.

    For another package that shows data of the account. action: the action in the audit if this is refused. Raises
    HospitalNotFound, AccountNotFound.
    """
    rules.find_account(administrators.load_access(caller, hospital_code, action, login), login)


def audit_refusal(caller: Caller, action: str, path: dict[str, str]) -> None:
    """Write a request that the caller's roles do not allow into the audit.

    path: the values in the request's path.
    """
    hospital_code = path.get("hospital_code", caller.hospital_code)
    administrators.append_refused(caller, action, hospital_code, path.get("login"), {})
