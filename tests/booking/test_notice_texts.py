"""When a notice is due, and its texts: without storage."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from chalicelib.booking import confirmation_rules, notice_texts, reason_rules, rules, transition_rules
from chalicelib.booking.model import POSTPONED, Appointment
from chalicelib.booking.notice_texts import reminder_is_due
from chalicelib.clock import BANGKOK
from chalicelib.messages.routes import InboxMessage
from tests.booking.test_rules import NOW, appointment

ROOT = Path(__file__).parents[2]
HELD = appointment(day=date(2026, 12, 1), time_start="08:00:00", time_finish="08:59:59")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


def cancelled(by_person: bool) -> Appointment:
    return transition_rules.end_appointment(HELD, "cancel", "somebody", NOW, by_person=by_person)


def moved_here(by_person: bool) -> Appointment:
    return replace(rules.continue_calendar_entry(appointment(), HELD), changed_by_person=by_person)


ACCEPTED = transition_rules.apply_decision(HELD, "accept", "staff.demo", "เจ้าหน้าที่", NOW)


@pytest.mark.parametrize(
    ("before", "after", "notice"),
    [
        (None, HELD, "booked"),
        (None, replace(HELD, changed_by_person=True), "booked"),
        (cancelled(True), replace(HELD, check_code="0badcafe"), "booked"),
        (cancelled(False), HELD, "restored"),
        (replace(HELD, state=POSTPONED), HELD, "restored"),
        (None, moved_here(by_person=False), "moved"),
        (None, moved_here(by_person=True), None),
        (HELD, ACCEPTED, "accepted"),
        (ACCEPTED, transition_rules.apply_decision(ACCEPTED, "reject", "staff.demo", "", NOW), "rejected"),
        (HELD, transition_rules.apply_decision(HELD, "reject", "staff.demo", "", NOW), None),
        (
            ACCEPTED,
            transition_rules.end_appointment(ACCEPTED, "cancel", "staff.demo", NOW, by_person=False),
            "cancelled",
        ),
        (ACCEPTED, transition_rules.apply_decision(ACCEPTED, "confirm", "app", "", NOW), None),
        (HELD, cancelled(by_person=False), "cancelled"),
        (HELD, confirmation_rules.released(HELD, NOW), "released"),
        (confirmation_rules.released(HELD, NOW), HELD, "given_back"),
        (confirmation_rules.released(HELD, NOW), replace(HELD, check_code="0badcafe"), "booked"),
        (HELD, cancelled(by_person=True), None),
        (HELD, replace(HELD, state=POSTPONED), None),
        (HELD, replace(HELD, reminded_at="2026-11-30T09:00:00+07:00"), None),
    ],
)
def test_people_get_notices_of_bookings_and_of_changes_by_others(
    before: Appointment | None, after: Appointment, notice: str | None
) -> None:
    assert notice_texts.notice_of_change(before, after) == notice


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-30T08:59:59", False),
        ("2026-11-30T09:00:00", True),
        ("2026-12-01T07:59:59", True),
        ("2026-12-01T08:00:00", False),
    ],
)
def test_a_reminder_is_due_from_nine_the_day_before_until_the_period_starts(now: str, due: bool) -> None:
    assert reminder_is_due(HELD, at(now)) is due


def test_no_reminder_is_due_for_a_cancelled_appointment() -> None:
    assert not reminder_is_due(cancelled(by_person=True), at("2026-11-30T12:00:00"))


@pytest.mark.parametrize("kind", notice_texts.TITLES)
@pytest.mark.parametrize(
    ("language", "when"),
    [("th", "วันอังคารที่ 1 ธันวาคม 2569\nเวลา 08:00–08:59 น."), ("en", "Tuesday 1 December 2026\n08:00–08:59")],
)
def test_a_notice_names_time_and_hospital_and_never_the_person(kind: str, language: str, when: str) -> None:
    title, text = notice_texts.words(kind, HELD, language, at("2026-11-30T12:00:00"))
    assert title
    assert text.startswith(when)
    assert HELD.schedule.hospital_name in text
    assert HELD.cid not in title + text
    assert HELD.person_name not in title + text


@pytest.mark.parametrize("kind", notice_texts.TITLES)
def test_the_phone_and_the_api_have_words_for_every_kind_of_notice(kind: str) -> None:
    page = (ROOT / "dashboard/src/phone/messages.tsx").read_text(encoding="utf-8")
    assert f"\n  {kind}: [" in page.partition("const subject")[2].partition("});")[0]
    assert kind in (InboxMessage.__doc__ or "")


def test_a_request_that_is_wrong_by_now_is_withdrawn() -> None:
    threatened = replace(HELD, confirm_by="2026-11-30T16:00:00+07:00", release_by="2026-11-30T16:00:00+07:00")
    accepted = transition_rules.apply_decision(threatened, "accept", "staff.demo", "เจ้าหน้าที่", NOW)
    assert notice_texts.request_is_over(threatened, accepted)
    requested = replace(threatened, release_by="")
    assert not notice_texts.request_is_over(
        requested, transition_rules.apply_decision(requested, "accept", "staff.demo", "", NOW)
    )


def test_a_reminder_on_the_day_itself_says_today() -> None:
    assert notice_texts.words("reminder", HELD, "th", at("2026-11-30T12:00:00"))[0] == "พรุ่งนี้ท่านมีนัด"
    assert notice_texts.words("reminder", HELD, "th", at("2026-12-01T12:00:00"))[0] == "วันนี้ท่านมีนัด"


@pytest.mark.parametrize(
    ("reason", "language", "line"),
    [
        ("doctor_away", "th", "เหตุผล: แพทย์ติดราชการ"),
        ("doctor_away", "en", "Reason: the doctor is away on duty"),
        ("น้ำท่วมทางเข้า", "en", "Reason: น้ำท่วมทางเข้า"),
    ],
)
def test_a_notice_of_the_hospitals_change_tells_the_reason_in_the_persons_language(
    reason: str, language: str, line: str
) -> None:
    appointment = replace(HELD, reason=reason)
    for kind in ("moved", "cancelled"):
        assert line in notice_texts.words(kind, appointment, language, at("2026-11-30T12:00:00"))[1].split("\n")
    for kind in ("booked", "accepted", "reminder"):
        assert line not in notice_texts.words(kind, appointment, language, at("2026-11-30T12:00:00"))[1]


def test_every_reason_has_words_in_both_languages() -> None:
    assert all(thai and english for thai, english in reason_rules.REASONS.values())
