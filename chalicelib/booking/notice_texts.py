"""Texts of notices about appointments, and the rules when a notice is due. Pure.

A notice names hospital, department, time and queue number, and never the person. LINE shows it on a locked screen, so
there it leaves the department and the room out, unless the hospital says otherwise, and a reason always.
"""

from datetime import date, datetime, time, timedelta

from chalicelib.booking import reason_rules
from chalicelib.booking.model import BOOKED, CANCELLED, Appointment

BOOKING, ACCEPTED, REJECTED, MOVED, GIVEN_UP = "booked", "accepted", "rejected", "moved", "cancelled"
RESTORED = "restored"
CONFIRM, RELEASED, GIVEN_BACK = "confirm", "released", "given_back"
REMINDER = "reminder"
NEAR = "near"

# A reminder is due from this time (Bangkok) on the day before the appointment.
_DUE_FROM = time(9)

TITLES = {
    BOOKING: ("จองนัดเรียบร้อยแล้ว", "Your appointment is booked"),
    ACCEPTED: ("โรงพยาบาลรับนัดของท่านแล้ว", "The hospital has accepted your appointment"),
    REJECTED: ("นัดของท่านกลับไปรอโรงพยาบาลรับนัด", "Your appointment waits for the hospital's acceptance again"),
    MOVED: ("โรงพยาบาลเลื่อนนัดของท่าน", "The hospital has moved your appointment"),
    GIVEN_UP: ("โรงพยาบาลยกเลิกนัดของท่าน", "The hospital has cancelled your appointment"),
    RESTORED: ("นัดของท่านกลับเป็นเวลาเดิม", "Your appointment is back at its first time"),
    REMINDER: ("พรุ่งนี้ท่านมีนัด", "You have an appointment tomorrow"),
    CONFIRM: ("กรุณายืนยันว่าจะมาตามนัด", "Please confirm that you will come"),
    RELEASED: ("นัดของท่านถูกยกเลิก เพราะยังไม่ได้ยืนยัน", "Your appointment is cancelled: it was not confirmed"),
    GIVEN_BACK: ("โรงพยาบาลคืนนัดให้ท่านแล้ว", "The hospital has given your appointment back"),
    NEAR: ("ใกล้ถึงคิวของท่านแล้ว", "It is almost your turn"),
}
_REMINDER_TODAY = ("วันนี้ท่านมีนัด", "You have an appointment today")
_LAST_LINES = {
    BOOKING: ("กรุณามาก่อนเวลานัด 15 นาที และนำบัตรประชาชนมาด้วย", "Please come 15 minutes early, with your id card."),
    ACCEPTED: ("กรุณามาก่อนเวลานัด 15 นาที และนำบัตรประชาชนมาด้วย", "Please come 15 minutes early, with your id card."),
    REJECTED: (
        "นัดนี้ยังเป็นของท่าน หากมีการเปลี่ยนแปลง โรงพยาบาลจะแจ้งให้ทราบ",
        "The appointment is still yours. The hospital will tell you of any change.",
    ),
    MOVED: ("หากไม่สะดวก ท่านเลื่อนหรือยกเลิกได้ในแอป", "If this does not suit you, you can change or cancel it in the app."),
    GIVEN_UP: ("ขออภัยในความไม่สะดวก ท่านจองเวลาใหม่ได้ในแอป", "We are sorry. You can book another time in the app."),
    RESTORED: (
        "โรงพยาบาลเปิดรับนัดเวลานี้ตามเดิมแล้ว ขออภัยในความไม่สะดวก หากไม่สะดวก ท่านเลื่อนหรือยกเลิกได้ในแอป",
        "The hospital is open then after all. We are sorry. If it does not suit you, change or cancel it in the app.",
    ),
    REMINDER: ("หากมาไม่ได้ กรุณาเลื่อนหรือยกเลิกในแอป", "If you cannot come, please change or cancel it in the app."),
    CONFIRM: (
        "กดยืนยันได้ในแอป หากมาไม่ได้ กรุณาเลื่อนหรือยกเลิกในแอป",
        "Confirm in the app. If you cannot come, please change or cancel it there.",
    ),
    RELEASED: (
        "ระบบยกเลิกนัดนี้แล้ว เพราะไม่มีการยืนยันภายใน{by} หากยังต้องการมา กรุณาจองใหม่ในแอป หรือโทรหาโรงพยาบาล"
        " หากเวลาเดิมยังว่าง โรงพยาบาลคืนนัดให้ได้",
        "It was not confirmed by {by}, so the system has cancelled it. If you still want to come, book again in the app"
        " or telephone the hospital. It can give your place back while the place is free.",
    ),
    GIVEN_BACK: (
        "นัดนี้เป็นของท่านเหมือนเดิม ไม่ต้องยืนยันอีก หากมาไม่ได้ กรุณาเลื่อนหรือยกเลิกในแอป",
        "It is yours as before and needs no confirmation. If you cannot come, please change or cancel it in the app.",
    ),
    NEAR: (
        "มีผู้รออยู่ก่อนหน้าท่านไม่เกิน 3 คิว กรุณามารอใกล้จุดบริการ",
        "At most three people are before you. Please wait near the service point.",
    ),
}
_ELSE_RELEASED = (
    "หากไม่ยืนยันภายในเวลานี้ นัดจะถูกยกเลิกและให้คิวแก่ผู้อื่น",
    "Otherwise the appointment is cancelled and the place is given to somebody else.",
)
_DAYS = ("จันทร์ อังคาร พุธ พฤหัสบดี ศุกร์ เสาร์ อาทิตย์", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_MONTHS = (
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
    "January February March April May June July August September October November December",
)


def notice_of_change(before: Appointment | None, after: Appointment) -> str | None:
    """Kind of notice for a change of an appointment; None if no notice is due.

    The person's own changes get no notice, except a booking.
    """
    if after.state == BOOKED and (before is None or before.state != BOOKED):
        if before is not None and before.check_code == after.check_code:
            return GIVEN_BACK if before.released_at else RESTORED
        if not after.origin:
            return BOOKING
        return None if after.changed_by_person else MOVED
    if before is None or before.state != BOOKED:
        return None
    if after.state == CANCELLED:
        if after.released_at:
            return RELEASED
        return None if after.changed_by_person else GIVEN_UP
    if after.accepted_at and not before.accepted_at:
        return ACCEPTED
    # The person got a notice of the acceptance and relies on it.
    return REJECTED if before.accepted_at and not after.accepted_at else None


def words(kind: str, appointment: Appointment, language: str, now: datetime) -> tuple[str, str]:
    """Title and text of a notice. language: "th" or "en". now: Bangkok."""
    english = int(language == "en")
    schedule = appointment.schedule
    title = _REMINDER_TODAY if kind == REMINDER and schedule.day == now.date() else TITLES[kind]
    queue = ("คิว", "Queue")[english]
    span = f"{schedule.time_start[:5]}–{schedule.time_finish[:5]}"
    lines = [
        in_words(schedule.day, language),
        (f"เวลา {span} น.", span)[english],
        schedule.hospital_name,
        where(appointment),
        *([] if kind in (GIVEN_UP, RELEASED) else [f"{queue} {appointment.queue_no}"]),
        *reason_line(kind, appointment, language),
        *confirm_lines(kind, appointment, language, now),
        _LAST_LINES[kind][english].format(by=deadline_in_words(appointment.confirm_by, language)),
    ]
    return title[english], "\n".join(lines)


def confirm_lines(kind: str, appointment: Appointment, language: str, now: datetime) -> list[str]:
    """The lines of a notice that ask to confirm, and say what happens otherwise."""
    asks = kind in (CONFIRM, REMINDER) and appointment.confirm_by and not appointment.confirmed_at
    if not asks or datetime.fromisoformat(appointment.confirm_by) <= now:
        return []
    by, english = deadline_in_words(appointment.confirm_by, language), int(language == "en")
    lines = [(f"กรุณายืนยันในแอปภายใน{by}", f"Please confirm in the app by {by}.")[english]]
    if appointment.release_by:
        lines.append(_ELSE_RELEASED[english])
    return lines


def deadline_in_words(confirm_by: str, language: str) -> str:
    """Write out a date and a time; "" if there is none."""
    if not confirm_by:
        return ""
    by = datetime.fromisoformat(confirm_by)
    day = in_words(by, language)
    return f"{day} at {by:%H:%M}" if language == "en" else f"{day} เวลา {by:%H:%M} น."


def reason_line(kind: str, appointment: Appointment, language: str) -> list[str]:
    """The line of a notice with the reason of a change, if one was given.

    It is for the app alone.
    """
    if kind not in (MOVED, GIVEN_UP) or not appointment.reason:
        return []
    english = int(language == "en")
    return [f"{('เหตุผล', 'Reason')[english]}: {reason_rules.in_words(appointment.reason)[english]}"]


def where(appointment: Appointment) -> str:
    """The line of a notice that names department and room."""
    return f"{appointment.schedule.department_name} {appointment.schedule.room_name}"


def in_words(day: date, language: str) -> str:
    """Write out a date: วันอังคารที่ 1 ธันวาคม 2569, or Tuesday 1 December 2026."""
    english = int(language == "en")
    weekday, month = _DAYS[english].split()[day.weekday()], _MONTHS[english].split()[day.month - 1]
    return f"{weekday} {day.day} {month} {day.year}" if english else f"วัน{weekday}ที่ {day.day} {month} {day.year + 543}"


def request_is_over(before: Appointment, after: Appointment) -> bool:
    """Whether a change makes the request to confirm needless or wrong.

    The person has confirmed, the appointment has ended, or its place is no longer to be released.
    """
    needed = before.is_active and bool(before.confirm_by) and not before.confirmed_at
    is_wrong = bool(before.release_by) and not after.release_by
    return needed and (not after.is_active or bool(after.confirmed_at) or is_wrong)


def reminder_is_due(appointment: Appointment, now: datetime) -> bool:
    """Whether the person should have been reminded by now and still can be.

    now: Bangkok.
    """
    schedule = appointment.schedule
    due = datetime.combine(schedule.day - timedelta(days=1), _DUE_FROM, now.tzinfo)
    return appointment.is_active and due <= now < schedule.start(now)


def people_are_awake(now: datetime, hours: tuple[int, int]) -> bool:
    """Whether reminders may be sent now. hours: two full hours of the day, Bangkok."""
    return hours[0] <= now.hour < hours[1]
