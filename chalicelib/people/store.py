"""The people table: registry entries and white lists."""

from typing import Any

from pynamodb.exceptions import DeleteError, DoesNotExist, PutError

from chalicelib import storage
from chalicelib.people.rules import Person, columns, read_person
from chalicelib.tables import PersonItem

REGISTRY = "#"
CHOICES = "choices"


def white_list_record(hospital_code: str) -> str:
    return f"hospital#{hospital_code}"


def registered(cid: str) -> Person | None:
    """The registry's entry, or None."""
    try:
        return read_person(PersonItem.get(cid, REGISTRY))
    except DoesNotExist:
        return None


def known(hospital_code: str, cid: str) -> Person | None:
    """The registry's entry, else the one on the hospital's white list, else None; in one request."""
    rows = storage.batch_get([(PersonItem, cid, REGISTRY), (PersonItem, cid, white_list_record(hospital_code))])
    return next((read_person(row) for row in rows if row is not None), None)


def languages_of(cids: list[str]) -> dict[str, str | None]:
    """id -> the language that the person chose in the app, for those of the ids who chose. No id may come twice."""
    return {cid: row.language for cid, row in _rows_of(CHOICES, cids).items()}


def choose_language(cid: str, language: str) -> None:
    PersonItem(cid, CHOICES, language=language).save()


def add_to_white_list(hospital_code: str, people: list[Person], added_at: str) -> None:
    """Puts each person on the hospital's white list, and into the registry where the registry has nobody of that id.
    Doing it again changes nothing but the white list's own details. No id may come twice."""
    with PersonItem.batch_write() as batch:
        for person in people:
            record = white_list_record(hospital_code)
            batch.save(
                PersonItem(person.cid, record, hospital_code=hospital_code, added_at=added_at, **columns(person))
            )
    known = _of(REGISTRY, [person.cid for person in people])
    for person in people:
        if person.cid not in known:
            register(person, added_at)


def register(person: Person, added_at: str) -> None:
    """Adds the person to the registry; an entry that is there stays as it is."""
    try:
        PersonItem(person.cid, REGISTRY, added_at=added_at, **columns(person)).save(
            condition=PersonItem.cid.does_not_exist()
        )
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


def white_listed(hospital_code: str, cids: list[str]) -> dict[str, Person]:
    """id -> the person, for those of the ids that are on the hospital's white list."""
    return _of(white_list_record(hospital_code), cids)


def _of(record: str, cids: list[str]) -> dict[str, Person]:
    return {cid: read_person(row) for cid, row in _rows_of(record, cids).items()}


def _rows_of(record: str, cids: list[str]) -> dict[str, Any]:
    """id -> the row, for those of the ids that have this record; 100 a request."""
    found = {}
    for start in range(0, len(cids), 100):
        some = cids[start : start + 100]
        rows = storage.batch_get([(PersonItem, cid, record) for cid in some])
        found.update({cid: row for cid, row in zip(some, rows, strict=True) if row is not None})
    return found


def white_list(hospital_code: str, after: str, limit: int) -> list[Person]:
    """A hospital's white list by id, from the one behind `after` on. From an index: a moment behind."""
    beyond = PersonItem.cid > after if after else None
    rows = PersonItem.by_hospital.query(hospital_code, beyond, limit=limit)
    return [read_person(row) for row in rows]


def remove_from_white_list(hospital_code: str, cid: str) -> bool:
    """False where the person was not on it."""
    try:
        PersonItem(cid, white_list_record(hospital_code)).delete(condition=PersonItem.cid.exists())
    except DeleteError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
