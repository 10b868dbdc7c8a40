"""Asking people to confirm, and releasing what nobody confirmed.

On tables in memory, with a clock that the tests set. The appointment is on Tuesday, 1 December 2026.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.booking import actions, confirmations, staff_actions
from chalicelib.booking import notices as appointment_notices
from chalicelib.booking.confirmations import Confirmations
from chalicelib.booking.model import Appointment
from chalicelib.people import actions as people
from chalicelib.people.model import Person
from chalicelib.schedules import catalogue_store
from chalicelib.schedules import store as schedule_store
from chalicelib.schedules.model import ScheduleSpec
from chalicelib.tables import LineLinkItem, MessageItem
from infra.local import demo
from tests.booking.confirming import (
    AFTER,
    ASKED_FROM,
    ASKS,
    CLERK,
    DEADLINE,
    RELEASES,
    at,
    close,
    deliver,
    free_places,
    kinds,
    now_of,
    requests,
    set_rules,
)
from tests.booking.hospital_in_memory import APP, DAY, FakeClock, before_send, booked, opened
from tests.client import new_cid

# ---- asking ----


def test_people_are_asked_once_however_often_the_function_runs(held: Appointment, fake_clock: FakeClock) -> None:
    runs = []
    for hours in (0, 0, 0.25, -0.5, 3):
        fake_clock.now = ASKED_FROM + timedelta(hours=hours)
        runs.append(confirmations.run())
    assert runs == [Confirmations(requested=1), *[Confirmations()] * 4]
    assert kinds() == ["confirm"]
    assert now_of(held).version == held.version


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "th",
            ["กรุณายืนยันในแอปภายในวันจันทร์ที่ 30 พฤศจิกายน 2569 เวลา 16:00 น.", "หากไม่ยืนยันภายในเวลานี้ นัดจะถูกยกเลิกและให้คิวแก่ผู้อื่น"],
        ),
        (
            "en",
            [
                "Please confirm in the app by Monday 30 November 2026 at 16:00.",
                "Otherwise the appointment is cancelled and the place is given to somebody else.",
            ],
        ),
    ],
)
def test_the_request_says_until_when_and_what_happens_otherwise(
    held: Appointment, fake_clock: FakeClock, language: str, lines: list[str]
) -> None:
    people.choose_language(held.cid, language)
    fake_clock.now = ASKED_FROM
    confirmations.run()
    (row,) = (row for row in MessageItem.query("00000") if row.title)
    assert [line for line in row.content_text.split("\n") if line in lines] == lines


def test_nobody_is_asked_at_night(held: Appointment, fake_clock: FakeClock) -> None:
    set_rules(replace(RELEASES, confirm_time="23:00"))
    fake_clock.now = at("11-29T22:00")
    assert confirmations.run() == Confirmations()


def test_a_run_that_is_out_of_time_leaves_the_rest_to_the_next_run(held: Appointment, fake_clock: FakeClock) -> None:
    fake_clock.now = ASKED_FROM
    with requests("Query") as queries:
        assert confirmations.run(seconds=0) == Confirmations()
    assert queries == []
    assert confirmations.run() == Confirmations(requested=1)


def test_nobody_is_asked_in_a_closed_schedule(held: Appointment, fake_clock: FakeClock) -> None:
    close(held)
    fake_clock.now = ASKED_FROM
    assert confirmations.run() == Confirmations()
    assert kinds() == []


def test_who_is_accepted_while_they_are_asked_is_not_told_that_the_place_is_released(
    held: Appointment, fake_clock: FakeClock
) -> None:
    fake_clock.now = ASKED_FROM

    def accept_first(request: Any, **_: Any) -> None:
        if b"confirm_by" in request.body and not now_of(held).accepted_at:
            staff_actions.accept(CLERK, held.schedule.schedule_id, held.place, held.version)

    with before_send("UpdateItem", accept_first):
        confirmations.run()
    confirmations.run()

    after = now_of(held)
    assert (bool(after.accepted_at), after.confirm_by, after.release_by) == (True, DEADLINE.isoformat(), "")
    texts = {row.state: "ให้คิวแก่ผู้อื่น" in row.content_text for row in MessageItem.query("00000") if row.title}
    assert texts == {"stopped": True, "sending": False}


@pytest.mark.parametrize("releases", [True, False])
def test_a_reminder_says_that_the_place_is_released_only_if_the_department_still_does_it(
    held: Appointment, fake_clock: FakeClock, releases: bool
) -> None:
    fake_clock.now = ASKED_FROM
    confirmations.run()
    set_rules(RELEASES if releases else ASKS)
    fake_clock.now = at("11-30T09:00")
    assert appointment_notices.remind().sent == 1
    (reminder,) = (row for row in MessageItem.query("00000") if row.kind == "reminder")
    assert "กรุณายืนยันในแอปภายใน" in reminder.content_text
    assert ("ให้คิวแก่ผู้อื่น" in reminder.content_text) == releases


def test_a_request_that_is_not_delivered_yet_is_withdrawn_if_the_appointment_ends_during_it(
    held: Appointment, fake_clock: FakeClock
) -> None:
    fake_clock.now = ASKED_FROM

    def cancel_first(request: Any, **_: Any) -> None:
        if b"confirm_by" in request.body:
            actions.cancel(APP, "00000", held.cid, held.appointment_id)

    with before_send("UpdateItem", cancel_first):
        assert confirmations.run() == Confirmations()

    assert [row.state for row in MessageItem.query("00000") if row.title] == ["stopped"]


# ---- releasing ----


def test_by_default_nobody_is_asked_and_nothing_is_released(fake_clock: FakeClock) -> None:
    held = booked(opened())
    for hours in range(0, 72, 3):
        fake_clock.now = ASKED_FROM + timedelta(hours=hours)
        assert confirmations.run() == Confirmations()
    assert now_of(held) == held


def test_a_hospital_that_only_asks_never_releases_a_place(fake_clock: FakeClock) -> None:
    set_rules(ASKS)
    held = booked(opened())
    fake_clock.now = ASKED_FROM
    confirmations.run()
    deliver()
    for hours in range(24, 72, 3):
        fake_clock.now = ASKED_FROM + timedelta(hours=hours)
        assert confirmations.run() == Confirmations()
    assert now_of(held).is_active


def test_the_place_of_a_person_who_has_not_confirmed_is_free_after_the_deadline(late: Appointment) -> None:
    before = free_places(late)
    assert [confirmations.run(), confirmations.run()] == [Confirmations(released=1), Confirmations()]
    after = now_of(late)
    assert (after.state, after.changed_login, after.reason) == ("cancelled", "(system)", "unconfirmed")
    assert after.released_at == AFTER.isoformat()
    assert free_places(late) == before + 1


@pytest.mark.parametrize(
    "answer",
    [
        lambda held: actions.confirm(APP, "00000", held.cid, held.appointment_id),
        lambda held: staff_actions.accept(CLERK, held.schedule.schedule_id, held.place, held.version),
        lambda held: staff_actions.note_call(CLERK, held.schedule.schedule_id, held.place, held.version, "will_come"),
    ],
)
def test_who_confirms_is_accepted_or_says_on_the_telephone_that_they_come_keeps_the_place(
    late: Appointment, answer: Callable[[Appointment], Appointment]
) -> None:
    answer(late)
    assert confirmations.run() == Confirmations()
    assert now_of(late).is_active


@pytest.mark.parametrize("delivered", [False, True])
def test_whom_the_request_has_not_reached_keeps_the_place(
    held: Appointment, fake_clock: FakeClock, delivered: bool
) -> None:
    fake_clock.now = ASKED_FROM
    confirmations.run()
    if delivered:
        deliver(held.cid)
    fake_clock.now = AFTER
    assert confirmations.run() == Confirmations()
    assert now_of(held).is_active


@pytest.mark.parametrize(("late_by", "is_kept"), [(0, False), (1, True), (8 * 3600, True)])
def test_who_got_the_request_when_too_little_time_was_left_keeps_the_place_for_good(
    held: Appointment, fake_clock: FakeClock, late_by: int, is_kept: bool
) -> None:
    fake_clock.now = ASKED_FROM
    confirmations.run()
    fake_clock.now = DEADLINE - timedelta(hours=4) + timedelta(seconds=late_by)
    deliver()
    for minutes in (15, 30, 240):
        fake_clock.now = DEADLINE + timedelta(minutes=minutes)
        confirmations.run()
    assert now_of(held).is_active == is_kept
    assert now_of(held).release_by == ("" if is_kept else DEADLINE.isoformat())


def test_the_time_to_answer_counts_from_the_first_channel_that_reached_the_person(
    held: Appointment, fake_clock: FakeClock
) -> None:
    LineLinkItem(f"cid#{held.cid}", cid=held.cid, user_id="U" + "a" * 32).save()
    fake_clock.now = ASKED_FROM
    confirmations.run()
    deliver()
    fake_clock.now = DEADLINE - timedelta(minutes=1)
    deliver(channel="line")
    fake_clock.now = AFTER
    assert confirmations.run() == Confirmations(released=1)


def test_who_was_accepted_keeps_the_place_also_if_the_acceptance_is_taken_back(late: Appointment) -> None:
    key = late.schedule.schedule_id, late.place
    accepted = staff_actions.accept(CLERK, *key, late.version)
    rejected = staff_actions.reject(CLERK, *key, accepted.version)
    assert rejected.accepted_at == ""
    assert confirmations.run() == Confirmations()
    assert now_of(late) == rejected


def test_who_would_come_keeps_the_place_also_if_the_next_call_has_another_outcome(late: Appointment) -> None:
    key = late.schedule.schedule_id, late.place
    noted = staff_actions.note_call(CLERK, *key, late.version, "will_come")
    staff_actions.note_call(CLERK, *key, noted.version, "no_answer")
    assert confirmations.run() == Confirmations()
    assert now_of(late).is_active


def test_who_stays_in_a_closed_schedule_keeps_the_place_also_after_it_is_opened_again(late: Appointment) -> None:
    close(late)
    assert confirmations.run() == Confirmations()
    after = now_of(late)
    assert (after.is_active, after.release_by, after.version) == (True, "", late.version)


def test_nothing_is_released_in_a_schedule_that_is_closed_during_the_run(late: Appointment) -> None:
    def close_first(request: Any, **_: Any) -> None:
        if b"released_at" in request.body:
            close(late)

    with before_send("TransactWriteItems", close_first):
        assert confirmations.run() == Confirmations()
    assert now_of(late).is_active


def test_nothing_is_released_after_the_department_has_switched_it_off_during_the_run(late: Appointment) -> None:
    done: list[bool] = []

    def switch_off_first(**_: Any) -> None:
        if not done:
            done.append(True)
            set_rules(ASKS)

    with before_send("Query", switch_off_first):
        assert confirmations.run() == Confirmations()
    assert done
    assert now_of(late).is_active


def test_a_department_that_switches_it_on_later_releases_nobody_who_was_not_told(fake_clock: FakeClock) -> None:
    set_rules(ASKS)
    held = booked(opened())
    fake_clock.now = ASKED_FROM
    confirmations.run()
    deliver()
    set_rules(RELEASES)
    fake_clock.now = AFTER
    assert confirmations.run() == Confirmations()
    assert now_of(held).is_active


def test_who_confirms_between_the_read_and_the_write_keeps_the_place(late: Appointment) -> None:
    done: list[Appointment] = []

    def confirm_first(request: Any, **_: Any) -> None:
        if not done and b"released_at" in request.body:
            done.append(actions.confirm(APP, "00000", late.cid, late.appointment_id))

    with before_send("TransactWriteItems", confirm_first):
        assert confirmations.run() == Confirmations()

    assert [now_of(late)] == done


def test_a_run_releases_only_so_many_and_the_next_run_the_rest(fake_clock: FakeClock) -> None:
    set_rules(RELEASES)
    schedule = opened()
    for person in demo.PEOPLE[:5]:
        booked(schedule, person)
    fake_clock.now = ASKED_FROM
    confirmations.run()
    deliver()
    fake_clock.now = AFTER
    assert [confirmations.run(most_releases=2).released for _ in range(4)] == [2, 2, 1, 0]


def test_people_whom_the_request_has_not_reached_do_not_stand_in_the_way_of_others(fake_clock: FakeClock) -> None:
    set_rules(RELEASES)
    schedule = opened()
    unreached, reached = (booked(schedule, person) for person in demo.PEOPLE[:2])
    fake_clock.now = ASKED_FROM
    confirmations.run()
    deliver(unreached.cid)
    fake_clock.now = AFTER
    assert confirmations.run(most_releases=1).released == 1
    assert [now_of(each).is_active for each in (unreached, reached)] == [True, False]
    with requests("BatchGetItem") as reads:
        assert confirmations.run() == Confirmations()
    assert reads == []  # it is noted that they keep the place


def test_a_run_that_has_released_what_it_may_reads_no_further(fake_clock: FakeClock) -> None:
    set_rules(RELEASES)
    (schedule,) = schedule_store.open_schedules(
        catalogue_store.hospital("00000"), DAY, [ScheduleSpec(1, 1, 1, 21, online=True)]
    )
    for _ in range(21):
        booked(schedule, Person(new_cid(), first_name="ทดสอบ", last_name="ระบบ"))
    fake_clock.now = ASKED_FROM
    confirmations.run()
    deliver()
    fake_clock.now = AFTER
    with requests("BatchGetItem") as reads:
        assert confirmations.run(most_releases=1).released == 1
    assert len(reads) == 2  # what is stored of the first 20, and whom the requests have reached


class _Dead(BaseException):
    pass


@pytest.mark.parametrize("stage", ["ask", "release"])
def test_a_run_that_ends_before_any_of_its_requests_is_completed_by_the_next_one(
    fake_clock: FakeClock, stage: str
) -> None:
    set_rules(RELEASES)
    deaths, complete = 0, False
    while not complete:
        fake_clock.now = ASKED_FROM - timedelta(days=6) + timedelta(days=2 * deaths)
        day = (fake_clock.now.date() + timedelta(days=2) - DAY).days
        held = booked(opened(days_later=day))
        made = len(kinds())
        if stage == "release":
            assert confirmations.run() == Confirmations(requested=1)
            deliver()
            fake_clock.now += timedelta(days=1, hours=8)
        left = [deaths]

        def die(left: list[int] = left, **_: Any) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise _Dead()

        try:
            with before_send("*", die):
                confirmations.run()
            complete = True
        except _Dead:
            deaths += 1
        fake_clock.now += timedelta(minutes=15)
        confirmations.run()

        after = now_of(held)
        assert after.is_active == (stage == "ask")
        assert len(kinds()) == made + 1
        assert free_places(held) == (4 if stage == "ask" else 5)
        assert confirmations.run() == Confirmations()
    assert deaths >= 4  # a run has at least so many requests
