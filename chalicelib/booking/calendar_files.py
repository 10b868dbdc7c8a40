"""An appointment as a calendar file (RFC 5545): what a phone's calendar takes, and knows again after a change. Pure.

The entry's UID is the slip code that the first booking got, whatever it was moved to since, and SEQUENCE counts every
change: the calendar replaces what it has. A cancelled appointment's file takes the entry out.
"""

from datetime import UTC, datetime, timedelta

from chalicelib.booking.rules import BOOKED, Appointment, calendar_id, slip_code

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
_LONGEST_LINE = 75  # bytes, as the RFC counts


def calendar_file(a: Appointment) -> str:
    """The file's text. Times are Thai local time; the slip's code is in the description, so that slip, phone and
    calendar lead to the same appointment."""
    changed = datetime.fromisoformat(a.changed_at).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    start = datetime.fromisoformat(f"{a.day}T{a.time_start}")
    # On the wire a period's end is its last second; a calendar's end is the moment after.
    finish = datetime.fromisoformat(f"{a.day}T{a.time_finish}") + timedelta(seconds=1)
    status = "CANCELLED" if a.state != BOOKED else "CONFIRMED" if a.accepted_at else "TENTATIVE"
    about = [f"คิว {a.queue_no}", f"รหัสใบนัด {slip_code(a)}"]
    if a.room_phone_number:
        about.append(f"โทร {a.room_phone_number}")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//MOPH//Appointment Center//TH",
        "METHOD:PUBLISH",
        *_ZONE,
        "BEGIN:VEVENT",
        f"UID:{calendar_id(a)}@appointment-center",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"SEQUENCE:{a.sequence}",
        f"STATUS:{status}",
        f"DTSTART;TZID=Asia/Bangkok:{start:%Y%m%dT%H%M%S}",
        f"DTEND;TZID=Asia/Bangkok:{finish:%Y%m%dT%H%M%S}",
        f"SUMMARY:{_text(f'นัด {a.department_name} {a.hospital_name}')}",
        f"LOCATION:{_text(f'{a.room_name} {a.hospital_name}')}",
        f"DESCRIPTION:{_text(chr(10).join(about))}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _text(value: str) -> str:
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        value = value.replace(plain, written)
    return value


def _folded(line: str) -> str:
    """Cut into lines of at most 75 bytes, each further one begun with a blank, and no letter cut in two."""
    parts, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _LONGEST_LINE:
            parts.append(" ")
            size = 1
        parts[-1] += letter
        size += width
    return "\r\n".join(parts)
