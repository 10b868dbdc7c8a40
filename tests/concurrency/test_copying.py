"""Several desks copy one week to the same days while another adds a schedule."""

from datetime import date, timedelta
from typing import Any

import pytest

from infra.local.local_stack import LocalStack
from tests.concurrency import desk_clients, naive
from tests.concurrency.client_pool import ClientPool
from tests.invariants import rows_of, violations
from tests.manual import desk_client
from tests.staffed_hospital import StaffedHospital

A_DAY = timedelta(days=1)
ScheduleSpec = tuple[str, int, int]


@pytest.fixture
def week(staffed: StaffedHospital) -> list[date]:
    """Seven days, four of them with eight schedules each, and then an empty week."""
    days = [desk_client.new_day() for _ in range(14)][:7]
    for day in days[:4]:
        staffed.open(day, 5, rooms=2, periods=4)
    return days


def test_a_week_copied_by_several_desks_at_once_is_there_once(
    local_stack: LocalStack, staffed: StaffedHospital, urls: list[str], client_pool: ClientPool, week: list[date]
) -> None:
    to = [day + 7 * A_DAY for day in week]
    body = {
        "date_start": week[0].isoformat(),
        "date_finish": week[-1].isoformat(),
        "to_start": to[0].isoformat(),
        "to_finish": to[-1].isoformat(),
        "weekdays": [1, 2, 3, 4, 5, 6, 7],
        "skip_holidays": False,
    }
    by_hand = [
        {"date": day.isoformat(), "lines": [{**staffed.rooms[0], "period_id": staffed.periods[0], "capacity": 9}]}
        for day in to[:4]
    ]
    parts: list[Any] = [(desk_clients.copy, (urls[n % 2], staffed.clerks[n % 3].token, body)) for n in range(4)]
    parts += [(desk_clients.add_lines, (urls[n % 2], staffed.clerk.token, one)) for n, one in enumerate(by_hand)]

    answers = client_pool.run(desk_clients.run_task, parts)

    copies, added = answers[:4], answers[4:]
    wanted = {
        (day.isoformat(), room["room_id"], period)
        for day in to[:4]
        for room in staffed.rooms
        for period in staffed.periods
    }
    assert set(added) <= {"OK", "ScheduleExists"}
    hand_made = {(day.isoformat(), staffed.rooms[0]["room_id"], staffed.periods[0]) for day in to[:4]}
    made: list[ScheduleSpec] = [tuple(line) for copied, _ in copies for line in copied]
    assert len(made) == len(set(made)), "two desks got the answer that they had made the same line"
    assert len(made) + added.count("OK") == len(wanted)
    assert wanted - set(made) <= hand_made
    for copied, clashes in copies:
        assert {tuple(line) for line in copied + clashes} == wanted
    there = [
        (day.isoformat(), row["room_id"], row["period_id"])
        for day in to
        for row in desk_client.table(staffed.clerk, day)
    ]
    assert sorted(there) == sorted(wanted)
    assert violations(rows_of(local_stack.endpoint)) == []


def test_somebody_who_looks_and_then_adds_makes_lines_twice(local_stack: LocalStack, client_pool: ClientPool) -> None:
    """The negative control: copying without the day counter, on this very engine."""
    with naive.tables(local_stack.endpoint):
        client_pool.run(naive.copy, [(local_stack.endpoint, 2)] * 16)
        broken = violations(rows_of(local_stack.endpoint, stage="naive"))

    assert any("open schedules that overlap" in one for one in broken)
