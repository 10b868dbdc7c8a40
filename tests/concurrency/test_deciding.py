"""Several desks and the people themselves change the same appointments at once.

Every acknowledged change is one version of one appointment, none was written over, and what has ended stays so.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.booking import slip_codes
from chalicelib.booking.rules import first_version
from infra.local.local_stack import LocalStack
from tests.client import Client, new_cid
from tests.concurrency import desk_clients, naive
from tests.concurrency.client_pool import ClientPool
from tests.concurrency.desk_clients import Decision, PeopleLog
from tests.hospitals import Hospital
from tests.invariants import Rows, rows_of, violations
from tests.manual import desk_client
from tests.staffed_hospital import StaffedHospital

APP = "mohprompt.demo"
ENDS = {"cancel": "cancelled", "postpone": "postponed"}
REFUSALS = {"EditConflict", "AppointmentCancelled", "AppointmentPostponed", "SlotsFull", "AlreadyBooked"}


@pytest.fixture(autouse=True)
def invariants_hold_afterwards(local_stack: LocalStack, hospital: Hospital) -> Iterator[None]:
    yield
    assert violations(rows_of(local_stack.endpoint, hospital_code=hospital.code)) == []


def contradictions(hospital_code: str, decisions: list[Decision], people: set[str], rows: Rows) -> list[str]:
    """Contradictions between the tables and the answers that the desks got.

    An appointment that its person booked again in the same schedule continues the versions of the one before, and is
    left out.
    """
    done: dict[str, list[Decision]] = defaultdict(list)
    for one in decisions:
        if one.status != 200:
            continue
        changed = one.event == "postpone" or one.answer["version"] != one.version
        if one.event != "postpone" and one.answer["slip_code"] != one.slip:
            return [f"{one.event} of {one.slip} did it to {one.answer['slip_code']}"]
        if changed:
            done[one.slip].append(one)
    found = []
    for row in rows.appointments:
        changes = int(row["version"]) - first_version(row["check_code"])
        if row["cid"] not in people or not 0 <= changes < 1000:
            continue
        slip = slip_codes.code(hospital_code, int(row["schedule_id"]), int(row["place"]), row["check_code"])
        found += _of_one(slip, row, changes, sorted(done.pop(slip, []), key=lambda one: one.version))
    return found


def _of_one(slip: str, row: dict[str, Any], changes: int, its: list[Decision]) -> list[str]:
    found = []
    versions = [one.version for one in its]
    if len(set(versions)) < len(versions):
        found.append(f"{slip}: one version was changed twice: {its}")
    by_person = row["state"] != "booked" and row["changed_login"] == APP
    if changes != len(its) + bool(row.get("confirmed_at")) + by_person:
        found.append(f"{slip}: {changes} changes, {len(its)} answers to desks: {its}, {row}")
    ends = [one for one in its if one.event in ENDS]
    if ends and (ends != its[-1:] or ENDS[ends[0].event] != row["state"]):
        found.append(f"{slip}: ended as {row['state']}, and then or before: {its}")
    ticks = [one.event for one in its if one.event not in ENDS]
    if bool(row.get("accepted_at")) != (ticks[-1:] == ["accept"]):
        found.append(f"{slip}: accepted {row.get('accepted_at')}, and the last tick was {ticks[-1:]}")
    return found


def test_desks_and_people_decide_over_the_same_appointments(
    local_stack: LocalStack, staffed: StaffedHospital, urls: list[str], app_client: Client, client_pool: ClientPool
) -> None:
    day, other_day = desk_client.new_day(), desk_client.new_day()
    schedules, elsewhere = staffed.open(day, 4), staffed.open(other_day, 30, rooms=1, periods=2)
    people = [[new_cid() for _ in range(2)] for _ in range(8)]
    for n, cid in enumerate(cid for cids in people for cid in cids):
        assert app_client.book(schedules[n // 4], cid).status == 200
    newcomers = [[new_cid() for _ in range(3)] for _ in range(2)]
    own = ["confirm", "confirm", "cancel", "postpone"]
    events = ["accept", "accept", "reject", "cancel", "postpone"]
    parts: list[Any] = [
        (desk_clients.come_and_go, (urls, app_client.token, staffed.code, schedules + elsewhere[:1], cids, own, 6))
        for cids in people + newcomers
    ]
    parts += [
        (desk_clients.decide, (urls, clerk.token, day.isoformat(), elsewhere, events, 16)) for clerk in staffed.clerks
    ]

    answers = client_pool.run(desk_clients.run_task, parts)

    decisions: list[Decision] = [one for at_a_desk in answers[-3:] for one in at_a_desk]
    assert {one.code for one in decisions} <= {"OK", *REFUSALS}, Counter(one.code for one in decisions)
    logs: list[PeopleLog] = answers[:-3]
    assert {code for one in logs for _, _, code in one.answers} <= {"OK", *REFUSALS}
    everybody = {cid for cids in people + newcomers for cid in cids}
    assert contradictions(staffed.code, decisions, everybody, rows_of(local_stack.endpoint)) == []


def test_somebody_who_writes_back_what_was_read_loses_changes(local_stack: LocalStack, client_pool: ClientPool) -> None:
    """Negative control: accept without a condition on the version.

    On this very engine.
    """
    with naive.tables(local_stack.endpoint):
        cid = new_cid()
        appointments = naive.Table(local_stack.endpoint, "appointments")
        appointments.put(naive.appointment(cid, 1))
        client_pool.run(naive.accept, [(local_stack.endpoint, cid)] * 24)
        last = appointments.get({"cid": cid, "appointment": naive.APPOINTMENT})["version"]

    assert last < 1 + 24


def test_the_checker_names_a_change_that_was_written_over_and_one_after_the_end() -> None:
    code, slip = "00000010", slip_codes.code("00010", 252700001, 1, "00000010")
    start = first_version(code)
    row = {
        "cid": "1", "hospital_code": "00010", "schedule_id": 252700001, "place": 1, "check_code": code,
        "state": "booked", "version": start + 1, "changed_login": "clerk1", "accepted_at": "x",
    }  # fmt: skip

    def decision(event: str, version: int) -> Decision:
        return Decision(event, slip, version, 200, "OK", {"slip_code": slip, "version": version + 1})

    accepted, rejected = decision("accept", start), decision("reject", start)
    ended = {**row, "state": "cancelled", "version": start + 2}

    def found(row: dict[str, Any], *decisions: Decision) -> list[str]:
        return contradictions("00010", list(decisions), {"1"}, Rows([], [row]))

    assert found(row, accepted) == []
    assert found(row, accepted, rejected) != []
    assert found({**row, "accepted_at": ""}, accepted) != []
    assert found(ended, accepted, decision("cancel", start + 1)) == []
    assert found(ended, decision("cancel", start), decision("accept", start + 1)) != []
