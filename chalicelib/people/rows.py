"""Mappers and expiry of people's rows.

The store of bookings uses them too, because a booking registers its person.
"""

from datetime import datetime, timedelta

from chalicelib.people.model import Person, PersonEntry
from chalicelib.row_mapper import Mapper
from chalicelib.settings import settings
from chalicelib.tables import PersonItem

REGISTRY = "#"

# A registry entry and a white-list entry hold the same fields, under another range key.
PEOPLE = Mapper(PersonItem, Person, keys=lambda person: {"record": REGISTRY})
ENTRIES = Mapper(PersonItem, PersonEntry, keys=lambda entry: {"record": REGISTRY})


def registry_row(entry: PersonEntry) -> PersonItem:
    """The row of a new registry entry."""
    row = ENTRIES.row(entry)
    row.expires_at = registry_expiry(entry.added_at)
    return row


def registry_expiry(added_at: str) -> datetime:
    """The time at which a registry entry is deleted.

    The next booking registers the person again.
    """
    return datetime.fromisoformat(added_at) + timedelta(days=settings().people_kept_days)


def white_list_expiry(added_at: str) -> datetime:
    """The time at which a white-list entry is deleted.

    If the hospital sends it again, the time starts again.
    """
    return datetime.fromisoformat(added_at) + timedelta(days=settings().white_list_kept_days)


def white_list_record(hospital_code: str) -> str:
    """The range key of a person's entry on a hospital's white list."""
    return f"hospital#{hospital_code}"


def white_list_row(hospital_code: str, entry: PersonEntry, basis: str, *, is_held: bool = False) -> PersonItem:
    """The row of a white-list entry.

    basis: one of BASES. is_held: it expires only after the hold.
    """
    row = PersonItem(record=white_list_record(hospital_code), **ENTRIES.values(entry))
    row.hospital_code, row.basis, expiry = hospital_code, basis, white_list_expiry(entry.added_at)
    if is_held:
        row.held_expires_at = int(expiry.timestamp())
    else:
        row.expires_at = expiry
    return row
