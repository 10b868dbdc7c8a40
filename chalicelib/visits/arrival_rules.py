"""Rules of arriving: for which appointment and when; texts of refusals. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from chalicelib import errors
from chalicelib.booking.model import ABSENT, ARRIVED, CALLED, CANCELLED, POSTPONED, SERVED, Appointment
from chalicelib.schedules.catalogue_model import VisitRules
from chalicelib.schedules.model import ScheduleInfo


def check_arrival(appointment: Appointment, limits: VisitRules, now: datetime) -> None:
    """Check that the person can arrive for this appointment now.

    appointment: one that was not moved (`moved`). Raises AppointmentCancelled, WrongDay, VisitEnded or TooEarly. The
    error says why the person cannot arrive, and what to do.
    """
    if appointment.state == CANCELLED:
        raise errors.AppointmentCancelled(
            "This appointment has been cancelled. Ask the staff at the information desk for another one.",
            "การนัดหมายนี้ถูกยกเลิกแล้ว กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์เพื่อนัดใหม่",
        )
    schedule = appointment.schedule
    if schedule.day != now.date():
        raise errors.WrongDay(
            f"This appointment is on {english_date(schedule.day)}, not today. Please come on that day. If you need to"
            " be seen today, ask the staff at the information desk.",
            f"นัดหมายนี้คือวันที่ {thai_date(schedule.day)} ไม่ใช่วันนี้ กรุณามาในวันนัด หากจำเป็นต้องพบแพทย์วันนี้"
            " กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์",
            details={"date": schedule.day.isoformat()},
        )
    if appointment.day_of_visit.visit == SERVED:
        raise errors.VisitEnded()
    opens = first_moment(schedule, limits, now)
    if now < opens:
        time = opens.strftime("%H:%M")
        raise errors.TooEarly(
            f"It is too early to register. Please come back to this kiosk from {time} on, or ask the staff at the"
            " information desk.",
            f"ยังไม่ถึงเวลาลงทะเบียน กรุณานั่งรอ แล้วกลับมาที่ตู้นี้อีกครั้งตั้งแต่เวลา {time} น. หรือสอบถามเจ้าหน้าที่ที่จุดประชาสัมพันธ์",
            details={"time": time},
        )


def first_moment(schedule: ScheduleInfo, limits: VisitRules, now: datetime) -> datetime:
    """From when on people may arrive for a schedule of today."""
    return schedule.start(now) - timedelta(minutes=limits.early_minutes)


def moved(appointment: Appointment, held: Iterable[Appointment]) -> errors.AppointmentPostponed:
    """Make the error that says on which day a moved appointment is now.

    It follows every further move. If the last appointment has ended or is not in `held`, the error has no day. held:
    everything that the person holds or held.
    """
    by_schedule = {(each.schedule.hospital_code, each.schedule.schedule_id): each for each in held}
    last: Appointment | None = appointment
    while last is not None and last.state == POSTPONED:
        new = by_schedule.pop((last.schedule.hospital_code, last.moved_to_schedule_id or 0), None)
        last = new if new is not None and new.appointment_id == last.moved_to_appointment_id else None
    if last is None or not last.is_active:
        return errors.AppointmentPostponed(
            "This appointment has been moved. Use the new slip, or ask the staff at the information desk.",
            "การนัดหมายนี้ถูกเลื่อนไปแล้ว กรุณาใช้ใบนัดใหม่ หรือติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์",
        )
    to = last.schedule.day
    return errors.AppointmentPostponed(
        f"This appointment has been moved to {english_date(to)}. Use the new slip, or ask the staff at the information"
        " desk.",
        f"การนัดหมายนี้เลื่อนไปเป็นวันที่ {thai_date(to)} กรุณาใช้ใบนัดใหม่ หรือติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์",
        details={"date": to.isoformat()},
    )


def english_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def thai_date(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year + 543}"


def appointment_of_today(
    held: Iterable[Appointment], hospital_code: str, limits: VisitRules, now: datetime
) -> Appointment:
    """Choose the appointment of a person who arrives with a national id alone.

    held: appointments of the person. It is the first of today at the hospital for which they can arrive now, else one
    for which they have arrived, else one for which it is too early, else one that is over. Raises WrongDay if the
    person has an active appointment there on another day, else AppointmentNotFound. WrongDay does not name the day,
    because somebody else may have typed the id.
    """
    at_hospital = [each for each in held if each.schedule.hospital_code == hospital_code]
    today = [each for each in at_hospital if each.schedule.day == now.date()]
    if today:
        return min(today, key=lambda each: _preference(each, limits, now))
    if any(each.is_active for each in at_hospital):
        raise errors.WrongDay()
    raise errors.AppointmentNotFound(
        "There is no appointment with this id at this hospital today. Ask the staff at the information desk.",
        "ไม่พบนัดหมายของเลขบัตรนี้ที่โรงพยาบาลนี้ในวันนี้ กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์",
    )


def _preference(appointment: Appointment, limits: VisitRules, now: datetime) -> tuple[bool, int, str]:
    """Sort key of a person's appointments of a day; the smallest is the one to use."""
    schedule = appointment.schedule
    is_too_early = now < first_moment(schedule, limits, now)
    rank = {"": 2 if is_too_early else 0, ARRIVED: 1, CALLED: 1, ABSENT: 3, SERVED: 4}
    return not appointment.is_active, rank[appointment.day_of_visit.visit], schedule.time_start
