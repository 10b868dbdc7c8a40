"""Somebody arrives, is called, and leaves the queue."""

import pytest

from chalicelib import errors
from chalicelib.booking import actions as booking
from chalicelib.booking.model import ABSENT, ARRIVED, CALLED, SERVED
from chalicelib.visits import actions
from tests.visits.morning import CLERK, EXAMINATION, HIS, PHARMACY, Morning, new_id, visit_of, waiting_numbers


def test_who_arrives_waits_is_called_and_served(morning: Morning) -> None:
    booked = morning.book()
    morning.at(7, 50)

    arrival = morning.arrive(booked)

    assert (arrival.appointment.queue_no, arrival.again) == ("A001", False)
    assert arrival.point is not None
    assert arrival.point.name == "ตรวจ อายุรกรรม"
    assert waiting_numbers() == ["A001"]
    morning.at(8, 5)

    call = morning.call(counter=3)

    assert call.counter.visitor.number == "A001"
    assert call.appointment is not None
    assert call.appointment.person_name == "ทดสอบ"
    assert waiting_numbers() == []
    assert (visit_of(booked).visit, visit_of(booked).counter) == (CALLED, 3)
    morning.at(8, 20)

    morning.end(call.counter, "serve")

    visit = visit_of(booked)
    assert (visit.visit, visit.arrived_at[11:16], visit.called_at[11:16], visit.served_at[11:16]) == (
        SERVED,
        "07:50",
        "08:05",
        "08:20",
    )
