"""The people table: registry entries, white lists, and the language each person chose."""

from collections.abc import Callable
from typing import Any

from chalicelib import storage
from chalicelib.people.model import CARE, Person
from chalicelib.people.rows import PEOPLE, REGISTRY, registry_row, white_list_expiry
from chalicelib.tables import PersonItem

LANGUAGE = "choices"


def white_list_record(hospital_code: str) -> str:
    """The range key of a person's entry on a hospital's white list."""
    return f"hospital#{hospital_code}"


def registered(cid: str) -> Person | None:
    """The person's registry entry, or None. May be a moment behind."""
    row = storage.get(PersonItem, cid, REGISTRY, consistent=False)
    return PEOPLE.read(row) if row else None


def known(hospital_code: str, cid: str) -> Person | None:
    """The registry entry, else the hospital's white-list entry, else None; in one request."""
    rows = storage.batch_get([(PersonItem, cid, REGISTRY), (PersonItem, cid, white_list_record(hospital_code))])
    return next((PEOPLE.read(row) for row in rows if row is not None), None)


def languages_of(cids: list[str]) -> dict[str, str | None]:
    """id -> the language chosen in the app, for the people who chose. No id may come twice."""
    return _entries(LANGUAGE, cids, lambda row: row.language)


def choose_language(cid: str, language: str) -> None:
    PersonItem(cid, LANGUAGE, language=language).save()


def add_to_white_list(hospital_code: str, people: list[Person], added_at: str, basis: str = CARE) -> None:
    """Put each person on the hospital's white list, and into the registry if it has nobody of that id.

    A repeat changes only the details of the white-list entry, and how long it is kept. basis: one of BASES. No id may
    come twice.
    """
    with PersonItem.batch_write() as batch:
        for person in people:
            row = PersonItem(record=white_list_record(hospital_code), added_at=added_at, **PEOPLE.values(person))
            row.hospital_code, row.basis = hospital_code, basis
            row.expires_at = white_list_expiry(added_at)
            batch.save(row)
    registered_people = _entries(REGISTRY, [person.cid for person in people], PEOPLE.read)
    for person in people:
        if person.cid not in registered_people:
            register(person, added_at)


def register(person: Person, added_at: str) -> None:
    """Add the person to the registry. An entry that exists stays as it is."""
    storage.write(storage.put(registry_row(person, added_at), PersonItem.cid.does_not_exist()))


def white_listed(hospital_code: str, cids: list[str]) -> dict[str, Person]:
    """id -> person, for those of the ids that are on the hospital's white list. No id may come twice."""
    return _entries(white_list_record(hospital_code), cids, PEOPLE.read)


def _entries(record: str, cids: list[str], read: Callable[[Any], Any]) -> dict[str, Any]:
    """id -> what `read` makes of the row, for those of the ids that have this record; 100 a request."""
    entries = {}
    for start in range(0, len(cids), 100):
        chunk = cids[start : start + 100]
        rows = storage.batch_get([(PersonItem, cid, record) for cid in chunk])
        entries.update({cid: read(row) for cid, row in zip(chunk, rows, strict=True) if row is not None})
    return entries


def white_list(hospital_code: str, after: str, limit: int) -> list[Person]:
    """A page of a hospital's white list in the order of ids, after the id `after`. From an index: a moment behind."""
    beyond = PersonItem.cid > after if after else None
    rows = PersonItem.by_hospital.query(hospital_code, beyond, limit=limit)
    return [PEOPLE.read(row) for row in rows]


def remove_from_white_list(hospital_code: str, cid: str) -> bool:
    """Take a person off the white list; False if they were not on it."""
    return storage.write(storage.delete(PersonItem(cid, white_list_record(hospital_code)), PersonItem.cid.exists()))
