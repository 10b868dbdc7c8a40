"""Dashboard API for the day of the visit: arrivals, calls and outcomes."""

from typing import Annotated

import msgspec

from chalicelib import errors, shown_people
from chalicelib.booking.model import ABSENT, SERVED
from chalicelib.booking.staff_schemas import StaffAppointment, staff_appointment
from chalicelib.caller import APPOINTMENT_DASHBOARD, Caller
from chalicelib.endpoint import BY_ID_AT_WORK, OWN_PEOPLE, endpoint
from chalicelib.fields import Day, Id, number, one_of, text
from chalicelib.responses import respond
from chalicelib.visits import arrivals, calls, outcomes, queues
from chalicelib.visits.model import SKIPS_BEFORE_ABSENT, Call, Counter, QueueEntry
from chalicelib.visits.schemas import (
    ARRIVAL_ERRORS,
    ArrivalResponse,
    Code,
    PointId,
    Priority,
    RequestId,
    TicketResponse,
    arrive,
    ticket_response,
)

QUEUE = "/api/dashboard/queues/{point_id}"
COUNTER = f"{QUEUE}/counters/{{counter}}"
CALLERS = (APPOINTMENT_DASHBOARD,)
CounterNumber = Annotated[int, number(1, 99, "number of the counter (ช่อง)", 1)]


class ArrivalBody(msgspec.Struct):
    code: Code
    priority: Priority = ""


@endpoint(
    "POST",
    "/api/dashboard/arrivals",
    roles=CALLERS,
    section="New here",
    thai="บันทึกว่าผู้รับบริการมาถึงตามนัด",
    errors=(errors.UnreadableCode, errors.OtherHospital, *ARRIVAL_ERRORS),
    shows=BY_ID_AT_WORK,
)
def arrive_at_the_desk(caller: Caller, body: ArrivalBody) -> ArrivalResponse:
    """Record an arrival, by the code of the slip or the national id.

    A repeat gets the same answer.
    """
    return arrive(caller, body.code, body.priority)


class TicketBody(msgspec.Struct):
    point_id: Id
    ticket_id: RequestId
    priority: Priority = ""


@endpoint(
    "POST",
    "/api/dashboard/tickets",
    roles=CALLERS,
    section="New here",
    thai="ออกบัตรคิวสำหรับผู้ไม่มีนัด",
    errors=(errors.PointNotFound,),
)
def draw_at_the_desk(caller: Caller, body: TicketBody) -> TicketResponse:
    """Draw a ticket for a person without an appointment.

    The same ticket_id again gets the same ticket.
    """
    return ticket_response(arrivals.draw_ticket(caller, body.point_id, body.ticket_id, body.priority))


# ---- calling ----


class CounterParams(PointId):
    counter: CounterNumber


class CallBody(msgspec.Struct):
    call_id: RequestId


class CallResponse(msgspec.Struct):
    """A counter and its last call.

    schedule_id, place: of the appointment; 0 for a ticket. outcome: "" while the visitor is served, then served,
    absent, skipped or sent_on. proposes_absent: the visitor was skipped so often that they seem to be gone; only a
    person says so.
    """

    point_id: int
    counter: int
    call_id: str
    queue_no: str
    schedule_id: int
    place: int
    priority: str
    called_datetime: str
    outcome: str
    recalls: int
    skips: int
    proposes_absent: bool


class CalledPerson(CallResponse, kw_only=True):
    """The person whom a counter has called.

    person_name, time_start, time_finish, room_name and comment are "" for a ticket. comment: the comment of the
    booking, for the staff.
    """

    person_name: str
    time_start: str
    time_finish: str
    room_name: str
    comment: str


def _called(call: Call) -> CalledPerson:
    appointment, shown = call.appointment, msgspec.structs.asdict(_counter(call.counter))
    if appointment is None:
        return CalledPerson(**shown, person_name="", time_start="", time_finish="", room_name="", comment="")
    shown_people.note(appointment.cid)
    return CalledPerson(
        **shown,
        person_name=appointment.person_name,
        time_start=appointment.schedule.time_start,
        time_finish=appointment.schedule.time_finish,
        room_name=appointment.schedule.room_name,
        comment=appointment.comment,
    )


def _counter(counter: Counter) -> CallResponse:
    visitor = counter.visitor
    return respond(
        CallResponse,
        counter,
        queue_no=visitor.number,
        schedule_id=visitor.schedule_id or 0,
        place=visitor.place or 0,
        called_datetime=counter.called_at[:19],
        proposes_absent=visitor.skips >= SKIPS_BEFORE_ABSENT,
    )


@endpoint(
    "POST",
    f"{COUNTER}/call",
    roles=CALLERS,
    section="New here",
    thai="เรียกคิวถัดไป",
    errors=(errors.NobodyWaiting, errors.CounterBusy),
    shows=OWN_PEOPLE,
)
def call_next(caller: Caller, params: CounterParams, body: CallBody) -> CalledPerson:
    """Call the next who waits at the point to this counter.

    The same call_id again gets the same person.
    """
    return _called(calls.call_next(caller, params.point_id, params.counter, body.call_id))


@endpoint(
    "GET",
    COUNTER,
    roles=CALLERS,
    section="New here",
    thai="ผู้ที่ช่องบริการกำลังให้บริการ",
    errors=(errors.CallEnded,),
    shows=OWN_PEOPLE,
)
def show_counter(caller: Caller, params: CounterParams) -> CalledPerson:
    """Whom the counter serves now, for a page that has not called them itself."""
    return _called(calls.served_at(caller, params.point_id, params.counter))


@endpoint(
    "POST",
    f"{COUNTER}/recall",
    roles=CALLERS,
    section="New here",
    thai="เรียกซ้ำ",
    errors=(errors.CallEnded,),
)
def recall(caller: Caller, params: CounterParams, body: CallBody) -> CallResponse:
    """Call the same number once more."""
    return _counter(calls.recall(caller, params.point_id, params.counter, body.call_id))


@endpoint(
    "POST",
    f"{COUNTER}/serve",
    roles=CALLERS,
    section="New here",
    thai="บันทึกว่ารับบริการเสร็จแล้ว",
    errors=(errors.CallEnded,),
)
def serve(caller: Caller, params: CounterParams, body: CallBody) -> CallResponse:
    """The visitor has been served; the counter is free."""
    return _counter(calls.end_call(caller, params.point_id, params.counter, body.call_id, "serve"))


@endpoint(
    "POST",
    f"{COUNTER}/absent",
    roles=CALLERS,
    section="New here",
    thai="บันทึกว่าไม่มา",
    errors=(errors.CallEnded,),
)
def mark_absent(caller: Caller, params: CounterParams, body: CallBody) -> CallResponse:
    """The visitor did not come; the counter is free."""
    return _counter(calls.end_call(caller, params.point_id, params.counter, body.call_id, "mark_absent"))


@endpoint(
    "POST",
    f"{COUNTER}/skip",
    roles=CALLERS,
    section="New here",
    thai="ข้ามคิว: กลับไปรอท้ายช่วงเวลา",
    errors=(errors.CallEnded,),
)
def skip(caller: Caller, params: CounterParams, body: CallBody) -> CallResponse:
    """Skip a visitor who does not come now.

    They wait again, behind the period that is running.
    """
    return _counter(calls.end_call(caller, params.point_id, params.counter, body.call_id, "skip"))


class SendOnBody(CallBody):
    to_point: Id


@endpoint(
    "POST",
    f"{COUNTER}/send-on",
    roles=CALLERS,
    section="New here",
    thai="ส่งต่อไปจุดบริการถัดไป",
    errors=(errors.CallEnded, errors.PointNotFound),
)
def send_on(caller: Caller, params: CounterParams, body: SendOnBody) -> CallResponse:
    """Send the visitor on to another service point.

    They wait there with the people of their period.
    """
    return _counter(calls.end_call(caller, params.point_id, params.counter, body.call_id, "send_on", body.to_point))


class WaitingRow(msgspec.Struct):
    """Somebody who waits. since: yyyy-mm-ddTHH:MM:SS, Thai local time."""

    queue_no: str
    priority: str
    period: str
    since: str
    skips: int
    schedule_id: int
    place: int


class QueueResponse(msgspec.Struct):
    """The queue of a service point.

    counters: those that have called somebody today. waiting: in the order in which they are called.
    """

    counters: list[CallResponse]
    waiting: list[WaitingRow]


def _waiting(entry: QueueEntry) -> WaitingRow:
    visitor = entry.visitor
    return respond(
        WaitingRow,
        entry,
        queue_no=visitor.number,
        since=entry.since[:19],
        schedule_id=visitor.schedule_id or 0,
        place=visitor.place or 0,
    )


@endpoint("GET", QUEUE, roles=CALLERS, section="New here", thai="คิวของจุดบริการ: ช่องบริการและผู้รอ")
def show_queue(caller: Caller, params: PointId) -> QueueResponse:
    """The counters of a service point, and the numbers that wait there, in order."""
    counters, entries = queues.queue(caller, params.point_id)
    return QueueResponse([_counter(each) for each in counters], [_waiting(each) for each in entries])


# ---- after the day ----


class NotKnownQuery(msgspec.Struct):
    date: Day


@endpoint(
    "GET",
    "/api/dashboard/visits/not-known",
    roles=CALLERS,
    section="New here",
    thai="ผู้มีนัดของวันที่ยังไม่ทราบผล",
    shows=OWN_PEOPLE,
)
def list_not_known(caller: Caller, params: NotKnownQuery) -> list[StaffAppointment]:
    """List the appointments of a day without an outcome, by time and room.

    The outcome is whether the person was served or absent.
    """
    return [staff_appointment(each) for each in outcomes.not_known(caller, params.date)]


class OutcomeBody(msgspec.Struct):
    slip_code: Annotated[str, text(40, "the code on the slip", shortest=1, example="00000-0ABCD-EFGHJ-KMNPQ")]
    outcome: Annotated[str, one_of((SERVED, ABSENT), "what became of the person")]


@endpoint(
    "POST",
    "/api/dashboard/visits/outcome",
    roles=CALLERS,
    section="New here",
    thai="บันทึกว่าได้รับบริการแล้วหรือไม่มา",
    errors=(
        errors.AppointmentNotFound,
        errors.AppointmentCancelled,
        errors.AppointmentPostponed,
        errors.WrongDay,
    ),
    shows=OWN_PEOPLE,
)
def record_outcome(caller: Caller, body: OutcomeBody) -> StaffAppointment:
    """Say what became of an appointment of today or before, whatever the queue knows."""
    return staff_appointment(outcomes.record_outcome(caller, body.slip_code, body.outcome))
