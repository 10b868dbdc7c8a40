"""Kiosk API: arrivals, and tickets for people without an appointment.

A kiosk account may do nothing else.
"""

from typing import Annotated

import msgspec

from chalicelib import errors
from chalicelib.caller import QUEUE_KIOSK, Caller
from chalicelib.endpoint import BY_ID_AT_WORK, endpoint
from chalicelib.fields import Id, text
from chalicelib.responses import respond
from chalicelib.visits import arrivals, queues
from chalicelib.visits.schemas import (
    ARRIVAL_ERRORS,
    ArrivalResponse,
    Code,
    PointId,
    RequestId,
    TicketResponse,
    arrive,
    ticket_response,
)

KIOSK = "/api/dashboard/kiosk"
KIOSKS = (QUEUE_KIOSK,)


class KioskArrival(msgspec.Struct):
    code: Code


@endpoint(
    "POST",
    f"{KIOSK}/arrivals",
    roles=KIOSKS,
    section="New here",
    thai="ตู้ลงทะเบียน: ผู้รับบริการมาถึงตามนัด",
    errors=(errors.UnreadableCode, errors.OtherHospital, *ARRIVAL_ERRORS),
    shows=BY_ID_AT_WORK,
)
def arrive_at_the_kiosk(caller: Caller, body: KioskArrival) -> ArrivalResponse:
    """Record an arrival, by the code of the slip or the national id.

    A repeat gets the same answer.
    """
    return arrive(caller, body.code)


class KioskPoint(msgspec.Struct):
    point_id: int
    name: str
    name_en: str


@endpoint("GET", f"{KIOSK}/points", roles=KIOSKS, section="New here", thai="ตู้ลงทะเบียน: จุดบริการที่กดบัตรคิวได้")
def kiosk_points(caller: Caller) -> list[KioskPoint]:
    """The hospital's service points, for which tickets may be drawn."""
    return [respond(KioskPoint, point) for point in queues.points(caller)]


class KioskTicket(msgspec.Struct):
    point_id: Id
    ticket_id: RequestId


@endpoint(
    "POST",
    f"{KIOSK}/tickets",
    roles=KIOSKS,
    section="New here",
    thai="ตู้ลงทะเบียน: กดบัตรคิวสำหรับผู้ไม่มีนัด",
    errors=(errors.PointNotFound,),
)
def draw_at_the_kiosk(caller: Caller, body: KioskTicket) -> TicketResponse:
    """Draw a ticket for a person without an appointment.

    The same ticket_id again gets the same ticket.
    """
    return ticket_response(arrivals.draw_ticket(caller, body.point_id, body.ticket_id))


class QueueNumber(PointId):
    queue_no: Annotated[str, text(20, "the number that the person was told", shortest=1, example="A012")]


class PeopleAhead(msgspec.Struct):
    """Number of people in front of a number.

    ahead: null if the number does not wait at the point.
    """

    ahead: int | None


@endpoint(
    "GET",
    f"{KIOSK}/points/{{point_id}}/ahead",
    roles=KIOSKS,
    section="New here",
    thai="ตู้ลงทะเบียน: จำนวนคิวที่รออยู่ก่อนหน้าหมายเลข",
)
def people_ahead(caller: Caller, params: QueueNumber) -> PeopleAhead:
    """How many wait at a service point in front of a number of today."""
    return PeopleAhead(queues.ahead_of(caller, params.point_id, params.queue_no))
