"""The register of hospitals: search, show, add, edit, import (manual 1.2)."""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.audit import actions as audit
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rules import account_subject, hospital_subject
from chalicelib.caller import ACCOUNT_ADMIN, COUNTRY, PROVINCE, Caller
from chalicelib.errors import EditConflict, HospitalExists, HospitalNotFound, Invalid
from chalicelib.hospitals import rules, store
from chalicelib.hospitals.model import Hospital, InvalidLine
from chalicelib.hospitals.provinces import PROVINCES
from chalicelib.retry import RetryBudget

_FIELDS = ("name", "province_code", "district", "years")
# A hospital and its audit entry are two items; a transaction has at most a hundred.
_PER_TRANSACTION = 50
MAX_LINES = 500
MAX_HITS = 500


def get(hospital_code: str) -> Hospital:
    """One hospital. Raises HospitalNotFound."""
    return store.get(hospital_code)


def administers(caller: Caller, hospital_code: str) -> bool:
    """Return whether the caller administers the hospital.

    False if one of the two hospitals does not exist.
    """
    stored = store.get_many(list({hospital_code, caller.hospital_code}))
    if hospital_code not in stored or caller.hospital_code not in stored:
        return False
    return rules.administers(caller.roles.get(ACCOUNT_ADMIN, 0), stored[caller.hospital_code], stored[hospital_code])


def existing(hospital_codes: list[str]) -> set[str]:
    """The codes among these that a hospital has."""
    return set(store.get_many(hospital_codes))


def names_of(hospital_codes: Iterable[str]) -> dict[str, str]:
    """Code -> name, for those that exist."""
    return {code: hospital.name for code, hospital in store.get_many(sorted(hospital_codes)).items()}


def names_of_province(province_code: str, after: str, limit: int) -> tuple[dict[str, str], str]:
    """A page of a province's hospitals in the register, code -> name.

    Also returns the code after which the next page begins; "" if no more follow.
    """
    return store.names_of_province(province_code, after, limit)


def search(caller: Caller, code_prefix: str, name_part: str, province_code: str | None) -> tuple[list[Hospital], bool]:
    """The hospitals that match, by code, and whether there are more.

    Only those that the caller administers, at most MAX_HITS. Codes match from the start, names anywhere.
    """
    level = caller.roles.get(ACCOUNT_ADMIN, 0)
    if level < PROVINCE:
        hospitals = [store.get(caller.hospital_code)]
    elif level < COUNTRY:
        hospitals = store.of_province(store.get(caller.hospital_code).province_code)
    elif province_code:
        hospitals = store.of_province(province_code)
    elif len(code_prefix) == 5:
        hospitals = list(store.get_many([code_prefix]).values())
    else:
        hospitals = store.find(code_prefix, name_part, MAX_HITS + 1)
    hits = [
        hospital
        for hospital in sorted(hospitals, key=lambda hospital: hospital.hospital_code)
        if rules.matches(hospital, code_prefix, name_part) and province_code in (None, hospital.province_code)
    ]
    return hits[:MAX_HITS], len(hits) > MAX_HITS


def show(caller: Caller, hospital_code: str) -> Hospital:
    """A hospital that the caller administers.

    Raises HospitalNotFound, which is written into the audit.
    """
    try:
        hospital = store.get(hospital_code)
        own = store.get(caller.hospital_code)
        if not rules.administers(caller.roles.get(ACCOUNT_ADMIN, 0), own, hospital):
            raise rules.not_found()
    except HospitalNotFound:
        subject = account_subject(caller.hospital_code, caller.login)
        changes = {"hospital_code": ["", hospital_code]}
        audit.append_refused([subject], caller.hospital_code, caller.actor, "see_hospital", changes)
        raise
    return hospital


def add(caller: Caller, hospital: Hospital) -> Hospital:
    """Add a hospital. Raises HospitalExists, Invalid (province)."""
    _check_province(hospital)
    if not store.save([(None, hospital)], [_entry(caller, "add_hospital", None, hospital)]):
        raise HospitalExists(fields={"hospital_code": "there is a hospital of this code"})
    return hospital


def edit(caller: Caller, wanted: Hospital) -> Hospital:
    """Change a hospital. `wanted` has the version that the caller saw.

    If the same edit is sent again because its answer was lost, nothing changes and the answer is the same. Raises
    HospitalNotFound, EditConflict, Invalid (province).
    """
    _check_province(wanted)
    before, after = store.get(wanted.hospital_code), replace(wanted, version=wanted.version + 1)
    entry = _entry(caller, "edit_hospital", before, after)
    if before.version == wanted.version and store.save([(before, after)], [entry]):
        return after
    stored = store.get(wanted.hospital_code)
    if stored != after:
        raise EditConflict(details={"yours": _values(wanted), "theirs": _values(stored)})
    return after


def import_lines(caller: Caller, lines: list[str], first_line: int) -> tuple[int, int, int, list[InvalidLine]]:
    """Add and change hospitals from lines of the national list.

    Returns how many were added, changed and unchanged, and the invalid lines. If the same lines are sent again, nothing
    changes. Raises TryAgain if others keep changing the same hospitals; then a part may be written, and the same lines
    may be sent again.
    """
    valid, invalid = rules.read_lines(lines, first_line)
    added = changed = 0
    for start in range(0, len(valid), _PER_TRANSACTION):
        new, edited = _import(caller, valid[start : start + _PER_TRANSACTION])
        added, changed = added + new, changed + edited
    return added, changed, len(valid) - added - changed, invalid


def _import(caller: Caller, hospitals: list[Hospital]) -> tuple[int, int]:
    """Write one transaction's hospitals: (added, changed). Raises TryAgain."""
    budget = RetryBudget()
    while True:
        known = store.get_many([hospital.hospital_code for hospital in hospitals])
        changes: list[tuple[Hospital | None, Hospital]] = []
        for hospital in hospitals:
            before = known.get(hospital.hospital_code)
            if before is None:
                changes.append((None, hospital))
            elif replace(hospital, version=before.version) != before:
                changes.append((before, replace(hospital, version=before.version + 1)))
        entries = [_entry(caller, "import_hospital", before, after) for before, after in changes]
        if not changes or store.save(changes, entries):
            added = sum(1 for before, _ in changes if before is None)
            return added, len(changes) - added
        budget.pause()


def history(caller: Caller, hospital_code: str, before: str | None, limit: int) -> list[AuditEntry]:
    """Changes of a hospital's own entry, newest first. Raises HospitalNotFound."""
    show(caller, hospital_code)
    return audit.newest(hospital_subject(hospital_code), before, limit)


def _entry(caller: Caller, action: str, before: Hospital | None, after: Hospital) -> AuditEntry:
    changes = {
        name: [getattr(before, name) if before else "", getattr(after, name)]
        for name in _FIELDS
        if before is None or getattr(before, name) != getattr(after, name)
    }
    return audit.new_entry(hospital_subject(after.hospital_code), caller.actor, action, changes)


def _values(hospital: Hospital) -> dict[str, object]:
    return {name: getattr(hospital, name) for name in (*_FIELDS, "version")}


def _check_province(hospital: Hospital) -> None:
    if hospital.province_code not in PROVINCES:
        raise Invalid(fields={"province_code": "no such province; GET /api/accounts/provinces lists them"})
