"""The showcase hospital of `make run`: made in few requests, with real rows."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from chalicelib.clock import BANGKOK
from tests import showcase_maker
from tests.invariants import Rows, violations
from tests.showcase_maker import Made

NOW = datetime(2026, 12, 2, 10, 30, tzinfo=BANGKOK)  # a Wednesday
TODAY = NOW.date()


@pytest.fixture(scope="module")
def made() -> Made:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(showcase_maker.make, NOW, days_later=5).result()


def _per_day(rows: Rows) -> "Counter[date]":
    return Counter(date.fromisoformat(one["day"]) for one in rows.active())


def test_it_is_made_in_few_requests(made: Made) -> None:
    assert made.requests["BatchWriteItem"] < 170
    assert made.requests.total() < 200


def test_its_rows_are_as_the_product_writes_them(made: Made) -> None:
    assert violations(made.rows) == []
    assert made.rows.active()
    broken = {**made.rows.schedules[0], "available_count": made.rows.schedules[0]["available_count"] + 1}
    assert violations(Rows([broken, *made.rows.schedules[1:]], made.rows.appointments)) != []


def test_the_counts_of_its_days_are_those_that_the_stream_would_make(made: Made) -> None:
    assert made.days
    assert made.days == made.recounted


def test_a_month_is_over_today_is_busy_and_weeks_are_ahead(made: Made) -> None:
    rows, per_day = made.rows, _per_day(made.rows)
    assert min(per_day) <= TODAY - timedelta(days=28)
    assert max(per_day) >= TODAY + timedelta(days=20)
    assert per_day[TODAY] > 40
    assert per_day[TODAY + timedelta(days=1)] > per_day[max(per_day)]
    assert {row["state"] for row in rows.appointments} == {"booked", "cancelled", "postponed"}
    assert any(row["available_count"] == 0 for row in rows.schedules)
    assert {row["state"] for row in rows.schedules} == {"open", "closed"}
    today_accepted = [bool(row.get("accepted_at")) for row in rows.active() if row["day"] == TODAY.isoformat()]
    assert 0 < sum(today_accepted) < len(today_accepted)


def test_of_past_days_most_outcomes_are_known_and_the_marks_say_what_the_appointments_say(made: Made) -> None:
    over = [row for row in made.rows.active() if row["day"] < TODAY.isoformat()]
    outcomes = Counter(row.get("visit", "") for row in over)
    assert outcomes["served"] > 0.7 * len(over)
    assert 0 < outcomes["absent"] < 0.2 * len(over)
    assert 0 < outcomes[""] < 0.2 * len(over)
    assert made.marks == made.marks_of_appointments


def test_people_wait_in_todays_queue_and_each_has_one_entry(made: Made) -> None:
    today = [row for row in made.rows.active() if row["day"] == TODAY.isoformat()]
    outcomes = Counter(row.get("visit", "") for row in today)
    assert min(outcomes[visit] for visit in ("", "arrived", "called", "served")) > 0
    waiting = sorted((row["point_id"], row["queue_order"]) for row in today if row.get("visit") == "arrived")
    assert waiting == made.waiting
    assert made.tickets > 0


def test_a_start_on_another_day_makes_its_queue_and_settles_the_days_between(made: Made) -> None:
    later = [row for row in made.later.active() if row["day"] == (TODAY + timedelta(days=5)).isoformat()]
    assert {row.get("visit", "") for row in later} >= {"arrived", "called", "served"}
    between = [row for row in made.later.active() if row["day"] == (TODAY + timedelta(days=1)).isoformat()]
    assert Counter(row.get("visit", "") for row in between)["served"] > 0.7 * len(between)


def test_nobody_has_acted_in_the_future_and_nobody_waits_for_a_reminder(made: Made) -> None:
    assert all(datetime.fromisoformat(row["changed_at"]) <= NOW for row in made.rows.appointments)
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    assert all(row.get("reminded_at") for row in made.rows.active() if row["day"] <= tomorrow)


def test_its_announcements_were_read(made: Made) -> None:
    assert [state for state, _, _ in made.announcements] == ["draft", "sent", "sent", "sent"]
    assert all(0 < read < targets for _, targets, read in made.announcements[1:])


def test_a_later_start_adds_only_the_days_that_are_missing_by_then_and_today_if_it_is_a_holiday(made: Made) -> None:
    before, after = _per_day(made.rows), _per_day(made.later)
    assert {day: after[day] for day in before} == before
    assert set(after) > set(before)
    assert after[TODAY + timedelta(days=5)] > 40, "7 December 2026 is a holiday"
    assert violations(made.later) == []
