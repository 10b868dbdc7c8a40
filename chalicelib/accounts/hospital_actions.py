"""Hospitals in the Account Center (manual 1.2): search, show, add, edit, the national list."""

from dataclasses import replace

from chalicelib import clock
from chalicelib.accounts import administrators, history, history_store, hospital_store
from chalicelib.accounts.history import Line
from chalicelib.accounts.hospital_rules import BadLine, Record, matches, read_lines
from chalicelib.accounts.provinces import PROVINCES
from chalicelib.caller import COUNTRY, PROVINCE, Caller
from chalicelib.errors import EditConflict, HospitalExists, Invalid, TryAgain

_FACTS = ("name", "province_code", "district", "years")
# A hospital and its history line are two items, and a transaction holds a hundred.
_PER_TRANSACTION = 50
MOST_LINES = 500
MOST_FOUND = 500
_ATTEMPTS = 4


def search(caller: Caller, code_prefix: str, name_part: str, province_code: str | None) -> tuple[list[Record], bool]:
    """The hospitals within the caller's reach that match, by code, and whether there are more than these. Codes match
    from the start, names anywhere."""
    administrator = administrators.now(caller)
    if administrator.level < PROVINCE:
        found = [hospital_store.get(administrator.hospital_code)]
    elif administrator.level < COUNTRY:
        found = hospital_store.of_province(administrator.province_code)
    elif province_code:
        found = hospital_store.of_province(province_code)
    elif len(code_prefix) == 5:
        found = list(hospital_store.get_many([code_prefix]).values())
    else:
        found = hospital_store.find(code_prefix, name_part, MOST_FOUND + 1)
    wanted = [
        one
        for one in sorted(found, key=lambda record: record.hospital_code)
        if matches(one, code_prefix, name_part) and province_code in (None, one.province_code)
    ]
    return wanted[:MOST_FOUND], len(wanted) > MOST_FOUND


def show(caller: Caller, hospital_code: str) -> Record:
    """A hospital within the caller's reach. Raises HospitalNotFound."""
    return administrators.looked_into(caller, hospital_code, "see_hospital")


def add(caller: Caller, record: Record) -> Record:
    """Adds a hospital. Raises HospitalExists, Invalid (province)."""
    _known_province(record)
    if not hospital_store.save([(None, record)], [_told(caller, "add_hospital", None, record)]):
        raise HospitalExists(fields={"hospital_code": "there is a hospital of this code"})
    return record


def edit(caller: Caller, record: Record) -> Record:
    """Changes a hospital whose version the caller has seen. Raises HospitalNotFound, EditConflict, Invalid."""
    _known_province(record)
    before = hospital_store.get(record.hospital_code)
    after = replace(record, version=before.version + 1)
    told = _told(caller, "edit_hospital", before, after)
    if before.version != record.version or not hospital_store.save([(before, after)], [told]):
        raise EditConflict(
            details={"yours": _values(record), "theirs": _values(hospital_store.get(record.hospital_code))}
        )
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


def _take(records: list[Record], caller: Caller) -> tuple[int, int]:
    for _ in range(_ATTEMPTS):
        known = hospital_store.get_many([record.hospital_code for record in records])
        changes: list[tuple[Record | None, Record]] = []
        for record in records:
            before = known.get(record.hospital_code)
            if before is None:
                changes.append((None, record))
            elif not record.same_as(before):
                changes.append((before, replace(record, version=before.version + 1)))
        told = [_told(caller, "import_hospital", before, after) for before, after in changes]
        if not changes or hospital_store.save(changes, told):
            new = sum(1 for before, _ in changes if before is None)
            return new, len(changes) - new
    raise TryAgain()


def history_of(caller: Caller, hospital_code: str, before: str | None, limit: int) -> list[Line]:
    """What happened to a hospital's own entry, newest first. Raises HospitalNotFound."""
    administrators.looked_into(caller, hospital_code, "see_hospital")
    return history_store.read(history.of_hospital(hospital_code), before, limit)


def _told(caller: Caller, action: str, before: Record | None, after: Record) -> Line:
    changes = {
        name: [getattr(before, name) if before else "", getattr(after, name)]
        for name in _FACTS
        if before is None or getattr(before, name) != getattr(after, name)
    }
    actor = administrators.actor(caller)
    return history.line(history.of_hospital(after.hospital_code), actor, action, clock.now(), changes)


def _values(record: Record) -> dict[str, object]:
    return {name: getattr(record, name) for name in (*_FACTS, "version")}


def _known_province(record: Record) -> None:
    if record.province_code not in PROVINCES:
        raise Invalid(fields={"province_code": "no such province; GET /api/accounts/provinces lists them"})
