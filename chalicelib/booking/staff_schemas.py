"""What the dashboard's endpoints about appointments have in common."""

from datetime import date
from typing import Annotated

import msgspec

from chalicelib.booking import reason_rules
from chalicelib.booking.model import Appointment
from chalicelib.booking.schemas import appointment_response
from chalicelib.fields import Id, text

APPOINTMENTS = "/api/dashboard/appointments"


PLACE = f"{APPOINTMENTS}/{{schedule_id}}/{{place}}"


class StaffAppointment(msgspec.Struct):
    """An appointment as the staff see it.

    The national id is masked; `reveal` gives it. sent_name: the name in the booking, if it is different from that of
    the hospital or the registry; else "". visit: arrived, called, served or absent; "" if the person has not arrived.
    point_id: the service point where they are, 0 if at none. counter: the counter that called them last, 0 if none.
    visit_number: of the hospital's system (VN). confirm_by_datetime: until when the person was asked to confirm, "" if
    they were not. reason, reason_en: why the hospital cancelled or moved it: a code, or own words, which may be in
    English too; "" if no reason was given.
    """

    schedule_id: int
    place: int
    hospital_appointment_slot_id: int
    queue_no: str
    date: date
    time_start: str
    time_finish: str
    department_id: int
    department_name: str
    room_id: int
    room_name: str
    person_name: str
    sent_name: str
    cid_masked: str
    comment: str
    state: str
    hospital_confirm: bool
    hospital_confirm_staff: str
    hospital_confirm_datetime: str
    confirmed: bool
    confirmed_datetime: str
    booked_by_hospital_code: str
    booked_by_system: str
    booked_datetime: str
    visit: str
    arrived_datetime: str
    called_datetime: str
    served_datetime: str
    point_id: int
    counter: int
    visit_number: str
    slip_code: str
    confirm_by_datetime: str
    version: int
    reason: str
    reason_en: str


def staff_appointment(appointment: Appointment) -> StaffAppointment:
    return appointment_response(StaffAppointment, appointment)


class PlaceParams(msgspec.Struct):
    schedule_id: Id
    place: Id


# Told to the person in the app, in their language if it is one of the codes or has both, and never in LINE.
Reason = Annotated[
    str, text(200, f"why: {', '.join(reason_rules.REASONS)}, or the staff's own words", example="doctor_away")
]


ReasonInEnglish = Annotated[str, text(100, "own words in English; without them, everybody reads `reason`")]


class VersionBody(msgspec.Struct):
    version: Id
