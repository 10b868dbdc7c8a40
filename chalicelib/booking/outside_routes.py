"""Dashboard API: count or cancel what one other hospital's system has booked."""

from datetime import date
from typing import Annotated

import msgspec

from chalicelib.booking import outside_actions
from chalicelib.caller import APPOINTMENT_DASHBOARD, Caller
from chalicelib.endpoint import endpoint
from chalicelib.fields import Day, HospitalCode, one_of

PREVIEW, CANCEL = "preview", "cancel"


class OutsideBody(msgspec.Struct):
    """What to count or cancel.

    hospital_code: the hospital whose system has booked. first_date: the day to begin with; today if it is left out.
    """

    hospital_code: HospitalCode
    action: Annotated[str, one_of((PREVIEW, CANCEL), "what to do; preview does nothing")]
    first_date: Day | None = None


class OutsideDayRow(msgspec.Struct):
    """Counts of a day.

    accepted: appointments that the staff have accepted. without_id: those for people without a national id.
    """

    date: date
    appointments: int
    accepted: int
    without_id: int


class OutsideResult(msgspec.Struct):
    """What one call counted or cancelled.

    days: the counts of a preview. next_date: the day on which the next call continues; "" if nothing is left.
    """

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
    """Count or cancel what another hospital's system has booked.

    A call does a bounded part: call again from `next_date` until it is "". Change your hospital's rules first, so that
    the other system cannot book again.
    """
    run = outside_actions.cancel if body.action == CANCEL else outside_actions.preview
    bookings = run(caller, body.hospital_code, body.first_date)
    days = [OutsideDayRow(each.day, each.appointments, each.accepted, each.without_id) for each in bookings.days]
    return OutsideResult(days, bookings.cancelled, bookings.next_day.isoformat() if bookings.next_day else "")
