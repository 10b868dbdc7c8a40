"""However many bookings and moves a person sends at once, the limit holds.

It is the hospital's limit for a department.
"""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from infra.local.local_stack import LocalStack
from tests.client import Client, in_days, new_cid
from tests.concurrency import booking_clients
from tests.concurrency.booking_clients import BookingAnswer
from tests.concurrency.client_pool import ClientPool
from tests.hospitals import Hospital
from tests.manual import desk_client

HOURS = (20, 21, 22)


@dataclass
class Clinic:
    """A hospital of this file's own, with schedules of tomorrow, one an hour.

    schedules: ids by department.
    """

    code: str
    clerk: Client
    limited: list[int]
    other: list[int]

    def let_hold(self, most: int) -> None:
        now = self.clerk.call("GET", "/api/dashboard/settings").result
        wanted = {**now, "max_active_per_department": most}
        assert self.clerk.call("PUT", "/api/dashboard/settings", body=wanted).status == 200


@pytest.fixture(scope="module")
def clinic(hospital: Hospital) -> Clinic:
    clerk = hospital.clerk()

    def add(what: str, **body: Any) -> Any:
        return clerk.call("POST", f"/api/dashboard/{what}", body=body).result

    periods = [
        add("periods", period_name=f"{hour}", time_start=f"{hour}:00:00", time_finish=f"{hour}:59:59")["period_id"]
        for hour in HOURS
    ]
    opened = []
    for room in (1, 2):
        lines = [desk_client.line(period, room, 50) for period in periods]
        opened.append([one["schedule_id"] for one in add("schedules", date=in_days(1).isoformat(), lines=lines)])
    return Clinic(hospital.code, clerk, *opened)


def book(app_client: Client, schedule_id: int, cid: str) -> int:
    held: int = app_client.book(schedule_id, cid).result["hospital_appointment_slot_id"]
    return held


def holds(app_client: Client, cid: str, name: str) -> int:
    found = app_client.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
    return sum(one["hospital_department_name"] == name for one in found)


def test_of_moves_into_a_department_sent_at_once_only_the_allowed_number_goes_through(
    clinic: Clinic, urls: list[str], app_client: Client, client_pool: ClientPool
) -> None:
    clinic.let_hold(0)
    people = [new_cid() for _ in range(8)]
    held = {cid: [book(app_client, one, cid) for one in clinic.other] for cid in people}
    clinic.let_hold(1)
    moves = [(cid, held[cid][n], clinic.limited[n]) for cid in people for n in range(len(HOURS))]
    given = [(urls[n % len(urls)], app_client.token, clinic.code, *move) for n, move in enumerate(moves)]

    answers: list[BookingAnswer] = client_pool.run(booking_clients.postpone_once, given)

    assert Counter(one.code for one in answers) == {"OK": len(people), "LimitReached": 2 * len(people)}
    assert [holds(app_client, cid, "อายุรกรรม") for cid in people] == [1] * len(people)


_BOTH = """
import json, sys
from chalicelib import clock
from chalicelib.booking import transition_rules
from chalicelib.booking import list_store
from chalicelib.booking import limit_rules, rules, store
from chalicelib.booking.model import BookingRequest, Sender
from chalicelib.people.model import Person

code, cid, moves, counted = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), sys.argv[4] == "counted"
now, sender, ready = clock.now(), Sender("00000", "Mor Prom", "mohprompt.demo", True), []
for source, target in moves:
    snapshot = store.read_for_booking(code, target, cid)
    limit_rules.check_limit(snapshot.limits, list_store.appointments_of(cid), snapshot.schedule.info, now)
    old = store.held_in(code, source, cid)
    request = BookingRequest(code, target, Person(cid), sender, moving=old)
    new = rules.new_appointment(request, snapshot, rules.places_to_try(snapshot)[0], "0a1b2c3d", now)
    ready.append((new, None, (old, transition_rules.moved(old, new)), snapshot.booking_version if counted else None))
print(json.dumps([store.take_place(*write) is None for write in ready]))
"""


@pytest.mark.parametrize(("version", "went_through"), [("counted", [True, False]), ("not counted", [True, True])])
def test_of_two_moves_that_read_the_same_list_the_second_is_refused_for_the_booking_version_alone(
    clinic: Clinic, local_stack: LocalStack, app_client: Client, version: str, went_through: list[bool]
) -> None:
    """The two are made by hand, so that both have read before either writes.

    Negative control: if the booking version is not counted, the limit is exceeded by one.
    """
    clinic.let_hold(0)
    cid = new_cid()
    for one in clinic.other[:2]:
        book(app_client, one, cid)
    clinic.let_hold(1)
    moves = json.dumps(list(zip(clinic.other[:2], clinic.limited[:2], strict=True)))

    command = [sys.executable, "-c", _BOTH, clinic.code, cid, moves, version]
    done = subprocess.run(command, env=local_stack.env, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout.splitlines()[-1]) == went_through
    assert holds(app_client, cid, "อายุรกรรม") == sum(went_through)
