"""API to correct the registry in the Account Center (docs/adr/0019).

The methods are POST, so that no id is in a URL.
"""

from datetime import date
from typing import Annotated

import msgspec

from chalicelib import shown_people
from chalicelib.audit.schemas import HistoryResponse, LineId, history_response
from chalicelib.caller import ACCOUNT_ADMIN, Caller
from chalicelib.edit_conflicts import edit_conflict_response
from chalicelib.endpoint import BY_ID, endpoint
from chalicelib.errors import EditConflict, PersonNotFound
from chalicelib.fields import BirthDate, Cid, Gender, text
from chalicelib.hospitals.schemas import Limit
from chalicelib.people import corrections
from chalicelib.people.model import Person, PersonEntry, masked
from chalicelib.people.routes import FirstName, LastName, Prefix
from chalicelib.responses import respond

PATH = "/api/accounts/registry"
ADMINISTRATORS = (ACCOUNT_ADMIN,)


class RegistryEntryRow(msgspec.Struct):
    """The registry's entry of a person and its source; "" if a value is not known.

    added_by, added_login, added_at: the hospital and account that sent it, and when. gender: 0 if it is not known.
    """

    cid_masked: str
    prefix: str
    first_name: str
    last_name: str
    gender: int
    birth_date: str
    added_by: str
    added_login: str
    added_at: str


def _row(entry: PersonEntry) -> RegistryEntryRow:
    shown_people.note(entry.person.cid)
    return respond(RegistryEntryRow, entry, cid_masked=masked(entry.person.cid), gender=entry.person.gender or 0)


class RegistryEntryQuery(msgspec.Struct):
    cid: Cid


@endpoint(
    "POST",
    f"{PATH}/entry",
    roles=ADMINISTRATORS,
    section="New here",
    thai="ข้อมูลบุคคลในทะเบียนที่แก้ไขได้",
    errors=(PersonNotFound,),
    audit_refusal=True,
    shows=BY_ID,
)
def registry_entry(caller: Caller, body: RegistryEntryQuery) -> RegistryEntryRow:
    """A person's registry entry, sent by a hospital that the caller administers.

    If it is not known who sent it, only a country-level administrator may see it.
    """
    return _row(corrections.entry(caller, body.cid))


class Correction(msgspec.Struct):
    """A correction of a registry entry.

    added_at: of the entry as the screen shows it. reason: for the history.
    """

    cid: Cid
    first_name: FirstName
    gender: Gender
    added_at: Annotated[str, text(60, "of the entry that the screen shows")]
    reason: Annotated[str, text(500, "why it is corrected", shortest=1, example="สะกดชื่อผิด ตรวจจากบัตรแล้ว", lines=True)]
    prefix: Prefix = ""
    last_name: LastName = ""
    birth_date: BirthDate | None = None


@endpoint(
    "POST",
    f"{PATH}/correct",
    roles=ADMINISTRATORS,
    section="New here",
    thai="แก้ไขชื่อ เพศ วันเกิดของบุคคลในทะเบียน",
    errors=(PersonNotFound, EditConflict),
    audit_refusal=True,
    shows=BY_ID,
)
def correct_registry(caller: Caller, body: Correction) -> RegistryEntryRow:
    """Correct names, sex and birth date; the history has both values and the reason."""
    birth_date = body.birth_date.isoformat() if isinstance(body.birth_date, date) else ""
    wanted = Person(body.cid, body.prefix, body.first_name, body.last_name, body.gender, birth_date)
    with edit_conflict_response(body, _row):
        return _row(corrections.correct(caller, wanted, body.reason, body.added_at))


class RegistryHistoryQuery(msgspec.Struct):
    cid: Cid
    before: LineId | None = None
    limit: Limit = 50


@endpoint(
    "POST",
    f"{PATH}/history",
    roles=ADMINISTRATORS,
    section="New here",
    thai="ประวัติการแก้ไขข้อมูลบุคคลในทะเบียน",
    errors=(PersonNotFound,),
    audit_refusal=True,
    shows=BY_ID,
)
def registry_history(caller: Caller, body: RegistryHistoryQuery) -> list[HistoryResponse]:
    """The corrections of a person's entry, newest first."""
    shown_people.note(body.cid)
    return [history_response(entry) for entry in corrections.history(caller, body.cid, body.before, body.limit)]
