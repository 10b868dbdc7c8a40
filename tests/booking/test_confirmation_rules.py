"""The rules who is asked to confirm, and whose place is released."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.booking import confirmation_rules
from chalicelib.booking.model import Appointment, Visit
from chalicelib.schedules.catalogue_model import BookingRules
from tests.booking.confirming import (
    AFTER,
    ASKED_FROM,
    ASKS,
    DEADLINE,
    RELEASES,
    at,
)
from tests.booking.hospital_in_memory import DAY
from tests.booking.test_rules import appointment as any_appointment

HELD = any_appointment(day=DAY, time_start="08:00:00", time_finish="08:59:59")
TOLD = replace(HELD, confirm_by=DEADLINE.isoformat(), release_by=DEADLINE.isoformat())


@pytest.mark.parametrize(
    ("held", "rules", "now", "is_asked"),
    [
        (HELD, ASKS, ASKED_FROM, True),
        (HELD, ASKS, ASKED_FROM - timedelta(minutes=1), False),
        (HELD, ASKS, DEADLINE - timedelta(hours=4), True),
        (HELD, ASKS, DEADLINE - timedelta(hours=3, minutes=59), False),
        (HELD, BookingRules(), ASKED_FROM, False),
        (HELD, replace(ASKS, unasked_departments=frozenset({1})), ASKED_FROM, False),
        (HELD, replace(ASKS, confirm_days_before=3), ASKED_FROM - timedelta(days=2), True),
        (HELD, replace(ASKS, confirm_days_before=3), ASKED_FROM, False),
        (replace(HELD, confirm_by="2026-11-30T16:00:00+07:00"), ASKS, ASKED_FROM, False),
        (replace(HELD, confirmed_at="x"), ASKS, ASKED_FROM, False),
        (replace(HELD, call_outcome="will_come"), ASKS, ASKED_FROM, False),
        (replace(HELD, call_outcome="no_answer"), ASKS, ASKED_FROM, True),
        (replace(HELD, accepted_at="x"), ASKS, ASKED_FROM, True),
        (replace(HELD, state="cancelled"), ASKS, ASKED_FROM, False),
    ],
)
def test_who_is_asked_to_confirm(held: Appointment, rules: BookingRules, now: datetime, is_asked: bool) -> None:
    requested = confirmation_rules.with_request(held, rules, now)
    assert (requested is not None) == is_asked


@pytest.mark.parametrize(
    ("held", "rules", "is_told"),
    [
        (HELD, ASKS, False),
        (HELD, RELEASES, True),
        (replace(HELD, accepted_at="x"), RELEASES, False),
        (HELD, replace(ASKS, release_departments=frozenset({2})), False),
    ],
)
def test_who_is_told_that_the_place_is_given_to_somebody_else(
    held: Appointment, rules: BookingRules, is_told: bool
) -> None:
    requested = confirmation_rules.with_request(held, rules, ASKED_FROM)
    assert requested is not None
    assert requested.confirm_by == "2026-11-30T16:00:00+07:00"
    assert requested.release_by == (requested.confirm_by if is_told else "")


@pytest.mark.parametrize(
    ("held", "rules", "now", "is_due"),
    [
        (TOLD, RELEASES, DEADLINE, True),
        (TOLD, RELEASES, DEADLINE - timedelta(seconds=1), False),
        (TOLD, RELEASES, at("11-30T23:59"), True),
        (TOLD, RELEASES, at("12-01T00:00"), False),
        (TOLD, ASKS, AFTER, False),
        (TOLD, BookingRules(), AFTER, False),
        (TOLD, BookingRules(release_departments=frozenset({1})), AFTER, False),
        (TOLD, replace(RELEASES, unasked_departments=frozenset({1})), AFTER, False),
        (TOLD, replace(RELEASES, confirm_time="18:00"), AFTER, False),
        (TOLD, replace(RELEASES, confirm_time="08:00"), DEADLINE - timedelta(seconds=1), False),
        (replace(TOLD, release_by=""), RELEASES, AFTER, False),
        (replace(TOLD, confirmed_at="x"), RELEASES, AFTER, False),
        (replace(TOLD, accepted_at="x"), RELEASES, AFTER, False),
        (replace(TOLD, call_outcome="will_come"), RELEASES, AFTER, False),
        (replace(TOLD, call_outcome="no_answer"), RELEASES, AFTER, True),
        (replace(TOLD, call_outcome="wrong_number"), RELEASES, AFTER, True),
        (replace(TOLD, day_of_visit=Visit("arrived")), RELEASES, AFTER, False),
        (replace(TOLD, state="cancelled"), RELEASES, AFTER, False),
    ],
)
def test_whose_place_is_released(held: Appointment, rules: BookingRules, now: datetime, is_due: bool) -> None:
    assert confirmation_rules.release_is_due(held, rules, now) == is_due


def test_every_hospital_is_soon_among_the_first_of_a_run() -> None:
    hospitals = {f"{code:05}": ASKS for code in range(1000)}
    runs = [confirmation_rules.in_turn(hospitals, AFTER + n * timedelta(minutes=15)) for n in range(20)]
    assert all(dict(run) == hospitals for run in runs)
    assert {code for run in runs for code, _ in run[:100]} == hospitals.keys()
