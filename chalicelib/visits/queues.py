"""Service points of the caller's hospital, and who waits there."""

from chalicelib import clock
from chalicelib.booking.model import ARRIVED
from chalicelib.caller import Caller
from chalicelib.errors import AppointmentNotFound, Forbidden, PointNotFound
from chalicelib.schedules import actions as schedules
from chalicelib.schedules.catalogue_model import HospitalCatalogue, ServicePoint
from chalicelib.visits import rules, store
from chalicelib.visits.model import Counter, PointStatus, Position, QueueEntry


def points(caller: Caller) -> list[ServicePoint]:
    """The service points of the caller's hospital, by number."""
    points_by_id = schedules.hospital(caller.hospital_code).points
    return [points_by_id[number] for number in sorted(points_by_id)]


def point(hospital: HospitalCatalogue, point_id: int) -> ServicePoint:
    """A service point of the hospital. Raises PointNotFound."""
    if point_id not in hospital.points:
        raise PointNotFound(fields={"point_id": "this hospital has no such service point"})
    return hospital.points[point_id]


def queue(caller: Caller, point_id: int) -> tuple[list[Counter], list[QueueEntry]]:
    """The counters of a point that have called somebody today, and its queue.

    The entries of the queue are in order.
    """
    return store.queues_on(caller.hospital_code, clock.today(), point_id)


def ahead_of(caller: Caller, point_id: int, number: str) -> int | None:
    """How many wait in front of a number at a point of the caller's hospital.

    None if the number does not wait there.
    """
    _, entries = store.queues_on(caller.hospital_code, clock.today(), point_id, consistent=True)
    return next((place for place, entry in enumerate(entries) if entry.visitor.number == number), None)


def status(caller: Caller, hospital_code: str) -> list[PointStatus]:
    """Status of every service point of the caller's own hospital, by number.

    Raises Forbidden for another hospital.
    """
    if hospital_code != caller.hospital_code:
        raise Forbidden(
            "Only the hospital of this token may see its queues.",
            "ดูคิวได้เฉพาะหน่วยบริการของ token เท่านั้น",
            fields={"hospital_code": "must be the hospital that the token was issued to"},
        )
    counters, entries = store.queues_on(hospital_code, clock.today())
    return [
        rules.status(
            point,
            sum(entry.point_id == point.point_id for entry in entries),
            [counter for counter in counters if counter.point_id == point.point_id],
        )
        for point in points(caller)
    ]


def position(caller: Caller, hospital_code: str, cid: str, appointment_id: int) -> Position:
    """Where a person is on the day of the visit, for the app.

    Raises AppointmentNotFound.
    """
    for appointment in store.held_from(cid, clock.today()):
        is_there = appointment.schedule.hospital_code == hospital_code
        if is_there and appointment.appointment_id == appointment_id and appointment.is_active:
            visit = appointment.day_of_visit
            point = schedules.hospital(hospital_code).points.get(visit.point_id) if visit.point_id else None
            ahead: int | None = 0
            if visit.visit == ARRIVED:
                ahead, day = None, appointment.schedule.day
                if visit.point_id is not None:
                    ahead = store.count_before(hospital_code, day, visit.point_id, visit.queue_order)
            return Position(appointment, point, ahead)
    raise AppointmentNotFound(fields={"hospital_appointment_slot_id": "no such appointment of this person there"})
