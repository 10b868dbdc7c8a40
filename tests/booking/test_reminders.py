"""Reminders over several runs: exactly one for each appointment.

This holds whatever happens to the clock and to the process.

None for an appointment that is gone. On tables in memory and a clock that the tests set.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from pynamodb.exceptions import QueryError

from chalicelib import metrics, tables
from chalicelib.booking import actions, notices
from chalicelib.booking.notices import Reminders
from chalicelib.messages import notice_delivery
from chalicelib.messages.jobs import DeliverNotices
from chalicelib.people import actions as people
from chalicelib.schedules import catalogue_store
from chalicelib.tables import CatalogueItem, LineLinkItem, MessageItem
from infra.local import demo
from tests.booking.hospital_in_memory import APP, DAY, EVENING_BEFORE, FakeClock, before_send, booked, error, opened
from tests.messages.test_delivery import Provider


def titles() -> list[str]:
    """Of every notice made so far, in order."""
    return [row.title for row in MessageItem.query("00000") if row.title]


def test_one_reminder_however_often_the_function_runs(fake_clock: FakeClock) -> None:
    booked(opened())
    runs = []
    for minutes in (0, 0, 15, 30, 180):
        fake_clock.now = EVENING_BEFORE + timedelta(minutes=minutes)
        runs.append(notices.remind())
    assert runs == [Reminders(due=1, sent=1), *[Reminders()] * 4]
    assert titles() == ["พรุ่งนี้ท่านมีนัด"]


def test_one_reminder_each_for_everybody(fake_clock: FakeClock) -> None:
    schedule = opened()
    for person in demo.PEOPLE[:5]:
        booked(schedule, person)
    fake_clock.now = EVENING_BEFORE
    assert [notices.remind(), notices.remind()] == [Reminders(5, 5), Reminders()]
    assert len(titles()) == 5


def test_none_a_week_before(fake_clock: FakeClock) -> None:
    booked(opened())
    assert notices.remind() == Reminders(due=0, sent=0)
    assert titles() == []


def test_none_for_a_cancelled_appointment(fake_clock: FakeClock) -> None:
    held = booked(opened())
    actions.cancel(APP, "00000", held.cid, held.appointment_id)
    fake_clock.now = EVENING_BEFORE
    assert notices.remind() == Reminders(due=0, sent=0)
    assert titles() == []


def test_none_if_the_appointment_was_cancelled_after_the_list_was_read(fake_clock: FakeClock) -> None:
    listed = booked(opened())
    actions.cancel(APP, "00000", listed.cid, listed.appointment_id)
    fake_clock.now = EVENING_BEFORE
    assert notices.remind_of([listed]) == 0
    assert titles() == []


def test_a_cancellation_during_the_reminder_withdraws_it_if_it_is_not_delivered_yet(fake_clock: FakeClock) -> None:
    held = booked(opened())
    fake_clock.now = EVENING_BEFORE

    def cancel_first(request: Any, **_: Any) -> None:
        if b"reminded_at" in request.body:
            actions.cancel(APP, "00000", held.cid, held.appointment_id)

    with before_send("UpdateItem", cancel_first):
        assert notices.remind() == Reminders(due=0, sent=0)

    assert [row.state for row in MessageItem.query("00000") if row.title] == ["stopped"]


def test_one_reminder_after_cancelling_and_booking_the_same_period_again(fake_clock: FakeClock) -> None:
    schedule = opened()
    held = booked(schedule)
    actions.cancel(APP, "00000", held.cid, held.appointment_id)
    booked(schedule)
    fake_clock.now = EVENING_BEFORE
    notices.remind()
    notices.remind()
    assert len(titles()) == 1


def test_a_moved_appointment_gets_its_reminder_only_the_day_before_its_new_day(fake_clock: FakeClock) -> None:
    held = booked(opened())
    actions.postpone(APP, "00000", held.cid, held.appointment_id, opened(days_later=2).info.schedule_id)
    fake_clock.now = EVENING_BEFORE
    assert notices.remind() == Reminders(due=0, sent=0)
    fake_clock.now = EVENING_BEFORE + timedelta(days=2)
    assert notices.remind() == Reminders(due=1, sent=1)
    assert titles() == ["พรุ่งนี้ท่านมีนัด"]


def test_a_clock_set_back_and_forward_sends_no_second_reminder(fake_clock: FakeClock) -> None:
    booked(opened())
    for hours in (0, -3, 0, -24, 1, -1):
        fake_clock.now = EVENING_BEFORE + timedelta(hours=hours)
        notices.remind()
    assert len(titles()) == 1


def test_after_a_day_without_runs_people_are_reminded_in_the_morning(fake_clock: FakeClock) -> None:
    booked(opened())
    fake_clock.now = EVENING_BEFORE + timedelta(hours=13)  # 07:00 of the day itself
    assert notices.remind() == Reminders(due=1, sent=1)
    assert titles() == ["วันนี้ท่านมีนัด"]


def test_a_request_repeated_in_a_thread_of_the_pool_is_counted_in_the_jobs_log_line(
    fake_clock: FakeClock, log_lines: list[dict[str, Any]]
) -> None:
    booked(opened())
    fake_clock.now = EVENING_BEFORE
    busy = [True]

    def throttle_once(request: Any, **_: Any) -> AWSResponse | None:
        return error(request, "ThrottlingException") if busy and busy.pop() else None

    metrics.line({})  # what was counted before
    with before_send("Query", throttle_once):
        notices.remind()

    assert log_lines[-1]["Repeated"] == 1


def test_if_the_reminders_of_one_hospital_fail_the_others_are_sent_and_logged_before_the_error_is_raised(
    fake_clock: FakeClock, log_lines: list[dict[str, Any]]
) -> None:
    booked(opened())
    CatalogueItem("00009", "#", name="รพ.ที่สอง", province_code="84").save()
    fake_clock.now = EVENING_BEFORE

    def refuse_the_other(request: Any, **_: Any) -> AWSResponse | None:
        return error(request, "ValidationException") if b"00009#" in request.body else None

    with before_send("Query", refuse_the_other), pytest.raises(QueryError):
        notices.remind()

    assert titles() == ["พรุ่งนี้ท่านมีนัด"]
    assert log_lines[-1]["outcome"] == "failed"
    assert (log_lines[-1]["due_reminders"], log_lines[-1]["unsent_reminders"]) == (1, 0)


def test_nobody_is_reminded_at_night_and_the_figures_show_what_waits(fake_clock: FakeClock) -> None:
    fake_clock.now = EVENING_BEFORE + timedelta(hours=5)
    booked(opened())
    assert notices.remind() == Reminders(due=1, sent=0)
    quiet, (_, tomorrow) = notices.reminders("00000")
    assert (quiet, tomorrow[1].unsent) == (True, 1)
    assert titles() == []


def test_a_run_that_is_out_of_time_leaves_the_rest_to_the_next_run(fake_clock: FakeClock) -> None:
    booked(opened())
    fake_clock.now = EVENING_BEFORE
    assert notices.remind(seconds=0).unsent == 1
    assert notices.remind().unsent == 0


def test_reading_the_figures_sends_nothing(fake_clock: FakeClock) -> None:
    booked(opened())
    fake_clock.now = EVENING_BEFORE
    quiet, (today, tomorrow) = notices.reminders("00000")
    assert (quiet, today[1], tomorrow) == (False, Reminders(), (DAY, Reminders(due=1, sent=0)))
    assert titles() == []


def test_if_a_run_ends_before_it_notes_the_reminder_the_next_run_sends_no_second_notice(fake_clock: FakeClock) -> None:
    held = booked(opened())
    fake_clock.now = EVENING_BEFORE
    notices.remind()
    # As if the process had ended before it noted the reminder on the appointment.
    tables.AppointmentItem(held.cid, f"{DAY}#00000#{held.schedule.schedule_id}").update(
        [tables.AppointmentItem.reminded_at.remove()]
    )
    assert notices.remind() == Reminders(due=1, sent=1)
    assert len(titles()) == 1


def test_a_reminder_is_in_the_persons_language(fake_clock: FakeClock) -> None:
    people.choose_language(demo.PEOPLE[0].cid, "en")
    booked(opened())
    fake_clock.now = EVENING_BEFORE
    notices.remind()
    assert titles() == ["You have an appointment tomorrow"]


def test_a_notice_is_kept_for_two_years_with_its_name_and_recipient(fake_clock: FakeClock) -> None:
    booked(opened())
    fake_clock.now = EVENING_BEFORE
    notices.remind()

    kept = [row for row in MessageItem.query("00000") if row.item != "#"]
    kept += [*tables.RecipientItem.scan(), *tables.BatchItem.scan()]

    assert len(kept) == 2  # the notice and its recipient
    assert {row.expires_at for row in kept} == {EVENING_BEFORE + timedelta(days=730)}


@pytest.mark.parametrize("named", [False, True])
def test_line_names_department_and_room_only_if_the_hospital_says_so_and_the_app_always_does(
    fake_clock: FakeClock, named: bool
) -> None:
    cid, provider = demo.PEOPLE[0].cid, Provider()
    LineLinkItem(f"cid#{cid}", cid=cid, user_id="U1").save()
    rules = catalogue_store.booking_rules("00000")
    assert catalogue_store.put_booking_rules("00000", replace(rules, department_in_line=named, version=2))
    booked(opened())
    fake_clock.now = EVENING_BEFORE
    notices.remind()
    (row,) = (row for row in MessageItem.query("00000") if row.title)

    for channel in ("app", "line"):
        notice_delivery.deliver(channel, provider, DeliverNotices((("00000", row.message_id),)), "m1", 1)

    in_app, in_line = (batch.text.split("\n") for batch in provider.batches)
    place = "อายุรกรรม ห้องตรวจ 1"
    assert place in in_app
    assert [line for line in in_app if line != place or named] == in_line


def test_a_reminder_does_not_change_the_version(fake_clock: FakeClock) -> None:
    held = booked(opened())
    fake_clock.now = EVENING_BEFORE
    notices.remind()
    (after,) = actions.current(APP, held.cid)[1]
    assert after.version == held.version
