"""Correct what the registry says of a person (docs/adr/0019)."""

from dataclasses import replace

from chalicelib import clock
from chalicelib.audit import actions as audit
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rules import person_subject
from chalicelib.caller import ACCOUNT_ADMIN, COUNTRY, Caller
from chalicelib.errors import EditConflict, PersonNotFound
from chalicelib.hospitals import actions as hospitals
from chalicelib.people import store
from chalicelib.people.model import Person, PersonEntry
from chalicelib.people.rules import IDENTITY


def entry(caller: Caller, cid: str) -> PersonEntry:
    """The registry's entry that the caller may correct.

    The caller must be a login administrator who administers the hospital that sent the entry. If its source is not
    known, the caller must be country-level. Raises PersonNotFound.
    """
    stored = store.registry_entry(cid)
    if stored is None or not _may_correct(caller, stored):
        raise PersonNotFound()
    return stored


def correct(caller: Caller, wanted: Person, reason: str, added_at: str) -> PersonEntry:
    """Change the names, sex and birth date of a registry entry; return it.

    The caller is its source from then on. added_at: of the entry that the caller saw. If the same correction is sent
    again because its answer was lost, nothing changes. The audit has the old and new values and the reason. Raises
    PersonNotFound, EditConflict.
    """
    before = entry(caller, wanted.cid)
    identity = {name: getattr(wanted, name) for name in IDENTITY}
    person = replace(before.person, **identity)
    if person == before.person:
        return before
    now = clock.now().isoformat(timespec="microseconds")
    after = PersonEntry(person, caller.hospital_code, caller.login, now)
    changes = {
        name: [getattr(before.person, name), value]
        for name, value in identity.items()
        if getattr(before.person, name) != value
    }
    said = {"added_by": [before.added_by, after.added_by], "reason": ["", reason]}
    audited = audit.new_entry(person_subject(wanted.cid), caller.actor, "correct_person", changes | said)
    if before.added_at != added_at or not store.correct(before, after, audited):
        raise EditConflict(details={"theirs": entry(caller, wanted.cid)})
    return after


def history(caller: Caller, cid: str, before: str | None, limit: int) -> list[AuditEntry]:
    """The corrections of a registry entry that the caller may correct, newest first.

    Raises PersonNotFound.
    """
    entry(caller, cid)
    return audit.newest(person_subject(cid), before, limit)


def _may_correct(caller: Caller, stored: PersonEntry) -> bool:
    if not stored.added_by:
        return caller.has((ACCOUNT_ADMIN,), COUNTRY)
    return hospitals.administers(caller, stored.added_by)
