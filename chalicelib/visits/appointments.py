"""The appointment of a visit: find it, and follow it while it changes."""

from datetime import date

from chalicelib.booking.model import POSTPONED, Appointment
from chalicelib.caller import Caller
from chalicelib.errors import AppointmentNotFound
from chalicelib.visits import arrival_rules, store


def of_own_hospital(caller: Caller, hospital_code: str, cid: str, appointment_id: int) -> Appointment:
    """The appointment with this id that the person holds or held there.

    It is found on any day. Raises AppointmentNotFound, also if it is not the caller's hospital.
    """
    if hospital_code == caller.hospital_code:
        for appointment in store.held_from(cid, date.min):
            is_own = appointment.schedule.hospital_code == hospital_code
            if is_own and appointment.appointment_id == appointment_id:
                return appointment
    raise AppointmentNotFound(fields={"hospital_appointment_slot_id": "no such appointment of this person there"})


def check_not_moved(appointment: Appointment) -> None:
    """Raise AppointmentPostponed if the appointment was moved.

    The error has the day of the appointment that replaced it, if that one is still active.
    """
    if appointment.state == POSTPONED:
        raise arrival_rules.moved(appointment, store.held_from(appointment.cid, date.min))


def same(before: Appointment, now: Appointment) -> Appointment:
    """The appointment as it is now, if it is still the same one.

    Raises AppointmentNotFound if its person has cancelled it and booked again.
    """
    if now.check_code != before.check_code:
        raise AppointmentNotFound()
    return now
