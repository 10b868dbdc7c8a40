"""Who is asked to confirm, and whose place is released. Pure.

See docs/adr/0031.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta

from chalicelib import errors
from chalicelib.booking.model import SYSTEM_LOGIN, UNCONFIRMED, WILL_COME, Appointment
from chalicelib.booking.transition_rules import end_appointment
from chalicelib.schedules.catalogue_model import BookingRules
from chalicelib.schedules.model import CLOSED, Schedule, ScheduleInfo

# People are asked from this time (Bangkok) on the day before the deadline.
_ASKED_FROM = time(9)
# Who has less time than this until the deadline is not asked, and keeps the place if they were reached later.
TIME_TO_ANSWER = timedelta(hours=4)
_RUN_EVERY = timedelta(minutes=15)
# Each run begins this share of all hospitals after the run before. So the first ones of successive runs lie far apart,
# and every hospital is soon among the first.
_STEP = 0.618034


def deadline(limits: BookingRules, schedule: ScheduleInfo, now: datetime) -> datetime | None:
    """Until when people should confirm an appointment of this schedule.

    None if the hospital or the department does not ask. now: Bangkok, for the time zone.
    """
    if not limits.confirm_time or schedule.department_id in limits.unasked_departments:
        return None
    day = schedule.day - timedelta(days=limits.confirm_days_before)
    return datetime.combine(day, time.fromisoformat(limits.confirm_time), now.tzinfo)


def in_turn(hospitals: dict[str, BookingRules], now: datetime) -> list[tuple[str, BookingRules]]:
    """The hospitals in the order of a run of this time.

    Each run begins at another one, because its time may be too short for all.
    """
    listed = list(hospitals.items())
    run_number = int(now.timestamp() // _RUN_EVERY.total_seconds())
    first = int(len(listed) * (run_number * _STEP % 1))
    return listed[first:] + listed[:first]


def days_to_look_at(limits: BookingRules) -> range:
    """Days from today that may have people to ask or places to release."""
    return range(1, limits.confirm_days_before + 2)


def is_open(appointment: Appointment) -> bool:
    """Whether nobody knows yet if the person will come."""
    answered = appointment.confirmed_at or appointment.call_outcome == WILL_COME or appointment.day_of_visit.visit
    return appointment.is_active and not answered


def with_request(appointment: Appointment, limits: BookingRules, now: datetime) -> Appointment | None:
    """The appointment after the person is asked now to confirm it.

    None if they are not to be asked now. They are asked once, from 09:00 of the day before the deadline, and only if
    TIME_TO_ANSWER is left.
    """
    by = deadline(limits, appointment.schedule, now)
    if by is None or appointment.confirm_by or not is_open(appointment):
        return None
    begins = datetime.combine(by.date() - timedelta(days=1), _ASKED_FROM, now.tzinfo)
    if not begins <= now <= by - TIME_TO_ANSWER:
        return None
    is_told = releases(limits, appointment.schedule) and not appointment.accepted_at
    at = by.isoformat(timespec="seconds")
    return replace(appointment, confirm_by=at, release_by=at if is_told else "")


def release_is_due(appointment: Appointment, limits: BookingRules, now: datetime) -> bool:
    """Whether the system may release the place now.

    Only after both times: the one that the person was told, and the one of the hospital's present rules. Never if the
    department has not switched it on, if the staff have accepted the appointment or noted that the person will come, if
    the person has confirmed or arrived, or on the day of the appointment.
    """
    by = deadline(limits, appointment.schedule, now)
    if by is None or not releases(limits, appointment.schedule):
        return False
    return (
        bool(appointment.release_by)
        and is_open(appointment)
        and not appointment.accepted_at
        and max(by, datetime.fromisoformat(appointment.release_by)) <= now
        and now.date() < appointment.schedule.day
    )


def releases(limits: BookingRules, schedule: ScheduleInfo) -> bool:
    """Whether the department releases unconfirmed places."""
    department = schedule.department_id
    asks = bool(limits.confirm_time) and department not in limits.unasked_departments
    return asks and department in limits.release_departments


def was_reached_in_time(appointment: Appointment, reached_at: datetime | None) -> bool:
    """Whether the request came at least TIME_TO_ANSWER before `release_by`.

    reached_at: when the request first reached them; None if it has not.
    """
    by = datetime.fromisoformat(appointment.release_by)
    return reached_at is not None and reached_at <= by - TIME_TO_ANSWER


def released(appointment: Appointment, now: datetime) -> Appointment:
    """The appointment after the system has released its place."""
    return end_appointment(appointment, "release", SYSTEM_LOGIN, now, by_person=False, reason=UNCONFIRMED)


def check_give_back(appointment: Appointment, schedule: Schedule, now: datetime) -> None:
    """Raise a Conflict if the appointment cannot have its own place again.

    It is ScheduleClosed, PeriodEnded or PlaceTaken.
    """
    if schedule.state == CLOSED:
        raise errors.ScheduleClosed()
    if schedule.info.is_over(now):
        raise errors.PeriodEnded()
    if not schedule.has_place(appointment.place):
        raise errors.PlaceTaken(
            "This place no longer exists: the schedule has fewer places now. Book another time for the person.",
            "คิวนี้ไม่มีแล้ว เพราะตารางเวลานี้ลดจำนวนที่ลง คืนให้ไม่ได้ กรุณาจองเวลาอื่นให้ผู้รับบริการ",
        )
    if appointment.place not in schedule.free:
        raise errors.PlaceTaken()
