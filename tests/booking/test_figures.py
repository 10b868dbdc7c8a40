"""Figures of schedules and days are exact, whatever the streams repeat or stop.

On tables in memory, so one thread.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.booking import acceptance_counts, actions, appointment_audit, closures, reopenings, staff_actions
from chalicelib.booking.model import Appointment
from chalicelib.caller import APPOINTMENT_DASHBOARD, Caller
from chalicelib.schedules import availability, day_store, figures
from chalicelib.schedules import store as schedules
from chalicelib.schedules.figures_model import BoardHour, DepartmentCounts
from chalicelib.schedules.model import PlaceEvents, Schedule
from chalicelib.tables import AppointmentItem, DayItem, ScheduleItem
from infra.local import demo
from infra.ops import compare_figures
from tests.booking.hospital_in_memory import APP, DAY, FakeClock, before_send, booked, opened

STAFF = Caller("staff.demo", "00000", roles={APPOINTMENT_DASHBOARD: 1})
Change = tuple[Any, Any]


class Killed(BaseException):
    """The process ended here."""


class Stream:
    """The changes of the appointments table since the last `take`, as in its stream."""

    def __init__(self) -> None:
        self.rows = self._read()

    def take(self) -> list[Change]:
        before, self.rows = self.rows, self._read()
        keys = [*before, *(key for key in self.rows if key not in before)]
        return [(before.get(key), self.rows.get(key)) for key in keys if before.get(key) != self.rows.get(key)]

    @staticmethod
    def _read() -> dict[tuple[str, str], Any]:
        return {(row.cid, row.appointment): row.serialize() for row in AppointmentItem.scan()}


def accept(appointment: Appointment) -> Appointment:
    return staff_actions.accept(STAFF, appointment.schedule.schedule_id, appointment.place, appointment.version)


def reject(appointment: Appointment) -> Appointment:
    return staff_actions.reject(STAFF, appointment.schedule.schedule_id, appointment.place, appointment.version)


def cancel(appointment: Appointment) -> Appointment:
    return staff_actions.cancel(STAFF, appointment.schedule.schedule_id, appointment.place, appointment.version)


def stored(schedule: Schedule) -> Schedule:
    found = schedules.schedule("00000", schedule.info.schedule_id)
    assert found
    return found


def accepted_in(schedule: Schedule) -> set[int]:
    """The check codes of the schedule's accepted appointments, read from them."""
    rows = [row for row in AppointmentItem.scan() if row.schedule_id == schedule.info.schedule_id]
    return {int(row.check_code, 16) for row in rows if row.state == "booked" and row.accepted_at}


# ---- what a booking counts ----


def test_a_schedule_counts_what_becomes_of_its_places(fake_clock: FakeClock) -> None:
    schedule, later = opened(), opened(days_later=1)
    early, late, moved, stays = (booked(schedule, person) for person in demo.PEOPLE[:4])
    cancel(early)
    fake_clock.now = datetime.fromisoformat(f"{DAY}T07:00:00+07:00")
    actions.postpone(APP, "00000", moved.cid, moved.appointment_id, later.info.schedule_id)
    cancel(late)

    # Four were booked eight days before; the fifth was moved there on the day before.
    assert stored(schedule).events == PlaceEvents(taken=4, lead_days=32, moved=1, cancelled=1, cancelled_late=1)
    assert stored(later).events == PlaceEvents(taken=1, lead_days=1)
    assert stored(schedule).held == {stays.place}


def test_a_booking_or_cancellation_that_is_sent_twice_counts_once(fake_clock: FakeClock) -> None:
    schedule = opened()
    appointment = booked(schedule)
    booked(schedule)
    for _ in range(2):
        actions.cancel(APP, "00000", appointment.cid, appointment.appointment_id)

    assert stored(schedule).events == PlaceEvents(taken=1, lead_days=8, cancelled=1)


def test_a_day_is_counted_by_department_and_hour_with_who_is_still_held_in_closed_schedules(
    fake_clock: FakeClock,
) -> None:
    schedule = opened()
    booked(schedule, demo.PEOPLE[0])
    cancel(booked(schedule, demo.PEOPLE[1]))
    availability.recount({("00000", DAY)})
    (day,) = day_store.of_hospital("00000", DAY, DAY)
    assert day.counts == {1: DepartmentCounts(places=5, booked=1, cancelled=1, taken=2, lead_days=16)}
    assert day.hours == {8: (5, 1)}

    schedules.close(stored(schedule), "0" * 16, "clerk", "2026-12-01T09:30:00+07:00")
    availability.recount({("00000", DAY)})
    (day,) = day_store.of_hospital("00000", DAY, DAY)
    assert (day.counts[1].places, day.counts[1].booked, day.hours) == (1, 1, {8: (1, 1)})


# ---- what is accepted, from the stream ----


def one_by_one(schedule: Schedule) -> list[Change]:
    """One record for each change of several people.

    One person is accepted, one accepted and rejected, one accepted and cancelled; then somebody else is accepted at
    that place.
    """
    first, second, third = (booked(schedule, person) for person in demo.PEOPLE[:3])
    stream, changes = Stream(), list[Change]()

    def record(appointment: Appointment) -> Appointment:
        changes.extend(stream.take())
        return appointment

    record(accept(first))
    record(reject(record(accept(second))))
    record(cancel(record(accept(third))))
    again = record(booked(schedule, demo.PEOPLE[3]))
    assert again.place == third.place
    record(accept(again))
    return changes


def test_the_accepted_are_counted_as_their_records_come(fake_clock: FakeClock) -> None:
    schedule = opened()
    person = booked(schedule)
    stream = Stream()
    for act, count in ((accept, 1), (reject, 0), (accept, 1), (cancel, 0)):
        person = act(person)
        acceptance_counts.count(stream.take())
        assert len(stored(schedule).accepted) == count


def test_records_of_acceptances_may_come_twice_and_in_any_order(fake_clock: FakeClock) -> None:
    schedule = opened()
    changes = one_by_one(schedule)
    assert len(changes) == 7
    for late in changes:
        for change in [late, *changes[::-1], late]:
            acceptance_counts.count([change])
        assert stored(schedule).accepted == accepted_in(schedule)
    acceptance_counts.count(changes * 2)
    assert len(stored(schedule).accepted) == 2


def test_accepted_given_up_and_accepted_again_in_one_batch_is_one_accepted_appointment(fake_clock: FakeClock) -> None:
    schedule = opened()
    stream = Stream()
    first = accept(booked(schedule))
    acceptance_counts.count(stream.take())
    cancel(first)
    changes = stream.take()
    again = booked(schedule)
    changes += stream.take()
    accept(again)
    changes += stream.take()
    acceptance_counts.count(changes)

    assert stored(schedule).accepted == accepted_in(schedule) == {int(again.check_code, 16)}


@pytest.mark.parametrize("writes", range(1, 3))
def test_killed_before_any_of_its_writes_and_repeated_it_counts_as_if_it_had_run_once(
    fake_clock: FakeClock, writes: int
) -> None:
    schedule = opened()
    first, second = (booked(schedule, person) for person in demo.PEOPLE[:2])
    second = accept(second)
    stream = Stream()
    acceptance_counts.count([(None, row) for row in stream.rows.values()])
    accept(first)
    reject(second)
    changes, left = stream.take(), iter([None] * (writes - 1))

    def kill(*_: Any, **__: Any) -> None:
        try:
            next(left)
        except StopIteration:
            raise Killed from None

    with before_send("UpdateItem", kill), pytest.raises(Killed):
        acceptance_counts.count(changes)
    acceptance_counts.count(changes)

    assert stored(schedule).accepted == accepted_in(schedule) == {int(first.check_code, 16)}


def test_an_appointment_that_has_expired_stays_counted(fake_clock: FakeClock) -> None:
    schedule = opened()
    accept(booked(schedule))
    stream = Stream()
    acceptance_counts.count([(None, row) for row in stream.rows.values()])
    for row in AppointmentItem.scan():
        row.delete()
    acceptance_counts.count(stream.take())

    assert len(stored(schedule).accepted) == 1


# ---- what is shown ----


def test_the_overview_of_today_has_a_bar_for_each_room_and_hour_and_the_days_ahead(fake_clock: FakeClock) -> None:
    schedule, later = opened(), opened(days_later=3)
    stream = Stream()
    accept(booked(schedule, demo.PEOPLE[0]))
    booked(schedule, demo.PEOPLE[1])
    booked(later, demo.PEOPLE[1])
    acceptance_counts.count(stream.take())
    availability.recount({("00000", DAY), ("00000", DAY + timedelta(3))})
    fake_clock.now = datetime.fromisoformat(f"{DAY}T07:00:00+07:00")

    overview = figures.overview(STAFF)

    assert [(room.room_id, room.hours) for room in overview.rooms] == [(1, (BoardHour(8, 5, 2, 1),))]
    assert [(day.day, day.counts[1].booked, day.counts[1].accepted) for day in overview.days] == [
        (DAY, 2, 1),
        (DAY + timedelta(3), 1, 0),
    ]


def test_a_month_has_the_figures_of_departments_and_hours_and_the_next_free_day(fake_clock: FakeClock) -> None:
    for days_later in (0, 7):
        booked(opened(days_later), demo.PEOPLE[0])
        availability.recount({("00000", DAY + timedelta(days_later))})

    month, next_free, names = figures.month(STAFF, DAY.year, DAY.month)

    assert month.departments == {1: DepartmentCounts(places=10, booked=2, taken=2, lead_days=8 + 15)}
    assert month.hours == {(DAY.isoweekday(), 8): (10, 2)}
    assert (next_free, names) == ({1: DAY}, {1: "อายุรกรรม"})
    assert figures.month(STAFF, DAY.year, DAY.month - 1)[0].departments == {}


# ---- counting anew ----


def all_differences(*, repair: bool = False) -> list[str]:
    return list(compare_figures.compare("00000", DAY, repair=repair))


def test_recounting_finds_no_difference_after_a_day_and_each_planted_one(fake_clock: FakeClock) -> None:
    stream, changes = Stream(), list[Change]()
    schedule, later = opened(), opened(days_later=1)
    first, second, third = (booked(schedule, person) for person in demo.PEOPLE[:3])
    for step in (
        lambda: accept(first),
        lambda: cancel(second),
        lambda: actions.postpone(APP, "00000", third.cid, third.appointment_id, later.info.schedule_id),
        lambda: booked(schedule, demo.PEOPLE[1]),
    ):
        changes += stream.take()
        step()
    changes += stream.take()
    appointment_audit.record(changes)
    acceptance_counts.count(changes)
    availability.recount({("00000", DAY)})
    assert all_differences() == []

    row = ScheduleItem.get("00000#" + DAY.isoformat(), schedule.info.schedule_id)
    for plant in (
        ScheduleItem.cancelled.add(1),
        ScheduleItem.moved.set(0),
        ScheduleItem.lead_days.add(-1),
        ScheduleItem.accepted.remove(),
    ):
        row.update([plant])
        availability.recount({("00000", DAY)})
        (difference,) = all_differences()
        assert f"schedule {schedule.info.schedule_id}" in difference
        assert [line.endswith("(repaired)") for line in all_differences(repair=True)] == [True, True]
        assert all_differences() == []

    DayItem("00000", DAY.isoformat()).update([DayItem.hours.set({8: (5, 5)})])
    (difference,) = all_differences(repair=True)
    assert "the counts of the day" in difference
    assert all_differences() == []


def test_recounting_finds_no_difference_after_a_closing_was_undone(fake_clock: FakeClock) -> None:
    stream = Stream()
    schedule, later = opened(), opened(days_later=1)
    for person in demo.PEOPLE[:2]:
        booked(schedule, person)
    changes = stream.take()
    for action, to_day in ((closures.POSTPONE, later.info.day), (closures.CANCEL, None)):
        fake_clock.now += timedelta(days=1)
        closing = closures.run(STAFF, DAY, None, None, action, to_day).closing
        changes += stream.take()
        fake_clock.now += timedelta(days=1)
        assert reopenings.run(STAFF, DAY, None, None, closing, 2, preview=False).restored == 2
        changes += stream.take()
    appointment_audit.record(changes)
    for each in (schedule, later):
        availability.recount({("00000", each.info.day)})

    # Two people: booked eight days before, restored six and four days before.
    assert stored(schedule).events == PlaceEvents(taken=6, lead_days=36, moved=2, cancelled=2)
    assert stored(later).events == PlaceEvents(taken=2, lead_days=16, moved=2)
    assert [list(compare_figures.compare("00000", each.info.day, repair=False)) for each in (schedule, later)] == [
        [],
        [],
    ]


def test_recounting_counts_places_that_no_row_shows_any_more(fake_clock: FakeClock) -> None:
    stream, changes = Stream(), list[Change]()
    schedule = opened()
    first, second = (booked(schedule, person) for person in demo.PEOPLE[:2])
    changes += stream.take()
    cancel(first)
    cancel(second)
    changes += stream.take()
    lower = booked(schedule, demo.PEOPLE[1])  # not the place that this person gave up
    changes += stream.take()
    appointment_audit.record(changes)
    availability.recount({("00000", DAY)})

    assert (second.place, lower.place) == (2, 1)
    assert all_differences() == []
