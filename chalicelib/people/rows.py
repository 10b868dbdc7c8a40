"""Mapper of people's rows, and when they are deleted. A booking registers its person too."""

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
    """When a registry entry is deleted. The next booking registers the person again."""
    return datetime.fromisoformat(added_at) + timedelta(days=settings().people_kept_days)


def white_list_expiry(added_at: str) -> datetime:
    """When a white-list entry is deleted, if the hospital does not send it again."""
    return datetime.fromisoformat(added_at) + timedelta(days=settings().white_list_kept_days)


def white_list_record(hospital_code: str) -> str:
    """The range key of a person's entry on a hospital's white list."""
    return f"hospital#{hospital_code}"


def white_list_row(hospital_code: str, entry: PersonEntry, basis: str) -> PersonItem:
    """The row of a white-list entry. basis: one of BASES."""
    row = PersonItem(record=white_list_record(hospital_code), **ENTRIES.values(entry))
    row.hospital_code, row.basis, row.expires_at = hospital_code, basis, white_list_expiry(entry.added_at)
    return row
