"""Hospitals in the Account Center (manual 1.2): search, show, add, edit, the national list."""

from dataclasses import replace

from chalicelib import clock
from chalicelib.accounts import administrators, history, history_store
from chalicelib.accounts.history import AuditEntry
from chalicelib.caller import COUNTRY, PROVINCE, Caller
from chalicelib.errors import EditConflict, HospitalExists, Invalid, TryAgain
from chalicelib.hospitals import store
from chalicelib.hospitals.provinces import PROVINCES
from chalicelib.hospitals.rules import BadLine, Hospital, matches, read_lines

_FACTS = ("name", "province_code", "district", "years")
# A hospital and its history line are two items, and a transaction holds a hundred.
_PER_TRANSACTION = 50
MOST_LINES = 500
MOST_FOUND = 500
_ATTEMPTS = 4


def search(caller: Caller, code_prefix: str, name_part: str, province_code: str | None) -> tuple[list[Hospital], bool]:
    """The hospitals within the caller's reach that match, by code, and whether there are more than these. Codes match
    from the start, names anywhere."""
    administrator = administrators.load_administrator(caller)
    if administrator.level < PROVINCE:
        found = [store.get(administrator.hospital_code)]
    elif administrator.level < COUNTRY:
        found = store.of_province(administrator.province_code)
    elif province_code:
        found = store.of_province(province_code)
    elif len(code_prefix) == 5:
        found = list(store.get_many([code_prefix]).values())
    else:
        found = store.find(code_prefix, name_part, MOST_FOUND + 1)
    wanted = [
        one
        for one in sorted(found, key=lambda record: record.hospital_code)
        if matches(one, code_prefix, name_part) and province_code in (None, one.province_code)
    ]
    return wanted[:MOST_FOUND], len(wanted) > MOST_FOUND


def show(caller: Caller, hospital_code: str) -> Hospital:
    """A hospital within the caller's reach. Raises HospitalNotFound."""
    return administrators.authorised_hospital(caller, hospital_code, "see_hospital")


def add(caller: Caller, record: Hospital) -> Hospital:
    """Adds a hospital. Raises HospitalExists, Invalid (province)."""
    _known_province(record)
    if not store.save([(None, record)], [_told(caller, "add_hospital", None, record)]):
        raise HospitalExists(fields={"hospital_code": "there is a hospital of this code"})
    return record


def edit(caller: Caller, record: Hospital) -> Hospital:
    """Changes a hospital whose version the caller has seen. Raises HospitalNotFound, EditConflict, Invalid."""
    _known_province(record)
    before = store.get(record.hospital_code)
    after = replace(record, version=before.version + 1)
    told = _told(caller, "edit_hospital", before, after)
    if before.version != record.version or not store.save([(before, after)], [told]):
        raise EditConflict(details={"yours": _values(record), "theirs": _values(store.get(record.hospital_code))})
    return after


def import_lines(caller: Caller, lines: list[str], first_line: int) -> tuple[int, int, int, list[BadLine]]:
    """Adds and changes hospitals from lines of the national list: (added, changed, unchanged, lines not taken).

    The same lines again change nothing. Raises TryAgain where others keep changing the same hospitals; what was written
    until then stays, and the same lines may be sent again.
    """
    if len(lines) > MOST_LINES:
        raise Invalid(fields={"lines": f"send at most {MOST_LINES} lines at a time"})
    good, bad = read_lines(lines, first_line)
    added = changed = 0
    for start in range(0, len(good), _PER_TRANSACTION):
        new, edited = _take([record for _, record in good[start : start + _PER_TRANSACTION]], caller)
        added, changed = added + new, changed + edited
    return added, changed, len(good) - added - changed, bad


def _take(records: list[Hospital], caller: Caller) -> tuple[int, int]:
    for _ in range(_ATTEMPTS):
        known = store.get_many([record.hospital_code for record in records])
        changes: list[tuple[Hospital | None, Hospital]] = []
        for record in records:
            before = known.get(record.hospital_code)
            if before is None:
                changes.append((None, record))
            elif not record.same_as(before):
                changes.append((before, replace(record, version=before.version + 1)))
        told = [_told(caller, "import_hospital", before, after) for before, after in changes]
        if not changes or store.save(changes, told):
            new = sum(1 for before, _ in changes if before is None)
            return new, len(changes) - new
    raise TryAgain()


def history_of(caller: Caller, hospital_code: str, before: str | None, limit: int) -> list[AuditEntry]:
    """What happened to a hospital's own entry, newest first. Raises HospitalNotFound."""
    administrators.authorised_hospital(caller, hospital_code, "see_hospital")
    return history_store.read(history.of_hospital(hospital_code), before, limit)


def _told(caller: Caller, action: str, before: Hospital | None, after: Hospital) -> AuditEntry:
    changes = {
        name: [getattr(before, name) if before else "", getattr(after, name)]
        for name in _FACTS
        if before is None or getattr(before, name) != getattr(after, name)
    }
    actor = administrators.actor(caller)
    return history.line(history.of_hospital(after.hospital_code), actor, action, clock.now(), changes)


def _values(record: Hospital) -> dict[str, object]:
    return {name: getattr(record, name) for name in (*_FACTS, "version")}


def _known_province(record: Hospital) -> None:
    if record.province_code not in PROVINCES:
        raise Invalid(fields={"province_code": "no such province; GET /api/accounts/provinces lists them"})
