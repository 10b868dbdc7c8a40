"""Outcomes of visits, served or absent, that were not recorded by a call."""

from datetime import date

from chalicelib import clock
from chalicelib.booking import actions as booking
from chalicelib.booking import slip_codes
from chalicelib.booking.model import ABSENT, SERVED, Appointment
from chalicelib.caller import Caller
from chalicelib.errors import AppointmentNotFound
from chalicelib.retry import RetryBudget
from chalicelib.visits import appointments, rules, store


def not_known(caller: Caller, day: date) -> list[Appointment]:
    """The appointments of a day whose visit has no outcome, served or absent."""
    return rules.not_known(booking.day_list(caller.hospital_code, day))


def record_outcome(caller: Caller, slip_code: str, outcome: str) -> Appointment:
    """Record the outcome of an appointment of today or before, for the staff.

    outcome: SERVED or ABSENT. Raises AppointmentNotFound, AppointmentCancelled, AppointmentPostponed, WrongDay,
    TryAgain.
    """
    slip = slip_codes.read(slip_code)
    appointment = store.at_place(*slip) if slip and slip[0] == caller.hospital_code else None
    if appointment is None:
        raise AppointmentNotFound()
    return _record_outcome(caller, appointment, outcome)


def confirm_outcome(caller: Caller, hospital_code: str, cid: str, appointment_id: int, outcome: str) -> Appointment:
    """Record an outcome that the hospital's information system reports.

    outcome: SERVED or ABSENT. Raises what `record_outcome` raises.
    """
    return _record_outcome(caller, appointments.of_own_hospital(caller, hospital_code, cid, appointment_id), outcome)


def _record_outcome(caller: Caller, appointment: Appointment, outcome: str) -> Appointment:
    event, budget = {SERVED: "note_served", ABSENT: "note_absent"}[outcome], RetryBudget()
    while True:
        now = clock.now()
        appointments.check_not_moved(appointment)
        rules.check_outcome(appointment, now)
        visit = appointment.day_of_visit
        if visit.visit == outcome:
            return appointment
        after = rules.appointment_with(appointment, rules.ended(visit, event, now), caller.login, now)
        if store.record_outcome(appointment, after):
            return after
        stored = store.now_of(appointment)
        if not isinstance(stored, Appointment):
            raise AppointmentNotFound()
        appointment = appointments.same(appointment, stored)
        budget.check()
