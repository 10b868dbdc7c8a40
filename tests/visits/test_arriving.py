"""People arrive: where and in which order they wait, and what the kiosk refuses."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib import clock, errors, shown_people
from chalicelib.booking import actions as booking
from chalicelib.booking import rules as booking_rules
from chalicelib.booking import slip_codes
from chalicelib.booking.model import ARRIVED, CALLED, SERVED, Appointment
from chalicelib.schedules import catalogue_actions, catalogue_store, hospital_settings, point_edits
from chalicelib.schedules.catalogue_model import Room, ServicePoint, VisitRules
from chalicelib.tables import QueueItem
from chalicelib.visits import arrivals, kiosk_routes, queues, routes, staff_routes
from tests.booking.hospital_in_memory import APP
from tests.client import new_cid
from tests.visits.morning import CLERK, DAY, HIS, OTHER_HIS, VACCINATION, Morning, visit_of, waiting_numbers


def code_of(appointment: Appointment) -> str:
    return booking_rules.slip_code(appointment)


def refused(morning: Morning, code: str, error: type[errors.ApiError]) -> errors.ApiError:
    with pytest.raises(error) as raised:
        arrivals.arrive_by_code(CLERK, code)
    assert type(raised.value) is error
    return raised.value


def test_people_wait_by_period_then_class_then_arrival(morning: Morning) -> None:
    nine, eight, old, urgent, second = (morning.book(period_id=2), *(morning.book() for _ in range(4)))
    for minute, (each, priority) in enumerate(
        [(nine, ""), (eight, ""), (second, ""), (old, "over_80"), (urgent, "urgent")]
    ):
        morning.at(7, 30 + minute)
        morning.arrive(each, priority)

    assert waiting_numbers() == [each.queue_no for each in (urgent, old, eight, second, nine)]


def test_who_is_late_waits_behind_the_running_period_whatever_their_class(morning: Morning) -> None:
    late, nine, ten = morning.book(), morning.book(period_id=2), morning.book(period_id=3)
    nine_too = morning.book(period_id=2)
    morning.at(8, 50)
    morning.arrive(nine)
    morning.arrive(ten)
    morning.at(9, 10)
    morning.arrive(late, "over_80")
    morning.at(9, 20)
    morning.arrive(nine_too)

    assert waiting_numbers() == [each.queue_no for each in (nine, nine_too, late, ten)]


def test_the_hospital_says_from_when_on_somebody_is_late(morning: Morning) -> None:
    hospital_settings.change_visit_rules(CLERK, VisitRules(late_minutes=5))
    late, in_time = morning.book(), morning.book()
    morning.at(8, 5)
    morning.arrive(late)
    morning.at(8, 4, 59)
    morning.arrive(in_time)

    assert waiting_numbers() == [in_time.queue_no, late.queue_no]


def test_who_arrives_twice_gets_the_same_answer_and_waits_once(morning: Morning) -> None:
    booked = morning.book()
    morning.at(8)
    first = morning.arrive(booked)
    morning.at(8, 7)

    again = morning.arrive(booked)

    assert again.again
    assert (again.appointment, again.point) == (first.appointment, first.point)
    assert arrivals.arrive_by_code(CLERK, booked.cid).again
    assert waiting_numbers() == ["A001"]
    morning.call()
    assert morning.arrive(booked).again
    assert visit_of(booked).visit == CALLED


def test_somebody_without_the_slip_arrives_with_the_national_id_typed_with_dashes(morning: Morning) -> None:
    booked = morning.book()
    morning.at(8)
    typed = f"{booked.cid[0]}-{booked.cid[1:5]}-{booked.cid[5:10]}-{booked.cid[10:12]}-{booked.cid[12]}"

    assert arrivals.arrive_by_code(CLERK, typed).appointment.queue_no == booked.queue_no


def test_an_id_that_was_typed_is_noted_for_the_access_log_also_if_nobody_arrives(morning: Morning) -> None:
    morning.at(8)
    cid = new_cid()
    typed = f"{cid[0]}-{cid[1:5]}-{cid[5:10]}-{cid[10:12]}-{cid[12]}"
    attempts: list[Callable[[], object]] = [
        lambda: kiosk_routes.arrive_at_the_kiosk(CLERK, kiosk_routes.KioskArrival(typed)),
        lambda: staff_routes.arrive_at_the_desk(CLERK, staff_routes.ArrivalBody(typed)),
        lambda: routes.confirm_arrival(HIS, routes.ArrivalOfHis("00000", cid, 1)),
    ]
    for attempt in attempts:
        with shown_people.noting() as shown, pytest.raises(errors.AppointmentNotFound):
            attempt()
        assert list(shown) == [cid]


def test_of_two_appointments_of_the_day_the_id_means_the_one_that_is_not_over(morning: Morning) -> None:
    first = morning.book()
    second = morning.book(period_id=3, cid=first.cid)
    morning.at(8)
    arrivals.arrive_by_code(CLERK, first.cid)
    morning.end(morning.call().counter, "serve")

    assert arrivals.arrive_by_code(CLERK, first.cid).appointment.queue_no == second.queue_no
    assert visit_of(first).visit == SERVED


def test_the_id_means_the_later_appointment_once_it_is_not_too_early_also_if_the_earlier_one_stays_open(
    morning: Morning,
) -> None:
    hospital_settings.change_visit_rules(CLERK, VisitRules(early_minutes=30, his_departments=frozenset({2})))
    led_by_the_hospital = morning.book(room_id=2)
    later = morning.book(period_id=3, cid=led_by_the_hospital.cid)
    morning.at(8)
    assert arrivals.arrive_by_code(CLERK, later.cid).point is None
    morning.at(9, 29)
    early = arrivals.arrive_by_code(CLERK, later.cid)
    assert (early.appointment.queue_no, early.again) == (led_by_the_hospital.queue_no, True)
    morning.at(9, 30)

    arrival = arrivals.arrive_by_code(CLERK, later.cid)

    assert (arrival.appointment.queue_no, arrival.again) == (later.queue_no, False)
    assert waiting_numbers() == [later.queue_no]
    again = arrivals.arrive_by_code(CLERK, later.cid)
    assert (again.appointment.queue_no, again.again) == (led_by_the_hospital.queue_no, True)


def test_another_day_is_told_with_its_date_to_the_slip_and_without_it_to_a_typed_id(morning: Morning) -> None:
    booked = morning.book(days=3)
    morning.at(8)

    assert refused(morning, code_of(booked), errors.WrongDay).details == {"date": "2026-12-04"}
    assert "4/12/2569" in refused(morning, code_of(booked), errors.WrongDay).thai
    assert refused(morning, booked.cid, errors.WrongDay).details == {}


def test_too_early_is_told_with_the_time(morning: Morning) -> None:
    booked = morning.book(period_id=3)
    morning.at(7, 59)

    assert refused(morning, code_of(booked), errors.TooEarly).details == {"time": "08:00"}
    morning.at(8)
    assert not morning.arrive(booked).again


def test_a_cancelled_and_a_moved_appointment_and_a_visit_that_is_over_are_told_apart(morning: Morning) -> None:
    cancelled, moved, served, free = morning.book(), morning.book(), morning.book(), morning.book(days=2)
    for each in (cancelled, free):
        booking.cancel(HIS, "00000", each.cid, each.appointment_id)
    booking.postpone(HIS, "00000", moved.cid, moved.appointment_id, free.schedule.schedule_id)
    morning.at(8)
    morning.arrive(served)
    morning.end(morning.call().counter, "serve")

    refused(morning, code_of(cancelled), errors.AppointmentCancelled)
    assert refused(morning, code_of(moved), errors.AppointmentPostponed).details == {"date": "2026-12-03"}
    refused(morning, code_of(served), errors.VisitEnded)
    assert waiting_numbers() == []


def move(appointment: Appointment, days: int, morning: Morning) -> Appointment:
    """Move somebody to a place that somebody else gives up."""
    free = morning.book(days=days)
    booking.cancel(HIS, "00000", free.cid, free.appointment_id)
    return booking.postpone(HIS, "00000", appointment.cid, appointment.appointment_id, free.schedule.schedule_id)


def test_a_slip_is_told_where_the_appointment_is_after_all_its_moves_and_a_typed_id_is_not(morning: Morning) -> None:
    booked = morning.book()
    second = move(booked, 2, morning)
    third = move(second, 5, morning)
    morning.at(8)

    refusal = refused(morning, code_of(booked), errors.AppointmentPostponed)
    assert (refusal.details, "6/12/2569" in refusal.thai) == ({"date": "2026-12-06"}, True)
    typed = refused(morning, booked.cid, errors.WrongDay)
    assert (typed.details, "2569" in typed.thai) == ({}, False)
    booking.cancel(HIS, "00000", third.cid, third.appointment_id)
    refusal = refused(morning, code_of(booked), errors.AppointmentPostponed)
    assert (refusal.details, "2569" in refusal.thai) == ({}, False)


def test_another_hospitals_slip_a_slip_of_nobody_and_an_unreadable_code_are_told_apart(morning: Morning) -> None:
    booked = morning.book()
    morning.at(8)
    schedule_id = booked.schedule.schedule_id
    foreign = slip_codes.code("10665", schedule_id, 1, booked.check_code)

    assert refused(morning, foreign, errors.OtherHospital).details == {"hospital_code": "10665"}
    refused(morning, slip_codes.code("00000", schedule_id, 1, "00000000"), errors.AppointmentNotFound)
    refused(morning, "3100000000019"[:-1] + "0", errors.UnreadableCode)
    refused(morning, "ใบนัด", errors.UnreadableCode)
    refused(morning, "0000000000001", errors.AppointmentNotFound)


def test_a_room_without_a_service_point_is_told_so_and_nobody_is_lost(morning: Morning) -> None:
    point = catalogue_actions.of_hospital(CLERK).points[VACCINATION]
    point_edits.change_point(CLERK, replace(point, departments=frozenset()))
    booked = morning.book(room_id=2)
    morning.at(8)

    refused(morning, code_of(booked), errors.NoServicePoint)
    assert visit_of(booked).visit == ""


def test_people_wait_first_at_the_point_that_begins_their_way(morning: Morning) -> None:
    screening = point_edits.add_point(CLERK, ServicePoint(0, "ซักประวัติ", "", frozenset(), frozenset({1}), 1))
    booked = morning.book()
    morning.at(8)

    arrival = morning.arrive(booked)

    assert arrival.point == screening
    assert waiting_numbers(screening.point_id) == ["A001"]


def test_in_a_department_whose_queue_the_hospitals_system_leads_people_arrive_and_do_not_wait_here(
    morning: Morning,
) -> None:
    hospital_settings.change_visit_rules(CLERK, VisitRules(his_departments=frozenset({2})))
    booked = morning.book(room_id=2)
    morning.at(8)

    arrival = morning.arrive(booked)

    assert arrival.point is None
    assert visit_of(booked).visit == ARRIVED
    assert waiting_numbers(VACCINATION) == []
    assert queues.position(APP, "00000", booked.cid, booked.appointment_id).ahead is None


def test_the_hospitals_system_confirms_an_arrival_and_may_tell_the_visit_number_later(morning: Morning) -> None:
    booked = morning.book()
    morning.at(8)
    morning.arrive(booked)

    arrival = arrivals.confirm_arrival(HIS, "00000", booked.cid, booked.appointment_id, "691201000007", "")

    assert arrival.again
    assert visit_of(booked).visit_number == "691201000007"
    assert waiting_numbers() == ["A001"]
    for code in ("00000", "00002"):
        with pytest.raises(errors.AppointmentNotFound):
            arrivals.confirm_arrival(OTHER_HIS, code, booked.cid, booked.appointment_id, "", "")


def test_the_visit_number_is_kept_also_if_the_person_is_called_at_that_moment(morning: Morning) -> None:
    booked = morning.book()
    morning.at(8)
    morning.arrive(booked)
    meanwhile = iter([morning.call])

    def now() -> datetime:
        for act in meanwhile:  # once, after the appointment was read
            act()
        return morning.now

    before = clock.run_on(now)
    try:
        arrivals.confirm_arrival(HIS, "00000", booked.cid, booked.appointment_id, "691201000007", "")
    finally:
        clock.run_on(before)

    assert (visit_of(booked).visit, visit_of(booked).visit_number) == (CALLED, "691201000007")


@pytest.mark.parametrize("code", ["W", "w", "W0", "W๑"])
def test_a_room_never_gets_the_queue_code_of_tickets(morning: Morning, code: str) -> None:
    new, stored = Room(0, "ห้องตรวจ 2", 1, code, 3), catalogue_actions.of_hospital(CLERK).rooms[1]

    for save in (
        lambda: catalogue_actions.add_room(CLERK, new),
        lambda: catalogue_actions.change_room(CLERK, replace(stored, queue_code=code)),
        lambda: hospital_settings.change_visit_rules(CLERK, VisitRules(ticket_code=f"{stored.queue_code}{code[1:]}")),
    ):
        with pytest.raises(errors.Invalid) as raised:
            save()
        assert raised.value.fields.keys() <= {"queue_code", "ticket_code"}
    assert catalogue_actions.of_hospital(CLERK).rooms[1] == stored
    assert catalogue_actions.add_room(CLERK, replace(new, queue_code="WA")).queue_code == "WA"


def test_a_room_that_has_the_queue_code_of_tickets_already_can_still_be_renamed(morning: Morning) -> None:
    old = Room(3, "ห้องตรวจ 2", 1, "W", 3)
    assert catalogue_store.add(catalogue_actions.of_hospital(CLERK), old)

    assert catalogue_actions.change_room(CLERK, replace(old, name="ห้องตรวจ 3")).name == "ห้องตรวจ 3"


def test_the_queue_of_the_day_names_nobody_and_expires(morning: Morning) -> None:
    booked = morning.book()
    morning.at(8)
    morning.arrive(booked)
    morning.ticket()
    morning.call()

    rows = [row.serialize() for row in QueueItem.scan()]

    assert len(rows) == 4
    assert booked.cid not in str(rows)
    assert "ทดสอบ" not in str(rows)
    assert {(row["expires_at"]["N"]) for row in rows} == {str(int(DAY.timestamp()) + 31 * 86_400)}
