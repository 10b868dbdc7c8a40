"""Mapper of people's rows, and when they are deleted. A booking registers its person too."""

from datetime import datetime, timedelta

from chalicelib.mapping import Mapper
from chalicelib.people.model import Person
from chalicelib.settings import settings
from chalicelib.tables import PersonItem

REGISTRY = "#"

# A registry entry and a white-list entry hold the same fields, under another range key.
PEOPLE = Mapper(PersonItem, Person, keys=lambda person: {"record": REGISTRY})


def registry_row(person: Person, added_at: str) -> PersonItem:
    """The person's registry entry. added_at: ISO time in Bangkok."""
    row = PersonItem(record=REGISTRY, added_at=added_at, **PEOPLE.values(person))
    row.expires_at = registry_expiry(added_at)
    return row


def registry_expiry(added_at: str) -> datetime:
    """When a registry entry is deleted. The next booking registers the person again."""
    return datetime.fromisoformat(added_at) + timedelta(days=settings().people_kept_days)


def white_list_expiry(added_at: str) -> datetime:
    """When a white-list entry is deleted, if the hospital does not send it again."""
    return datetime.fromisoformat(added_at) + timedelta(days=settings().white_list_kept_days)
