"""What the system of one other hospital has booked here, on the dashboard: count it, and cancel all of it."""

from datetime import date
from typing import Annotated

import msgspec

from chalicelib.booking import outside_actions
from chalicelib.caller import APPOINTMENT_DASHBOARD, Caller
from chalicelib.endpoint import endpoint
from chalicelib.fields import Day, HospitalCode, one_of

PREVIEW, CANCEL = "preview", "cancel"


class OutsideBody(msgspec.Struct):
    """hospital_code: whose system has booked. first_date: where to begin; today if it is left out."""

    hospital_code: HospitalCode
    action: Annotated[str, one_of((PREVIEW, CANCEL), "what to do; preview does nothing")]
    first_date: Day | None = None


class OutsideDayRow(msgspec.Struct):
    """accepted: those that the staff have accepted. without_id: those for people without a national id."""

    date: date
    appointments: int
    accepted: int
    without_id: int


class OutsideResult(msgspec.Struct):
    """days: of a preview. next_date: where the next call continues; "" if nothing is left."""

    days: list[OutsideDayRow]
    cancelled: int
    next_date: str


@endpoint(
    "POST",
    "/api/dashboard/outside-bookings",
    roles=(APPOINTMENT_DASHBOARD,),
    section="New here",
    thai="นับหรือยกเลิกนัดทั้งหมดที่ระบบของหน่วยบริการอื่นจองไว้",
)
def outside_bookings(caller: Caller, body: OutsideBody) -> OutsideResult:
    """Count or cancel what another hospital's system has booked. A call does a part: call until no `next_date` is left.

    Set the hospital's rules first, so that it cannot book anew.
    """
    run = outside_actions.cancel if body.action == CANCEL else outside_actions.preview
    bookings = run(caller, body.hospital_code, body.first_date)
    days = [OutsideDayRow(each.day, each.appointments, each.accepted, each.without_id) for each in bookings.days]
    return OutsideResult(days, bookings.cancelled, bookings.next_day.isoformat() if bookings.next_day else "")
