"""API of hospitals' information systems for the day of the visit (not in manual)."""

from typing import Annotated

import msgspec

from chalicelib import errors, shown_people
from chalicelib.booking.model import ABSENT, CALLED, SERVED
from chalicelib.booking.routes import PATH, SlotId, SlotQuery
from chalicelib.caller import APPOINTMENT_API, COUNTRY, Caller
from chalicelib.endpoint import BY_ID, BY_ID_AT_WORK, endpoint
from chalicelib.fields import Cid, HospitalCode, Id, one_of, text
from chalicelib.visits import arrivals, outcomes, queues
from chalicelib.visits.schemas import ARRIVAL_ERRORS, ArrivalResponse, Priority, arrival_response


class ArrivalOfHis(msgspec.Struct):
    hospital_code: HospitalCode
    cid: Cid
    hospital_appointment_slot_id: Id
    visit_number: Annotated[
        str, text(30, "the visit's number in the hospital's system (VN)", example="691201000123")
    ] = ""
    priority: Priority = ""


@endpoint(
    "POST",
    PATH,
    action="ConfirmArrival",
    roles=(APPOINTMENT_API,),
    section="New here",
    thai="แจ้งว่าผู้รับบริการมาถึงตามนัด พร้อมเลข VN",
    errors=ARRIVAL_ERRORS,
    shows=BY_ID_AT_WORK,
)
def confirm_arrival(caller: Caller, body: ArrivalOfHis) -> ArrivalResponse:
    """Record that a person has arrived at the own hospital and waits.

    A repeat gets the same answer.
    """
    shown_people.note(body.cid)  # also if they cannot arrive
    return arrival_response(
        arrivals.confirm_arrival(
            caller,
            body.hospital_code,
            body.cid,
            body.hospital_appointment_slot_id,
            body.visit_number,
            body.priority,
        )
    )


class OutcomeOfHis(msgspec.Struct):
    hospital_code: HospitalCode
    cid: Cid
    hospital_appointment_slot_id: Id
    outcome: Annotated[str, one_of((SERVED, ABSENT), "what became of the person")]


@endpoint(
    "POST",
    PATH,
    action="ConfirmVisitOutcome",
    roles=(APPOINTMENT_API,),
    section="New here",
    thai="แจ้งว่าผู้มีนัดได้รับบริการแล้วหรือไม่มา",
    errors=(
        errors.AppointmentNotFound,
        errors.AppointmentCancelled,
        errors.AppointmentPostponed,
        errors.WrongDay,
    ),
)
def confirm_visit_outcome(caller: Caller, body: OutcomeOfHis) -> SlotId:
    """Say what became of an appointment of the own hospital, of today or before."""
    # The response shows nothing of the person; the change itself is in the audit.
    outcomes.confirm_outcome(caller, body.hospital_code, body.cid, body.hospital_appointment_slot_id, body.outcome)
    return SlotId(body.hospital_appointment_slot_id)


class PositionResponse(msgspec.Struct, omit_defaults=True):
    """Where a person is on the day.

    visit: "" before they arrive, then arrived, called, served or absent. ahead: how many wait in front of them, while
    they are `arrived`; left out if the hospital's own system manages the queue, because only that system knows.
    counter: that has called them; 0 if none has.
    """

    queue_no: str
    visit: str
    point_id: int
    point_name: str
    point_name_en: str
    counter: int
    ahead: int | None = None


@endpoint(
    "POST",
    PATH,
    action="GetQueuePosition",
    roles=(APPOINTMENT_API,),
    level=COUNTRY,
    section="New here",
    thai="ผู้รับบริการดูว่ามีกี่คิวรออยู่ก่อนหน้า",
    errors=(errors.AppointmentNotFound,),
    shows=BY_ID,
)
def get_queue_position(caller: Caller, body: SlotQuery) -> PositionResponse:
    """Show how many wait in front of the person, where, and which counter calls."""
    shown_people.note(body.cid)
    position = queues.position(caller, body.hospital_code, body.cid, body.hospital_appointment_slot_id)
    visit, point = position.appointment.day_of_visit, position.point
    return PositionResponse(
        queue_no=position.appointment.queue_no,
        visit=visit.visit,
        point_id=point.point_id if point else 0,
        point_name=point.name if point else "",
        point_name_en=point.name_en if point else "",
        ahead=position.ahead,
        counter=visit.counter or 0 if visit.visit == CALLED else 0,
    )


class HospitalQuery(msgspec.Struct):
    hospital_code: HospitalCode


class ServedNow(msgspec.Struct):
    counter: int
    queue_no: str
    called_datetime: str


class QueueStatusRow(msgspec.Struct):
    """A service point. mean_wait_minutes: of those called today; 0 if nobody was."""

    point_id: int
    point_name: str
    point_name_en: str
    waiting: int
    serving: list[ServedNow]
    mean_wait_minutes: int


@endpoint(
    "GET",
    PATH,
    action="GetQueueStatus",
    roles=(APPOINTMENT_API,),
    section="New here",
    thai="สถานะคิวของจุดบริการในวันนี้ เฉพาะหน่วยบริการของตนเอง",
)
def get_queue_status(caller: Caller, params: HospitalQuery) -> list[QueueStatusRow]:
    """Show the queues of the own hospital's service points at this moment.

    For each point: how many wait, who is served, and how long people waited today.
    """
    return [
        QueueStatusRow(
            point_id=each.point.point_id,
            point_name=each.point.name,
            point_name_en=each.point.name_en,
            waiting=each.waiting,
            serving=[ServedNow(c.counter, c.visitor.number, c.called_at[:19]) for c in each.serving],
            mean_wait_minutes=each.mean_wait_minutes or 0,
        )
        for each in queues.status(caller, params.hospital_code)
    ]
