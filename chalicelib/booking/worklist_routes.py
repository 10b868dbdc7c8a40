"""Dashboard API: a day's worklist (manual 2.5)."""

from typing import Annotated

import msgspec

from chalicelib.booking import staff_actions, worklist
from chalicelib.booking.model import CALL_OUTCOMES, Appointment
from chalicelib.booking.staff_routes import CHANGES
from chalicelib.booking.staff_schemas import (
    APPOINTMENTS,
    PLACE,
    PlaceParams,
    StaffAppointment,
    VersionBody,
    staff_appointment,
)
from chalicelib.caller import APPOINTMENT_DASHBOARD, Caller
from chalicelib.cursors import actions as cursors
from chalicelib.edit_conflicts import edit_conflict_response
from chalicelib.endpoint import OWN_PEOPLE, endpoint
from chalicelib.errors import AppointmentNotFound
from chalicelib.fields import Cursor, Day, Id, items, number, one_of

_SCOPE = "worklist"
# Rows of a page with telephones: the number of people that one storage request can read.
_WITH_TELEPHONES = 100


class WorklistQuery(msgspec.Struct):
    """Which page of the worklist.

    contact: with the telephone of each person; then a page has at most 100 rows. ended: the cancelled and moved
    appointments in place of the active ones.
    """

    date: Day
    room_id: Id | None = None
    contact: bool = False
    ended: bool = False
    limit: Annotated[int, number(1, worklist.MOST_ROWS, "rows of a page", example=100)] = worklist.MOST_ROWS
    after: Cursor = ""


class WorklistRow(StaffAppointment):
    """A row of the worklist.

    telephone: "" if it is not known, or `contact` is false.

    call_outcome: what came of telephoning the person: will_come, no_answer or wrong_number; "" if nobody has, and then
    who did it and when are "" too.
    """

    telephone: str = ""
    call_outcome: str = ""
    call_outcome_by: str = ""
    call_outcome_datetime: str = ""


class WorklistPage(msgspec.Struct):
    """A page of the worklist.

    next: send it as `after` for the next page; "" after the last one.
    """

    appointments: list[WorklistRow]
    next: str


@endpoint(
    "GET",
    "/api/dashboard/worklist",
    roles=(APPOINTMENT_DASHBOARD,),
    section="2.5",
    thai="รายการงานของวัน ทีละหน้า ทุกห้องหรือห้องเดียว",
    shows=OWN_PEOPLE,
)
def day_worklist(caller: Caller, params: WorklistQuery) -> WorklistPage:
    """A page of the active or the ended appointments of a day, or of a room's day.

    They are ordered by schedule and place.
    """
    after = cursors.unseal(caller, _SCOPE, params.after)
    limit = min(params.limit, _WITH_TELEPHONES) if params.contact else params.limit
    page = worklist.page(caller, params.date, params.room_id, after, limit, params.ended)
    known = worklist.telephones(caller, page.appointments) if params.contact else {}
    rows = [_row(each, known.get(each.cid, "")) for each in page.appointments]
    return WorklistPage(rows, cursors.seal(caller, _SCOPE, page.next))


def _row(appointment: Appointment, telephone: str = "") -> WorklistRow:
    return WorklistRow(
        **msgspec.structs.asdict(staff_appointment(appointment)),
        telephone=telephone,
        call_outcome=appointment.call_outcome,
        call_outcome_by=appointment.call_outcome_by,
        call_outcome_datetime=appointment.call_outcome_at[:19],
    )


class CallOutcomeBody(VersionBody):
    call_outcome: Annotated[str, one_of(CALL_OUTCOMES, "what came of telephoning the person")]


@endpoint(
    "POST",
    f"{PLACE}/call-outcome",
    roles=(APPOINTMENT_DASHBOARD,),
    section="New here",
    thai="บันทึกผลการโทรหาผู้มีนัด",
    errors=CHANGES,
    shows=OWN_PEOPLE,
)
def note_call_outcome(caller: Caller, params: PlaceParams, body: CallOutcomeBody) -> WorklistRow:
    """Record the outcome of a telephone call about an appointment.

    Whether the appointment is confirmed stays as it was.
    """
    with edit_conflict_response(body, _row):
        noted = staff_actions.note_call(caller, params.schedule_id, params.place, body.version, body.call_outcome)
    return _row(noted)


class NamedPlace(msgspec.Struct):
    schedule_id: Id
    place: Id
    version: Id


class AcceptBody(msgspec.Struct):
    places: Annotated[list[NamedPlace], items(worklist.MOST_ACCEPTED, f"at most {worklist.MOST_ACCEPTED} a call")]


class RefusedAccept(msgspec.Struct):
    """An appointment that was not accepted.

    code, message, message_th: the error that Accept of this one alone returns.
    """

    schedule_id: int
    place: int
    code: str
    message: str
    message_th: str


class AcceptResult(msgspec.Struct):
    accepted: list[StaffAppointment]
    refused: list[RefusedAccept]


@endpoint(
    "POST",
    f"{APPOINTMENTS}/accept",
    roles=(APPOINTMENT_DASHBOARD,),
    section="2.5",
    thai="Accept: รับนัดหลายคนพร้อมกัน",
    errors=(AppointmentNotFound,),
    shows=OWN_PEOPLE,
)
def accept_appointments(caller: Caller, body: AcceptBody) -> AcceptResult:
    """Accept many appointments, each one independently. Safe to repeat.

    `refused` lists the others, each with the reason.
    """
    result = worklist.accept(
        caller, [worklist.NamedPlace(each.schedule_id, each.place, each.version) for each in body.places]
    )
    refused = [
        RefusedAccept(each.named.schedule_id, each.named.place, each.reason.code, each.reason.english, each.reason.thai)
        for each in result.refused
    ]
    return AcceptResult([staff_appointment(each) for each in result.accepted], refused)
