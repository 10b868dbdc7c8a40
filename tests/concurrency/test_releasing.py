"""Places are released while people confirm, and given back while others book.

Each appointment is either confirmed and kept, or released; each place has one holder.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.booking import confirmation_store
from chalicelib.clock import BANGKOK
from infra.local.local_stack import LocalStack
from tests import maker
from tests.client import Client, new_cid
from tests.concurrency import desk_clients
from tests.concurrency.booking_clients import persistently
from tests.concurrency.client_pool import ClientPool, ClientTask
from tests.hospitals import Hospital
from tests.invariants import rows_of, violations
from tests.manual import desk_client

PEOPLE = 32


@dataclass
class Clinic:
    """A hospital that asks by 16:00 of the day before, and releases in department 1."""

    hospital: Hospital
    clerk: Client
    app: Client
    day: date
    schedules: list[int]

    @property
    def deadline(self) -> datetime:
        return datetime.combine(self.day - timedelta(days=1), time(16), BANGKOK)

    def book(self, people: list[str]) -> dict[str, int]:
        """Appointment ids by national id; as many people as there are places."""
        each = len(people) // len(self.schedules)
        return {
            cid: self.app.book(self.schedules[n // each], cid).result["hospital_appointment_slot_id"]
            for n, cid in enumerate(people)
        }

    def request(self, people: list[str]) -> None:
        """Ask everybody; the requests reach them."""
        at = self.deadline - timedelta(days=1)
        # Other hospitals of the system may ask too.
        assert self.hospital.hospitals.run(maker.run_confirmations, at)[0] >= len(people)
        self.hospital.hospitals.run(maker.requests_reached, self.hospital.code)

    def states(self, endpoint: str) -> dict[str, tuple[str, bool]]:
        """By national id: the appointment's state, and whether it is confirmed."""
        rows = rows_of(endpoint, hospital_code=self.hospital.code).appointments
        ours = [row for row in rows if int(row["schedule_id"]) in self.schedules]
        return {row["cid"]: (row["state"], bool(row.get("confirmed_at"))) for row in ours}


@pytest.fixture
def clinic(local_stack: LocalStack, hospital: Hospital, app_client: Client) -> Iterator[Clinic]:
    clerk, day = hospital.clerk(), hospital.new_day()
    now = clerk.call("GET", "/api/dashboard/settings").result
    rules = {**now, "confirm_time": "16:00", "confirm_days_before": 1, "release_departments": [1]}
    assert clerk.call("PUT", "/api/dashboard/settings", body=rules).status == 200
    lines = [desk_client.line(period, 1, PEOPLE // 4) for period in (1, 2, 3, 4)]
    schedules = [each["schedule_id"] for each in desk_client.open_lines(clerk, day, *lines)]
    yield Clinic(hospital, clerk, app_client, day, schedules)
    assert violations(rows_of(local_stack.endpoint, hospital_code=hospital.code)) == []


def confirm(task: ClientTask) -> str:
    """One person confirms. given: (url, token, hospital_code, cid, appointment_id)."""
    url, token, code, cid, held = task.given
    client = Client(url, token)
    task.wait_for_all()
    return persistently(partial(desk_clients.confirm, client, cid, held, code)).code


def take_or_give_back(task: ClientTask) -> tuple[str, str]:
    """One person books, or one clerk gives a place back.

    given: (url, token, hospital_code, row or None, schedule, cid).
    """
    url, token, code, row, schedule_id, cid = task.given
    client = Client(url, token)
    task.wait_for_all()
    if row is None:
        return "book", persistently(partial(client.book, schedule_id, cid, hospital_code=code)).code
    return "give back", persistently(partial(desk_client.act, client, row, "give-back")).code


def test_each_appointment_is_either_confirmed_and_kept_or_released(
    local_stack: LocalStack, clinic: Clinic, urls: list[str], client_pool: ClientPool
) -> None:
    people = [new_cid() for _ in range(PEOPLE)]
    held = clinic.book(people)
    clinic.request(people)

    given = [(urls[n % 2], clinic.app.token, clinic.hospital.code, cid, held[cid]) for n, cid in enumerate(people)]
    with ThreadPoolExecutor() as threads:
        running = threads.submit(clinic.hospital.hospitals.run, maker.run_confirmations, clinic.deadline, 3)
        answers = dict(zip(people, client_pool.run(confirm, given), strict=True))
        running.result()
    clinic.hospital.hospitals.run(maker.run_confirmations, clinic.deadline)

    states = clinic.states(local_stack.endpoint)
    confirmed = {cid for cid, code in answers.items() if code == "OK"}
    assert Counter(answers.values()).keys() <= {"OK", "AppointmentCancelled"}
    assert {cid for cid, state in states.items() if state == ("booked", True)} == confirmed
    assert {cid for cid, state in states.items() if state == ("cancelled", False)} == set(people) - confirmed


def test_of_a_booking_and_a_give_back_exactly_one_gets_the_place(
    local_stack: LocalStack, clinic: Clinic, urls: list[str], client_pool: ClientPool
) -> None:
    people = [new_cid() for _ in range(PEOPLE)]
    clinic.book(people)
    clinic.request(people)
    clinic.hospital.hospitals.run(maker.run_confirmations, clinic.deadline)
    query = {"date": clinic.day.isoformat()}
    rows = clinic.clerk.call("GET", "/api/dashboard/appointments/released", query).result
    assert len(rows) == PEOPLE

    given: list[Any] = []
    for n, row in enumerate(rows[:24]):
        url = urls[n % 2]
        given.append((url, clinic.clerk.token, clinic.hospital.code, row, None, None))
        given.append((url, clinic.app.token, clinic.hospital.code, None, clinic.schedules[n % 4], new_cid()))
    answers = Counter(client_pool.run(take_or_give_back, given))

    assert {code for _, code in answers} <= {"OK", "PlaceTaken", "SlotsFull"}
    states = clinic.states(local_stack.endpoint)
    active = {cid for cid, (state, _) in states.items() if state == "booked"}
    assert len(active & set(people)) == answers["give back", "OK"]
    assert len(active - set(people)) == answers["book", "OK"]


def test_a_release_that_does_not_look_at_the_version_takes_places_of_people_who_have_confirmed(
    local_stack: LocalStack, clinic: Clinic, urls: list[str], client_pool: ClientPool
) -> None:
    """The negative control: it writes over whatever version is stored."""
    people = [new_cid() for _ in range(PEOPLE)]
    held = clinic.book(people)
    clinic.request(people)
    listed = clinic.hospital.hospitals.run(confirmation_store.unconfirmed_on, clinic.hospital.code, clinic.day)
    given = [(urls[n % 2], clinic.app.token, clinic.hospital.code, cid, held[cid]) for n, cid in enumerate(people)]
    assert Counter(client_pool.run(confirm, given)) == {"OK": PEOPLE}

    clinic.hospital.hospitals.run(maker.release_without_version, listed)

    assert set(clinic.states(local_stack.endpoint).values()) == {("cancelled", True)}
