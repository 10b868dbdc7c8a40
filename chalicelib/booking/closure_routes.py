"""Closing schedules on the dashboard (manual 2.4)."""

from typing import Annotated

import msgspec

from chalicelib import errors
from chalicelib.booking import closures
from chalicelib.booking.staff_routes import DeskRow, desk_row
from chalicelib.caller import IMMUNIZATION_SLOT_MANAGER, Caller
from chalicelib.endpoint import OWN_PEOPLE, endpoint
from chalicelib.fields import Day, Id, one_of
from chalicelib.responses import respond


class ClosureBody(msgspec.Struct):
    """What to close: the schedule, else the room's day, else the whole day.

    action: preview only lists the people; close keeps their appointments; cancel cancels them; postpone moves them to
    to_date.
    """

    date: Day
    action: Annotated[str, one_of(closures.ACTIONS, "what to do; preview does nothing")]
    room_id: Id | None = None
    schedule_id: Id | None = None
    to_date: Day | None = None


class ClosureResult(msgspec.Struct):
    people: list[DeskRow]
    closed: int
    cancelled: int
    postponed: int
    left: list[DeskRow]
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
    """Close schedules and list the people affected. A call does a bounded part: call again until `remaining` is 0."""
    closure = closures.run(caller, body.date, body.room_id, body.schedule_id, body.action, body.to_date)
    people, left = ([desk_row(each) for each in group] for group in (closure.people, closure.left))
    return respond(ClosureResult, closure, people=people, left=left)
