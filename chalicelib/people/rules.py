"""Decisions about what different hospitals say of one person. Pure."""

from chalicelib import text_cleaning
from chalicelib.people.model import KnownPerson, Person

# What tells who somebody is, and is corrected in the registry.
IDENTITY = ("prefix", "first_name", "last_name", "gender", "birth_date")


def says_otherwise(person: Person, other: Person) -> bool:
    """Whether the two are not the same person by name, sex or birth date.

    A title does not count, because it changes with age and rank; nor does what only one of them has.
    """
    names = ((person.first_name, other.first_name), (person.last_name, other.last_name))
    if not all(text_cleaning.same(first, second) for first, second in names):
        return True
    known = ((person.gender, other.gender), (person.birth_date, other.birth_date))
    return any(first and second and first != second for first, second in known)


def registry_differs(known: KnownPerson) -> bool:
    """Whether the registry says otherwise than the hospital's own entry."""
    if known.own is None or known.registry is None:
        return False
    return says_otherwise(known.own.person, known.registry.person)
