"""Decisions on what different hospitals say of one person. Pure."""

from chalicelib import text_cleaning
from chalicelib.people.model import KnownPerson, Person

# The fields that identify a person, and that are corrected in the registry.
IDENTITY = ("prefix", "first_name", "last_name", "gender", "birth_date")


def identity_differs(person: Person, other: Person) -> bool:
    """Return whether two entries differ in name, sex or birth date.

    A title does not count, because it changes with age and rank. Sex and birth date do not count if only one entry has
    them.
    """
    names = ((person.first_name, other.first_name), (person.last_name, other.last_name))
    if not all(text_cleaning.same(first, second) for first, second in names):
        return True
    known = ((person.gender, other.gender), (person.birth_date, other.birth_date))
    return any(first and second and first != second for first, second in known)


def registry_differs(known: KnownPerson) -> bool:
    """Return whether the registry's entry differs from the hospital's own."""
    if known.own is None or known.registry is None:
        return False
    return identity_differs(known.own.person, known.registry.person)
