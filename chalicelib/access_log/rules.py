"""Keys and expiry of access records, and the hour of the quota. Pure."""

import hashlib
import hmac
from datetime import datetime, timedelta

from chalicelib.access_log.model import Access

_HOUR = timedelta(hours=1)


def person_hash(cid: str, key: str) -> str:
    """The keyed hash that stands for a national id in logs and records.

    32 hexadecimal digits. Raises ValueError if there is no key: without one, anybody could find the id by trying all
    ids.
    """
    if not key:
        raise ValueError("ACCESS_KEY is not set")
    return hmac.digest(key.encode(), cid.encode(), "sha256")[:16].hex()


def shown_digits(cid: str) -> str:
    """The digits of an id that a masked id shows."""
    return cid[0] + cid[10:13]


def masked_digits(digits: str) -> str:
    """A masked id, of its shown digits: 1-xxxx-xxxxx-11-9."""
    return f"{digits[0]}-xxxx-xxxxx-{digits[1:3]}-{digits[3]}"


def account_key(hospital_code: str, login: str) -> str:
    return f"{hospital_code}#{login}"


def access_key(access: Access) -> str:
    """The range key of a person's record: its hour, account and action.

    Account and action are hashed, because the key is the page mark that the app gets, and must not name the hospital's
    staff.
    """
    account = f"{access.hospital_code}#{access.login}#{access.action}"
    return f"{access.hour}#{hashlib.sha256(account.encode()).hexdigest()[:16]}"


def by_id_prefix(hour: str) -> str:
    """Prefix of an account's keys of an hour, for people that it asked for by id."""
    return f"{hour}#1#"


def account_access_key(access: Access) -> str:
    """The range key in the index by account."""
    prefix = by_id_prefix(access.hour) if access.by_id else f"{access.hour}#0#"
    return f"{prefix}{access.person}#{access_key(access)[-16:]}"


def kept_until(access: Access, days: int) -> datetime:
    """The time at which the record expires."""
    return access.at + timedelta(days=days)


def end_of_hour(at: datetime) -> datetime:
    """The time at which the count of people of this hour ends."""
    return at.replace(minute=0, second=0, microsecond=0) + _HOUR
