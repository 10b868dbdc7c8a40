"""The accounts table for sign-in: account, groups, password, failed sign-ins."""

from datetime import datetime

from chalicelib import storage
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rows import appends
from chalicelib.auth.model import Account, Attempts, Group
from chalicelib.auth.rows import ACCOUNTS, GROUPS, account_item, group_item, has_token_version
from chalicelib.auth.rules import FAILURES_BEFORE_LOCK, LOCK
from chalicelib.storage import Write
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


def change_own_password(account: Account, verifier: str, source: str, entry: AuditEntry) -> bool:
    """Replace the verifier and clear the source's attempts, with an audit entry.

    False if the verifier or the token version has changed since.
    """
    changed = account.with_verifier(verifier, must_change_password=False)
    change = storage.update(
        ACCOUNTS.key(account), ACCOUNTS.changes(account, changed), has_token_version(account.token_version)
    )
    clear = _clear(account.hospital_code, account.login, source)
    return storage.transact([change, clear, *appends([entry])]) is None


def count_attempt(hospital_code: str, login: str, source: str, now: datetime) -> bool:
    """Count a sign-in before its password is verified.

    False if as many are counted already as may be wrong in a row. The row expires some time after the lock.
    """
    row = AccountItem(hospital_code, _attempts_item(login, source))
    until, expires_at = now + LOCK, now + 2 * LOCK
    dates = [AccountItem.counted_until.set(until.isoformat()), AccountItem.expires_at.set(expires_at)]
    has_room = AccountItem.tried.does_not_exist() | (AccountItem.tried < FAILURES_BEFORE_LOCK)
    if storage.write(storage.update(row, [AccountItem.tried.add(1), *dates], has_room)):
        return True
    anew = [AccountItem.tried.set(1), AccountItem.failures.set(0), *dates]
    return storage.write(storage.update(row, anew, AccountItem.counted_until <= now.isoformat()))


def attempts(hospital_code: str, login: str, source: str) -> Attempts:
    row = storage.get(AccountItem, hospital_code, _attempts_item(login, source))
    return _attempts(row) if row else Attempts()


def record_failure(hospital_code: str, login: str, source: str) -> Attempts:
    """Count a wrong password of a counted attempt.

    No-op if a right password has reset the count since.
    """
    row = AccountItem(hospital_code, _attempts_item(login, source))
    counted = storage.write(storage.update(row, [AccountItem.failures.add(1)], AccountItem.tried.exists()))
    return _attempts(row) if counted else Attempts()


def clear_attempts(hospital_code: str, login: str, source: str, entry: AuditEntry) -> bool:
    """Reset the count of a source, with an audit entry."""
    return storage.transact([_clear(hospital_code, login, source), *appends([entry])]) is None


def lock(hospital_code: str, login: str, until: datetime, entry: AuditEntry) -> bool:
    """Store on the account until when a source of it is locked, with an audit entry.

    The lists of accounts read it there: one row an account, however many sources have tried. False if there is no such
    account.
    """
    row = AccountItem(hospital_code, account_item(login))
    change = storage.update(row, [AccountItem.locked_until.set(until.isoformat())], AccountItem.item.exists())
    return storage.transact([change, *appends([entry])]) is None


def unlock(hospital_code: str, login: str) -> None:
    """Reset the count of every source, then the time on the account."""
    prefix = _attempts_item(login, "")
    for row in AccountItem.query(hospital_code, AccountItem.item.startswith(prefix), consistent_read=True):
        storage.write(storage.delete(AccountItem(hospital_code, row.item)))
    row = AccountItem(hospital_code, account_item(login))
    storage.write(storage.update(row, [AccountItem.locked_until.remove()], AccountItem.item.exists()))


def block_look_ups(hospital_code: str, login: str, until: datetime) -> bool:
    """Store the time until which an account may look up nobody.

    False if this or a later time is stored already, or there is no such account.
    """
    blocked = AccountItem.look_ups_blocked_until
    earlier = blocked.does_not_exist() | (blocked < until.isoformat())
    row = AccountItem(hospital_code, account_item(login))
    return storage.write(storage.update(row, [blocked.set(until.isoformat())], AccountItem.item.exists() & earlier))


def write_nothing(hospital_code: str) -> None:
    """Send a write whose condition never holds, to take as long as a write.

    For logins that do not exist.
    """
    row = AccountItem(hospital_code, _attempts_item("?", ""))
    never = AccountItem.item.exists() & AccountItem.item.does_not_exist()
    storage.write(storage.update(row, [AccountItem.tried.add(1)], never))


def _clear(hospital_code: str, login: str, source: str) -> Write:
    return storage.delete(AccountItem(hospital_code, _attempts_item(login, source)))


def _attempts(row: AccountItem) -> Attempts:
    until = datetime.fromisoformat(row.counted_until) if row.counted_until else None
    return Attempts(int(row.tried or 0), int(row.failures or 0), until)


def _attempts_item(login: str, source: str) -> str:
    return f"attempts#{login}#{source}"
