"""Dashboard API: close schedules, reopen them, and undo a closing (manual 2.4)."""

from datetime import date
from typing import Annotated

import msgspec

from chalicelib import errors
from chalicelib.booking import closures, reason_rules, reopenings
from chalicelib.booking.staff_schemas import Reason, ReasonInEnglish, StaffAppointment, staff_appointment
from chalicelib.caller import IMMUNIZATION_SLOT_MANAGER, Caller
from chalicelib.endpoint import OWN_PEOPLE, endpoint
from chalicelib.fields import Day, Id, number, one_of, shaped
from chalicelib.responses import respond

ClosingId = Annotated[str, shaped("[0-9a-f]{16}", "id of a closing", "send 16 hexadecimal digits", "0123456789abcdef")]


class ClosureBody(msgspec.Struct):
    """What to close: the schedule, else the room's day, else the whole day.

    action: preview only lists the people; close keeps their appointments; cancel cancels them; postpone moves them to
    to_date. closing: any id for this closing, the same in each of its calls. reason: told to
    those who are cancelled or moved.
    """

    date: Day
    action: Annotated[str, one_of(closures.ACTIONS, "what to do; preview does nothing")]
    room_id: Id | None = None
    schedule_id: Id | None = None
    to_date: Day | None = None
    closing: ClosingId | None = None
    reason: Reason = ""
    reason_en: ReasonInEnglish = ""


class ClosureResult(msgspec.Struct):
    closing: str
    people: list[StaffAppointment]
    closed: int
    cancelled: int
    postponed: int
    left: list[StaffAppointment]
    remaining: int


@endpoint(
    "POST",
    "/api/dashboard/closures",
    roles=(IMMUNIZATION_SLOT_MANAGER,),
    section="2.4",
    thai="ปิดตาราง ห้อง หรือทั้งวัน พร้อมจัดการผู้ที่จองไว้",
    errors=(errors.ScheduleNotFound,),
    shows=OWN_PEOPLE,
)
def close_schedules(caller: Caller, body: ClosureBody) -> ClosureResult:
    """Close schedules and list the people affected.

    A call does a bounded part: call again until `remaining` is 0.
    """
    reason = reason_rules.stored(body.reason, body.reason_en)
    closure = closures.run(
        caller, body.date, body.room_id, body.schedule_id, body.action, body.to_date, body.closing, reason
    )
    people, left = ([staff_appointment(each) for each in group] for group in (closure.people, closure.left))
    return respond(ClosureResult, closure, people=people, left=left)


class TargetQuery(msgspec.Struct):
    """What to close, with the fields of a closing.

    to_date: the day to move people to; without it, one is proposed.
    """

    date: Day
    room_id: Id | None = None
    schedule_id: Id | None = None
    to_date: Day | None = None


class ClosureTarget(msgspec.Struct, omit_defaults=True):
    """A day to move people to. to_date is left out if no day can be proposed.

    needed: people with a place in the schedules to close. free: free places in the rooms of these schedules. fits:
    people for whom there is one of these places; same_time: those for whom it is at the same time of day. state: open,
    closed or unopened. holiday, holiday_en: what the day is called; is_holiday: the hospital is closed then.
    """

    needed: int
    free: int
    fits: int
    same_time: int
    state: str
    holiday: str
    holiday_en: str
    is_holiday: bool
    to_date: date | None = None


@endpoint(
    "GET",
    "/api/dashboard/closures/target",
    roles=(IMMUNIZATION_SLOT_MANAGER,),
    section="New here",
    thai="วันที่เสนอให้เลื่อนผู้ที่จองไว้ไป และจำนวนที่ว่างของวันนั้น",
    errors=(errors.ScheduleNotFound,),
)
def closure_target(caller: Caller, params: TargetQuery) -> ClosureTarget:
    """How many people a day could take if these schedules are closed.

    Without to_date, it is the first working day of the 62 days after `date` that has a place for everybody; if none
    has, the first of those with places for the most people.
    """
    target = closures.target(caller, params.date, params.room_id, params.schedule_id, params.to_date)
    holiday = target.holiday
    return respond(
        ClosureTarget,
        target,
        holiday=holiday.name if holiday else "",
        holiday_en=holiday.name_en if holiday else "",
        is_holiday=holiday is not None and holiday.closed,
        to_date=target.day,
    )


class ReopeningBody(msgspec.Struct):
    """What to reopen: a closed schedule, else those of a room's day, else of a day.

    closing: only what this closing closed; and the people whom it moved or cancelled get their appointments back,
    except those who have acted since. people: how many it moved and cancelled, if known. preview: only say what would
    happen.
    """

    date: Day
    room_id: Id | None = None
    schedule_id: Id | None = None
    closing: ClosingId | None = None
    people: Annotated[int, number(0, 100_000, "people whom the closing moved and cancelled", 12)] = 0
    preview: bool = False


class ReopenedRow(msgspec.Struct):
    """A schedule to open again.

    held: places that somebody holds. obstacle: "" or why it stays closed: room_gone, room_taken (the room has another
    open schedule at that time), over.
    """

    schedule_id: int
    date: date
    time_start: str
    time_finish: str
    department_name: str
    room_name: str
    held: int
    closing: str
    closed_at: str
    closed_login: str
    obstacle: str


class ReopeningResult(msgspec.Struct):
    schedules: list[ReopenedRow]
    reopened: int
    restored: int
    answered: list[StaffAppointment]
    left: list[StaffAppointment]
    remaining: int


@endpoint(
    "POST",
    "/api/dashboard/reopenings",
    roles=(IMMUNIZATION_SLOT_MANAGER,),
    section="New here",
    thai="เปิดตารางที่ปิดไปแล้วอีกครั้ง หรือเลิกทำการปิด",
    errors=(errors.ScheduleNotFound,),
    shows=OWN_PEOPLE,
)
def reopen_schedules(caller: Caller, body: ReopeningBody) -> ReopeningResult:
    """Open closed schedules again, or undo a closing.

    A call does a bounded part: call again until `remaining` is 0.
    """
    reopening = reopenings.run(
        caller, body.date, body.room_id, body.schedule_id, body.closing, body.people, body.preview
    )
    rows = [
        respond(
            ReopenedRow,
            schedule,
            date=schedule.info.day,
            held=len(schedule.held),
            obstacle=reopening.obstacles.get(schedule.info.schedule_id, ""),
        )
        for schedule in reopening.schedules
    ]
    answered, left = ([staff_appointment(each) for each in group] for group in (reopening.answered, reopening.left))
    return respond(ReopeningResult, reopening, schedules=rows, answered=answered, left=left)
