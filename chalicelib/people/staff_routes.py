"""People at the booking desk (manual 2.5): look one up, add one to the white list."""

import msgspec

from chalicelib import shown_people
from chalicelib.caller import APPOINTMENT_DASHBOARD, IMMUNIZATION_DASHBOARD, Caller
from chalicelib.endpoint import BY_ID, BY_ID_AT_WORK, endpoint
from chalicelib.errors import PersonNotFound
from chalicelib.fields import Cid
from chalicelib.people import actions, rules
from chalicelib.people.model import KnownPerson
from chalicelib.people.routes import PersonRow, SentPerson, person_row


class RegistrySays(msgspec.Struct):
    """The registry's entry of a person, as the booking desk sees it.

    added_by: the hospital that sent it. added_at: when. Each is "" if it is not known.
    """

    name: str
    gender: int
    birth_date: str
    added_by: str
    added_at: str


class DeskPerson(PersonRow, omit_defaults=True):
    """A person as the hospital itself knows them, else as the registry does.

    registry_says: only if the registry's entry differs from the hospital's own in name, sex or birth date. was_listed:
    only if a person was added who was on the white list before.
    """

    registry_says: RegistrySays | None = None
    was_listed: bool = False


def _desk_person(cid: str, known: KnownPerson) -> DeskPerson:
    row = DeskPerson(**msgspec.structs.asdict(person_row(cid, known.person)))
    if known.registry is not None and rules.registry_differs(known):
        entry, person = known.registry, known.registry.person
        row.registry_says = RegistrySays(
            person.name, person.gender or 0, person.birth_date, entry.added_by, entry.added_at[:19]
        )
    return row


class LookupBody(msgspec.Struct):
    cid: Cid


@endpoint(
    "POST",
    "/api/dashboard/people/lookup",
    roles=(APPOINTMENT_DASHBOARD, IMMUNIZATION_DASHBOARD),
    section="2.5",
    thai="ค้นหาบุคคลด้วยเลขที่บัตรประชาชน",
    errors=(PersonNotFound,),
    shows=BY_ID,
)
def look_up_person(caller: Caller, body: LookupBody) -> DeskPerson:
    """A person as the white list or the registry knows them; no id is in the URL.

    The white list is that of the caller's hospital.
    """
    shown_people.note(body.cid)  # also if nobody has this id
    return _desk_person(body.cid, actions.known(caller.hospital_code, body.cid))


@endpoint(
    "POST",
    "/api/dashboard/people",
    roles=(APPOINTMENT_DASHBOARD, IMMUNIZATION_DASHBOARD),
    section="2.5",
    thai="เพิ่มรายชื่อ (White list)",
    shows=BY_ID_AT_WORK,
)
def add_person(caller: Caller, body: SentPerson) -> DeskPerson:
    """Put a person on the hospital's white list. A repeat changes only the details."""
    listed = actions.add_to_white_list(caller, caller.hospital_code, [body.to_person()])
    row = _desk_person(body.cid, actions.known(caller.hospital_code, body.cid))
    row.was_listed = listed.changed + listed.unchanged > 0
    return row
