"""The accounts table for administration: a hospital's accounts and groups.

Every change of a hospital's accounts and groups is one transaction on the version in the hospital's "grants" item. So
two administrators who decide on the same state cannot both write. No rule about several accounts (the last
administrator, a group's members) is broken by two changes that are each allowed alone (docs/adr/0012).
"""

from collections.abc import Mapping
from typing import Any

from chalicelib import storage
from chalicelib.accounts.model import HospitalAccess
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rows import appends
from chalicelib.auth.model import Account
from chalicelib.auth.rows import ACCOUNTS, GROUPS, account_item, has_token_version
from chalicelib.row_mapper import Mapper
from chalicelib.storage import Write
from chalicelib.tables import AccountItem

_ACCESS = "grants"


def hospital_access(hospital_code: str) -> HospitalAccess:
    """All accounts and groups of a hospital, in two Queries.

    The version is read first: if anything changes while the rest is read, `save` fails.
    """
    version, groups = 0, {}
    for row in AccountItem.query(hospital_code, AccountItem.item.between(_ACCESS, "group#~"), consistent_read=True):
        if row.item == _ACCESS:
            version = int(row.version)
        else:
            group = GROUPS.read(row)
            groups[group.group_id] = group
    named = AccountItem.item.startswith(account_item(""))
    accounts = map(ACCOUNTS.read, AccountItem.query(hospital_code, named, consistent_read=True))
    return HospitalAccess(hospital_code, version, {account.login: account for account in accounts}, groups)


def save(before: HospitalAccess, after: HospitalAccess, entries: list[AuditEntry]) -> bool:
    """Write what differs, with its audit entries, in one transaction.

    At most 99 items. False if the hospital's accounts or groups have changed since `before` was read; then nothing was
    written.
    """
    unchanged = AccountItem.version == before.version if before.version else AccountItem.item.does_not_exist()
    access = AccountItem(before.hospital_code, _ACCESS)
    version = storage.update(access, [AccountItem.version.set(before.version + 1)], unchanged)
    writes = [*_writes(ACCOUNTS, before.accounts, after.accounts), *_writes(GROUPS, before.groups, after.groups)]
    return storage.transact([version, *writes, *appends(entries)]) is None


def _writes(mapper: Mapper[AccountItem, Any], before: Mapping[Any, Any], after: Mapping[Any, Any]) -> list[Write]:
    """Put what is new, update what differs.

    An update sets only the fields that differ, because a person may change their own password without a new version.
    """
    writes = []
    for key, new in after.items():
        old = before.get(key)
        if old is None:
            writes.append(storage.put(mapper.row(new), AccountItem.item.does_not_exist()))
        elif old != new:
            writes.append(storage.update(mapper.key(new), mapper.changes(old, new), _unchanged(old, new)))
    return writes


def _unchanged(old: Any, new: Any) -> Any:
    """The condition of an update.

    The row must exist. If the token version changes, the stored one must be that of `old`, because the person may have
    raised it since `old` was read.
    """
    if isinstance(old, Account) and old.token_version != new.token_version:
        return has_token_version(old.token_version)
    return AccountItem.item.exists()


def exists(hospital_code: str, login: str) -> bool:
    return storage.get(AccountItem, hospital_code, account_item(login)) is not None


def next_user_id() -> int:
    """A new integer for an account: below 2^31, never given twice."""
    return storage.increment(AccountItem("*", "next"), AccountItem.next_user_id)


def country_administrator_exists() -> bool:
    """Return whether an account or group of any hospital has ACCOUNT_ADMIN:5.

    Reads the whole table.
    """
    return any(True for _ in AccountItem.scan(AccountItem.roles.contains("ACCOUNT_ADMIN:5")))
