"""The figures of the visits are exact, whatever the stream does.

They are compared with the appointments.
"""

from typing import Any

import pytest

from chalicelib import storage
from chalicelib.booking import actions as booking
from chalicelib.booking.model import ABSENT, SERVED, Appointment, BookingRequest, Sender
from chalicelib.people.model import Person
from chalicelib.schedules import availability, day_store, figures
from chalicelib.schedules import catalogue_store as catalogue
from chalicelib.schedules import store as schedules
from chalicelib.schedules.catalogue_model import Department, Period, Room, ServicePoint
from chalicelib.schedules.figures_model import DepartmentCounts
from chalicelib.schedules.model import ScheduleSpec
from chalicelib.tables import AppointmentItem, CatalogueItem, ScheduleItem
from chalicelib.visits import arrivals, outcomes, visit_counts
from infra.ops import compare_figures
from tests.booking.hospital_in_memory import before_send
from tests.client import new_cid
from tests.visits.morning import CLERK, DAY, EXAMINATION, HIS, OTHER_HIS, PHARMACY, Morning, TableStream

HOSPITAL_DAY = ("00000", DAY.date())
NAMES = ("arrived", "called", "served", "absent", "wait_minutes", "not_known")


def say(appointment: Appointment, outcome: str) -> None:
    outcomes.confirm_outcome(HIS, "00000", appointment.cid, appointment.appointment_id, outcome)


def visit_figures() -> dict[str, int]:
    """The day's figures of the visits of department 1, counted from its schedules."""
    availability.recount({HOSPITAL_DAY})
    (day,) = day_store.of_hospital("00000", DAY.date(), DAY.date())
    counts = day.counts[1]
    return {name: getattr(counts, name) for name in NAMES}


def figures_of(*counts: int) -> dict[str, int]:
    return dict(zip(NAMES, counts, strict=True))


def a_morning(morning: Morning) -> list[tuple[Any, Any]]:
    """Seven people; a record for each change of theirs.

    Served after 20 minutes and the pharmacy; called after 30 and absent; waits; never came; served, says the hospital's
    system; absent, says the system; arrived and cancelled.
    """
    people = [morning.book() for _ in range(7)]
    served, absent, waits, _, his_served, his_absent, cancelled = people
    stream, changes = TableStream(AppointmentItem), list[tuple[Any, Any]]()

    def step(*results: Any) -> None:
        changes.extend(stream.take())

    morning.at(8)
    for each in (served, absent, cancelled):
        step(morning.arrive(each))
    morning.at(8, 20)
    first = morning.call().counter
    step()
    step(morning.arrive(waits))
    morning.at(8, 25)
    step(morning.end(first, "send_on", PHARMACY))
    morning.at(8, 30, 59)
    step(morning.end(morning.call().counter, "mark_absent"))
    step(booking.cancel(HIS, "00000", cancelled.cid, cancelled.appointment_id))
    morning.at(9)
    last = morning.call(point_id=PHARMACY).counter
    step()
    step(morning.end(last, "serve"))
    step(say(his_served, SERVED))
    step(say(his_absent, ABSENT))
    return changes


HAND_COUNT = figures_of(4, 2, 2, 2, 50, 2)


def test_a_morning_is_counted_as_by_hand(morning: Morning) -> None:
    visit_counts.count(a_morning(morning))

    assert visit_figures() == HAND_COUNT


def test_records_may_come_twice_and_in_any_order(morning: Morning) -> None:
    changes = a_morning(morning)
    for late in changes:
        for change in [late, *changes[::-1], late]:
            visit_counts.count([change])
        assert visit_figures() == HAND_COUNT


def test_who_is_said_to_be_absent_and_comes_after_all_is_counted_once(morning: Morning) -> None:
    booked = morning.book()
    stream = TableStream(AppointmentItem)
    morning.at(8)
    say(booked, ABSENT)
    visit_counts.count(stream.take())
    assert visit_figures() == figures_of(0, 0, 0, 1, 0, 0)
    morning.at(8, 10)
    morning.arrive(booked)
    visit_counts.count(stream.take())
    assert visit_figures() == figures_of(1, 0, 0, 0, 0, 1)
    morning.at(8, 15)
    morning.end(morning.call(point_id=EXAMINATION).counter, "serve")
    visit_counts.count(stream.take())
    assert visit_figures() == figures_of(1, 1, 1, 0, 5, 0)


def test_two_functions_that_count_one_schedule_at_the_same_instant_lose_nobody(morning: Morning) -> None:
    first = morning.book()
    second = book_beside(first)
    stream = TableStream(AppointmentItem)
    morning.at(8)
    morning.arrive(first)
    records = stream.take()
    morning.arrive(second)
    left = [stream.take()]

    def other_function(**_: Any) -> None:
        if left:
            visit_counts.count(left.pop())

    with before_send("UpdateItem", other_function):
        visit_counts.count(records)

    assert visit_figures()["arrived"] == 2


def test_records_of_two_hospitals_come_together_and_each_is_counted_at_its_own(morning: Morning) -> None:
    storage.write(storage.put(CatalogueItem("00002", "#", name="รพ.ทดสอบระบบ 2", province_code="84")))
    for entry in (
        Department(1, "อายุรกรรม"),
        Room(1, "ห้องตรวจ 1", 1, "A", 3),
        Period(1, "8 น.", "08:00:00", "08:59:59"),
        ServicePoint(1, "ตรวจ", "Examination", frozenset({1}), frozenset()),
    ):
        assert catalogue.add(catalogue.hospital("00002"), entry)
    spec = ScheduleSpec(1, 1, 1, 1, online=True)
    (made,) = schedules.open_schedules(catalogue.hospital("00002"), DAY.date(), [spec])
    own = morning.book()
    sender, person = Sender("00002", "HIS", OTHER_HIS.login), Person(new_cid(), first_name="ทดสอบ", gender=1)
    other = booking.book(OTHER_HIS, BookingRequest("00002", made.info.schedule_id, person, sender))
    assert other.schedule.schedule_id == own.schedule.schedule_id, "both are the first schedule of the day"
    stream = TableStream(AppointmentItem)
    morning.at(8)
    morning.arrive(own)
    arrivals.confirm_arrival(OTHER_HIS, "00002", other.cid, other.appointment_id, "", "")

    visit_counts.count(stream.take())

    for hospital_code in ("00000", "00002"):
        schedule = schedules.schedule(hospital_code, own.schedule.schedule_id)
        assert schedule
        assert len(schedule.visits) == 1, hospital_code


def book_beside(appointment: Appointment) -> Appointment:
    """Another person's appointment in the same schedule."""
    schedule_id = appointment.schedule.schedule_id
    schedule = schedules.schedule("00000", schedule_id)
    assert schedule
    assert schedules.grow(schedule, 1, online=True)
    person = Person(new_cid(), first_name="ทดสอบ", gender=1)
    return booking.book(HIS, BookingRequest("00000", schedule_id, person, Sender("00000", "HIS", HIS.login)))


def test_the_month_shows_who_is_not_known_of_the_days_that_are_over(morning: Morning) -> None:
    visit_counts.count(a_morning(morning))
    availability.recount({HOSPITAL_DAY})

    today, _, _ = figures.month(CLERK, DAY.year, DAY.month)
    morning.at(32)
    afterwards, _, _ = figures.month(CLERK, DAY.year, DAY.month)

    assert today.not_known.get(1, 0) == 0
    assert afterwards.not_known == {1: 2}
    assert afterwards.departments[1].wait_minutes == 50


def test_recounting_finds_and_repairs_a_planted_difference(morning: Morning) -> None:
    visit_counts.count(a_morning(morning))
    assert visit_figures() == HAND_COUNT
    lines = list(compare_figures.compare("00000", DAY.date(), repair=True))  # of the audit, which nobody wrote here
    assert list(compare_figures.compare("00000", DAY.date(), repair=False)) == [], lines
    row = next(row for row in ScheduleItem.query(f"00000#{DAY.date()}") if row.visits)
    row.update([ScheduleItem.visits.remove()])
    availability.recount({HOSPITAL_DAY})

    assert len(list(compare_figures.compare("00000", DAY.date(), repair=False))) == 1
    list(compare_figures.compare("00000", DAY.date(), repair=True))

    assert visit_figures() == HAND_COUNT


@pytest.mark.parametrize("stored", [(), (5, 3, 2, 1, 0, 0, 7, 90)])
def test_a_day_of_the_time_before_these_figures_has_none_of_them(stored: tuple[int, ...]) -> None:
    assert DepartmentCounts(*stored).arrived == 0
    assert DepartmentCounts(*stored) + DepartmentCounts(arrived=1) == DepartmentCounts(*stored)._replace(arrived=1)
