"""The accesses table: records are added and read, never changed."""

from collections.abc import Sequence

from chalicelib import storage
from chalicelib.access_log import rules
from chalicelib.access_log.model import Access
from chalicelib.row_mapper import Mapper
from chalicelib.settings import settings
from chalicelib.tables import AccessItem

ACCESSES = Mapper(
    AccessItem,
    Access,
    keys=lambda access: {
        "access": rules.access_key(access),
        "account": rules.account_key(access.hospital_code, access.login),
        "account_access": rules.account_access_key(access),
        "expires_at": rules.kept_until(access, settings().accesses_kept_days),
    },
)


def add_all(accesses: Sequence[Access]) -> None:
    """Add records, several at a time.

    A record that exists, of the same account, person, action and hour, stays as it is.
    """
    is_new = AccessItem.person.does_not_exist()
    storage.write_each([storage.put(ACCESSES.row(access), is_new) for access in accesses])


def of_person(person: str, before: str, limit: int) -> list[tuple[str, Access]]:
    """The records of a person, newest hour first.

    Returns (page mark, record). before: only records older than this mark; "" for the first page.
    """
    older = AccessItem.access < before if before else None
    rows = AccessItem.query(person, older, scan_index_forward=False, limit=limit)
    return [(row.access, ACCESSES.read(row)) for row in rows]


def of_account(hospital_code: str, login: str, before: str, limit: int) -> list[tuple[str, Access]]:
    """The records of an account, newest hour first.

    Returns (page mark, record). before: only records older than this mark; "" for the first page. Read from an index:
    may be a moment behind.
    """
    older = AccessItem.account_access < before if before else None
    account = rules.account_key(hospital_code, login)
    rows = AccessItem.by_account.query(account, older, scan_index_forward=False, limit=limit)
    return [(row.account_access, ACCESSES.read(row)) for row in rows]


def count_people(hospital_code: str, login: str, hour: str) -> int:
    """Number of different people an account asked for by id within an hour."""
    prefix = rules.by_id_prefix(hour)
    account = rules.account_key(hospital_code, login)
    rows = AccessItem.by_account.query(account, AccessItem.account_access.startswith(prefix))
    return len({row.person for row in rows})
