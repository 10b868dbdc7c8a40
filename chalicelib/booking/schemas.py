"""Responses about appointments.

Manual 4.3; docs/wire-contract.md, Appointment and AppointmentSlot.
"""

from typing import TypeVar

import msgspec

from chalicelib import shown_people
from chalicelib.booking import reason_rules, rules
from chalicelib.booking.model import Appointment
from chalicelib.people.model import masked
from chalicelib.responses import respond

_Response = TypeVar("_Response", bound=msgspec.Struct)


class AppointmentRow(msgspec.Struct):
    """An appointment.

    The keys of the manual and the live service come first, then those that the app needs to move and show it.
    slip_code: the content of the QR code on the slip and on the phone; "" for a hospital that is neither booked nor has
    booked. confirm_by_datetime: until when the person was asked to confirm, "" if they were not. release_by_datetime:
    the same time, if they were told that the place is given to somebody else after it.
    """

    hospital_appointment_slot_id: int
    hospital_code: str
    hospital_name: str
    hospital_department_name: str
    hospital_room_name: str
    hospital_room_phone_number: str
    appointment_type_name: str
    appointment_date: str
    appointment_datetime: str
    queue_no: str
    time_start: str
    time_finish: str
    staff_name: str
    hospital_confirm: bool
    hospital_confirm_staff: str
    hospital_confirm_datetime: str
    schedule_id: int
    department_id: int
    person_confirm: bool
    person_confirm_datetime: str
    slip_code: str
    confirm_by_datetime: str
    release_by_datetime: str


def appointment_response(response: type[_Response], appointment: Appointment) -> _Response:
    """Fill any response about an appointment, and note that the person was shown.

    The keywords are the fields that the contract names or writes differently.
    """
    a, schedule = appointment, appointment.schedule
    reason, reason_en = reason_rules.sent(a.reason)
    shown_people.note(a.cid)
    return respond(
        response,
        a,
        hospital_appointment_slot_id=a.appointment_id,
        hospital_department_name=schedule.department_name,
        hospital_room_name=schedule.room_name,
        hospital_room_phone_number=schedule.room_phone_number,
        appointment_type=schedule.department_name,
        appointment_type_name=schedule.department_name,
        date=schedule.day,
        appointment_date=schedule.day.isoformat(),
        appointment_time=schedule.time_start,
        appointment_datetime=f"{schedule.day.isoformat()}T{schedule.time_start}",
        cid_masked=masked(a.cid),
        staff_name=a.accepted_by,
        hospital_confirm=bool(a.accepted_at),
        hospital_confirm_staff=a.accepted_by,
        hospital_confirm_datetime=a.accepted_at[:19],
        person_confirm=bool(a.confirmed_at),
        person_confirm_datetime=a.confirmed_at[:19],
        confirmed=bool(a.confirmed_at),
        confirmed_datetime=a.confirmed_at[:19],
        booked_by_hospital_code=a.booked_by,
        booked_by_system=a.booked_system,
        booked_datetime=a.booked_at[:19],
        confirm_datetime=a.booked_at[:19],
        slip_code=rules.slip_code(a),
        confirm_by_datetime=a.confirm_by[:19],
        release_by_datetime=a.release_by[:19],
        released_datetime=a.released_at[:19],
        arrived_datetime=a.day_of_visit.arrived_at[:19],
        called_datetime=a.day_of_visit.called_at[:19],
        served_datetime=a.day_of_visit.served_at[:19],
        point_id=a.day_of_visit.point_id or 0,
        counter=a.day_of_visit.counter or 0,
        reason=reason,
        reason_en=reason_en,
        dose=0,
    )


class HeldSlot(msgspec.Struct):
    """A place that a person holds.

    dose: clients of the sister system require it. Always 0, which means unknown: an appointment does not say which dose
    it is for.
    """

    hospital_appointment_slot_id: int
    appointment_date: str
    appointment_time: str
    appointment_type: str
    hospital_code: str
    hospital_name: str
    dose: int


class BookedRow(msgspec.Struct):
    """A booked person of the day list.

    On the wire a booking is a confirmation, so `confirm_datetime` is its time. room_name and appointment_type_name are
    the columns that the HIS of many hospitals stores: the room and department.
    """

    hospital_appointment_slot_id: int
    schedule_id: int
    cid: str
    person_name: str
    appointment_date: str
    time_start: str
    time_finish: str
    queue_no: str
    hospital_department_name: str
    hospital_room_name: str
    hospital_confirm: bool
    hospital_confirm_datetime: str
    room_name: str
    appointment_type_name: str
    confirm_datetime: str
