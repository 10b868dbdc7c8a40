"""An appointment as a calendar file (RFC 5545), without storage. Ours."""

from dataclasses import replace
from datetime import date

from chalicelib.booking import rules, transition_rules
from chalicelib.booking.calendar_files import calendar_file
from chalicelib.booking.model import Appointment
from chalicelib.booking.rules import slip_code
from tests.booking.test_rules import NOW, appointment
from tests.schedules.test_rules import changed

HELD = appointment(day=date(2026, 12, 1), time_start="08:00:00", time_finish="08:59:59", room_phone_number="077-000000")


def read(a: Appointment, language: str = "th") -> dict[str, str]:
    """The event's properties, unfolded; those of the time zone and of the alarm apart."""
    unfolded = calendar_file(a, language).replace("\r\n ", "")
    event = unfolded.split("BEGIN:VEVENT\r\n")[1].split("BEGIN:VALARM")[0].split("END:VEVENT")[0]
    return dict(line.split(":", 1) for line in event.splitlines())


def moved(a: Appointment, new_place: int) -> Appointment:
    other = {"place": new_place, "check_code": "ffffffff", "day": date(2026, 12, 8), "origin": "", "sequence": 0}
    new = changed(a, "schedule", other)
    return rules.continue_calendar_entry(a, new)


def test_an_entry_is_in_bangkok_time_and_ends_after_the_last_second() -> None:
    event = read(HELD)
    assert event["DTSTART;TZID=Asia/Bangkok"] == "20261201T080000"
    assert event["DTEND;TZID=Asia/Bangkok"] == "20261201T090000"
    assert "TZOFFSETTO:+0700" in calendar_file(HELD, "th")


def test_moving_keeps_the_uid_and_every_change_raises_the_sequence() -> None:
    accepted = transition_rules.apply_decision(HELD, "accept", "staff.demo", "เจ้าหน้าที่", NOW)
    once = moved(accepted, 7)
    twice = moved(once, 8)
    gone = transition_rules.end_appointment(twice, "cancel", "app", NOW, by_person=True)

    events = [read(one) for one in (HELD, accepted, once, twice, gone)]

    assert len({event["UID"] for event in events}) == 1
    sequences = [int(event["SEQUENCE"]) for event in events]
    assert sequences == sorted(set(sequences))
    assert [event["STATUS"] for event in events] == ["TENTATIVE", "CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_another_booking_of_the_same_place_is_another_entry() -> None:
    assert read(HELD)["UID"] != read(replace(HELD, check_code="12345678"))["UID"]


def test_the_file_has_the_slips_code_and_the_queue_number_and_not_the_person() -> None:
    text = calendar_file(HELD, "th").replace("\r\n ", "")
    assert slip_code(HELD) in read(HELD)["DESCRIPTION"]
    assert HELD.queue_no in read(HELD)["DESCRIPTION"]
    assert HELD.cid not in text
    assert HELD.person_name not in text


def test_the_calendar_reminds_its_owner_a_day_before() -> None:
    alarm = calendar_file(HELD, "th").replace("\r\n ", "").split("BEGIN:VALARM\r\n")[1].split("END:VALARM")[0]
    assert alarm.splitlines() == ["ACTION:DISPLAY", f"DESCRIPTION:{read(HELD)['SUMMARY']}", "TRIGGER:-P1D"]


def test_a_cancelled_appointment_reminds_nobody() -> None:
    gone = transition_rules.end_appointment(HELD, "cancel", "app", NOW, by_person=True)
    assert "VALARM" not in calendar_file(gone, "th")


def test_the_file_is_in_the_persons_language() -> None:
    thai, english = read(HELD), read(HELD, "en")
    assert thai["SUMMARY"].startswith("นัด ")
    assert english["SUMMARY"].startswith("Appointment ")
    assert thai["DESCRIPTION"].startswith("คิว ")
    assert english["DESCRIPTION"].startswith("Queue ")


def test_lines_are_folded_at_75_bytes_without_cutting_a_thai_letter() -> None:
    long = appointment(hospital_name="โรงพยาบาลส่งเสริมสุขภาพตำบล" * 6)
    lines = calendar_file(long, "th").encode().split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    unfolded = "".join(line.decode().removeprefix(" ") for line in lines)  # a letter cut in two cannot be decoded
    assert unfolded.count(long.schedule.hospital_name) == 3
    assert long.schedule.hospital_name in read(long)["SUMMARY"]


def test_commas_semicolons_and_backslashes_are_written_as_the_rfc_wants() -> None:
    location = read(appointment(room_name="ห้อง 1, ชั้น 2; อาคาร \\A"))["LOCATION"]
    assert location.startswith("ห้อง 1\\, ชั้น 2\\; อาคาร \\\\A")


def test_a_carriage_return_in_a_stored_name_breaks_no_line() -> None:
    """Rows from before names were cleaned may still have one."""
    held = changed(HELD, "schedule", {"hospital_name": "รพ.\rATTENDEE:x\r\nทดสอบ\x0b\x85\u2028"})
    text = calendar_file(held, "th")
    assert "\r" not in text.replace("\r\n", "")
    assert all(line.split(":")[0].split(";")[0] != "ATTENDEE" for line in text.splitlines())
    assert read(held)["LOCATION"].endswith("รพ.\\nATTENDEE:x\\nทดสอบ")
