"""The accounts table for sign-in: account, groups, password, failed sign-ins."""

from dataclasses import replace
from datetime import datetime

from chalicelib import storage
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rows import appends
from chalicelib.auth.model import Account, Attempts, Group
from chalicelib.auth.rows import ACCOUNTS, GROUPS, account_item, group_item, has_token_version
from chalicelib.auth.rules import FAILURES_BEFORE_LOCK, LOCK
from chalicelib.tables import AccountItem


def find(hospital_code: str, login: str) -> Account | None:
    row = storage.get(AccountItem, hospital_code, account_item(login))
    return ACCOUNTS.read(row) if row else None


def groups_of(account: Account) -> list[Group]:
    """The groups of an account. No request if it has none."""
    if not account.groups:
        return []
    rows = storage.batch_get((AccountItem, account.hospital_code, group_item(n)) for n in sorted(account.groups))
    return [GROUPS.read(row) for row in rows if row is not None]


def change_own_password(account: Account, verifier: str, entry: AuditEntry) -> bool:
    """Replace the verifier, with an audit entry; False if it or the token version has changed since."""
    changed = replace(account, verifier=verifier, must_change_password=False, token_version=account.token_version + 1)
    change = storage.update(
        ACCOUNTS.key(account), ACCOUNTS.changes(account, changed), has_token_version(account.token_version)
    )
    return storage.transact([change, *appends([entry])]) is None


def attempts(hospital_code: str, login: str) -> Attempts:
    row = storage.get(AccountItem, hospital_code, _attempts_item(login))
    if row is None:
        return Attempts()
    locked_until = datetime.fromisoformat(row.locked_until) if row.locked_until else None
    return Attempts(int(row.failures or 0), locked_until)


def record_failure(hospital_code: str, login: str, now: datetime) -> Attempts:
    """Count one more failure; the fifth in a row locks the login.

    The row expires some time after the lock.
    """
    row = AccountItem(hospital_code, _attempts_item(login))
    storage.write(storage.update(row, [AccountItem.failures.add(1), AccountItem.expires_at.set(now + 2 * LOCK)]))
    failures = int(row.failures or 0)
    if failures < FAILURES_BEFORE_LOCK:
        return Attempts(failures)
    locked_until = now + LOCK
    lock = [AccountItem.failures.set(0), AccountItem.locked_until.set(locked_until.isoformat())]
    storage.write(storage.update(row, lock))
    return Attempts(failures, locked_until)


def clear_failures(hospital_code: str, login: str) -> None:
    """Start the count again, and unlock the login."""
    storage.write(storage.delete(AccountItem(hospital_code, _attempts_item(login))))


def _attempts_item(login: str) -> str:
    return f"attempts#{login}"
