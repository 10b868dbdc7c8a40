"""The accounts table: accounts, user groups, failed sign-ins, the user-id counter.

Whatever is granted in a hospital changes in one transaction that carries the version of the hospital's "grants" item:
two administrators who decide on the same state cannot both write, so no rule that looks at several accounts at once
(the last administrator, a group's members) can be passed by two changes that are each right alone (docs/adr/0012).
"""

import uuid
from datetime import datetime
from typing import Any

from pynamodb.exceptions import DoesNotExist, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib import storage
from chalicelib.accounts.history import AuditEntry
from chalicelib.accounts.history_store import append_with
from chalicelib.accounts.rules import (
    FAILURES_BEFORE_LOCK,
    LOCK,
    Account,
    Attempts,
    Group,
    HospitalAccess,
    read_account,
    read_group,
)
from chalicelib.tables import AccountItem

GRANTS = "grants"
_COUNTER = ("*", "next")
# What a change may write of an account. A person's own password change passes by the version, so nothing else is put.
_FIELDS = ("name", "details", "active", "roles", "groups", "verifier", "must_change_password", "version")


def account_item(login: str) -> str:
    return f"account#{login}"


def attempts_item(login: str) -> str:
    return f"attempts#{login}"


def group_item(group_id: int) -> str:
    return f"group#{group_id}"


def find(hospital_code: str, login: str) -> Account | None:
    """The account, or None."""
    try:
        return read_account(AccountItem.get(hospital_code, account_item(login), consistent_read=True))
    except DoesNotExist:
        return None


def groups_of(account: Account) -> list[Group]:
    """The groups an account is in; no request where it is in none."""
    if not account.groups:
        return []
    rows = storage.batch_get((AccountItem, account.hospital_code, group_item(n)) for n in sorted(account.groups))
    return [read_group(row) for row in rows if row is not None]


def hospital_access(hospital_code: str) -> HospitalAccess:
    """Everything granted in a hospital. The version is read first: what changes while the rest is read makes `save`
    refuse."""
    version, groups = 0, {}
    between = AccountItem.item.between(GRANTS, "group#~")
    for row in AccountItem.query(hospital_code, between, consistent_read=True):
        if row.item == GRANTS:
            version = int(row.version)
        else:
            groups[int(row.group_id)] = read_group(row)
    named = AccountItem.item.startswith(account_item(""))
    found = map(read_account, AccountItem.query(hospital_code, named, consistent_read=True))
    return HospitalAccess(hospital_code, version, {account.login: account for account in found}, groups)


def save(before: HospitalAccess, after: HospitalAccess, history: list[AuditEntry]) -> bool:
    """Writes what differs, and its history, in one transaction; False where somebody changed the hospital's grants in
    the meantime and nothing was written. At most 99 items."""
    try:
        with _transaction() as transaction:
            unseen = AccountItem.item.does_not_exist()
            transaction.update(
                AccountItem(before.hospital_code, GRANTS),
                [AccountItem.version.set(before.version + 1)],
                condition=AccountItem.version == before.version if before.version else unseen,
            )
            for row, updates in _changes(before, after):
                if updates:
                    transaction.update(row, updates, condition=AccountItem.item.exists())
                else:
                    transaction.save(row, condition=AccountItem.item.does_not_exist())
            append_with(transaction, history)
    except TransactWriteError as error:
        if error.cause_response_code != "TransactionCanceledException":
            raise
        return False
    return True


def _transaction() -> TransactWrite:
    """The token lets the storage recognise a second copy of one write, sent because the first answer was lost."""
    return TransactWrite(connection=storage.connection(), client_request_token=str(uuid.uuid4()))


def _changes(before: HospitalAccess, after: HospitalAccess) -> list[tuple[AccountItem, list[Any]]]:
    """(row, what to set), or (row, nothing) for one to be put."""
    found: list[tuple[AccountItem, list[Any]]] = []
    for account in after.accounts.values():
        old = before.accounts.get(account.login)
        if old is None:
            found.append((_account_row(account), []))
        elif old != account:
            changed = [name for name in _FIELDS if getattr(old, name) != getattr(account, name)]
            row = AccountItem(account.hospital_code, account_item(account.login))
            found.append((row, [_set(name, getattr(account, name)) for name in changed]))
    for group in after.groups.values():
        was = before.groups.get(group.group_id)
        if was is None:
            found.append((_group_row(group), []))
        elif was != group:
            changed = [name for name in ("name", "roles", "version") if getattr(was, name) != getattr(group, name)]
            row = AccountItem(group.hospital_code, group_item(group.group_id))
            found.append((row, [_set(name, getattr(group, name)) for name in changed]))
    return found


def _set(name: str, value: Any) -> Any:
    attribute = getattr(AccountItem, name)
    if isinstance(value, frozenset):
        # DynamoDB has no empty set.
        return attribute.set(set(value)) if value else attribute.remove()
    return attribute.set(value)


def _account_row(account: Account) -> AccountItem:
    return AccountItem(
        account.hospital_code,
        account_item(account.login),
        user_id=account.user_id,
        login=account.login,
        name=account.name,
        details=account.details,
        active=account.active,
        roles=set(account.roles) or None,
        groups=set(account.groups) or None,
        verifier=account.verifier,
        must_change_password=account.must_change_password,
        version=account.version,
    )


def _group_row(group: Group) -> AccountItem:
    return AccountItem(
        group.hospital_code,
        group_item(group.group_id),
        group_id=group.group_id,
        name=group.name,
        roles=set(group.roles) or None,
        version=group.version,
    )


def change_own_password(account: Account, verifier: str, history: AuditEntry) -> bool:
    """Replaces the verifier that was checked; False where it has changed since."""
    row = AccountItem(account.hospital_code, account_item(account.login))
    try:
        with _transaction() as transaction:
            transaction.update(
                row,
                [AccountItem.verifier.set(verifier), AccountItem.must_change_password.set(False)],
                condition=AccountItem.verifier == account.verifier,
            )
            append_with(transaction, [history])
    except TransactWriteError as error:
        if error.cause_response_code != "TransactionCanceledException":
            raise
        return False
    return True


def attempts(hospital_code: str, login: str) -> Attempts:
    """Failed sign-ins of a login in a row, whether the login exists or not."""
    try:
        row = AccountItem.get(hospital_code, attempts_item(login), consistent_read=True)
    except DoesNotExist:
        return Attempts()
    locked_until = datetime.fromisoformat(row.locked_until) if row.locked_until else None
    return Attempts(int(row.failures or 0), locked_until)


def record_failure(hospital_code: str, login: str, now: datetime) -> Attempts:
    """Counts one more failure; the fifth in a row locks the login. The count is forgotten some time after the lock."""
    row = AccountItem(hospital_code, attempts_item(login))
    forget_at = now + 2 * LOCK
    row.update([AccountItem.failures.add(1), AccountItem.expires_at.set(forget_at)])
    failures = int(row.failures)
    if failures < FAILURES_BEFORE_LOCK:
        return Attempts(failures)
    locked_until = now + LOCK
    row.update([AccountItem.failures.set(0), AccountItem.locked_until.set(locked_until.isoformat())])
    return Attempts(failures, locked_until)


def forget_failures(hospital_code: str, login: str) -> None:
    """A right password, or an administrator, starts the count anew."""
    AccountItem(hospital_code, attempts_item(login)).delete()


def next_user_id() -> int:
    """A new integer for an account; below 2^31, never given twice."""
    row = AccountItem(*_COUNTER)
    row.update([AccountItem.next_user_id.add(1)])
    return int(row.next_user_id)


def country_administrator_exists() -> bool:
    """Whether any account or group of any hospital holds ACCOUNT_ADMIN:5. Reads the whole table: for the command that
    makes the first one."""
    return any(True for _ in AccountItem.scan(AccountItem.roles.contains("ACCOUNT_ADMIN:5")))
