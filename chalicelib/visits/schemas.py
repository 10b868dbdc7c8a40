"""Fields and responses that the kiosk, the staff and the hospitals' systems share."""

from typing import Annotated

import msgspec

from chalicelib import errors, shown_people
from chalicelib.caller import Caller
from chalicelib.fields import Id, one_of, shaped, text
from chalicelib.schedules.catalogue_model import ServicePoint
from chalicelib.visits import arrivals
from chalicelib.visits.model import PRIORITIES, Arrival, Ticket

ARRIVAL_ERRORS = (
    errors.AppointmentNotFound,
    errors.AppointmentCancelled,
    errors.AppointmentPostponed,
    errors.WrongDay,
    errors.TooEarly,
    errors.VisitEnded,
    errors.NoServicePoint,
)
Code = Annotated[
    str,
    text(
        60, "the code of a slip, or a national id, as typed or scanned", shortest=1, example="00000-0ABCD-EFGHJ-KMNPQ"
    ),
]
Priority = Annotated[str, one_of((*PRIORITIES, ""), "why the person is called before others of the period")]
RequestId = Annotated[
    str,
    shaped(
        "[A-Za-z0-9-]{8,40}",
        "an id that the client chooses anew for each request, such as a UUID; the same again gets the same answer",
        "send 8 to 40 letters, digits or dashes, such as a UUID",
        "3f1b6a1e-5f0c-4c56-9a44-0d1f2e3a4b5c",
    ),
]


class PointId(msgspec.Struct):
    point_id: Id


class ArrivalResponse(msgspec.Struct):
    """Where a person waits after an arrival.

    point_id: 0 if the hospital's own system manages the queue; then it calls the person. again: they had arrived
    before, and nothing has changed.
    """

    queue_no: str
    point_id: int
    point_name: str
    point_name_en: str
    room_name: str
    time_start: str
    time_finish: str
    arrived_datetime: str
    again: bool


def arrive(caller: Caller, code: str, priority: str = "") -> ArrivalResponse:
    """Record an arrival by the code of a slip or a typed national id.

    Raises what `arrivals.arrive_by_code` raises.
    """
    if cid := arrivals.typed_id(code):
        shown_people.note(cid)  # also if they cannot arrive: the refusal says something of them
    return arrival_response(arrivals.arrive_by_code(caller, code, priority))


def arrival_response(arrival: Arrival) -> ArrivalResponse:
    appointment, point = arrival.appointment, arrival.point
    shown_people.note(appointment.cid)
    return ArrivalResponse(
        queue_no=appointment.queue_no,
        point_id=point.point_id if point else 0,
        point_name=point.name if point else "",
        point_name_en=point.name_en if point else "",
        room_name=appointment.schedule.room_name,
        time_start=appointment.schedule.time_start,
        time_finish=appointment.schedule.time_finish,
        arrived_datetime=appointment.day_of_visit.arrived_at[:19],
        again=arrival.again,
    )


class TicketResponse(msgspec.Struct):
    queue_no: str
    ticket_id: str
    point_id: int
    point_name: str
    point_name_en: str
    drawn_datetime: str


def ticket_response(drawn: tuple[Ticket, ServicePoint]) -> TicketResponse:
    ticket, point = drawn
    return TicketResponse(
        queue_no=ticket.number,
        ticket_id=ticket.ticket,
        point_id=point.point_id,
        point_name=point.name,
        point_name_en=point.name_en,
        drawn_datetime=ticket.day_of_visit.arrived_at[:19],
    )
