"""Calendar file of an appointment (RFC 5545) for a phone's calendar. Pure.

The entry's UID is the slip code of the first booking, also after moves, and SEQUENCE counts every change, so that the
calendar replaces the entry that it has. The file of a cancelled appointment has the status CANCELLED, which removes the
entry.
"""

import re
from datetime import UTC, datetime, timedelta

from chalicelib import text_cleaning
from chalicelib.booking.model import Appointment
from chalicelib.booking.rules import calendar_id, slip_code

_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Bangkok",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0700",
    "TZOFFSETTO:+0700",
    "TZNAME:+07",
    "END:STANDARD",
    "END:VTIMEZONE",
)
_WORDS = {
    "th": ("นัด", "คิว", "รหัสใบนัด", "โทร"),
    "en": ("Appointment", "Queue", "Slip code", "Call"),
}
_LONGEST_LINE = 75  # bytes, without the line break


def calendar_file(appointment: Appointment, language: str) -> str:
    """The text of the calendar file, with an alarm a day before.

    language: "th" or "en". Times are Thai local time. The slip code is in the description, so that slip, phone and
    calendar identify the same appointment.
    """
    schedule = appointment.schedule
    changed = datetime.fromisoformat(appointment.changed_at).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    start = datetime.fromisoformat(f"{schedule.day}T{schedule.time_start}")
    # On the wire, the end of a period is its last second; in a calendar, it is the moment after that.
    finish = datetime.fromisoformat(f"{schedule.day}T{schedule.time_finish}") + timedelta(seconds=1)
    status = "CANCELLED" if not appointment.is_active else "CONFIRMED" if appointment.accepted_at else "TENTATIVE"
    title, queue, slip, phone = _WORDS[language]
    summary = _text(f"{title} {schedule.department_name} {schedule.hospital_name}")
    about = [f"{queue} {appointment.queue_no}", f"{slip} {slip_code(appointment)}"]
    if schedule.room_phone_number:
        about.append(f"{phone} {schedule.room_phone_number}")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//MOPH//Appointment Center//TH",
        "METHOD:PUBLISH",
        *_ZONE,
        "BEGIN:VEVENT",
        f"UID:{calendar_id(appointment)}@appointment-center",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"SEQUENCE:{appointment.sequence}",
        f"STATUS:{status}",
        f"DTSTART;TZID=Asia/Bangkok:{start:%Y%m%dT%H%M%S}",
        f"DTEND;TZID=Asia/Bangkok:{finish:%Y%m%dT%H%M%S}",
        f"SUMMARY:{summary}",
        f"LOCATION:{_text(f'{schedule.room_name} {schedule.hospital_name}')}",
        f"DESCRIPTION:{_text(chr(10).join(about))}",
        *(_alarm(summary) if appointment.is_active else ()),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _alarm(summary: str) -> tuple[str, ...]:
    """Lines of the alarm, a day before the start."""
    return ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{summary}", "TRIGGER:-P1D", "END:VALARM")


def _text(value: str) -> str:
    # A carriage return alone would end the line for a calendar, and the RFC allows no other controls.
    value = text_cleaning.without_invisible(re.sub("\r\n?", "\n", value))
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        value = value.replace(plain, written)
    return value


def _folded(line: str) -> str:
    """Fold a line into parts of at most 75 bytes, without splitting a character.

    The second and later parts begin with a blank, which counts.
    """
    parts, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _LONGEST_LINE:
            parts.append(" ")
            size = 1
        parts[-1] += letter
        size += width
    return "\r\n".join(parts)
