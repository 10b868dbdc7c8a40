"""Dashboard API: search people, and check before a booking (docs/adr/0022).

Data that identifies a person is in the body, never in a URL.
"""

from datetime import date
from typing import Annotated

import msgspec

from chalicelib import clock, shown_people
from chalicelib.booking import person_search_actions
from chalicelib.booking.model import Appointment, BookedPerson
from chalicelib.booking.staff_schemas import APPOINTMENTS, StaffAppointment, staff_appointment
from chalicelib.caller import APPOINTMENT_DASHBOARD, Caller
from chalicelib.cursors import actions as cursors
from chalicelib.endpoint import BY_ID_AT_WORK, OWN_PEOPLE, endpoint
from chalicelib.errors import Invalid, ScheduleNotFound
from chalicelib.fields import Cid, Cursor, Id, text
from chalicelib.people.model import masked

_PERSON, _SEARCH = "person of a search", "search"


class SearchBody(msgspec.Struct):
    words: Annotated[str, text(100, "the beginning of a first or last name, or digits of a telephone number", 1, "สม")]
    after: Cursor = ""


class FoundPerson(msgspec.Struct):
    """A person with an appointment to come.

    person: a token to send to `of-person`. date: the day of the first appointment that was found.
    """

    person: str
    person_name: str
    cid_masked: str
    person_phone: str
    date: date


class FoundPeople(msgspec.Struct):
    """People with an appointment to come.

    until: the last day that was searched; "" if no day has schedules. next: send it as `after` to search the following
    days; "" if there are none. is_cut: more people match than a response can have; send more letters.
    """

    people: list[FoundPerson]
    until: str
    next: str
    is_cut: bool


@endpoint(
    "POST",
    f"{APPOINTMENTS}/search",
    roles=(APPOINTMENT_DASHBOARD,),
    section="New here",
    thai="ค้นหาผู้มีนัดของหน่วยบริการด้วยชื่อหรือโทรศัพท์",
    shows=OWN_PEOPLE,
)
def search_people(caller: Caller, body: SearchBody) -> FoundPeople:
    """Search people with an appointment to come at the hospital, by name or telephone.

    A call searches 14 days that have schedules, from today or `after` on.
    """
    after = cursors.unseal(caller, _SEARCH, body.after)
    result = person_search_actions.by_words(caller, body.words, date.fromisoformat(after) if after else None)
    return FoundPeople(
        [_found(caller, person) for person in result.people],
        result.until.isoformat() if result.until else "",
        cursors.seal(caller, _SEARCH, result.next_day.isoformat() if result.next_day else ""),
        result.is_cut,
    )


def _found(caller: Caller, person: BookedPerson) -> FoundPerson:
    shown_people.note(person.cid)
    token = cursors.seal(caller, _PERSON, person.cid)
    return FoundPerson(token, person.name, masked(person.cid), person.phone, person.day)


class PersonBody(msgspec.Struct):
    """Whose appointments to list: send one of the two.

    person: the token that `search` returned.
    """

    cid: Cid | None = None
    person: Cursor = ""


class PersonsAppointment(StaffAppointment):
    """An appointment of the person. is_over: its period has ended."""

    is_over: bool


@endpoint(
    "POST",
    f"{APPOINTMENTS}/of-person",
    roles=(APPOINTMENT_DASHBOARD,),
    section="New here",
    thai="นัดหมายทั้งหมดของผู้รับบริการที่หน่วยบริการนี้",
    shows=OWN_PEOPLE,
)
def list_appointments_of_person(caller: Caller, body: PersonBody) -> list[PersonsAppointment]:
    """A person's appointments at the caller's hospital, ended ones included.

    Those to come are first, soonest first; then the rest, latest first.
    """
    cid = body.cid or cursors.unseal(caller, _PERSON, body.person, "person")
    if not cid:
        raise Invalid(fields={"cid": "send the national id, or `person` of a search"})
    shown_people.note(cid)  # also if they have no appointment
    return [_of_person(each) for each in person_search_actions.of_person(caller, cid)]


def _of_person(appointment: Appointment) -> PersonsAppointment:
    row = msgspec.structs.asdict(staff_appointment(appointment))
    return PersonsAppointment(**row, is_over=appointment.schedule.is_over(clock.now()))


class CheckBody(msgspec.Struct):
    cid: Cid
    schedule_id: Id


class BookingCheck(msgspec.Struct):
    """What to know before a person is booked.

    warnings: already_booked (in this schedule), same_hour and same_department (both at this hospital, on the day),
    same_hour_elsewhere (at another hospital; no details are given). appointments: what the person holds at this
    hospital from now on, soonest first.
    """

    warnings: list[str]
    appointments: list[StaffAppointment]


@endpoint(
    "POST",
    f"{APPOINTMENTS}/check",
    roles=(APPOINTMENT_DASHBOARD,),
    section="New here",
    thai="ตรวจนัดที่ผู้รับบริการมีอยู่ก่อนจอง",
    errors=(ScheduleNotFound,),
    shows=BY_ID_AT_WORK,
)
def check_before_booking(caller: Caller, body: CheckBody) -> BookingCheck:
    """Check what the staff should know before they book a person; it books nothing."""
    shown_people.note(body.cid)
    warnings, coming = person_search_actions.check(caller, body.schedule_id, body.cid)
    return BookingCheck(warnings, [staff_appointment(each) for each in coming])
