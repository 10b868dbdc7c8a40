"""Bookings and changes of appointments, without storage."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import errors
from chalicelib.booking import limit_rules, rules, slip_codes, transition_rules
from chalicelib.booking.model import (
    BOOKED,
    CANCELLED,
    POSTPONED,
    TRANSITIONS,
    Appointment,
    BookingRequest,
    BookingSnapshot,
    Sender,
)
from chalicelib.clock import BANGKOK
from chalicelib.people.model import Person
from chalicelib.schedules.catalogue_model import BookingRules
from tests.schedules.test_rules import DAY, changed, schedule

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=BANGKOK)


def request(**more: Any) -> BookingRequest:
    person = Person("1111111111119", "นาย", "ทดสอบ", "ระบบ")
    return BookingRequest("00000", schedule().info.schedule_id, person, Sender("00000", "HIS", "his.demo"), **more)


def snapshot(**more: Any) -> BookingSnapshot:
    values: dict[str, Any] = {"person": None, "held": None, "limits": BookingRules(), "booking_version": 0}
    return BookingSnapshot(schedule(), **{**values, **more})


def appointment(**more: Any) -> Appointment:
    """An appointment at the second place, with these fields changed.

    more: fields of Appointment or of its ScheduleInfo.
    """
    made = rules.new_appointment(request(), snapshot(), 2, "0a1b2c3d", NOW)
    return changed(made, "schedule", more)


@pytest.mark.parametrize("event", sorted(TRANSITIONS))
def test_nothing_happens_to_an_appointment_that_has_ended(event: str) -> None:
    rules.check_transition(event, appointment())
    with pytest.raises(errors.AppointmentCancelled):
        rules.check_transition(event, appointment(state=CANCELLED))
    with pytest.raises(errors.AppointmentPostponed):
        rules.check_transition(event, appointment(state=POSTPONED))


@pytest.mark.parametrize(
    ("more", "online", "refusal"),
    [
        ({}, True, None),
        ({"online": False}, False, None),
        ({"online": False}, True, errors.ScheduleNotOnline),
        ({"state": "closed"}, False, errors.ScheduleClosed),
        ({"day": date(2026, 11, 22)}, False, errors.PeriodEnded),
        ({"day": date(2026, 11, 23), "time_finish": "11:59:59"}, False, errors.PeriodEnded),
        ({"day": date(2026, 11, 23), "time_finish": "12:00:00"}, False, None),
        ({"available_count": 0, "free": frozenset()}, False, errors.SlotsFull),
    ],
)
def test_which_schedules_may_be_booked(
    more: dict[str, Any], online: bool, refusal: type[errors.ApiError] | None
) -> None:
    if refusal is None:
        rules.check_bookable(schedule(**more), NOW, online=online)
        return
    with pytest.raises(refusal):
        rules.check_bookable(schedule(**more), NOW, online=online)


@pytest.mark.parametrize(
    ("at", "minutes", "by_person", "refusal"),
    [
        ("2026-12-01T07:59:59", 0, True, None),
        ("2026-12-01T08:00:00", 0, True, errors.TooLate),
        ("2026-12-01T08:59:59", 0, False, None),
        ("2026-12-01T09:00:00", 0, False, errors.PeriodEnded),
        ("2026-12-01T09:00:00", 0, True, errors.PeriodEnded),
        ("2026-11-30T07:59:59", 24 * 60, True, None),
        ("2026-11-30T08:00:00", 24 * 60, True, errors.TooLate),
        ("2026-12-01T08:30:00", 24 * 60, False, None),
    ],
)
def test_until_when_a_place_may_be_given_up(
    at: str, minutes: int, by_person: bool, refusal: type[errors.ApiError] | None
) -> None:
    held = appointment(cancel_minutes_before=minutes)
    now = datetime.fromisoformat(at).replace(tzinfo=BANGKOK)
    if refusal is None:
        rules.check_not_over(held, now, by_person=by_person)
        return
    with pytest.raises(refusal):
        rules.check_not_over(held, now, by_person=by_person)


@pytest.mark.parametrize(
    ("most", "held", "refused"),
    [
        (0, [appointment()] * 9, False),
        (1, [], False),
        (1, [appointment()], True),
        (2, [appointment()], False),
        (1, [appointment(state=CANCELLED)], False),
        (1, [appointment(day=date(2026, 11, 22))], False),
        (1, [appointment(department_id=2)], False),
        (1, [appointment(hospital_code="00002")], False),
    ],
)
def test_a_limit_counts_active_appointments_in_the_department_that_are_not_over(
    most: int, held: list[Appointment], refused: bool
) -> None:
    limits = BookingRules(max_active_per_department=most)
    if not refused:
        limit_rules.check_limit(limits, held, schedule().info, NOW)
        return
    with pytest.raises(errors.LimitReached):
        limit_rules.check_limit(limits, held, schedule().info, NOW)


@pytest.mark.parametrize(
    ("event", "more", "version", "login", "repeat"),
    [
        ("accept", {"accepted_at": "x", "version": 2, "changed_login": "a"}, 1, "a", True),
        ("accept", {"accepted_at": "x", "version": 2, "changed_login": "a"}, 1, "b", False),
        ("accept", {"accepted_at": "x", "version": 3, "changed_login": "a"}, 1, "a", False),
        ("accept", {"version": 2, "changed_login": "a"}, 1, "a", False),
        ("reject", {"version": 2, "changed_login": "a"}, 1, "a", True),
        ("reject", {"version": 2, "changed_login": "a", "state": CANCELLED}, 1, "a", False),
        ("cancel", {"version": 2, "changed_login": "a", "state": CANCELLED}, 1, "a", True),
        ("cancel", {"version": 2, "changed_login": "a", "state": POSTPONED}, 1, "a", False),
        ("postpone", {"version": 2, "changed_login": "a", "state": POSTPONED}, 1, "a", True),
        ("postpone", {"version": 2, "changed_login": "a", "state": BOOKED}, 1, "a", False),
    ],
)
def test_a_repeated_request_is_distinguished_from_somebody_elses_edit(
    event: str, more: dict[str, Any], version: int, login: str, repeat: bool
) -> None:
    assert transition_rules.is_repeat(appointment(**more), event, version, login) is repeat


@pytest.mark.parametrize("event", ["accept", "reject", "confirm"])
def test_a_decision_that_changes_nothing_keeps_the_version(event: str) -> None:
    done = appointment(accepted_at="x" if event == "accept" else "", confirmed_at="x" if event == "confirm" else "")
    assert transition_rules.apply_decision(done, event, "a", "A", NOW + timedelta(hours=1)) is done


@given(
    st.integers(0, 99_999), st.integers(1, 2**31 - 1), st.integers(1, 99_999), st.integers(0, 2**32 - 1), st.booleans()
)
def test_a_slips_code_can_be_read_back_in_either_case(
    hospital: int, schedule_id: int, place: int, check: int, lower: bool
) -> None:
    names = (f"{hospital:05d}", schedule_id, place, f"{check:08x}")
    code = slip_codes.code(*names)
    assert slip_codes.read(code.lower() if lower else code.replace("-", "")) == names


@pytest.mark.parametrize("text", ["", "A", "U" * 20, "0" * 21, "๏" * 20, "00000-00000-00000-0000"])
def test_other_texts_are_not_a_slips_code(text: str) -> None:
    assert slip_codes.read(text) is None


def test_a_slips_code_does_not_hold_the_national_id() -> None:
    assert rules.slip_code(appointment()) == rules.slip_code(appointment(cid="8000000000031"))


def test_an_appointment_is_on_the_day_of_its_schedule() -> None:
    assert appointment().schedule.day == DAY


def test_a_person_is_booked_under_the_name_that_the_registry_has() -> None:
    known = Person("1111111111119", "นาง", "ทะเบียน", "ราษฎร")
    assert rules.new_appointment(request(), snapshot(person=known), 2, "0a1b2c3d", NOW).person_name == known.name


def test_a_booking_after_a_cancellation_continues_the_version_and_remembers_the_id_given_up() -> None:
    before = appointment(state=CANCELLED, version=7)
    again = rules.new_appointment(request(), snapshot(held=before), 1, "ffffffff", NOW)
    assert (again.version, again.ended_ids) == (8, {before.appointment_id})


def test_a_move_continues_the_calendar_entry_and_the_old_appointment_names_the_new_one() -> None:
    old = appointment(comment="x")
    new = rules.new_appointment(request(moving=old), snapshot(), 3, "ffffffff", NOW)
    ended = transition_rules.moved(old, new)
    assert (new.origin, new.sequence) == (rules.slip_code(old), old.sequence + 1)
    assert (ended.state, ended.version, ended.changed_at) == (POSTPONED, old.version + 1, new.changed_at)
    assert (ended.moved_to_schedule_id, ended.moved_to_appointment_id) == (new.schedule.schedule_id, new.appointment_id)


def test_places_whose_ids_were_given_up_are_tried_last() -> None:
    before = appointment(state=CANCELLED)  # at the second place
    assert rules.places_to_try(snapshot()) == [1, 2, 3, 4]
    assert rules.places_to_try(snapshot(held=before)) == [1, 3, 4]
    everything = appointment(state=CANCELLED, ended_ids=frozenset({101, 103, 104}))
    assert rules.places_to_try(snapshot(held=everything)) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("capacity", "percent", "without_id_percent", "expected"),
    [(20, 50, 10, (10, 1)), (5, 50, 10, (3, 1)), (1, 1, 1, (1, 1)), (999, 50, 10, (500, 50)), (20, 0, 10, (0, 0)),
     (20, 50, 0, (10, 0)), (7, 100, 100, (7, 7))],
)  # fmt: skip
def test_the_share_of_other_hospitals_is_rounded_up_so_that_it_is_nothing_only_if_that_is_set(
    capacity: int, percent: int, without_id_percent: int, expected: tuple[int, int]
) -> None:
    limits = BookingRules(outside_percent=percent, outside_without_id_percent=without_id_percent)
    assert (limits.outside_places(capacity), limits.outside_places_without_id(capacity)) == expected


def test_a_person_is_booked_under_the_name_that_the_hospital_itself_has() -> None:
    registry = Person("1111111111119", "นาง", "ทะเบียน", "ราษฎร")
    own = Person("1111111111119", "นาง", "ของ", "หน่วยบริการ")
    made = rules.new_appointment(request(), snapshot(person=registry, own=own), 2, "0a1b2c3d", NOW)
    assert (made.person_name, made.sent_name) == (own.name, "นายทดสอบ ระบบ")


def test_a_move_keeps_what_the_booking_said() -> None:
    old = appointment(outside=True, sent_name="นายทดสอบ ระบบ")
    new = rules.new_appointment(request(moving=old), snapshot(), 3, "ffffffff", NOW)
    assert (new.outside, new.sent_name) == (True, "นายทดสอบ ระบบ")
