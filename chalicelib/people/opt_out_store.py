"""The hospitals whose announcements people do not want, in the people table."""

from collections.abc import Sequence

from chalicelib import storage
from chalicelib.people.model import OptOut
from chalicelib.row_mapper import Mapper
from chalicelib.tables import PersonItem

_RECORD = "no-announcements#"
_PER_REQUEST = 100

OPT_OUTS = Mapper(
    PersonItem,
    OptOut,
    keys=lambda opt_out: {"record": _RECORD + opt_out.of_hospital},
    from_keys=lambda row: {"of_hospital": row.record.removeprefix(_RECORD)},
)


def add(opt_out: OptOut) -> None:
    storage.write(storage.put(OPT_OUTS.row(opt_out)))


def remove(cid: str, hospital_code: str) -> None:
    """Delete an opt-out; no-op if there is none."""
    storage.write(storage.delete(PersonItem(cid, _RECORD + hospital_code)))


def of_person(cid: str) -> list[OptOut]:
    """The person's opt-outs, by hospital code."""
    rows = PersonItem.query(cid, PersonItem.record.startswith(_RECORD), consistent_read=True)
    return [OPT_OUTS.read(row) for row in rows]


def opted_out(hospital_code: str, cids: Sequence[str]) -> set[str]:
    """The people among these who want no announcements of a hospital.

    100 a request. No id may come twice.
    """
    wanted = set()
    for start in range(0, len(cids), _PER_REQUEST):
        keys = [(PersonItem, cid, _RECORD + hospital_code) for cid in cids[start : start + _PER_REQUEST]]
        wanted |= {row.cid for row in storage.batch_get(keys) if isinstance(row, PersonItem)}
    return wanted
