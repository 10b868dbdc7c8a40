"""Ours: a hospital's rules for people who book, cancel and postpone by themselves."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from infra.local.local_stack import LocalStack
from tests import maker
from tests.client import Client, Reply, in_days, new_cid, until_answered
from tests.hospitals import Hospital, Hospitals
from tests.invariants import rows_of, violations
from tests.manual import desk_client

A_WEEK = 7 * 24 * 60


@dataclass
class Clinic:
    """A hospital of this file's own: two departments with a room and schedules each.

    The schedules are of tomorrow.
    """

    clerk: Client
    app: Client
    schedules: list[int]  # three of the first department, then one of the second

    def set(self, **rules: int) -> None:
        now = self.clerk.call("GET", "/api/dashboard/settings").result
        wanted = {**now, "cancel_minutes_before": 0, "max_active_per_department": 0, **rules}
        assert self.clerk.call("PUT", "/api/dashboard/settings", body=wanted).status == 200

    def book(self, n: int, cid: str) -> Reply:
        return self.app.book(self.schedules[n], cid)


@pytest.fixture(scope="module")
def made(hospital: Hospital, app_client: Client) -> Clinic:
    clerk = hospital.clerk()

    def add(what: str, **body: Any) -> Any:
        return clerk.call("POST", f"/api/dashboard/{what}", body=body).result

    periods = [
        add("periods", period_name=f"{hour}", time_start=f"{hour}:00:00", time_finish=f"{hour}:59:59")["period_id"]
        for hour in (20, 21, 22)
    ]
    lines = [desk_client.line(period, 1, 50) for period in periods] + [desk_client.line(periods[0], 2, 50)]
    schedules = add("schedules", date=in_days(1).isoformat(), lines=lines)
    return Clinic(clerk, app_client, [one["schedule_id"] for one in schedules])


@pytest.fixture
def clinic(made: Clinic, local_stack: LocalStack) -> Iterator[Clinic]:
    made.set()
    yield made
    assert violations(rows_of(local_stack.endpoint, hospital_code=made.clerk.hospital_code)) == []


def test_line_does_not_name_the_department_until_the_hospital_wants_it(clinic: Clinic) -> None:
    settings = clinic.clerk.call("GET", "/api/dashboard/settings").result
    assert settings["department_in_line"] is False
    saved = clinic.clerk.call("PUT", "/api/dashboard/settings", body={**settings, "department_in_line": True}).result
    assert saved["department_in_line"] is True
    clinic.set(department_in_line=False)


def test_by_default_a_person_may_cancel_until_the_period_starts_and_hold_as_many_as_they_like(clinic: Clinic) -> None:
    settings = clinic.clerk.call("GET", "/api/dashboard/settings").result
    cid = new_cid()

    held = [clinic.book(n, cid).result["hospital_appointment_slot_id"] for n in range(4)]

    assert (settings["cancel_minutes_before"], settings["max_active_per_department"]) == (0, 0)
    assert all(clinic.app.cancel(cid, one).status == 200 for one in held)


def test_after_the_hospitals_time_limit_a_person_neither_cancels_nor_postpones_but_staff_do(clinic: Clinic) -> None:
    clinic.set(cancel_minutes_before=A_WEEK)
    cid = new_cid()
    held = clinic.book(0, cid).result["hospital_appointment_slot_id"]

    assert clinic.app.cancel(cid, held).code == "TooLate"
    assert clinic.app.postpone(cid, held, clinic.schedules[1]).code == "TooLate"

    listed = clinic.clerk.call("GET", "/api/dashboard/appointments", {"date": in_days(1).isoformat()}).result
    row = next(one for one in listed if one["hospital_appointment_slot_id"] == held)
    assert desk_client.act(clinic.clerk, row, "cancel").status == 200


def test_the_time_limit_is_the_one_that_stood_when_the_place_was_booked(clinic: Clinic) -> None:
    cid = new_cid()
    held = clinic.book(0, cid).result["hospital_appointment_slot_id"]
    clinic.set(cancel_minutes_before=A_WEEK)

    moved = clinic.app.postpone(cid, held, clinic.schedules[1])

    assert moved.status == 200
    now_held = moved.result["hospital_appointment_slot_id"]
    assert clinic.app.cancel(cid, now_held).code == "TooLate"


def test_a_person_holds_no_more_appointments_in_a_department_than_the_hospital_allows(clinic: Clinic) -> None:
    clinic.set(max_active_per_department=2)
    cid = new_cid()
    first = clinic.book(0, cid).result["hospital_appointment_slot_id"]
    assert clinic.book(1, cid).status == 200

    refused = clinic.book(2, cid)

    assert (refused.status, refused.code) == (409, "LimitReached")
    assert clinic.book(3, cid).status == 200, "another department has a limit of its own"
    assert clinic.book(0, cid).result["hospital_appointment_slot_id"] == first, "a repeat is not one more"
    assert clinic.app.cancel(cid, first).status == 200
    assert clinic.book(2, cid).status == 200


def test_moving_within_the_department_is_allowed_and_into_a_full_one_is_not(clinic: Clinic) -> None:
    clinic.set(max_active_per_department=1)
    cid = new_cid()
    appointment_id = clinic.book(0, cid).result["hospital_appointment_slot_id"]
    there = clinic.book(3, cid).result["hospital_appointment_slot_id"]

    assert clinic.app.postpone(cid, there, clinic.schedules[1]).code == "LimitReached"
    assert clinic.app.postpone(cid, appointment_id, clinic.schedules[1]).status == 200


def test_who_is_no_longer_in_the_registry_still_moves(clinic: Clinic, hospitals: Hospitals) -> None:
    clinic.set(max_active_per_department=1)
    cid = new_cid()
    appointment_id = clinic.book(0, cid).result["hospital_appointment_slot_id"]
    hospitals.run(maker.registry_entry_expired, cid)

    assert clinic.app.postpone(cid, appointment_id, clinic.schedules[1]).status == 200


def test_staff_and_information_systems_are_exempt(clinic: Clinic, his: Client) -> None:
    clinic.set(max_active_per_department=1)
    cid = new_cid()
    assert clinic.book(0, cid).status == 200

    assert his.book(clinic.schedules[1], cid).status == 200
    assert desk_client.book(clinic.clerk, clinic.schedules[2], cid).status == 200


@pytest.mark.parametrize("known", [True, False])
def test_of_many_bookings_of_one_person_at_once_only_the_allowed_number_goes_through(
    clinic: Clinic, known: bool
) -> None:
    clinic.set(max_active_per_department=1)
    for _ in range(5):
        cid = new_cid()
        if known:
            clinic.clerk.call("POST", "/api/dashboard/people", body={"cid": cid, **desk_client.PERSON})
        answers: list[str] = []

        def tap(n: int, cid: str = cid, answers: list[str] = answers) -> None:
            answers.append(until_answered(lambda: clinic.book(n, cid)).code)

        taps = [threading.Thread(target=tap, args=(n,)) for n in range(3)]
        for one in taps:
            one.start()
        for one in taps:
            one.join()

        assert sorted(answers) == ["LimitReached", "LimitReached", "OK"]


def test_of_two_people_changing_the_rules_the_second_is_shown_both_versions(clinic: Clinic) -> None:
    before = clinic.clerk.call("GET", "/api/dashboard/settings").result
    clinic.set(cancel_minutes_before=60)

    answer = clinic.clerk.call("PUT", "/api/dashboard/settings", body={**before, "cancel_minutes_before": 30})

    assert (answer.status, answer.code) == (409, "EditConflict")
    error = answer.json["Error"]
    assert (error["yours"]["cancel_minutes_before"], error["theirs"]["cancel_minutes_before"]) == (30, 60)
