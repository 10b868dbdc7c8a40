"""People at the booking desk (manual 2.5): look one up, add one to the white list."""

import msgspec

from chalicelib import shown_people
from chalicelib.caller import APPOINTMENT_DASHBOARD, IMMUNIZATION_DASHBOARD, Caller
from chalicelib.endpoint import BY_ID, OWN_PEOPLE, endpoint
from chalicelib.errors import PersonNotFound
from chalicelib.fields import Cid
from chalicelib.people import actions
from chalicelib.people.routes import PersonRow, SentPerson, person_row


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
def look_up_person(caller: Caller, body: LookupBody) -> PersonRow:
    """A person as the registry or the hospital's own white list knows them. POST, so that no id is in a URL."""
    shown_people.note(body.cid)  # also if nobody has this id
    return person_row(body.cid, actions.known(caller.hospital_code, body.cid))


@endpoint(
    "POST",
    "/api/dashboard/people",
    roles=(APPOINTMENT_DASHBOARD, IMMUNIZATION_DASHBOARD),
    section="2.5",
    thai="เพิ่มรายชื่อ (White list)",
    shows=OWN_PEOPLE,
)
def add_person(caller: Caller, body: SentPerson) -> PersonRow:
    """Put a person on the hospital's white list. A repeat changes only the details."""
    person = body.to_person()
    actions.add_to_white_list(caller, caller.hospital_code, [person])
    return person_row(body.cid, person)
