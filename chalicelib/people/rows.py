"""Mapper of people's rows. A booking registers its person too."""

from chalicelib.mapping import Mapper
from chalicelib.people.model import Person
from chalicelib.tables import PersonItem

REGISTRY = "#"

# A registry entry and a white-list entry hold the same fields, under another range key.
PEOPLE = Mapper(PersonItem, Person, keys=lambda person: {"record": REGISTRY})


def registry_row(person: Person, added_at: str) -> PersonItem:
    """The person's registry entry. added_at: ISO time in Bangkok."""
    return PersonItem(record=REGISTRY, added_at=added_at, **PEOPLE.values(person))
