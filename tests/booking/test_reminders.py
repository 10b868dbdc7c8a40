"""Reminders over several runs: exactly one per appointment, whatever happens to clock and process.

None for an appointment that is gone. On tables in memory and a clock that the tests set.
"""

from datetime import timedelta
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from pynamodb.exceptions import QueryError

from chalicelib import metrics, tables
from chalicelib.booking import actions, notices
from chalicelib.booking.notices import Reminders
from chalicelib.people import actions as people
from chalicelib.tables import CatalogueItem, MessageItem
from infra.local import demo
from tests.booking.memory import APP, DAY, EVENING_BEFORE, Watch, before_send, booked, error, opened


def titles() -> list[str]:
    """Of every notice made so far, in order."""
    return [row.title for row in MessageItem.query("00000") if row.title]


def test_one_reminder_however_often_the_function_runs(watch: Watch) -> None:
    booked(opened())
    runs = []
    for minutes in (0, 0, 15, 30, 180):
        watch.now = EVENING_BEFORE + timedelta(minutes=minutes)
        runs.append(notices.remind())
    assert runs == [Reminders(due=1, sent=1), *[Reminders()] * 4]
    assert titles() == ["พรุ่งนี้ท่านมีนัด"]


def test_one_reminder_each_for_everybody(watch: Watch) -> None:
    schedule = opened()
    for person in demo.PEOPLE[:5]:
        booked(schedule, person)
    watch.now = EVENING_BEFORE
    assert [notices.remind(), notices.remind()] == [Reminders(5, 5), Reminders()]
    assert len(titles()) == 5


def test_none_a_week_before(watch: Watch) -> None:
    booked(opened())
    assert notices.remind() == Reminders(due=0, sent=0)
    assert titles() == []


def test_none_for_a_cancelled_appointment(watch: Watch) -> None:
    held = booked(opened())
    actions.cancel(APP, "00000", held.cid, held.appointment_id)
    watch.now = EVENING_BEFORE
    assert notices.remind() == Reminders(due=0, sent=0)
    assert titles() == []


def test_none_for_what_was_cancelled_a_moment_before_although_the_days_list_still_shows_it(watch: Watch) -> None:
    listed = booked(opened())
    actions.cancel(APP, "00000", listed.cid, listed.appointment_id)
    watch.now = EVENING_BEFORE
    assert notices.remind_of([listed]) == 0
    assert titles() == []


def test_who_cancels_in_the_moment_of_being_reminded_is_spared_what_is_not_delivered_yet(watch: Watch) -> None:
    held = booked(opened())
    watch.now = EVENING_BEFORE

    def cancel_first(request: Any, **_: Any) -> None:
        if b"reminded_at" in request.body:
            actions.cancel(APP, "00000", held.cid, held.appointment_id)

    with before_send("UpdateItem", cancel_first):
        assert notices.remind() == Reminders(due=0, sent=0)

    assert [row.state for row in MessageItem.query("00000") if row.title] == ["stopped"]


def test_who_cancels_and_books_the_same_period_again_is_reminded_of_the_new_one(watch: Watch) -> None:
    schedule = opened()
    held = booked(schedule)
    actions.cancel(APP, "00000", held.cid, held.appointment_id)
    booked(schedule)
    watch.now = EVENING_BEFORE
    notices.remind()
    notices.remind()
    assert len(titles()) == 1


def test_a_moved_appointment_is_reminded_of_on_the_eve_of_its_new_day_only(watch: Watch) -> None:
    held = booked(opened())
    actions.postpone(APP, "00000", held.cid, held.appointment_id, opened(days_later=2).info.schedule_id)
    watch.now = EVENING_BEFORE
    assert notices.remind() == Reminders(due=0, sent=0)
    watch.now = EVENING_BEFORE + timedelta(days=2)
    assert notices.remind() == Reminders(due=1, sent=1)
    assert titles() == ["พรุ่งนี้ท่านมีนัด"]


def test_a_clock_put_back_and_forth_reminds_nobody_twice(watch: Watch) -> None:
    booked(opened())
    for hours in (0, -3, 0, -24, 1, -1):
        watch.now = EVENING_BEFORE + timedelta(hours=hours)
        notices.remind()
    assert len(titles()) == 1


def test_a_centre_that_stood_still_the_whole_day_before_reminds_in_the_morning(watch: Watch) -> None:
    booked(opened())
    watch.now = EVENING_BEFORE + timedelta(hours=13)  # 07:00 of the day itself
    assert notices.remind() == Reminders(due=1, sent=1)
    assert titles() == ["วันนี้ท่านมีนัด"]


def test_a_request_repeated_in_a_thread_of_the_pool_is_counted_in_the_jobs_log_line(
    watch: Watch, log_lines: list[dict[str, Any]]
) -> None:
    booked(opened())
    watch.now = EVENING_BEFORE
    busy = [True]

    def throttle_once(request: Any, **_: Any) -> AWSResponse | None:
        return error(request, "ThrottlingException") if busy and busy.pop() else None

    metrics.line({})  # what was counted before
    with before_send("Query", throttle_once):
        notices.remind()

    assert log_lines[-1]["Repeated"] == 1


def test_if_the_reminders_of_one_hospital_fail_the_others_are_sent_and_logged_before_the_error_is_raised(
    watch: Watch, log_lines: list[dict[str, Any]]
) -> None:
    booked(opened())
    CatalogueItem("00009", "#", name="รพ.ที่สอง", province_code="84").save()
    watch.now = EVENING_BEFORE

    def refuse_the_other(request: Any, **_: Any) -> AWSResponse | None:
        return error(request, "ValidationException") if b"00009#" in request.body else None

    with before_send("Query", refuse_the_other), pytest.raises(QueryError):
        notices.remind()

    assert titles() == ["พรุ่งนี้ท่านมีนัด"]
    assert log_lines[-1]["outcome"] == "failed"
    assert (log_lines[-1]["due_reminders"], log_lines[-1]["unsent_reminders"]) == (1, 0)


def test_nobody_is_woken_at_night_and_operators_see_what_waits(watch: Watch) -> None:
    watch.now = EVENING_BEFORE + timedelta(hours=5)
    booked(opened())
    assert notices.remind() == Reminders(due=1, sent=0)
    quiet, (_, tomorrow) = notices.reminders("00000")
    assert (quiet, tomorrow[1].unsent) == (True, 1)
    assert titles() == []


def test_a_run_out_of_time_leaves_the_rest_to_the_next_one(watch: Watch) -> None:
    booked(opened())
    watch.now = EVENING_BEFORE
    assert notices.remind(seconds=0).unsent == 1
    assert notices.remind().unsent == 0


def test_looking_at_the_figures_sends_nothing(watch: Watch) -> None:
    booked(opened())
    watch.now = EVENING_BEFORE
    quiet, (today, tomorrow) = notices.reminders("00000")
    assert (quiet, today[1], tomorrow) == (False, Reminders(), (DAY, Reminders(due=1, sent=0)))
    assert titles() == []


def test_a_run_that_died_after_handing_over_is_made_good_without_a_second_notice(watch: Watch) -> None:
    held = booked(opened())
    watch.now = EVENING_BEFORE
    notices.remind()
    # As if the process had ended before it noted the reminder on the appointment.
    tables.AppointmentItem(held.cid, f"{DAY}#00000#{held.schedule.schedule_id}").update(
        [tables.AppointmentItem.reminded_at.remove()]
    )
    assert notices.remind() == Reminders(due=1, sent=1)
    assert len(titles()) == 1


def test_a_reminder_is_in_the_persons_language(watch: Watch) -> None:
    people.choose_language(demo.PEOPLE[0].cid, "en")
    booked(opened())
    watch.now = EVENING_BEFORE
    notices.remind()
    assert titles() == ["You have an appointment tomorrow"]


def test_a_notice_is_kept_for_two_years_with_its_name_and_whom_it_went_to(watch: Watch) -> None:
    booked(opened())
    watch.now = EVENING_BEFORE
    notices.remind()

    kept = [row for row in MessageItem.query("00000") if row.item != "#"]
    kept += [*tables.RecipientItem.scan(), *tables.BatchItem.scan()]

    assert len(kept) == 5  # the notice, its name, its recipient, its batch and who is in that
    assert {row.expires_at for row in kept} == {EVENING_BEFORE + timedelta(days=730)}


def test_a_reminder_changes_nothing_that_a_clerk_could_trip_over(watch: Watch) -> None:
    held = booked(opened())
    watch.now = EVENING_BEFORE
    notices.remind()
    (after,) = actions.current(held.cid)[1]
    assert after.version == held.version
