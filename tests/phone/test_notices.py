"""The notices that people get about their appointments, each exactly once.

docs/app-guide.md.
"""

from typing import Any

from tests.client import Client, in_days, new_cid
from tests.manual.desk_client import act
from tests.phone.phone import Phone, book, which
from tests.waiting import eventually

OPEN_DAYS = (14, 15, 16)


def inbox(phone: Phone, kind: str, count: int = 1) -> list[dict[str, Any]]:
    """The notices of a kind, once there are as many as are meant to be."""
    found: list[dict[str, Any]] = eventually(
        lambda: len(them := [one for one in phone.get("inbox") if one["kind"] == kind]) >= count and them
    )
    assert len(found) == count
    return found


def kinds(phone: Phone) -> list[str]:
    """Every notice so far, oldest first."""
    return [one["kind"] for one in reversed(phone.get("inbox"))]


def test_who_books_in_the_app_gets_one_confirmation_with_date_in_the_buddhist_era_and_queue(own: Phone) -> None:
    held = book(own, 14)

    (notice,) = inbox(own, "booked")

    text, day = notice["message_content_text"], in_days(14)
    assert str(day.year + 543) in text
    assert held["queue_no"] in text
    assert held["hospital_name"] in text
    assert notice["read_at"] == ""


def test_a_notice_names_neither_the_person_nor_the_national_id(phone: Phone) -> None:
    cid = new_cid()
    phone.post("session", cid=cid)
    phone.post("person", prefix="นาง", first_name="บุญเหลือ", last_name="เกินพอ", gender=2)
    book(phone, 14)

    (notice,) = inbox(phone, "booked")

    assert "บุญเหลือ" not in str(notice)
    assert cid not in str(notice)


def test_somebody_who_chose_english_is_written_to_in_english(own: Phone) -> None:
    own.post("language", language="en")
    book(own, 14)
    assert inbox(own, "booked")[0]["message_title"] == "Your appointment is booked"


def test_the_hospital_accepts_moves_and_cancels_and_the_person_hears_of_each_once(own: Phone, staff: Client) -> None:
    held = book(own, 15)
    inbox(own, "booked")

    row = staff.call("GET", f"/api/dashboard/slips/{held['slip_code']}").result
    row = act(staff, row, "accept").result
    inbox(own, "accepted")
    later = own.get("day", hospital_code=own.hospital_code, date=in_days(16))[1]["schedule_id"]
    row = act(staff, row, "postpone", to_schedule_id=later).result
    (notice,) = inbox(own, "moved")
    assert row["queue_no"] in notice["message_content_text"]
    act(staff, row, "cancel")
    inbox(own, "cancelled")

    assert kinds(own) == ["booked", "accepted", "moved", "cancelled"]


def test_who_was_told_of_the_acceptance_is_told_that_it_was_taken_back_each_time_once(
    own: Phone, staff: Client
) -> None:
    own.post("language", language="en")
    held = book(own, 15, 2)
    row = staff.call("GET", f"/api/dashboard/slips/{held['slip_code']}").result
    for _ in range(2):
        row = act(staff, row, "accept").result
        row = act(staff, row, "reject").result

    first, second = inbox(own, "rejected", 2)

    assert first["message_title"] == "Your appointment waits for the hospital's acceptance again"
    assert "still yours" in second["message_content_text"]
    assert held["queue_no"] in second["message_content_text"]
    assert kinds(own) == ["booked", "accepted", "rejected", "accepted", "rejected"]


def test_nobody_is_told_of_what_they_did_themselves(own: Phone, staff: Client) -> None:
    held = book(own, 15, 1)
    later = own.get("day", hospital_code=own.hospital_code, date=in_days(16))[3]["schedule_id"]
    own.post("postpone", **which(held), schedule_id=later)
    (moved,) = own.get("appointments")
    own.post("confirm", **which(moved))
    own.post("cancel", **which(moved))

    book(own, 15, 5)  # the notice of this comes after every notice of that
    inbox(own, "booked", 2)
    assert kinds(own) == ["booked", "booked"]


def test_opening_a_notice_marks_it_read(own: Phone) -> None:
    book(own, 14)
    (notice,) = inbox(own, "booked")
    own.post("read", hospital_code=notice["hospital_code"], message_id=notice["message_id"])
    assert inbox(own, "booked")[0]["read_at"]
