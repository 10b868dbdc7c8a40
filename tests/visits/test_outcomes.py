"""After the day: who is not known, and who says what became of them."""

from collections.abc import Callable

import pytest

from chalicelib import errors
from chalicelib.booking import actions as booking
from chalicelib.booking import rules as booking_rules
from chalicelib.booking.model import ABSENT, SERVED, Appointment
from chalicelib.visits import outcomes
from tests.visits.morning import CLERK, DAY, HIS, Morning, visit_of, waiting_numbers

Say = Callable[[Appointment, str], Appointment]


def by_staff(appointment: Appointment, outcome: str) -> Appointment:
    return outcomes.record_outcome(CLERK, booking_rules.slip_code(appointment), outcome)


def by_his(appointment: Appointment, outcome: str) -> Appointment:
    return outcomes.confirm_outcome(HIS, "00000", appointment.cid, appointment.appointment_id, outcome)


def not_known() -> list[str]:
    return [each.queue_no for each in outcomes.not_known(CLERK, DAY.date())]


def test_who_is_neither_served_nor_absent_is_not_known_and_no_machine_says_otherwise(morning: Morning) -> None:
    served, absent, waiting, never_came, cancelled = (morning.book() for _ in range(5))
    booking.cancel(HIS, "00000", cancelled.cid, cancelled.appointment_id)
    morning.at(8)
    for each in (served, absent, waiting):
        morning.arrive(each)
    morning.end(morning.call().counter, "serve")
    morning.end(morning.call().counter, "mark_absent")
    morning.at(32)  # the next morning

    assert not_known() == [waiting.queue_no, never_came.queue_no]


@pytest.mark.parametrize("say", [by_staff, by_his])
def test_a_person_or_the_hospitals_system_says_what_became_of_somebody_and_may_correct_it(
    morning: Morning, say: Say
) -> None:
    booked = morning.book()
    morning.at(32)

    assert say(booked, ABSENT).day_of_visit.visit == ABSENT
    assert not_known() == []
    before = visit_of(booked)
    say(booked, ABSENT)
    assert visit_of(booked) == before
    say(booked, SERVED)
    assert visit_of(booked).visit == SERVED


@pytest.mark.parametrize("say", [by_staff, by_his])
def test_who_is_said_to_be_served_waits_no_more(morning: Morning, say: Say) -> None:
    booked = morning.book()
    morning.at(8)
    morning.arrive(booked)

    say(booked, SERVED)

    assert waiting_numbers() == []


def test_a_counter_whose_visitor_the_hospitals_system_has_settled_is_free_and_changes_nothing(
    morning: Morning,
) -> None:
    booked = morning.book()
    morning.at(8)
    morning.arrive(booked)
    shown = morning.call().counter
    by_his(booked, SERVED)

    morning.end(shown, "mark_absent")

    assert visit_of(booked).visit == SERVED


def test_nothing_is_said_of_a_day_to_come_or_of_an_appointment_that_has_ended(morning: Morning) -> None:
    tomorrow, cancelled = morning.book(days=1), morning.book()
    booking.cancel(HIS, "00000", cancelled.cid, cancelled.appointment_id)
    morning.at(8)

    with pytest.raises(errors.WrongDay):
        by_staff(tomorrow, ABSENT)
    with pytest.raises(errors.AppointmentCancelled):
        by_staff(cancelled, SERVED)
    with pytest.raises(errors.AppointmentNotFound):
        outcomes.record_outcome(CLERK, "no slip", SERVED)
