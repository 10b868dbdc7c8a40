"""Arrivals with an appointment, and tickets of people without one.

See docs/concurrency.md, The day of the visit.
"""

from dataclasses import replace

from chalicelib import clock
from chalicelib.booking import slip_codes
from chalicelib.booking.model import ARRIVED, CALLED, Appointment, Visit
from chalicelib.caller import Caller
from chalicelib.errors import AppointmentNotFound, AppointmentPostponed, OtherHospital, UnreadableCode, WrongDay
from chalicelib.fields import read_cid
from chalicelib.retry import RetryBudget
from chalicelib.schedules import actions as schedules
from chalicelib.schedules.catalogue_model import HospitalCatalogue, ServicePoint
from chalicelib.visits import appointments, arrival_rules, queues, rules, store
from chalicelib.visits.model import Arrival, QueueEntry, Ticket


def arrive_by_code(caller: Caller, code: str, priority: str = "") -> Arrival:
    """Record that a person arrives at the caller's hospital.

    code: the code of a slip, or a typed national id. A person who has arrived before gets the same answer again. Raises
    UnreadableCode, OtherHospital, AppointmentNotFound, AppointmentCancelled, AppointmentPostponed, WrongDay, TooEarly,
    VisitEnded, NoServicePoint, TryAgain.
    """
    slip = slip_codes.read(code)
    if slip is None:
        return _arrive_by_cid(caller, code, priority)
    hospital_code, schedule_id, place, check_code = slip
    if hospital_code != caller.hospital_code:
        raise OtherHospital(details={"hospital_code": hospital_code})
    appointment = store.at_place(hospital_code, schedule_id, place, check_code)
    if appointment is None:
        raise AppointmentNotFound(
            "The appointment of this slip does not exist any more. Ask the staff at the information desk.",
            "ไม่พบนัดหมายของใบนัดนี้แล้ว กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์",
        )
    return _arrive(caller, schedules.hospital(hospital_code), appointment, priority=priority)


def _arrive_by_cid(caller: Caller, code: str, priority: str) -> Arrival:
    now, cid, hospital = clock.now(), typed_id(code), schedules.hospital(caller.hospital_code)
    held = store.held_from(cid, now.date())
    appointment = arrival_rules.appointment_of_today(held, caller.hospital_code, hospital.visit_rules, now)
    try:
        return _arrive(caller, hospital, appointment, priority=priority)
    except AppointmentPostponed:
        raise WrongDay() from None  # without the day, because it may be somebody else who typed the id


def typed_id(code: str) -> str:
    """The national id that was typed instead of the code of a slip.

    "" if `code` is the code of a slip. Raises UnreadableCode if it is neither.
    """
    if slip_codes.read(code) is not None:
        return ""
    try:
        return read_cid(code)
    except ValueError:
        raise UnreadableCode(fields={"code": "send the code of a slip, or the 13 digits of a national id"}) from None


def confirm_arrival(
    caller: Caller, hospital_code: str, cid: str, appointment_id: int, visit_number: str, priority: str
) -> Arrival:
    """Record an arrival that the hospital's information system reports.

    visit_number: the number of the visit (VN). Raises what `arrive_by_code` raises, apart from UnreadableCode and
    OtherHospital.
    """
    appointment = appointments.of_own_hospital(caller, hospital_code, cid, appointment_id)
    hospital = schedules.hospital(hospital_code)
    return _arrive(caller, hospital, appointment, priority=priority, visit_number=visit_number)


def _arrive(
    caller: Caller, hospital: HospitalCatalogue, appointment: Appointment, *, priority: str, visit_number: str = ""
) -> Arrival:
    budget = RetryBudget()
    while True:
        now = clock.now()
        appointments.check_not_moved(appointment)
        arrival_rules.check_arrival(appointment, hospital.visit_rules, now)
        visit = appointment.day_of_visit
        entry: QueueEntry | None = None
        again = visit.visit in (ARRIVED, CALLED)
        if again:
            point = hospital.points.get(visit.point_id or 0)
            if visit_number in ("", visit.visit_number):
                return Arrival(appointment, point, again)
            visit = replace(visit, visit_number=visit_number)
        else:
            point = rules.first_point(hospital, appointment.schedule)
            if point is not None:
                entry = rules.entry_of(appointment, point, hospital.visit_rules, priority, now)
            visit = rules.arrived(visit, entry, visit_number, now)
        after = rules.appointment_with(appointment, visit, caller.login, now)
        changed = store.arrive(appointment, after, entry)
        if changed is None:
            return Arrival(after, point, again)
        appointment = appointments.same(appointment, changed)
        budget.check()


def draw_ticket(caller: Caller, point_id: int, ticket_id: str, priority: str = "") -> tuple[Ticket, ServicePoint]:
    """Draw a ticket for a person without an appointment; they wait at the point.

    ticket_id: chosen by the client; the same id again gets the same ticket. Raises PointNotFound, TryAgain.
    """
    hospital, now = schedules.hospital(caller.hospital_code), clock.now()
    point = queues.point(hospital, point_id)
    day = now.date()
    number = rules.ticket_number(hospital.visit_rules, store.next_ticket(hospital.hospital_code, day))
    entry = rules.entry_of_ticket(hospital, point, ticket_id, number, priority, now)
    visit = rules.arrived(Visit(), entry, "", now)
    new = Ticket(hospital.hospital_code, day, ticket_id, number, 1, visit)
    drawn = store.draw(new, entry)
    if drawn is None:
        return new, point
    return drawn, hospital.points.get(drawn.day_of_visit.point_id or 0, point)
