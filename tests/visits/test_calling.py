"""Somebody is called, and the counter says what became of them."""

import pytest

from chalicelib import errors, retry, storage
from chalicelib.booking import actions as booking
from chalicelib.booking import closures, reopenings
from chalicelib.booking.model import ABSENT, ARRIVED, CALLED, SERVED, Appointment
from chalicelib.booking.rows import APPOINTMENTS, key_columns
from chalicelib.errors import InUse
from chalicelib.schedules import catalogue_store as catalogue
from chalicelib.schedules import point_edits
from chalicelib.tables import AppointmentItem
from chalicelib.visits import arrivals, calls, queues
from chalicelib.visits.model import SKIPPED
from tests.booking.hospital_in_memory import APP
from tests.visits.morning import (
    CLERK,
    DAY,
    EXAMINATION,
    HIS,
    PHARMACY,
    VACCINATION,
    Morning,
    new_id,
    visit_of,
    waiting_numbers,
)


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
    assert visit.visit == SERVED
    assert [at[11:16] for at in (visit.arrived_at, visit.called_at, visit.served_at)] == ["07:50", "08:05", "08:20"]


def test_the_same_call_again_gets_the_same_person_also_when_nobody_waits_any_more(morning: Morning) -> None:
    morning.at(8)
    morning.arrive(morning.book())
    call_id = new_id()

    first = morning.call(call_id=call_id)

    assert morning.call(call_id=call_id) == first
    assert waiting_numbers() == []


def test_the_same_call_again_gets_the_same_person_while_others_wait(morning: Morning) -> None:
    morning.at(8)
    morning.arrive(morning.book())
    morning.arrive(morning.book(room_id=1, period_id=2))
    call_id = new_id()

    assert [morning.call(call_id=call_id).counter.visitor.number for _ in range(3)] == ["A001"] * 3
    assert waiting_numbers() == ["A002"]


def test_a_counter_that_serves_somebody_calls_nobody_else(morning: Morning) -> None:
    morning.at(8)
    morning.arrive(morning.book())
    morning.arrive(morning.book(period_id=2))
    morning.call()

    with pytest.raises(errors.CounterBusy) as refused:
        morning.call()

    assert refused.value.details == {"number": "A001"}
    assert waiting_numbers() == ["A002"]
    assert morning.call(counter=2).counter.visitor.number == "A002"


def test_a_person_is_told_how_many_wait_in_front_of_them_and_then_the_counter(morning: Morning) -> None:
    morning.at(8)
    first, second, third = morning.book(), morning.book(), morning.book(period_id=2)
    for minute, each in enumerate((third, second, first)):
        morning.at(8, minute)
        morning.arrive(each)

    def position_of(appointment: Appointment) -> tuple[str, int]:
        position = queues.position(APP, "00000", appointment.cid, appointment.appointment_id)
        return position.appointment.day_of_visit.visit, position.ahead

    assert [position_of(each)[1] for each in (second, first, third)] == [0, 1, 2]
    assert morning.call().counter.visitor.number == second.queue_no
    assert position_of(second) == (CALLED, 0)
    assert [position_of(each)[1] for each in (first, third)] == [0, 1]
    with pytest.raises(errors.AppointmentNotFound):
        queues.position(APP, "00002", first.cid, first.appointment_id)


def test_when_nobody_waits_the_counter_is_told_so(morning: Morning) -> None:
    morning.at(8)
    with pytest.raises(errors.NobodyWaiting):
        morning.call()


def arrived_unknown_to_the_index(morning: Morning) -> Appointment:
    """Somebody who waits, and whom the index by place does not show yet."""
    booked = morning.book()
    morning.arrive(booked)
    storage.write(storage.delete(APPOINTMENTS.key(booked)))
    return booked


def test_those_whom_the_index_does_not_know_yet_stop_nobody_and_stay_in_the_queue(
    morning: Morning, patient: None
) -> None:
    morning.at(8)
    unknown = [arrived_unknown_to_the_index(morning).queue_no for _ in range(11)]
    morning.at(8, 1)
    with pytest.raises(errors.NobodyWaiting):
        morning.call()
    known = morning.book()
    morning.arrive(known)
    call_id = new_id()

    first = morning.call(call_id=call_id)

    assert first.counter.visitor.number == known.queue_no
    assert morning.call(call_id=call_id) == first
    with pytest.raises(errors.CounterBusy):
        morning.call()
    with pytest.raises(errors.NobodyWaiting):
        morning.call(counter=2)
    assert waiting_numbers() == unknown


def test_a_recall_shows_the_same_number_and_counts(morning: Morning) -> None:
    morning.at(8)
    morning.arrive(morning.book())
    shown = morning.call().counter

    recalled = calls.recall(CLERK, EXAMINATION, 1, shown.call_id)

    assert (recalled.visitor.number, recalled.recalls) == ("A001", 1)
    morning.end(shown, "serve")
    with pytest.raises(errors.CallEnded):
        calls.recall(CLERK, EXAMINATION, 1, shown.call_id)


def test_whom_a_counter_serves_is_read_and_nobody_is_called_by_it(morning: Morning) -> None:
    morning.at(8)
    first, second = morning.book(), morning.book()
    for each in (first, second):
        morning.arrive(each)
    with pytest.raises(errors.CallEnded):
        calls.served_at(CLERK, EXAMINATION, 1)
    call = morning.call()

    assert calls.served_at(CLERK, EXAMINATION, 1) == call
    morning.end(call.counter, "serve")
    with pytest.raises(errors.CallEnded):
        calls.served_at(CLERK, EXAMINATION, 1)
    assert waiting_numbers() == [second.queue_no]


def test_a_call_from_before_midnight_is_recalled_and_ended_after_it(morning: Morning) -> None:
    morning.at(23, 50)
    booked = morning.book()
    morning.arrive(booked)
    shown = morning.call().counter
    morning.at(24, 5)

    assert calls.recall(CLERK, EXAMINATION, 1, shown.call_id).recalls == 1
    assert morning.end(shown, "serve").outcome == SERVED
    assert visit_of(booked).visit == SERVED
    assert morning.end(shown, "serve").outcome == SERVED
    with pytest.raises(errors.CallEnded):
        calls.recall(CLERK, EXAMINATION, 1, shown.call_id)


def test_after_midnight_nobody_is_put_into_a_queue_of_the_day_before(morning: Morning) -> None:
    morning.at(23, 50)
    booked = morning.book()
    morning.arrive(booked)
    morning.arrive(morning.book())
    skipped = morning.call(counter=2).counter
    morning.end(skipped, "skip")
    shown = morning.call().counter
    morning.at(24, 5)

    for event, to_point in (("skip", None), ("send_on", PHARMACY)):
        with pytest.raises(errors.Invalid) as raised:
            morning.end(shown, event, to_point)
        assert "เสร็จแล้ว" in raised.value.thai
    assert waiting_numbers(PHARMACY) == []
    assert morning.end(skipped, "skip").outcome == SKIPPED  # the answer to the request of before midnight again
    assert morning.end(shown, "mark_absent").outcome == ABSENT


def test_who_is_skipped_waits_behind_the_running_period_and_before_the_next(morning: Morning) -> None:
    morning.at(8)
    skipped, in_time, later = morning.book(), morning.book(), morning.book(period_id=2)
    for each in (skipped, in_time, later):
        morning.arrive(each)
    call = morning.call()
    morning.at(8, 10)

    morning.end(call.counter, "skip")

    assert waiting_numbers() == ["A002", "A001", "A003"]
    assert visit_of(skipped).visit == ARRIVED


def test_who_is_skipped_before_their_period_waits_behind_everybody_of_it(morning: Morning) -> None:
    morning.at(7, 30)
    skipped, waiting, coming, nine = morning.book(), morning.book(), morning.book(), morning.book(period_id=2)
    for each in (skipped, waiting, nine):
        morning.arrive(each, "urgent" if each is skipped else "")
    call = morning.call()
    assert call.counter.visitor.number == skipped.queue_no
    morning.at(7, 40)

    morning.end(call.counter, "skip")
    morning.at(7, 50)
    morning.arrive(coming)

    assert waiting_numbers() == [each.queue_no for each in (waiting, coming, skipped, nine)]


def test_after_three_skips_it_is_proposed_that_somebody_is_absent_and_a_person_says_so(morning: Morning) -> None:
    morning.at(8)
    booked = morning.book()
    morning.arrive(booked)
    for minute in (1, 2, 3):
        morning.at(8, minute)
        call = morning.call()
        assert call.counter.visitor.skips == minute - 1
        morning.end(call.counter, "skip")
    call = morning.call()
    assert call.counter.visitor.skips == 3
    assert visit_of(booked).visit == CALLED

    morning.end(call.counter, "mark_absent")

    assert visit_of(booked).visit == ABSENT
    assert waiting_numbers() == []


def test_who_was_absent_and_comes_after_all_waits_again(morning: Morning) -> None:
    morning.at(8)
    booked = morning.book()
    morning.arrive(booked)
    morning.end(morning.call().counter, "mark_absent")
    morning.at(8, 45)

    assert not morning.arrive(booked).again
    assert waiting_numbers() == ["A001"]


def test_who_is_sent_on_waits_at_the_other_point_and_is_served_there(morning: Morning) -> None:
    morning.at(8)
    booked = morning.book()
    morning.arrive(booked)

    morning.end(morning.call().counter, "send_on", PHARMACY)

    assert (waiting_numbers(), waiting_numbers(PHARMACY)) == ([], ["A001"])
    call = morning.call(point_id=PHARMACY)
    morning.end(call.counter, "serve")
    assert (visit_of(booked).visit, visit_of(booked).point_id) == (SERVED, PHARMACY)


def test_nobody_is_sent_on_to_a_point_that_does_not_exist_or_where_they_are(morning: Morning) -> None:
    morning.at(8)
    morning.arrive(morning.book())
    shown = morning.call().counter

    with pytest.raises(errors.PointNotFound):
        morning.end(shown, "send_on", 99)
    with pytest.raises(errors.Invalid):
        morning.end(shown, "send_on", EXAMINATION)

    assert morning.end(shown, "serve").outcome == SERVED


@pytest.mark.parametrize("event", ["serve", "mark_absent", "skip", "send_on"])
def test_the_end_of_a_call_said_twice_is_one_and_another_end_is_refused(morning: Morning, event: str) -> None:
    morning.at(8)
    morning.arrive(morning.book())
    shown = morning.call().counter
    target = PHARMACY if event == "send_on" else None

    assert morning.end(shown, event, target) == morning.end(shown, event, target)

    assert len(waiting_numbers() + waiting_numbers(PHARMACY)) == (event in ("skip", "send_on"))
    with pytest.raises(errors.CallEnded):
        morning.end(shown, "serve" if event != "serve" else "mark_absent")


def test_the_end_of_an_earlier_call_does_not_touch_the_present_one(morning: Morning) -> None:
    morning.at(8)
    morning.arrive(morning.book())
    second = morning.book(period_id=2)
    morning.arrive(second)
    first = morning.call().counter
    morning.end(first, "serve")
    morning.call()

    with pytest.raises(errors.CallEnded):
        morning.end(first, "mark_absent")

    assert visit_of(second).visit == CALLED


def test_who_has_cancelled_while_waiting_is_not_called_and_leaves_the_queue(morning: Morning) -> None:
    morning.at(8)
    gone, next_one = morning.book(), morning.book(period_id=2)
    morning.arrive(gone)
    morning.arrive(next_one)
    booking.cancel(HIS, "00000", gone.cid, gone.appointment_id)

    assert morning.call().counter.visitor.number == next_one.queue_no
    assert waiting_numbers() == []


def test_who_has_moved_while_waiting_is_not_called(morning: Morning) -> None:
    morning.at(8)
    moving, other = morning.book(), morning.book(days=1)
    booking.cancel(HIS, "00000", other.cid, other.appointment_id)
    morning.arrive(moving)
    booking.postpone(HIS, "00000", moving.cid, moving.appointment_id, other.schedule.schedule_id)

    with pytest.raises(errors.NobodyWaiting):
        morning.call()
    assert waiting_numbers() == []


@pytest.mark.parametrize("was_called", [False, True])
def test_who_gets_the_appointment_back_after_a_closing_arrives_again_and_is_called(
    morning: Morning, was_called: bool
) -> None:
    morning.at(8)
    booked = morning.book()
    morning.arrive(booked)
    if was_called:
        shown = morning.call().counter
    closed = closures.run(CLERK, DAY.date(), 1, None, "cancel", None)
    if was_called:
        morning.end(shown, "serve")
    else:
        with pytest.raises(errors.NobodyWaiting):
            morning.call()
    morning.at(8, 5)
    reopenings.run(CLERK, DAY.date(), 1, None, closed.closing, 1, preview=False)

    assert not morning.arrive(booked).again
    assert morning.call().counter.visitor.number == booked.queue_no


def test_who_is_cancelled_at_the_counter_leaves_it_free(morning: Morning) -> None:
    morning.at(8)
    gone = morning.book()
    morning.arrive(gone)
    shown = morning.call().counter
    booking.cancel(HIS, "00000", gone.cid, gone.appointment_id)

    morning.end(shown, "skip")

    assert waiting_numbers() == []
    assert visit_of(gone).visit == CALLED


def test_nobody_is_lost_if_the_index_does_not_show_them_just_after_the_call(morning: Morning) -> None:
    morning.at(8)
    booked = morning.book()
    morning.arrive(booked)
    shown = morning.call().counter
    row = AppointmentItem.get(booked.cid, key_columns(booked)["appointment"])
    storage.write(storage.delete(APPOINTMENTS.key(booked)))
    before = retry.set_budget(0)
    try:
        with pytest.raises(errors.TryAgain):
            morning.end(shown, "skip")
    finally:
        retry.set_budget(before)
    storage.write(storage.put(row))

    morning.end(shown, "skip")

    assert waiting_numbers() == [booked.queue_no]


def test_a_counter_is_free_again_if_its_visitor_has_long_gone_from_the_index(morning: Morning) -> None:
    morning.at(8)
    booked = morning.book()
    morning.arrive(booked)
    shown = morning.call().counter
    storage.write(storage.delete(APPOINTMENTS.key(booked)))
    morning.at(8, 1)

    assert morning.end(shown, "skip").outcome == "skipped"
    assert waiting_numbers() == []


def test_a_ticket_is_called_among_appointments_and_served(morning: Morning) -> None:
    morning.at(8)
    morning.arrive(morning.book())
    morning.at(8, 1)
    assert morning.ticket() == "W001"
    morning.at(8, 2)
    morning.arrive(morning.book())
    assert waiting_numbers() == ["A001", "W001", "A002"]
    morning.end(morning.call().counter, "serve")

    call = morning.call()

    assert (call.counter.visitor.number, call.appointment) == ("W001", None)
    morning.end(call.counter, "send_on", PHARMACY)
    assert waiting_numbers(PHARMACY) == ["W001"]


def test_the_same_ticket_asked_for_again_is_one_ticket(morning: Morning) -> None:
    morning.at(8)
    ticket_id = new_id()

    first = arrivals.draw_ticket(CLERK, EXAMINATION, ticket_id)

    assert arrivals.draw_ticket(CLERK, EXAMINATION, ticket_id)[0] == first[0]
    assert waiting_numbers() == ["W001"]
    with pytest.raises(errors.PointNotFound):
        arrivals.draw_ticket(CLERK, 99, new_id())


def test_a_point_is_removed_only_if_nobody_waits_there(morning: Morning) -> None:
    morning.at(8)
    morning.ticket(VACCINATION)
    with pytest.raises(InUse):
        point_edits.remove_point(CLERK, VACCINATION, 1)
    morning.end(morning.call(point_id=VACCINATION).counter, "serve")

    point_edits.remove_point(CLERK, VACCINATION, 1)

    assert VACCINATION not in catalogue.hospital("00000").points
