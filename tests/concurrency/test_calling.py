"""Sixteen counters at two service points call a hundred people, or five hundred.

Meanwhile tickets are drawn and people are sent on.

Counters are killed in the middle of requests and opened anew. Everybody is called exactly once at each point where they
wait, in the order of the queue, and nobody is lost.
"""

import itertools
from collections import Counter
from typing import Any

import pytest

from chalicelib import clock
from infra.local.local_stack import LocalStack
from tests import maker
from tests.client import Client, new_cid
from tests.concurrency import counter_clients, desk_clients, naive
from tests.concurrency.client_pool import ClientPool
from tests.concurrency.counter_clients import CounterLog, HeardCall
from tests.hospitals import Hospital, Hospitals
from tests.invariants import Row, rows_of, table, violations
from tests.large import large

KIOSKS, DRAWN = 2, 12
COUNTERS, COUNTERS_THERE = 12, 4


@pytest.fixture
def hospital(hospitals: Hospitals) -> Hospital:
    """A hospital for each size: the test reads the whole day."""
    return hospitals.new()


@pytest.fixture
def staff(hospital: Hospital) -> Client:
    return hospital.client("staff.demo")


@pytest.fixture
def points(hospital: Hospital, staff: Client) -> tuple[int, int]:
    """The service point where everybody waits, and the one that some are sent on to."""
    hospital.hospitals.run(maker.over_period, hospital.code)
    path = "/api/dashboard/points"
    there = staff.call("POST", path, body={"point_name": "ห้องยา"}).result["point_id"]
    body = {"point_name": "ตรวจ", "departments": [1, 2], "next_point": there}
    return staff.call("POST", path, body=body).result["point_id"], there


def queue_rows(endpoint: str, hospital_code: str) -> list[Row]:
    return [row for row in table(endpoint, "queues") if row["hospital_day"].startswith(f"{hospital_code}#")]


def visits(endpoint: str, hospital_code: str) -> list[Row]:
    """Today's appointments and tickets."""
    day = f"{hospital_code}#{clock.today()}"
    held = [row for row in table(endpoint, "appointments") if row["hospital_day"] == day]
    return held + [row for row in queue_rows(endpoint, hospital_code) if row["item"].startswith("ticket#")]


def out_of_order(order: list[str], calls: list[HeardCall]) -> list[str]:
    """Calls whose answer came before the call of somebody further in front was sent."""
    position = {number: place for place, number in enumerate(order)}
    known = sorted((call for call in calls if call.number in position), key=lambda call: position[call.number])
    found, heard = [], {call.number: call for call in known}
    for first, second in itertools.combinations([call.number for call in known], 2):
        if heard[second].answered < heard[first].sent:
            found.append(f"{second} was called before {first}")
    return found


@pytest.mark.parametrize(("appointments", "tickets"), [(68, 32), large(340, 160)], ids=["100", "500"])
def test_everybody_is_called_once_in_order_and_nobody_is_lost_however_many_counters_call_and_die(
    local_stack: LocalStack,
    hospital: Hospital,
    staff: Client,
    urls: list[str],
    client_pool: ClientPool,
    points: tuple[int, int],
    appointments: int,
    tickets: int,
) -> None:
    first_point, next_point = points
    cids = [new_cid() for _ in range(appointments)]
    hospital.hospitals.run(maker.people_waiting, hospital.code, first_point, cids, tickets)
    before = [row for row in queue_rows(local_stack.endpoint, hospital.code) if "#waiting#" in row["item"]]
    order = [row["number"] for row in sorted(before, key=lambda row: row["item"])]
    assert len(order) == len(set(order)) == appointments + tickets
    parts: list[Any] = [
        (counter_clients.serve_all, (urls, staff.token, first_point, counter, next_point))
        for counter in range(1, COUNTERS + 1)
    ]
    parts += [
        (counter_clients.serve_all, (urls, staff.token, next_point, counter, None))
        for counter in range(1, COUNTERS_THERE + 1)
    ]
    parts += [(counter_clients.draw, (urls, staff.token, first_point, DRAWN)) for _ in range(KIOSKS)]

    answers = client_pool.run(desk_clients.run_task, parts)
    # Whoever was sent on while the counters there believed the day to be over.
    rest = client_pool.run(desk_clients.run_task, parts[: COUNTERS + COUNTERS_THERE])

    logs: list[CounterLog] = answers[: COUNTERS + COUNTERS_THERE] + rest
    drawn = [number for numbers in answers[COUNTERS + COUNTERS_THERE :] for number in numbers]
    assert [problem for log in logs for problem in log.problems] == []
    assert sum(log.kills for log in logs) > len(order) / 50
    assert len(drawn) == len(set(drawn)) == KIOSKS * DRAWN
    assert (
        contradictions(local_stack.endpoint, hospital.code, points, [call for log in logs for call in log.calls]) == []
    )
    assert len(visits(local_stack.endpoint, hospital.code)) == len(order) + len(drawn)
    heard_there = [call for log in answers[:COUNTERS] for call in log.calls]
    assert out_of_order(order, heard_there) == []
    assert violations(rows_of(local_stack.endpoint)) == []


def contradictions(endpoint: str, hospital_code: str, points: tuple[int, int], calls: list[HeardCall]) -> list[str]:
    """Contradictions between the tables and the answers that the counters got."""
    first_point, next_point = points
    found = []
    queue = queue_rows(endpoint, hospital_code)
    found += [f"{row['number']} still waits" for row in queue if "#waiting#" in row["item"]]
    counters = [row for row in queue if "#counter#" in row["item"]]
    found += [f"{row['item']} still serves {row['number']}" for row in counters if "outcome" not in row]
    stays: Counter[int] = Counter()
    for row in visits(endpoint, hospital_code):
        name = row.get("queue_no") or row["number"]
        if row.get("visit") != "served":
            found.append(f"{name} is {row.get('visit')}")
        # Version 1 waits. A call and its end are a version each, at each point.
        if int(row["version"]) != (5 if row["point_id"] == next_point else 3):
            found.append(f"{name} was changed {row['version'] - 1} times, and ended at point {row['point_id']}")
        stays[first_point] += 1
        stays[next_point] += row["point_id"] == next_point
    for point, expected in stays.items():
        made = sum(row["calls"] for row in counters if row["item"].startswith(f"point#{point:05d}#"))
        if made != expected:
            found.append(f"point {point}: {made} calls of {expected} people")
    for number, times in Counter(call.number for call in calls).items():
        if times > 2:
            found.append(f"{number} was called {times} times")
    return found


def test_who_reads_the_queue_and_writes_it_back_calls_people_twice(
    local_stack: LocalStack, client_pool: ClientPool
) -> None:
    """The negative control: without a condition on the entry, on this very engine."""
    with naive.tables(local_stack.endpoint):
        called = client_pool.run(naive.call_next, [local_stack.endpoint] * 16)

    assert len(set(called)) < len(called)


def test_the_checker_of_the_order_names_who_was_called_before_somebody_in_front() -> None:
    first, second = HeardCall("a", "A001", 1.0, 2.0), HeardCall("b", "A002", 1.5, 1.9)

    assert out_of_order(["A001", "A002"], [first, second]) == []
    assert out_of_order(["A001", "A002"], [first, HeardCall("b", "A002", 0.1, 0.9)]) != []
