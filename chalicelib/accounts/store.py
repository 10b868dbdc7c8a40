"""The accounts table: accounts, failed sign-ins, the user-id counter."""

from datetime import datetime

from pynamodb.exceptions import DoesNotExist

from chalicelib.accounts.rules import FAILURES_BEFORE_LOCK, LOCK, Account, Attempts, read_account
from chalicelib.tables import AccountItem

_COUNTER = ("*", "next")


def account_item(login: str) -> str:
    return f"account#{login}"


def attempts_item(login: str) -> str:
    return f"attempts#{login}"


def find(hospital_code: str, login: str) -> Account | None:
    """The account, or None."""
    try:
        return read_account(AccountItem.get(hospital_code, account_item(login), consistent_read=True))
    except DoesNotExist:
        return None


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
    """A right password starts the count anew."""
    AccountItem(hospital_code, attempts_item(login)).delete()


def next_user_id() -> int:
    """A new integer for an account; below 2^31, never given twice."""
    row = AccountItem(*_COUNTER)
    row.update([AccountItem.next_user_id.add(1)])
    return int(row.next_user_id)


def add(account: Account) -> None:
    """Puts a new account."""
    AccountItem(
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
    ).save(condition=AccountItem.item.does_not_exist())
