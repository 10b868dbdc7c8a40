"""The people table: registry entries, white lists and chosen languages."""

from collections.abc import Callable, Iterator
from typing import Any

from chalicelib import storage
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rows import appends
from chalicelib.people.model import CARE, KnownPerson, Person, PersonEntry
from chalicelib.people.rows import ENTRIES, PEOPLE, REGISTRY, registry_row, white_list_record, white_list_row
from chalicelib.tables import PersonItem

LANGUAGE = "choices"


def registered(cid: str) -> Person | None:
    """The person's registry entry, or None. May be a moment behind."""
    row = storage.get(PersonItem, cid, REGISTRY, consistent=False)
    return PEOPLE.read(row) if row else None


def registry_entry(cid: str) -> PersonEntry | None:
    """The person's present registry entry, with who sent it, or None."""
    row = storage.get(PersonItem, cid, REGISTRY)
    return ENTRIES.read(row) if row else None


def known(hospital_code: str, cid: str) -> KnownPerson | None:
    """The hospital's white-list entry and the registry's entry of a person.

    In one request. None if there is neither.
    """
    rows = storage.batch_get([(PersonItem, cid, white_list_record(hospital_code)), (PersonItem, cid, REGISTRY)])
    own, registry = (ENTRIES.read(row) if row else None for row in rows)
    return KnownPerson(own, registry) if own or registry else None


def languages_of(cids: list[str]) -> dict[str, str | None]:
    """id -> the language chosen in the app, for the people who chose one.

    No id may come twice.
    """
    return _entries(LANGUAGE, cids, lambda row: row.language)


def choose_language(cid: str, language: str) -> None:
    PersonItem(cid, LANGUAGE, language=language).save()


def add_to_white_list(hospital_code: str, entries: list[PersonEntry], basis: str | None = None) -> dict[str, Person]:
    """Put people on the hospital's white list, and into the registry.

    An entry that the registry has stays as it is. A repeat changes only the details of the white-list entry, and how
    long it is kept; an entry that is held stays held. basis: one of BASES; None: that of the present entry, or CARE. No
    id may come twice. Returns id -> person for those who were on the list before, as they were.
    """
    record, cids = white_list_record(hospital_code), [entry.person.cid for entry in entries]
    present = _entries(record, cids, lambda row: (row.basis, row.held_expires_at, PEOPLE.read(row)))
    with PersonItem.batch_write() as batch:
        for entry in entries:
            before, is_held, _ = present.get(entry.person.cid, ("", None, None))
            batch.save(white_list_row(hospital_code, entry, basis or before or CARE, is_held=bool(is_held)))
    registered_people = _entries(REGISTRY, cids, PEOPLE.read)
    for entry in entries:
        if entry.person.cid not in registered_people:
            register(entry)
    return {cid: person for cid, (_, _, person) in present.items()}


def register(entry: PersonEntry) -> None:
    """Add the person to the registry. An entry that exists stays as it is."""
    storage.write(storage.put(registry_row(entry), PersonItem.cid.does_not_exist()))


def correct(before: PersonEntry, after: PersonEntry, audit_entry: AuditEntry) -> bool:
    """Write the registry's entry with its audit entry.

    False if it has changed since `before` was read.
    """
    return storage.transact([_change(REGISTRY, before, after), *appends([audit_entry])]) is None


def _change(record: str, before: PersonEntry, after: PersonEntry) -> storage.Write:
    """The update of an entry, if it is still that of `before`."""
    added_at = PersonItem.added_at
    unchanged = added_at == before.added_at if before.added_at else added_at.does_not_exist()
    row = PersonItem(after.person.cid, record)
    return storage.update(row, ENTRIES.changes(before, after), PersonItem.cid.exists() & unchanged)


def white_listed(hospital_code: str, cids: list[str]) -> dict[str, Person]:
    """id -> person, for the ids among these that are on the hospital's white list.

    No id may come twice.
    """
    return _entries(white_list_record(hospital_code), cids, PEOPLE.read)


def _entries(record: str, cids: list[str], read: Callable[[Any], Any]) -> dict[str, Any]:
    """id -> what `read` makes of the row, for the ids that have this record.

    100 a request.
    """
    entries = {}
    for start in range(0, len(cids), 100):
        chunk = cids[start : start + 100]
        rows = storage.batch_get([(PersonItem, cid, record) for cid in chunk])
        entries.update({cid: read(row) for cid, row in zip(chunk, rows, strict=True) if row is not None})
    return entries


def known_people(hospital_code: str, cids: list[str]) -> dict[str, Person]:
    """id -> person, from the hospital's own entry, else from the registry's.

    100 a request. No id may come twice.
    """
    return _entries(REGISTRY, cids, PEOPLE.read) | white_listed(hospital_code, cids)


def white_list(hospital_code: str, after: str, limit: int) -> list[Person]:
    """A page of a hospital's white list in the order of ids, after the id `after`.

    Read from an index: may be a moment behind.
    """
    beyond = PersonItem.cid > after if after else None
    rows = PersonItem.by_hospital.query(hospital_code, beyond, limit=limit)
    return [PEOPLE.read(row) for row in rows]


def names_of_white_list(hospital_code: str, after: str, limit: int) -> Iterator[Person]:
    """As `white_list`, with names and telephones only, read page by page."""
    beyond = PersonItem.cid > after if after else None
    columns = ["cid", "prefix", "first_name", "last_name", "phone_number", "mobile_phone"]
    return map(PEOPLE.read, PersonItem.by_hospital.query(hospital_code, beyond, limit=limit, attributes_to_get=columns))


def count_white_list(hospital_code: str, pages: int) -> tuple[int, bool]:
    """How many people are on a hospital's white list, and whether these are all.

    pages: the most pages of 1 MB that are read. Read from an index: may be a moment behind.
    """
    return storage.count(PersonItem, "by-hospital", hospital_code, pages)


def white_list_entry(hospital_code: str, cid: str) -> PersonEntry | None:
    """The hospital's own entry of a person, with who sent it, or None."""
    row = storage.get(PersonItem, cid, white_list_record(hospital_code))
    return ENTRIES.read(row) if row else None


def edit_white_list(hospital_code: str, before: PersonEntry, after: PersonEntry) -> bool:
    """Write the details of a white-list entry.

    False if it has changed since `before` was read.
    """
    return storage.write(_change(white_list_record(hospital_code), before, after))


def remove_from_white_list(hospital_code: str, cid: str) -> bool:
    """Take a person off the white list; False if they were not on it."""
    return storage.write(storage.delete(PersonItem(cid, white_list_record(hospital_code)), PersonItem.cid.exists()))
