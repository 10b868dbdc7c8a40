"""Dashboard API: places that the system has released (docs/adr/0031)."""

import msgspec

from chalicelib import errors
from chalicelib.booking import confirmations
from chalicelib.booking.confirmations import ReleasedPlace
from chalicelib.booking.staff_schemas import (
    APPOINTMENTS,
    PLACE,
    PlaceParams,
    StaffAppointment,
    VersionBody,
    staff_appointment,
)
from chalicelib.caller import APPOINTMENT_DASHBOARD, Caller
from chalicelib.edit_conflicts import edit_conflict_response
from chalicelib.endpoint import OWN_PEOPLE, endpoint
from chalicelib.fields import Day


class ReleasedQuery(msgspec.Struct):
    date: Day


class ReleasedRow(StaffAppointment):
    """An appointment whose place the system has released.

    released_datetime: when. place_free: the place is still free, so it can be given back.
    """

    released_datetime: str
    place_free: bool


def _row(released: ReleasedPlace) -> ReleasedRow:
    row = staff_appointment(released.appointment)
    at = released.appointment.released_at[:19]
    return ReleasedRow(**msgspec.structs.asdict(row), released_datetime=at, place_free=released.is_free)


@endpoint(
    "GET",
    f"{APPOINTMENTS}/released",
    roles=(APPOINTMENT_DASHBOARD,),
    section="New here",
    thai="นัดที่ระบบยกเลิกเพราะไม่มีการยืนยัน",
    shows=OWN_PEOPLE,
)
def released_places(caller: Caller, params: ReleasedQuery) -> list[ReleasedRow]:
    """Appointments of a day whose place the system has released, by schedule."""
    return [_row(each) for each in confirmations.released_on(caller, params.date)]


@endpoint(
    "POST",
    f"{PLACE}/give-back",
    roles=(APPOINTMENT_DASHBOARD,),
    section="New here",
    thai="คืนนัดที่ระบบยกเลิกเพราะไม่มีการยืนยัน",
    errors=(
        errors.AppointmentNotFound,
        errors.AppointmentCancelled,
        errors.PlaceTaken,
        errors.AlreadyBooked,
        errors.ScheduleClosed,
        errors.PeriodEnded,
        errors.EditConflict,
    ),
    shows=OWN_PEOPLE,
)
def give_back(caller: Caller, params: PlaceParams, body: VersionBody) -> StaffAppointment:
    """Give a released place back to its person, while it is free.

    The person is told. The same request again gets the same answer.
    """
    with edit_conflict_response(body, staff_appointment):
        return staff_appointment(confirmations.give_back(caller, params.schedule_id, params.place, body.version))
